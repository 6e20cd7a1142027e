"""Numbers that Asterisk signs for: each column of their table, as a real Asterisk shows it."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.conf import syntax
from asterisk_realtime.models import TelephoneNumber
from asterisk_realtime.values.choices import AttestLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

    StartLab = Callable[..., AbstractContextManager[RealtimeLab]]

NOWHERE: Final = "http://127.0.0.1:1/none.pem"
UNREACHABLE: Final = "4"
UNSET: Final = "5"
COLUMNS: Final = [
    column.name for column in TelephoneNumber.__table__.columns if column.name != "id"
]
_SHOWN: Final = re.compile(r"^(\w+) *: ?(.*)$", re.MULTILINE)


def test_columns(start_lab: StartLab, tmp_path: Path, prefix: Prefix) -> None:
    """
    Each column is shown as it was written, and a certificate is fetched where the row says so.

    On SQLite a row that leaves a word open is not in the list, since there the word is an empty
    text, which Asterisk refuses; asked for by its number, as a call does, it is found.
    """
    key = _key(tmp_path, prefix)
    with (
        _web_server() as web,
        start_lab(also=("tn",), modules=("res_curl", "func_curl"), arrange=_attesting) as lab,
    ):
        web.certificate = lab.site.cert_file.read_bytes()
        rows = _rows(key, f"http://127.0.0.1:{web.server_port}/good.pem")
        lab.add(*(TelephoneNumber(id=number, **row) for number, row in rows.items()))
        assert "Loaded" in lab.asterisk.cli("module load res_stir_shaken.so")
        # Nothing was read yet, and each reading fetches anew.
        assert web.asked == []
        shown = {number: _shown(lab, number) for number in rows}
        asked = list(web.asked)
        listed = re.findall(r"^TN: (\d+)", lab.asterisk.cli("stir_shaken show tns"), re.MULTILINE)
        problems = "\n".join(lab.asterisk.log_problems())

    assert asked == ["/good.pem"]
    assert shown.pop(UNREACHABLE) == {}
    assert f"{UNREACHABLE}: public_cert '{NOWHERE}' could not be downloaded" in problems
    assert shown == {
        number: {"TN": number, **{column: _word(row.get(column)) for column in COLUMNS}}
        for number, row in rows.items()
        if number != UNREACHABLE
    }
    assert listed == ["1", "2", "3", *([] if lab.path == "sqlite3" else [UNSET])]


def _word(value: object) -> str:
    return "" if value is None else syntax.spell(value)


def _rows(key: str, url: str) -> dict[str, dict[str, Any]]:
    usual = {"private_key_file": key, "public_cert_url": NOWHERE, "attest_level": AttestLevel.A}
    answers = {"send_mky": False, "check_tn_cert_public_url": False}
    return {
        "1": {**usual, **answers, "attest_level": AttestLevel.B},
        "2": {**usual, **answers, "attest_level": AttestLevel.C, "send_mky": True},
        "3": {**usual, **answers, "check_tn_cert_public_url": True, "public_cert_url": url},
        UNREACHABLE: {**usual, **answers, "check_tn_cert_public_url": True},
        UNSET: {},
    }


def _shown(lab: RealtimeLab, number: str) -> dict[str, str]:
    return dict(_SHOWN.findall(lab.asterisk.cli(f"stir_shaken show tn {number}")))


def _attesting(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**files, "stir_shaken.conf": "[attestation]\nglobal_disable = no\n"}


def _key(folder: Path, prefix: Prefix) -> str:
    file = folder / "key.pem"
    host = shutil.which("openssl")
    program = [host] if host else prefix.command("bin/openssl")
    options = ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(file)]
    subprocess.run([*program, *options], check=True, capture_output=True)
    file.chmod(0o600)
    return str(file)


class _Web(ThreadingHTTPServer):
    """A web server with one certificate, which remembers what it was asked for."""

    certificate = b""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Web

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "application/pem-certificate-chain")
        self.end_headers()
        self.wfile.write(self.server.certificate)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def _web_server() -> Iterator[_Web]:
    with _Web() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
