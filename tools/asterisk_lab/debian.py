"""Fetch packages of another Debian suite and unpack them, without changing the host's apt."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.asterisk_lab.errors import PrefixUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUITE: Final = "sid"
"""Where Asterisk 22 is packaged."""

KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PROGRAMS: Final = ("apt-get", "apt-config", "dpkg", "dpkg-deb")
TIMEOUT: Final = 600
"""Seconds that one step may take."""

_MIRROR: Final = re.compile(r"^'(\S+/debian)/dists/", re.MULTILINE)
# How the host reaches its mirror; all other settings of its apt stay outside.
_NETWORK: Final = re.compile(r"Acquire::(https?|ForceIPv[46]|Retries)\b")


def unpack_once(packages: Sequence[str], needed: Sequence[str], target: Path) -> None:
    """
    Unpack *packages* and all that they depend on into *target*, if they are not there.

    If several processes call this, the others wait for the first one.

    Args:
        packages: Names of Debian packages.
        needed: Patterns of the files that must be in them.
        target: A directory, which gets all of the packages or none.

    Raises:
        PrefixUnavailableError: A package or a needed file is not available, or *target* holds
            something else.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(target.with_name(f"{target.name}.lock")):
        if not missing(needed, target):
            return
        if target.exists() and any(target.iterdir()):
            raise PrefixUnavailableError(f"{target} holds something else; remove it")
        with tempfile.TemporaryDirectory(prefix=f"{target.name}.", dir=target.parent) as scratch:
            root = Path(scratch) / "root"
            _unpack(packages, root, Path(scratch) / "apt")
            if lacking := missing(needed, root):
                raise PrefixUnavailableError(f"the packages lack {', '.join(lacking)}")
            if target.exists():
                target.rmdir()
            root.rename(target)


def missing(needed: Sequence[str], root: Path) -> list[str]:
    """Return the patterns that match nothing in *root*."""
    return [pattern for pattern in needed if not any(root.glob(pattern))]


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unpack(packages: Sequence[str], root: Path, scratch: Path) -> None:
    """
    Unpack *packages* and all that they depend on into *root*.

    Args:
        packages: Names of Debian packages.
        root: A directory that does not exist yet.
        scratch: Another one, for the package lists and files; the caller removes it.

    Raises:
        PrefixUnavailableError: apt is not there, or a step of it failed.
    """
    _check_host()
    environment = {**os.environ, "LC_ALL": "C", "APT_CONFIG": str(_private_apt(scratch))}
    _run(["apt-get", "-qq", "update"], environment)
    # The status file is empty: the C library and all else is fetched too.
    fetch = ["apt-get", "-qq", "-y", "--download-only", "install", *packages]
    _run(fetch, environment)
    root.mkdir(parents=True)
    archives = sorted((scratch / "cache" / "archives").glob("*.deb"))
    for archive in archives:
        _run(["dpkg-deb", "-x", str(archive), str(root)], environment)
    (root / "packages.txt").write_text("".join(f"{archive.stem}\n" for archive in archives))


def _check_host() -> None:
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if absent:
        raise PrefixUnavailableError(f"this host has no {', '.join(absent)}")
    if not KEYRING.exists():
        raise PrefixUnavailableError(f"{KEYRING} is not there (package debian-archive-keyring)")


def _mirror() -> str:
    # What `apt-get update` would fetch; this works even before any package lists were fetched.
    found = _MIRROR.search(_run(["apt-get", "--print-uris", "update"], dict(os.environ)))
    if found is None:
        raise PrefixUnavailableError("this host's apt knows no Debian mirror")
    return found[1]


def _private_apt(scratch: Path) -> Path:
    """Write the configuration of an apt that shares nothing with the host but the mirror."""
    for directory in ("lists/partial", "cache/archives/partial", "log", "parts"):
        (scratch / directory).mkdir(parents=True)
    (scratch / "status").touch()
    (scratch / "none").touch()
    sources = scratch / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {_mirror()} {SUITE} main\n")
    dump = _run(["apt-config", "dump"], dict(os.environ))
    network = [line for line in dump.splitlines() if _NETWORK.match(line)]
    settings = {
        "Dir::Etc::main": scratch / "none",
        "Dir::Etc::parts": scratch / "parts",
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": scratch / "parts",
        "Dir::Etc::preferences": scratch / "none",
        "Dir::Etc::preferencesparts": scratch / "parts",
        "Dir::State": scratch,
        "Dir::State::lists": scratch / "lists",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch / "cache",
        "Dir::Log": scratch / "log",
        "APT::Architecture": _run(["dpkg", "--print-architecture"], dict(os.environ)).strip(),
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "",
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        # A mirror that lags behind shows an expired list; for tests that is good enough.
        "Acquire::Check-Valid-Until": "false",
    }
    lines = [*network, *(f'{name} "{value}";' for name, value in settings.items())]
    config = scratch / "apt.conf"
    config.write_text("\n".join(lines) + "\n")
    return config


def _run(command: list[str], environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=True
        )
    except subprocess.TimeoutExpired:
        raise PrefixUnavailableError(f"{command[0]} took longer than {TIMEOUT} s") from None
    except subprocess.CalledProcessError as error:
        lines = error.stderr.splitlines()
        cause = next((line for line in lines if line.startswith("E:")), "no message")
        raise PrefixUnavailableError(f"{' '.join(command)} failed: {cause}") from None
    return done.stdout
