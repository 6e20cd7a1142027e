"""A plan says what applying does: no more, no less, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    Allowance,
    InboundRoute,
    OutboundRoute,
    Phone,
    Plan,
    RegistrationTrunk,
    Reload,
    SchemaMissingError,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    ValidationError,
    apply,
    create_twilio_trunk,
    ensure,
    get,
    migrations,
    plan,
)
from asterisk_realtime.models import Aor, DtmfMode, Endpoint, Extension, Identify
from asterisk_realtime.showing import HIDDEN
from tests.db.tools import PASSWORD, URI, everything, insert, rows, statements, work, writes
from tests.db.twilio_site import ALL, INBOUND, OUTBOUND, TRUNK, trunk

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


QUALIFY = "module reload res_pjsip.so  (static contacts are qualified from then on)"


def lines(changes: Plan) -> list[str]:
    """Return what a plan prints."""
    return str(changes).splitlines()


def expire(kind: str, name: str) -> str:
    """Return what a plan prints about a cached object."""
    command = f"sorcery memory cache expire res_pjsip/{kind} {name}"
    return f"then in Asterisk: {command}  (or wait until it has expired)"


# -- Planning and applying -------------------------------------------------------------------------


def test_a_plan_writes_nothing(engine: Engine, session: Session) -> None:
    """Not even in a savepoint that is rolled back."""
    with statements(engine) as sent:
        changes = plan(session, *ALL)

    assert writes(sent) == []
    assert everything(session) == {}
    assert [row.table for row in changes.rows] == [
        "ps_auths",
        "ps_aors",
        "ps_endpoints",
        "ps_endpoint_id_ips",
        *2 * ["extensions"],
        *2 * ["extensions"],
    ]
    assert {row.action for row in changes.rows} == {"add"}


def test_applying_does_what_the_plan_says(session: Session) -> None:
    """And returns an equal one."""
    before = plan(session, *ALL)
    after = apply(session, *ALL)

    assert before == after
    assert {table: len(found) for table, found in everything(session).items()} == {
        "ps_endpoints": 1,
        "ps_aors": 1,
        "ps_auths": 1,
        "ps_endpoint_id_ips": 1,
        "extensions": 4,
    }


def test_an_unchanged_spec_sends_no_write(engine: Engine, provisioned: Session) -> None:
    """In whatever session, and however often."""
    with statements(engine) as sent, Session(engine) as other:
        first = apply(other, *ALL)
        second = apply(provisioned, *ALL)

    assert (writes(sent), first, second) == ([], Plan(), Plan())
    assert not first
    assert str(first) == "nothing to change"


def test_how_many_statements_it_takes(engine: Engine, session: Session) -> None:
    """One question for all specs, and one INSERT (on SQLite SQLAlchemy sends one for each row)."""
    numbers = [f"+1202555{number:04}" for number in range(100, 200)]
    routes = [
        InboundRoute(number=number, context="from-twilio", destination="ivr,start,1")
        for number in numbers
    ]
    with statements(engine) as sent:
        apply(session, *routes)
    session.commit()
    with statements(engine) as again:
        apply(session, *routes)

    assert len(rows(session, "extensions")) == 200
    inserts = 200 if engine.dialect.name == "sqlite" else 1
    assert [line.split()[0] for line in work(sent)] == ["SELECT", *inserts * ["INSERT"]]
    assert len(work(again)) == 2  # whether anything is there, with the lock's number; the rows


def test_only_changed_columns_are_written(engine: Engine, provisioned: Session) -> None:
    """An UPDATE names them, and the plan shows them old and new."""
    with statements(engine) as sent:
        changes = apply(provisioned, trunk(codecs=["alaw"], qualify_frequency=30))

    assert lines(changes) == [
        "~ ps_aors id='twilio': qualify_frequency 60 -> 30",
        "~ ps_endpoints id='twilio': allow 'ulaw,alaw' -> 'alaw'",
        f"then in Asterisk: {QUALIFY}",
    ]
    assert len(writes(sent)) == 2
    assert all(statement.count("=") == 2 for statement in writes(sent))
    assert rows(provisioned, "ps_endpoints")[0]["allow"] == "alaw"


def test_what_no_spec_has_a_word_for_is_kept(provisioned: Session) -> None:
    """Columns that a person set, also those that begin with a value of ours, and rows."""
    endpoint = provisioned.get_one(Endpoint, "twilio")
    endpoint.dtmf_mode = DtmfMode.INFO
    endpoint.rtp_timeout = 5
    endpoint.direct_media = True
    provisioned.add(Identify(id="mine", endpoint="twilio", match=("203.0.113.7",)))
    provisioned.add(Extension(context="phones", exten="9", priority=1, app="NoOp", appdata=""))
    provisioned.commit()
    before = everything(provisioned)

    assert apply(provisioned, *ALL) == Plan()
    assert everything(provisioned) == before


def test_what_a_spec_has_a_word_for_is_brought_back(provisioned: Session) -> None:
    """A person's change of it is drift."""
    endpoint = provisioned.get_one(Endpoint, "twilio")
    endpoint.identify_by = None
    endpoint.media_encryption = None
    provisioned.commit()
    changes = apply(provisioned, *ALL)

    (row,) = changes.rows
    assert {column.name for column in row.columns} == {"identify_by", "media_encryption"}
    assert rows(provisioned, "ps_endpoints")[0]["identify_by"] == "ip"


def test_a_change_by_another_program_is_seen(engine: Engine) -> None:
    """Also by a session that has loaded the row before and keeps it after a commit."""
    with Session(engine, expire_on_commit=False) as session:
        apply(session, *ALL)
        session.commit()
        with Session(engine) as other:
            other.get_one(Endpoint, "twilio").context = "elsewhere"
            other.commit()
        changes = plan(session, *ALL)

    assert [str(row) for row in changes.rows] == [
        "~ ps_endpoints id='twilio': context 'elsewhere' -> 'from-twilio'"
    ]


def test_pending_rows_of_the_caller_count(engine: Engine) -> None:
    """Also in a session that does not flush by itself."""
    with Session(engine, autoflush=False) as session:
        endpoint = create_twilio_trunk(session, termination_uri=URI).endpoint
        endpoint.context = "mine"
        changes = plan(session, TwilioTrunk(termination_uri=URI))

    assert lines(changes) == [
        "~ ps_endpoints id='twilio': context 'mine' -> 'from-twilio'",
        expire("endpoint", "twilio"),
        (
            "warning: endpoint 'twilio': it names context 'from-twilio', which no row has; "
            "create it, unless extensions.conf has it"
        ),
    ]
    assert len(changes.rows) == 1


def test_credentials_that_go_take_their_row(provisioned: Session) -> None:
    """A trunk that is known by its address has no auth."""
    changes = apply(provisioned, trunk(username=None, password=None))

    assert lines(changes) == [
        "~ ps_endpoints id='twilio': outbound_auth 'twilio' -> None",
        "- ps_auths id='twilio'",
        expire("endpoint", "twilio"),
        expire("auth", "twilio"),
    ]
    assert "ps_auths" not in everything(provisioned)
    assert rows(provisioned, "ps_endpoints")[0]["outbound_auth"] is None


def test_hand_made_ids_are_replaced(session: Session) -> None:
    """A guide's AOR and auth have names of their own: the trunk's new ones take their place."""
    insert(session, "ps_auths", id="twilio-auth", auth_type="userpass", username="u", password="p")
    insert(session, "ps_aors", id="twilio-aor", contact="sip:old.pstn.twilio.com")
    insert(
        session,
        "ps_endpoints",
        id="twilio",
        aors="twilio-aor",
        outbound_auth="twilio-auth",
        context="from-twilio",
    )
    apply(session, TRUNK)

    assert [row["id"] for row in rows(session, "ps_aors")] == ["twilio"]
    assert [row["id"] for row in rows(session, "ps_auths")] == ["twilio"]
    assert rows(session, "ps_endpoints")[0]["aors"] == "twilio"


@pytest.mark.parametrize(
    "wrong", [[TRUNK], "twilio", None, Aor(id="x")], ids=["list", "text", "none", "row"]
)
def test_what_is_no_spec_is_refused(session: Session, wrong: Any) -> None:
    """A list that was forgotten to be unpacked must not pass for done."""
    for call in (plan, apply):
        with pytest.raises(ValidationError, match="give each by itself") as caught:
            call(session, wrong)
        assert caught.value.field == "specs"


def test_a_route_follows_its_trunk(provisioned: Session) -> None:
    """Another number, another trunk: the same steps, changed where they differ."""
    apply(provisioned, trunk(name="second"))
    changes = ensure(provisioned, attrs.evolve(OUTBOUND, trunk="second"))

    dialled = "PJSIP/+1${FILTER(0-9,${EXTEN:1})}"
    assert lines(changes)[0] == (
        "~ extensions context='phones' exten='_1NXXNXXXXXX' priority=1: "
        f"appdata '{dialled}@twilio' -> '{dialled}@second'"
    )
    assert len(changes.rows) == 1
    assert [item.command for item in changes.reloads] == ["module reload pbx_config.so"]


def test_a_route_that_gets_shorter_loses_its_last_step(provisioned: Session) -> None:
    """A caller ID more is a step more, and one less is one less."""
    ensure(provisioned, attrs.evolve(OUTBOUND, caller_id="+12025550123"))
    assert len(rows(provisioned, "extensions")) == 5
    ensure(provisioned, OUTBOUND)

    assert len(rows(provisioned, "extensions")) == 4
    assert get(provisioned, OutboundRoute, context="phones", pattern="_1NXXNXXXXXX") == OUTBOUND


# -- Secrets ---------------------------------------------------------------------------------------


def test_a_plan_holds_no_secret(provisioned: Session) -> None:
    """Neither the old nor the new one, in no form."""
    other = "Another-Horse-8"
    changes = plan(provisioned, trunk(password=other))

    assert lines(changes) == [
        f"~ ps_auths id='twilio': password '{HIDDEN}' -> '{HIDDEN}'",
        expire("auth", "twilio"),
    ]
    for shown in (str(changes), repr(changes), repr(attrs.asdict(changes))):
        assert PASSWORD not in shown
        assert other not in shown


# -- What Asterisk needs afterwards ----------------------------------------------------------------


def test_reloads_and_cached_objects(provisioned: Session) -> None:
    """A new static contact must be qualified; a changed object may be held in a cache."""
    changes = plan(provisioned, trunk(codecs=["alaw"]), INBOUND)

    assert changes.reloads == ()
    assert [item.command for item in changes.cached] == [
        "sorcery memory cache expire res_pjsip/endpoint twilio"
    ]
    (whole,) = plan(provisioned, Allowance(endpoint="twilio", networks=["192.0.2.7"])).cached
    assert whole.command == "sorcery memory cache expire res_pjsip/identify"
    (reload,) = plan(provisioned, trunk(name="second")).reloads
    assert isinstance(reload, Reload)
    assert reload.command == "module reload res_pjsip.so"


def test_a_changed_access_list_is_copied_to_endpoints(session: Session) -> None:
    """All of them are to be read again, and none by itself beside that."""
    office = AccessList(name="office", rules=[AccessRule.permit("192.0.2.0/24")])
    apply(session, Phone(id="101", context="phones"), office)
    narrow = attrs.evolve(office, rules=[AccessRule.permit("192.0.2.1")])
    changes = plan(session, Phone(id="101", context="office"), narrow)

    assert {row.table for row in changes.rows} == {"acls", "ps_endpoints"}
    assert [item.command for item in changes.cached] == [
        "sorcery memory cache expire res_pjsip/endpoint"
    ]


def test_what_is_never_cached_need_not_expire(session: Session) -> None:
    """`render` makes no cache for registrations."""
    account = RegistrationTrunk(
        name="acme",
        server_uri="sip:sip.example.com",
        client_uri="sip:account@sip.example.com",
        credentials=("account", PASSWORD),
        transport="udp",
        context="from-acme",
        codecs=["ulaw"],
    )
    apply(session, account)
    changes = plan(session, attrs.evolve(account, server_uri="sip:other.example.com"))

    assert "ps_registrations" in {row.table for row in changes.rows}
    assert not any("registration" in item.cache for item in changes.cached)


# -- Part of the tables ----------------------------------------------------------------------------


def test_a_database_with_part_of_the_tables(tmp_path: Path) -> None:
    """A site may keep the dialplan and the queues elsewhere: trunks need neither."""
    engine = create_engine(f"sqlite:///{tmp_path}/pjsip.db")
    migrations.upgrade(engine, families=["pjsip"])
    with Session(engine) as session:
        apply(session, TRUNK, TwilioAllowance())
        apply(session, Absent(Trunk, "twilio"))
        with pytest.raises(SchemaMissingError, match="extensions"):
            apply(session, INBOUND)
    engine.dispose()
