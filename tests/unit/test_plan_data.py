"""Plans as dictionaries."""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Action,
    CachedObject,
    CallQueue,
    ColumnChange,
    Mailbox,
    Member,
    Note,
    Phone,
    Plan,
    PlanWarning,
    Reload,
    RowChange,
    migrations,
    plan,
)
from asterisk_realtime.models import DtmfMode
from asterisk_realtime.showing import HIDDEN
from tests.property.good_specs import PASSWORD


def test_a_plan_is_data() -> None:
    """All of it is in types of JSON, and no secret shows."""
    engine = create_engine("sqlite://")
    migrations.upgrade(engine)
    wanted = (
        Phone(id="101", context="phones", password=PASSWORD, codecs=["ulaw", "alaw"]),
        Mailbox(number="101", pin="804621"),
        CallQueue(name="sales", members=[Member(phone="101")]),
    )
    with Session(engine) as session:
        changes = plan(session, *wanted)
    engine.dispose()
    found = changes.to_dict()
    rows = {(row["table"], *row["key"].values()): row for row in found["rows"]}

    assert json.loads(json.dumps(found)) == found
    assert PASSWORD not in json.dumps(found)
    assert "804621" not in json.dumps(found)
    assert rows["ps_auths", "101"]["action"] == "add"
    assert {"name": "password", "old": None, "new": HIDDEN} in rows["ps_auths", "101"]["columns"]
    allow = {"name": "allow", "old": None, "new": ["ulaw", "alaw"]}
    assert allow in rows["ps_endpoints", "101"]["columns"]


CHANGED: Final = RowChange(Action.CHANGE, "ps_endpoints", {"id": "101"})
FIRST: Final = "first expire the cached objects, or wait until they have expired"
GONE: Final = Note("endpoint '101'", "it stays registered", "SQL: DELETE FROM ps_contacts")


def printed(*cached: CachedObject, reload: str = "res_pjsip_mwi.so") -> list[str]:
    """Return the lines about Asterisk, each without its reason."""
    changes = Plan((CHANGED,), reloads=(Reload(reload, "a reason"),), cached=cached, notes=(GONE,))
    return [line.partition("  (")[0] for line in str(changes).splitlines()[1:]]


def test_cached_objects_are_printed_before_notes() -> None:
    """A removed device could register again if the note's command came first."""
    endpoint = CachedObject("res_pjsip/endpoint", "101")

    assert printed(endpoint) == [
        "then in Asterisk: module reload res_pjsip_mwi.so",
        "then in Asterisk: sorcery memory cache expire res_pjsip/endpoint 101",
        f"note: endpoint '101': it stays registered; to end it, {FIRST}, then {GONE.remedy}",
    ]


def test_many_cached_objects_are_one_line() -> None:
    """A reload empties all caches, and one that is needed anyway is printed once."""
    objects = [CachedObject("res_pjsip/endpoint", str(number)) for number in range(4)]
    reload = "then in Asterisk: module reload res_pjsip.so"

    assert len(printed(*objects[:3])) == 5
    assert printed(*objects)[1] == reload
    assert printed(*objects, reload="res_pjsip.so")[0] == reload
    assert len(printed(*objects, reload="res_pjsip.so")) == 2


def test_all_parts_of_a_plan_are_data() -> None:
    """Rows, reloads, cached objects, notes and warnings, with the commands to run."""
    changes = Plan(
        rows=(
            RowChange(
                Action.CHANGE,
                "ps_endpoints",
                {"id": "101"},
                (ColumnChange("dtmf_mode", DtmfMode.AUTO, DtmfMode.INFO),),
            ),
        ),
        reloads=(Reload("res_pjsip.so", "a new AOR"),),
        cached=(CachedObject("res_pjsip/endpoint", "101"),),
        notes=(Note("endpoint '101'", "it stays registered"),),
        warnings=(PlanWarning("endpoint '101'", "it names mailbox '101@default'"),),
    )
    expire = "sorcery memory cache expire res_pjsip/endpoint 101"

    assert changes.to_dict() == {
        "rows": [
            {
                "table": "ps_endpoints",
                "action": "change",
                "key": {"id": "101"},
                "columns": [{"name": "dtmf_mode", "old": "auto", "new": "info"}],
            }
        ],
        "reloads": [
            {
                "module": "res_pjsip.so",
                "why": "a new AOR",
                "command": "module reload res_pjsip.so",
            }
        ],
        "cached": [{"cache": "res_pjsip/endpoint", "name": "101", "command": expire}],
        "notes": [{"about": "endpoint '101'", "text": "it stays registered", "remedy": None}],
        "warnings": [{"about": "endpoint '101'", "text": "it names mailbox '101@default'"}],
    }
