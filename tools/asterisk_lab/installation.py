"""
One installed Asterisk of any release: its program, modules and data.

It may be unpacked from Debian's packages, or installed by ``make install`` with a ``--prefix`` or a
``DESTDIR``.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tools.asterisk_lab.errors import PrefixUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAMS: Final = ("usr/sbin/asterisk", "sbin/asterisk")
_MODULES: Final = (
    "usr/lib/*/asterisk/modules/chan_pjsip.so",
    "usr/lib*/asterisk/modules/chan_pjsip.so",
    "lib*/asterisk/modules/chan_pjsip.so",
)
_DOCUMENTATION: Final = (
    "usr/share/asterisk/documentation/core-en_US.xml",
    "var/lib/asterisk/documentation/core-en_US.xml",
)
_LOADER: Final = "usr/lib/*/ld-linux*.so.*"


@dataclass(frozen=True)
class Installation:
    """
    An Asterisk below *root*.

    Args:
        root: The directory that was given to the packages, ``--prefix`` or ``DESTDIR``.
    """

    root: Path

    @property
    def complete(self) -> bool:
        """Whether an Asterisk with PJSIP and its documentation is there."""
        return all(self._found(patterns) for patterns in (_PROGRAMS, _MODULES, _DOCUMENTATION))

    @property
    def modules(self) -> Path:
        """Directory of the modules."""
        return self._one(_MODULES).parent

    @property
    def data(self) -> Path:
        """The ``astdatadir``, with the documentation that Asterisk reads at its start."""
        return self._one(_DOCUMENTATION).parents[1]

    @property
    def libraries(self) -> Path:
        """Directory of the shared libraries, such as ``libasteriskssl.so``."""
        return self.modules.parents[1]

    @property
    def programs(self) -> Path:
        """Directory of the program."""
        return self._one(_PROGRAMS).parent

    def command(self, *arguments: str) -> list[str]:
        """Return the command line that runs it, by the loader that came with it if one did."""
        program = str(self._one(_PROGRAMS))
        loader = self._found((_LOADER,))
        if loader is None:
            return [program, *arguments]
        return [str(loader), "--library-path", str(self.libraries), program, *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that let a program without a loader of its own find libraries."""
        if self._found((_LOADER,)):
            return {}
        paths = [str(self.libraries), os.environ.get("LD_LIBRARY_PATH", "")]
        return {"LD_LIBRARY_PATH": os.pathsep.join(filter(None, paths))}

    @cached_property
    def version(self) -> tuple[int, ...]:
        """
        The release, as numbers: ``(22, 10, 1)``.

        Raises:
            PrefixUnavailableError: The program does not run, or does not tell.
        """
        environment = {**os.environ, **self.environment}
        try:
            done = subprocess.run(
                self.command("-V"),
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
                env=environment,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise PrefixUnavailableError(f"{self.root}: asterisk -V: {error}") from error
        found = re.search(r"Asterisk (?:certified-)?(\d+(?:\.\d+)*)", done.stdout)
        if found is None:
            raise PrefixUnavailableError(f"{self.root}: asterisk -V says {done.stdout!r}")
        return tuple(map(int, found[1].split(".")))

    def _found(self, patterns: tuple[str, ...]) -> Path | None:
        paths = (path for pattern in patterns for path in sorted(self.root.glob(pattern)))
        return next(paths, None)

    def _one(self, patterns: tuple[str, ...]) -> Path:
        found = self._found(patterns)
        if found is None:
            raise PrefixUnavailableError(f"{self.root} has no {patterns[0]}")
        return found


def reads(version: tuple[int, ...], since: tuple[str, ...]) -> bool:
    """
    Tell whether a release reads what came with the releases *since*, the first of each branch.

    A branch that *since* does not name has it if it is newer than all named ones.
    """
    first = [tuple(map(int, release.split("."))) for release in since]
    same = [release for release in first if release[0] == version[0]]
    return version >= (same[0] if same else max(first, default=()))
