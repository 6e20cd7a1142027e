"""
Asterisk 22, SIPp and the ODBC drivers in a private directory, without root.

The packages come from Debian's suite ``sid`` through the host's own apt and mirror. They are
unpacked, not installed, and run by the loader that came with them, so that it does not matter
what the host's C library is.

``python -m tools.asterisk_lab.prefix`` unpacks them once and prints the directory.

To try another Asterisk, name its directory in ``ASTERISK_REALTIME_PREFIX``: what ``make install``
was given as ``--prefix`` or ``DESTDIR``. SIPp and the ODBC drivers still come from the packages.
"""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.asterisk_lab import debian
from tools.asterisk_lab.errors import PrefixUnavailableError
from tools.asterisk_lab.installation import Installation

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE: Final = "ASTERISK_REALTIME_PREFIX"
"""Environment variable that names another directory: of packages, or of one Asterisk alone."""

DEFAULT: Final = Path(__file__).parents[2] / ".cache" / "asterisk"

PACKAGES: Final = (
    "asterisk",
    "asterisk-doc",
    "asterisk-modules",
    "odbc-mariadb",
    "odbc-postgresql",
    "openssl",
    "sip-tester",
    "unixodbc",
)
NEEDED: Final = (
    "usr/sbin/asterisk",
    "usr/bin/sipp",
    "usr/share/asterisk/documentation/core-en_US.xml",
    "usr/lib/*/ld-linux*.so.*",
    "usr/lib/*/asterisk/modules/chan_pjsip.so",
    "usr/lib/*/odbc/psqlodbcw.so",
    "usr/lib/*/odbc/libmaodbc.so",
)


@dataclass(frozen=True)
class Prefix:
    """
    The unpacked packages, and the Asterisk to test: theirs, or another one.

    Attributes:
        root: Directory of the packages.
        other: Another Asterisk to test.
    """

    root: Path
    other: Installation | None = None

    @property
    def asterisk(self) -> Installation:
        """The Asterisk to test."""
        return self.other or Installation(self.root)

    def _one(self, pattern: str) -> Path:
        return next(iter(sorted(self.root.glob(pattern))))

    @property
    def libraries(self) -> Path:
        """Directory of the shared libraries."""
        return self._one("usr/lib/*/asterisk/modules/chan_pjsip.so").parents[2]

    @property
    def odbc_postgresql(self) -> Path:
        """PostgreSQL's ODBC driver, in Unicode."""
        return self.libraries / "odbc" / "psqlodbcw.so"

    @property
    def odbc_mariadb(self) -> Path:
        """MariaDB's ODBC driver."""
        return self.libraries / "odbc" / "libmaodbc.so"

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the command line that runs *program* of the packages (``bin/sipp``)."""
        loader = self._one("usr/lib/*/ld-linux*.so.*")
        where = self.root / "usr" / program
        return [str(loader), "--library-path", str(self.libraries), str(where), *arguments]

    @property
    def complete(self) -> bool:
        """Whether all that is needed is there."""
        return all(any(self.root.glob(pattern)) for pattern in NEEDED)


def location() -> Path:
    """Return the directory of the packages on this machine."""
    other = other_asterisk()
    named = None if other else os.environ.get(VARIABLE)
    return Path(named or DEFAULT).absolute()


def other_asterisk() -> Installation | None:
    """Return the Asterisk that the environment names, if its directory has no packages."""
    named = os.environ.get(VARIABLE)
    if not named or any(Path(named).glob("usr/bin/sipp")):
        return None
    found = Installation(Path(named).absolute())
    return found if found.complete else None


def find() -> Prefix | None:
    """Return the prefix if it is there already."""
    prefix = Prefix(location(), other_asterisk())
    return prefix if prefix.complete else None


def ensure() -> Prefix:
    """
    Return the prefix; fetch and unpack it first if it is not there.

    Raises:
        PrefixUnavailableError: apt, the suite or a package cannot be had.
    """
    target = location()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(target.with_name(f"{target.name}.lock")):
        found = find()
        if found is not None:
            return found
        _refuse_strange(target)
        with tempfile.TemporaryDirectory(prefix=f"{target.name}.", dir=target.parent) as scratch:
            _unpack_into(Path(scratch), target)
    return Prefix(target, other_asterisk())


def _unpack_into(scratch: Path, target: Path) -> None:
    root = scratch / "root"
    debian.unpack(PACKAGES, root, scratch / "apt")
    missing = [pattern for pattern in NEEDED if not any(root.glob(pattern))]
    if missing:
        raise PrefixUnavailableError(f"the packages lack {', '.join(missing)}")
    # All or nothing: the name appears when everything is in it.
    if target.exists():
        target.rmdir()
    root.rename(target)


def _refuse_strange(target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        raise PrefixUnavailableError(f"{target} holds something else; remove it or set {VARIABLE}")


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Print where the prefix is, or why there is none."""
    try:
        sys.stdout.write(f"{ensure().asterisk.root}\n")
    except PrefixUnavailableError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
