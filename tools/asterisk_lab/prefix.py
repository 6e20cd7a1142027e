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

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.asterisk_lab import debian
from tools.asterisk_lab.errors import PrefixUnavailableError
from tools.asterisk_lab.installation import Installation

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
        return not debian.missing(NEEDED, self.root)


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
        PrefixUnavailableError: apt, the suite or a package is not available.
    """
    debian.unpack_once(PACKAGES, NEEDED, location())
    return Prefix(location(), other_asterisk())


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
