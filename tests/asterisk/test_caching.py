"""When a changed row counts with what `render` does by default: caches, a dialplan in memory."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    Allowance,
    InternalExtension,
    Phone,
    apply,
)
from asterisk_realtime.conf import CACHE_SECONDS, RealtimeContext
from asterisk_realtime.models import Aor, Auth, Contact, Endpoint, Extension, Identify, IdentifyBy
from tests.asterisk.realtime_lab import AS_GENERATED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from asterisk_realtime import Plan, Spec
    from asterisk_realtime.models import Base
    from tests.asterisk.realtime_lab import RealtimeLab

    StartLab = Callable[..., AbstractContextManager[RealtimeLab]]

NUMBER: Final = "+12025550123"
PASSWORD: Final = "Correct-Horse-42"
OK: Final = 200
REFUSED: Final = 401
NOT_FOUND: Final = 404
SLACK: Final = 0.5
"""Seconds for Asterisk's own timer."""


def steps(context: str, exten: str, *apps: tuple[str, str]) -> list[Extension]:
    """Return the steps of an extension."""
    return [
        Extension(context=context, exten=exten, priority=priority, app=app, appdata=data)
        for priority, (app, data) in enumerate(apps, start=1)
    ]


def phone_rows(name: str) -> list[Base]:
    """Return the rows of a phone."""
    return [
        Auth(id=name, username=name, password=PASSWORD),
        Aor(id=name, max_contacts=1, remove_existing=True),
        Endpoint(id=name, aors=(name,), auth=(name,), context="internal", allow=("ulaw",)),
    ]


@contextmanager
def generated(start_lab: StartLab, *rows: Base, **options: object) -> Iterator[RealtimeLab]:
    """Yield a lab with a trunk, two phones and a number, whose files are those of `render`."""
    usual: list[Base] = [
        Endpoint(id="twilio", context="from-twilio", allow=("ulaw",), identify_by=(IdentifyBy.IP,)),
        *phone_rows("desk"),
        *phone_rows("leaver"),
        *steps("from-twilio", NUMBER, ("Answer", ""), ("Wait", "5")),
        *steps("internal", "600", ("Answer", ""), ("Wait", "5")),
    ]
    with start_lab(**{**AS_GENERATED, **options}, rows=[*usual, *rows]) as lab:
        lab.add(Identify(id="twilio", endpoint="twilio", match=(lab.net.twilio_network,)))
        yield lab


def seen(lab: RealtimeLab) -> dict[str, str | int | bool]:
    """Return what Asterisk has of the rows that `change` changes."""
    return {
        "changed endpoint": lab.evaluate("PJSIP_ENDPOINT(desk,accountcode)"),
        "changed AOR": lab.evaluate("PJSIP_AOR(desk,max_contacts)"),
        "changed auth": "other-name" in lab.asterisk.cli("pjsip show auth desk"),
        "removed endpoint": lab.evaluate("PJSIP_ENDPOINT(leaver,context)"),
        "removed identify row": lab.twilio_call(NUMBER).status,
        "added identify row": lab.twilio_call(NUMBER, source=lab.net.unknown_peer).status,
    }


BEFORE: Final = {
    "changed endpoint": "",
    "changed AOR": "1",
    "changed auth": False,
    "removed endpoint": "internal",
    "removed identify row": OK,
    "added identify row": REFUSED,
}
AFTER: Final = {
    "changed endpoint": "sales",
    "changed AOR": "3",
    "changed auth": True,
    "removed endpoint": "",
    "removed identify row": REFUSED,
    "added identify row": OK,
}


def change(lab: RealtimeLab) -> None:
    """Change, add and remove rows that Asterisk has read."""
    with Session(lab.engine) as session:
        session.execute(update(Endpoint).where(Endpoint.id == "desk").values(accountcode="sales"))
        session.execute(update(Aor).where(Aor.id == "desk").values(max_contacts=3))
        session.execute(update(Auth).where(Auth.id == "desk").values(username="other-name"))
        session.execute(delete(Endpoint).where(Endpoint.id == "leaver"))
        session.execute(delete(Identify))
        session.add(Identify(id="new", endpoint="twilio", match=(lab.net.unknown_peer,)))
        session.commit()


def test_rows_count_in_time(start_lab: StartLab) -> None:
    """After the seconds of the cache each change counts; before, Asterisk has the old rows."""
    with generated(start_lab) as lab:
        before = seen(lab)
        change(lab)
        done = time.monotonic()
        at_once = seen(lab)
        time.sleep(max(0.0, done + CACHE_SECONDS + SLACK - time.monotonic()))
        later = seen(lab)

    assert before == BEFORE
    assert at_once == BEFORE
    assert later == AFTER


def test_rows_count_after_a_reload(start_lab: StartLab) -> None:
    """``module reload res_pjsip.so`` empties the caches."""
    with generated(start_lab) as lab:
        before = seen(lab)
        change(lab)
        lab.asterisk.reload()
        after = seen(lab)

    assert before == BEFORE
    assert after == AFTER


def test_new_objects_count_at_once(start_lab: StartLab) -> None:
    """A phone that nobody knew is there as soon as its rows are, and can register and call."""
    with generated(start_lab) as lab:
        unknown = lab.evaluate("PJSIP_ENDPOINT(joiner,context)")
        lab.add(*phone_rows("joiner"))
        registered = lab.register(user="joiner", password=PASSWORD)
        call = lab.phone_call("600", user="joiner", password=PASSWORD)

    assert unknown == ""
    assert registered == OK
    assert call.status == OK


def write(lab: RealtimeLab, *specs: Spec | Absent) -> Plan:
    """Apply *specs* and commit."""
    with Session(lab.engine) as session:
        done = apply(session, *specs)
        session.commit()
    return done


def carry_out(lab: RealtimeLab, plan: Plan) -> None:
    """Give the commands of a plan, apart from its notes."""
    commands = [item.command for item in plan.reloads] + [item.command for item in plan.cached]
    for command in commands:
        answer = lab.asterisk.cli(command)
        assert "reloaded successfully" in answer or "cache" in answer


def carry_out_printed(lab: RealtimeLab, plan: Plan) -> None:
    """Give the commands that a plan prints, apart from its notes."""
    for line in str(plan).splitlines():
        if line.startswith("then in Asterisk: "):
            lab.asterisk.cli(line.removeprefix("then in Asterisk: ").partition("  (")[0])


def provision(lab: RealtimeLab, *specs: Spec | Absent) -> Plan:
    """Apply *specs*, commit, and do what the plan says."""
    done = write(lab, *specs)
    carry_out(lab, done)
    return done


def test_a_plan_says_what_is_needed(start_lab: StartLab) -> None:
    """With the reloads and the expired objects of the plan each change counts at once."""
    with generated(start_lab) as lab:
        caller = {"user": "101", "password": PASSWORD}
        provision(lab, Phone(id="101", context="internal", password=PASSWORD))
        first = lab.phone_call("600", **caller).status
        longer = {"user": "101", "password": f"{PASSWORD}-longer"}
        moved = Phone(id="101", context="annex", password=longer["password"])
        number = InternalExtension(exten="700", context="annex", destination="internal,600,1")
        phone = provision(lab, moved, number)
        second = lab.phone_call("700", **longer).status
        foreign = lab.twilio_call(NUMBER, source=lab.net.unknown_peer).status
        allowance = provision(lab, Allowance(endpoint="twilio", networks=[lab.net.unknown_peer]))
        allowed = lab.twilio_call(NUMBER, source=lab.net.unknown_peer).status
        provision(lab, Absent(InternalExtension, "700", context="annex"))
        gone = lab.phone_call("700", **longer).status

    assert (first, second, foreign, allowed, gone) == (OK, OK, REFUSED, OK, NOT_FOUND)
    assert [item.module for item in phone.reloads] == ["pbx_config.so"]
    assert "res_pjsip/auth" in {item.cache for item in phone.cached}
    assert [item.command for item in allowance.cached] == [
        "sorcery memory cache expire res_pjsip/identify"
    ]


def test_a_removed_phone(start_lab: StartLab) -> None:
    """It calls and registers again, also after the note's remedy, until its objects expire."""
    caller = {"user": "leaver", "password": PASSWORD}
    with generated(start_lab) as lab:
        before = lab.register(**caller)
        plan = write(lab, Absent(Phone, "leaver"))
        lab.end(plan.notes[0])
        cached = lab.phone_call("600", **caller).status, lab.register(**caller)
        registered = list(lab.asterisk.contacts())
        carry_out_printed(lab, plan)
        lab.end(plan.notes[0])
        after = lab.phone_call("600", **caller).status, lab.register(**caller)
        left = lab.asterisk.contacts()

    assert before == OK
    assert cached == (OK, OK)
    assert len(registered) == 1
    assert after == (REFUSED, REFUSED)
    assert left == {}


def test_a_changed_access_list(start_lab: StartLab) -> None:
    """It counts after the commands of the plan; until then the endpoint has the old one."""
    caller = {"user": "desk", "password": PASSWORD}
    with generated(start_lab) as lab:
        office = AccessList(name="office", rules=[AccessRule.permit(lab.net.phone)])
        elsewhere = AccessList(name="office", rules=[AccessRule.permit("192.0.2.1")])
        provision(lab, office)
        with Session(lab.engine) as session:
            session.get_one(Endpoint, "desk").acl = ("office",)
            session.commit()
        lab.forget_system_name()
        first = lab.phone_call("600", **caller).status
        narrowed = write(lab, elsewhere)
        cached = lab.phone_call("600", **caller).status
        carry_out(lab, narrowed)
        second = lab.phone_call("600", **caller).status
        carry_out_printed(lab, write(lab, office))
        third = lab.phone_call("600", **caller).status

    assert (first, cached, second, third) == (OK, OK, REFUSED, OK)
    assert [item.command for item in narrowed.cached] == [
        "sorcery memory cache expire res_pjsip/endpoint"
    ]


# -- The dialplan ----------------------------------------------------------------------------------


def step(lab: RealtimeLab, exten: str) -> str:
    """Return the first step of an extension of ``internal``, as Asterisk has it."""
    listing = lab.asterisk.cli(f"dialplan show {exten}@internal")
    return listing.partition("1. ")[2].partition("  ")[0]


def test_steps_count_after_a_reload(start_lab: StartLab) -> None:
    """Changed, added and removed steps, and a context that no file names."""
    with generated(start_lab, *steps("internal", "_7XX", ("NoOp", "seven"))) as lab:
        before = [step(lab, exten) for exten in ("600", "700", "601")]
        with Session(lab.engine) as session:
            answers = update(Extension).where(Extension.app == "Answer")
            session.execute(answers.values(app="Ringing"))
            session.execute(delete(Extension).where(Extension.exten == "_7XX"))
            session.add_all(steps("internal", "601", ("NoOp", "Zoë; ^B^20 a,b(c)")))
            session.add_all(steps("annex", "_8XX", ("NoOp", "eight")))
            session.add_all(steps("general", "static", ("NoOp", "no context")))
            session.commit()
        until = [step(lab, exten) for exten in ("600", "700", "601")]
        reloaded = lab.asterisk.cli("module reload pbx_config.so")
        after = [step(lab, exten) for exten in ("600", "700", "601")]
        annex = lab.asterisk.cli("dialplan show 812@annex")
        contexts = lab.asterisk.cli("dialplan show")
        problems = lab.asterisk.log_problems()

    assert before == ["Answer()", "NoOp(seven)", ""]
    assert until == before
    assert "reloaded successfully" in reloaded
    assert after == ["Ringing()", "", "NoOp(Zoë; ^B^20 a,b(c))"]
    assert "NoOp(eight)" in annex
    assert "Context 'general'" not in contexts
    assert problems == []


def test_one_context_is_looked_up(start_lab: StartLab) -> None:
    """Beside a dialplan in memory, the rows of a `RealtimeContext` count at once."""
    contexts = ["from-twilio", RealtimeContext(name="internal")]
    with generated(start_lab, contexts=contexts) as lab:
        lab.add(*steps("internal", "601", ("Answer", ""), ("Wait", "5")))
        call = lab.phone_call("601", user="desk", password=PASSWORD)
        inward = lab.twilio_call(NUMBER)
        memory = lab.asterisk.cli("dialplan show internal")

    assert call.status == OK
    assert inward.status == OK
    assert "'600'" not in memory
    assert "Realtime/internal@extensions" in memory


# -- Registrations ---------------------------------------------------------------------------------


def test_registrations(start_lab: StartLab) -> None:
    """A phone registers, again, and no more; what it rings by is never an old contact."""
    with generated(start_lab) as lab:
        account = {"user": "desk", "password": PASSWORD}
        statuses = [lab.register(**account, port=port) for port in (5070, 5071)]
        shown = lab.asterisk.contacts()
        rows = lab.rows(Contact)
        statuses.append(lab.register(**account, seconds=0))
        left = lab.asterisk.contacts()

    assert statuses == [OK, OK, OK]
    assert len(shown) == 1
    assert len(rows) == (lab.path != "sqlite3")
    assert left == {}
