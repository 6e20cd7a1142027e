"""Configuration files in memory, and on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import FileConflictError, ValidationError

if TYPE_CHECKING:
    from asterisk_realtime.conf.drivers import ConfFile

SECRET_MODE: Final = 0o600
_PUBLIC_MODE: Final = 0o644


@attrs.frozen(eq=False)
class ConfFiles(Mapping[str, str]):
    """
    File name -> text, in reading order.

    ``repr()`` shows names and sizes only, since some files hold a password.

    Attributes:
        secret: Names of the files that hold one.
    """

    _files: Mapping[str, ConfFile]

    @property
    def secret(self) -> frozenset[str]:
        """Names of the files that hold a password."""
        return frozenset(name for name, file in self._files.items() if file.secret)

    def __getitem__(self, name: str) -> str:
        return self._files[name].text

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"ConfFiles({', '.join(f'{name}: {len(text)}' for name, text in self.items())})"


def write(
    files: ConfFiles,
    directory: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    secret_mode: int = SECRET_MODE,
) -> tuple[Path, ...]:
    """
    Write *files* into *directory*, which is created if it does not exist.

    Each is written to a temporary file first, so that nothing changes on an error such as a full
    disk.

    Args:
        files: What `render` returned.
        directory: Where they go.
        overwrite: Whether to replace existing files, which keep their owner.
        secret_mode: Permissions of a file that holds a password: 0o600, or 0o640 where
            Asterisk's user reads it through its group.

    Returns:
        The paths written.

    Raises:
        FileConflictError: Files exist already and *overwrite* is false, or a directory has the
            name of one; nothing was written.
        ValidationError: *secret_mode* lets everybody in.
    """
    if secret_mode & 0o007:
        raise ValidationError(
            "secret_mode", oct(secret_mode), "everybody could read it", "use 0o600 or 0o640"
        )
    targets = {Path(directory) / name: name for name in files}
    _refuse(
        [path for path in targets if path.is_dir() or (not overwrite and os.path.lexists(path))]
    )
    Path(directory).mkdir(parents=True, exist_ok=True)
    with ExitStack() as leftovers:
        staged = []
        for target, name in targets.items():
            mode = secret_mode if name in files.secret else _PUBLIC_MODE
            draft = target.with_name(f".{name}.{os.getpid()}.new")
            leftovers.callback(draft.unlink, missing_ok=True)
            _create(draft, files[name], mode, like=target)
            staged.append((draft, target))
        for draft, target in staged:
            draft.replace(target)
    return tuple(targets)


def _refuse(paths: Iterable[Path]) -> None:
    existing = ", ".join(map(str, paths))
    if existing:
        raise FileConflictError(
            f"already there: {existing}; use an empty directory, or say overwrite=True"
        )


def _create(draft: Path, text: str, mode: int, *, like: Path) -> None:
    draft.unlink(missing_ok=True)
    # The mode is given to open(), so that others cannot read a password at any moment.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    # What an administrator gave to Asterisk's user should stay readable for it.
    with suppress(FileNotFoundError, PermissionError):
        owner = like.stat()
        os.chown(draft, owner.st_uid, owner.st_gid)
