"""Cells that other programs wrote: the models read what Asterisk reads, by each driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime import models as m
from tests.asterisk.realtime_lab import DATABASES, mostly_long, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

CELLS: Final = {
    "context": [
        *("zz;phones", "phones ", "phones;", "phones; ;", " phones", "pho^6Ees", "phones^00x"),
        *("caf^C3^A9", "a^3Bb", "a^5E41", "tab\t", "a^^41", "50^ off", "^20a^20"),
    ],
    "accountcode": ["x;", ";x", "a;b;c", "a^2Cb", "^5E^33B"],
    "aors": ["a;100", "a;100,101", "a^2C100", "a ;b"],
    "auth": ["x;", "p2;p4", "a^2Cb"],
    "outbound_proxy": ["sip:10.0.0.1;lr", "sip:10.0.0.1^3Blr"],
}
"""
Column -> cells; hex in lower case is apart, since it depends on the driver.

A ``^`` with one hex digit at the very end is left out: the drivers then read past the cell's end,
and what they find there is chance.
"""

LOWER: Final = "pho^6ees"


@pytest.fixture(scope="module", params=mostly_long("pgsql"))
def lab(request: pytest.FixtureRequest, prefix: Prefix) -> Iterator[RealtimeLab]:
    """An Asterisk with a row for each cell."""
    engine: Engine = request.getfixturevalue(DATABASES[request.param])
    with running(prefix, engine, request.param) as started:
        with engine.begin() as connection:
            for name, column, cell in named():
                connection.execute(
                    text(f"INSERT INTO ps_endpoints (id, {column}) VALUES (:id, :cell)"),
                    {"id": name, "cell": cell},
                )
        yield started


def named() -> Iterator[tuple[str, str, str]]:
    """Yield each cell with its column, and the id of its row."""
    for column, cells in {**CELLS, "message_context": [LOWER]}.items():
        for number, cell in enumerate(cells):
            yield f"{column.replace('_', '')}{number}", column, cell


def test_models_read_what_asterisk_reads(lab: RealtimeLab) -> None:
    """Split, trimmed and decoded alike."""
    ours: dict[object, Any] = {}
    theirs: dict[object, Any] = {}
    with Session(lab.engine) as session:
        for name, column, cell in named():
            if cell == LOWER and lab.path == "odbc-postgresql":
                continue  # the library cannot know that it is not res_config_pgsql
            value = getattr(session.get_one(m.Endpoint, name), column)
            joined = ",".join(value) if isinstance(value, tuple) else value
            ours[name, cell] = (joined or "").strip()
            theirs[name, cell] = lab.evaluate(
                f"AST_SORCERY(res_pjsip,endpoint,{name},{column})"
            ).strip()

    assert theirs == ours
