"""Asterisk's files for records of calls and events, as the page of the documentation has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.docs.pages import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Mapping


def documented(name: str) -> str:
    """Return what the documentation shows under *name*, which its first line says."""
    page = ROOT / "docs" / "howto" / "write-records.md"
    return next(
        "\n".join(block.lines) + "\n"
        for block in blocks(page)
        if block.lines[0] in {f"; {name}", f"-- {name}"}
    )


def with_records(files: Mapping[str, str]) -> Mapping[str, str]:
    """Return rendered files and those by which Asterisk writes ``cdr`` and ``cel``."""
    names = ["cdr.conf", "cel.conf"]
    values: dict[str, str] = {}
    if "res_pgsql.conf" in files:
        names += ["cdr_pgsql.conf", "cel_pgsql.conf"]
        found = dict(re.findall(r"^db(\w+) = (.*)$", files["res_pgsql.conf"], re.MULTILINE))
        words = {"hostname": "host", "port": "port", "dbname": "name", "user": "user"}
        values = {name: found[word] for name, word in {**words, "password": "pass"}.items()}
    elif "res_odbc.conf" in files:
        names += ["cdr_adaptive_odbc.conf", "cel_odbc.conf"]
    else:
        names += ["cdr_sqlite3_custom.conf", "cel_sqlite3_custom.conf"]
    more = {name: _filled(documented(name), values) for name in names}
    if "Servername" not in files.get("odbc.ini", ""):
        more = {
            name: re.sub("^quoted_identifiers.*\n", "", text, flags=re.MULTILINE)
            for name, text in more.items()
        }
    for dbfile in re.findall(r"dbfile => (.*)", files.get("res_config_sqlite3.conf", "")):
        more = {name: re.sub(r"\[/.*\]", f"[{dbfile}]", text) for name, text in more.items()}
    return {**files, **more}


def _filled(text: str, values: Mapping[str, str]) -> str:
    def line(found: re.Match[str]) -> str:
        name, value = found.groups()
        return f"{name} = {values.get(name, value)}"

    return re.sub(r"^(\w+) = (.*)$", line, text, flags=re.MULTILINE)
