"""The laboratory finds an Asterisk of any release, and knows what the release reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.asterisk_lab import prefix
from tools.asterisk_lab.installation import Installation, reads

if TYPE_CHECKING:
    from pathlib import Path

LAYOUTS = {
    "packages": ("usr/sbin", "usr/lib/x86_64-linux-gnu", "usr/share/asterisk"),
    "destdir": ("usr/sbin", "usr/lib", "var/lib/asterisk"),
    "destdir64": ("usr/sbin", "usr/lib64", "var/lib/asterisk"),
    "prefix": ("sbin", "lib", "var/lib/asterisk"),
}


def installed(root: Path, layout: str) -> Installation:
    """Put a program that tells its release where the layout has it."""
    programs, libraries, data = (root / part for part in LAYOUTS[layout])
    for folder in (programs, libraries / "asterisk/modules", data / "documentation"):
        folder.mkdir(parents=True)
    (libraries / "asterisk/modules/chan_pjsip.so").touch()
    (data / "documentation/core-en_US.xml").touch()
    program = programs / "asterisk"
    program.write_text("#!/bin/sh\necho Asterisk 20.20.1\n")
    program.chmod(0o755)
    return Installation(root)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_installation_is_found(tmp_path: Path, layout: str) -> None:
    """Its modules, data and release, wherever ``make install`` put them."""
    assert not Installation(tmp_path).complete

    found = installed(tmp_path, layout)

    assert found.complete
    assert found.version == (20, 20, 1)
    assert found.modules == tmp_path / LAYOUTS[layout][1] / "asterisk/modules"
    assert found.data == tmp_path / LAYOUTS[layout][2]


def test_another_asterisk_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable names it, and SIPp still comes from the packages."""
    other = installed(tmp_path / "other", "prefix")
    monkeypatch.setenv(prefix.VARIABLE, str(other.root))

    assert prefix.other_asterisk() == other
    assert prefix.location() == prefix.DEFAULT.absolute()


def test_packages_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable also names a directory for the packages, which may not be there yet."""
    monkeypatch.setenv(prefix.VARIABLE, str(tmp_path / "packages"))

    assert prefix.other_asterisk() is None
    assert prefix.location() == tmp_path / "packages"


@pytest.mark.parametrize(
    ("version", "since", "expected"),
    [
        ((22, 10, 1), ("12.0.0",), True),
        ((22, 10, 1), (), True),
        ((22, 10, 1), ("20.21.0", "22.11.0", "23.5.0"), False),
        ((22, 11, 0), ("20.21.0", "22.11.0", "23.5.0"), True),
        ((20, 20, 1), ("21.0.0",), False),
        ((23, 4, 1), ("20.12.0", "21.7.0", "22.2.0"), True),
        ((20, 7, 0), ("18.23.0", "20.8.0", "21.3.0"), False),
        ((23, 1, 0), ("23.2.0", "22.8.0", "20.18.0"), False),
    ],
)
def test_what_a_release_reads(
    version: tuple[int, ...],
    since: tuple[str, ...],
    expected: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """The first release of its own branch decides, else the newest of all."""
    assert reads(version, since) is expected
