"""Writing the files: all or none, never over others by accident, passwords for their owner only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asterisk_realtime.conf import ConfFiles, Odbc, render, write
from asterisk_realtime.conf.drivers import ConfFile
from asterisk_realtime.errors import FileConflictError, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

FILES = render(Odbc(kind="mariadb", database="asterisk", user="asterisk", password="word"))


def mode(path: Path) -> int:
    """Return the permissions of *path*."""
    return path.stat().st_mode & 0o777


def names(directory: Path) -> list[str]:
    """Return what is in *directory*."""
    return sorted(path.name for path in directory.iterdir())


def test_writes_what_was_rendered(tmp_path: Path) -> None:
    """All files get there, in a directory that is made, and nothing else."""
    target = tmp_path / "deep" / "asterisk"

    paths = write(FILES, target)

    assert paths == tuple(target / name for name in FILES)
    assert {path.name: path.read_text("utf-8") for path in target.iterdir()} == dict(FILES)


def test_passwords_are_for_their_owner(tmp_path: Path) -> None:
    """Only files without a password can be read by others."""
    write(FILES, tmp_path / "a")
    write(FILES, tmp_path / "b", secret_mode=0o640)

    assert mode(tmp_path / "a" / "res_odbc.conf") == 0o600
    assert mode(tmp_path / "b" / "res_odbc.conf") & 0o007 == 0
    assert mode(tmp_path / "a" / "odbc.ini") & 0o400


def test_refuses_a_mode_for_everybody(tmp_path: Path) -> None:
    """A password that everybody can read is none."""
    with pytest.raises(ValidationError, match="0o644"):
        write(FILES, tmp_path, secret_mode=0o644)


def test_never_overwrites_unasked(tmp_path: Path) -> None:
    """One file in the way is enough to write none, and all in the way are named."""
    (tmp_path / "sorcery.conf").write_text("mine")
    (tmp_path / "odbc.ini").symlink_to("nowhere")

    with pytest.raises(FileConflictError, match=r"sorcery\.conf.*odbc\.ini") as caught:
        write(FILES, tmp_path)

    assert isinstance(caught.value, FileExistsError)
    assert names(tmp_path) == ["odbc.ini", "sorcery.conf"]
    assert (tmp_path / "sorcery.conf").read_text() == "mine"


def test_overwrites_when_told(tmp_path: Path) -> None:
    """Old files are replaced, and a password does not inherit an open file's permissions."""
    old = tmp_path / "res_odbc.conf"
    old.write_text("mine")
    old.chmod(0o666)

    write(FILES, tmp_path, overwrite=True)

    assert old.read_text() == FILES["res_odbc.conf"]
    assert mode(old) == 0o600


def test_a_directory_in_the_way(tmp_path: Path) -> None:
    """What cannot be replaced stops it before anything is changed."""
    (tmp_path / "odbc.ini").mkdir()

    with pytest.raises(FileConflictError, match=r"odbc\.ini"):
        write(FILES, tmp_path, overwrite=True)

    assert names(tmp_path) == ["odbc.ini"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    """If the last file cannot be written, the ones before it are not there either."""
    long = ConfFiles({"short": ConfFile("text"), "n" * 250: ConfFile("text")})

    with pytest.raises(OSError, match="too long"):
        write(long, tmp_path)

    assert names(tmp_path) == []
