"""The environment of one Asterisk: its run directory, network and certificate."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.asterisk_lab.errors import LabError
from tools.asterisk_lab.net import LoopbackNet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.asterisk_lab.prefix import Prefix

_SOCKET_PATH: Final = 107
"""Longest path of a Unix socket on Linux; a longer one leaves Asterisk without its CLI."""


@dataclass(frozen=True)
class Site:
    """
    Directory, network and certificate of one Asterisk.

    Attributes:
        prefix: Its programs.
        run: Its directory, under a short path; removed at the end.
        net: Its addresses.
    """

    prefix: Prefix
    run: Path
    net: LoopbackNet

    @property
    def etc(self) -> Path:
        """Directory of the configuration."""
        return self.run / "etc"

    @property
    def data(self) -> Path:
        """Directory of the data: links to the prefix's, but without its prompts."""
        return self.run / "data"

    @property
    def cert_file(self) -> Path:
        """A self-signed certificate for Asterisk's address and for Twilio's."""
        return self.run / "tls.crt"

    @property
    def priv_key_file(self) -> Path:
        """Its key."""
        return self.run / "tls.key"


@contextmanager
def open_site(prefix: Prefix) -> Iterator[Site]:
    """
    Yield a site for one Asterisk, with its certificate; remove it afterwards.

    Raises:
        LabError: The directory for temporary files has too long a name, or openssl failed.
    """
    with tempfile.TemporaryDirectory(prefix="ast-") as run, LoopbackNet() as net:
        site = Site(prefix, Path(run), net)
        control = site.run / "run" / "asterisk.ctl"
        if len(os.fsencode(control)) > _SOCKET_PATH:
            raise LabError(f"{control} is too long for a socket; set TMPDIR to a shorter path")
        for name in ("etc", "run", "log", "var/lib", "var/spool", "var/agi", "sipp"):
            (site.run / name).mkdir(parents=True)
        _link_data(site)
        _make_certificate(site)
        yield site


def _link_data(site: Site) -> None:
    (site.data / "sounds" / "en").mkdir(parents=True)
    for entry in site.prefix.asterisk.data.iterdir():
        if entry.name != "sounds":
            (site.data / entry.name).symlink_to(entry)


def _make_certificate(site: Site) -> None:
    names = f"subjectAltName=IP:{site.net.asterisk},IP:{site.net.twilio},DNS:localhost"
    host = shutil.which("openssl")
    program = [host] if host else site.prefix.command("bin/openssl")
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lab"]
    request += ["-addext", names]
    request += ["-keyout", str(site.priv_key_file), "-out", str(site.cert_file)]
    done = subprocess.run(
        [*program, *request], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        raise LabError(f"openssl made no certificate: {done.stderr.strip()}")
