"""A plan says what applying does: no more, no less, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    Action,
    Aor,
    Auth,
    ConflictError,
    DtmfMode,
    Endpoint,
    Extension,
    Identify,
    InboundRoute,
    InvalidValueError,
    NotFoundError,
    OutboundRoute,
    Phone,
    Plan,
    Reload,
    SchemaMissingError,
    Spec,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    WebRtcPhone,
    apply,
    create_trunk,
    create_twilio_trunk,
    delete_inbound_route,
    delete_outbound_route,
    delete_trunk,
    ensure_inbound_route,
    ensure_outbound_route,
    ensure_twilio_trunk,
    find_allowance,
    find_inbound_route,
    find_outbound_route,
    find_phone,
    find_trunk,
    find_twilio_trunk,
    migrations,
    plan,
)
from asterisk_realtime.showing import HIDDEN
from tests.db.tools import (
    ACCOUNT,
    PASSWORD,
    URI,
    everything,
    insert,
    rows,
    statements,
    work,
    writes,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

TRUNK = TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD)
OUTBOUND = OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk="twilio", region="US")
INBOUND = InboundRoute(number="+12025550123", context="from-twilio", destination="ivr,start,1")
QUALIFY = "module reload res_pjsip.so  (static contacts are qualified from then on)"
ALL: tuple[Spec, ...] = (INBOUND, OUTBOUND, TwilioAllowance(), TRUNK)
"""In an order in which nothing finds what it names."""


def trunk(**fields: Any) -> TwilioTrunk:
    """Return the trunk with other fields."""
    return attrs.evolve(TRUNK, **fields)


@pytest.fixture
def provisioned(session: Session) -> Session:
    """A session in which all of it is there, committed."""
    apply(session, *ALL)
    session.commit()
    return session


def lines(changes: Plan) -> list[str]:
    """Return what a plan prints."""
    return str(changes).splitlines()


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

    assert lines(changes) == ["~ ps_endpoints id='twilio': context 'elsewhere' -> 'from-twilio'"]


def test_pending_rows_of_the_caller_count(engine: Engine) -> None:
    """Also in a session that does not flush by itself."""
    with Session(engine, autoflush=False) as session:
        endpoint = create_twilio_trunk(session, termination_uri=URI).endpoint
        endpoint.context = "mine"
        changes = plan(session, TwilioTrunk(termination_uri=URI))

    assert lines(changes) == ["~ ps_endpoints id='twilio': context 'mine' -> 'from-twilio'"]


def test_credentials_that_go_take_their_row(provisioned: Session) -> None:
    """A trunk that is known by its address has no auth."""
    changes = apply(provisioned, trunk(username=None, password=None))

    assert lines(changes) == [
        "~ ps_endpoints id='twilio': outbound_auth 'twilio' -> None",
        "- ps_auths id='twilio'",
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


# -- Secrets ---------------------------------------------------------------------------------------


def test_a_plan_holds_no_secret(provisioned: Session) -> None:
    """Neither the old nor the new one, in no form."""
    other = "Another-Horse-8"
    changes = plan(provisioned, trunk(password=other))

    assert lines(changes) == [f"~ ps_auths id='twilio': password '{HIDDEN}' -> '{HIDDEN}'"]
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
    (reload,) = plan(provisioned, trunk(name="second")).reloads
    assert isinstance(reload, Reload)
    assert reload.command == "module reload res_pjsip.so"


# -- Removing --------------------------------------------------------------------------------------


def test_absent_things_go_in_any_order(provisioned: Session) -> None:
    """A trunk and its routes in one call, although the routes name it."""
    gone = (
        Absent(Trunk, "twilio"),
        Absent(OutboundRoute, "phones", "_1NXXNXXXXXX"),
        Absent(InboundRoute, "from-twilio", "+12025550123"),
    )
    before = plan(provisioned, *gone)
    after = apply(provisioned, *gone)

    assert before == after
    assert everything(provisioned) == {}


@pytest.mark.parametrize(
    "wrong", [[TRUNK], "twilio", None, Aor(id="x")], ids=["list", "text", "none", "row"]
)
def test_what_is_no_spec_is_refused(session: Session, wrong: Any) -> None:
    """A list that was forgotten to be unpacked must not pass for done."""
    for call in (plan, apply):
        with pytest.raises(InvalidValueError, match="give each by itself") as caught:
            call(session, wrong)
        assert caught.value.field == "specs"


def test_a_name_that_is_no_text() -> None:
    """It is told where it is given."""
    with pytest.raises(InvalidValueError, match="give name"):
        Absent(Trunk, 100)  # type: ignore[arg-type]


def test_what_goes_and_comes_in_one_call_is_new(session: Session) -> None:
    """Nothing is left of the old thing but the rows' keys: no column, no secret."""
    old = WebRtcPhone(id="100", context="phones", password=PASSWORD, mailbox="100")
    apply(session, old)
    insert(session, "ps_aors", id="101")
    session.execute(text("UPDATE ps_endpoints SET device_state_busy_at = 3"))
    session.execute(text("UPDATE ps_auths SET nonce_lifetime = 7"))
    gone, new = Absent(WebRtcPhone, "100"), Phone(id="100", context="phones")
    before = plan(session, gone, new)
    after = apply(session, gone, new)

    assert before == after
    assert f"password '{HIDDEN}' -> '{HIDDEN}'" in str(after)
    found = find_phone(session, "100")
    assert found is not None
    assert found.password not in {None, PASSWORD}
    assert attrs.evolve(found, password=None) == new
    endpoint, auth = rows(session, "ps_endpoints")[0], rows(session, "ps_auths")[0]
    assert endpoint["webrtc"] in {None, "no"}
    assert endpoint["device_state_busy_at"] in {None, 0}
    assert auth["nonce_lifetime"] in {None, 32}
    assert not plan(session, new)


def test_what_is_named_cannot_go(provisioned: Session) -> None:
    """The error names who does."""
    before = everything(provisioned)
    with pytest.raises(ConflictError, match=r"step 1 of extension '_1NXXNXXXXXX' in .*'phones'"):
        apply(provisioned, Absent(Trunk, "twilio"))

    assert everything(provisioned) == before


@pytest.mark.parametrize(
    ("app", "appdata", "names_it"),
    [
        ("Dial", "PJSIP/twilio", True),
        ("Dial", "PJSIP/100&PJSIP/${FILTER(0-9,${EXTEN})}@twilio,30,g", True),
        ("Dial", "PJSIP/100@twilio-2", False),
        ("Dial", "PJSIP/twilio2", False),
        ("NoOp", "PJSIP/twilio", False),
    ],
)
def test_who_names_a_trunk(session: Session, app: str, appdata: str, *, names_it: bool) -> None:
    """Its id as a whole, in what is dialled."""
    apply(session, TRUNK)
    insert(session, "extensions", context="x", exten="1", priority=1, app=app, appdata=appdata)
    if names_it:
        with pytest.raises(ConflictError, match="step 1 of extension '1'"):
            apply(session, Absent(Trunk, "twilio"))
    else:
        apply(session, Absent(Trunk, "twilio"))


@pytest.mark.parametrize("gone", [Absent(Trunk, "nobody"), Absent(InboundRoute, "a", "+1")])
def test_what_is_not_there_is_gone_already(session: Session, gone: Absent) -> None:
    """To wish it twice is no error; to delete it twice is."""
    assert apply(session, gone, Phone(id="100", context="phones")).of(Action.REMOVE) == ()
    assert not apply(session, gone)
    with pytest.raises(NotFoundError, match="'nobody'"):
        delete_trunk(session, "nobody")
    with pytest.raises(NotFoundError, match=r"'\+1 in a'"):
        delete_inbound_route(session, "+1", context="a")


def test_absent_names_a_kind_by_its_fields() -> None:
    """What is none is refused at once, with what is."""
    with pytest.raises(InvalidValueError, match=r"TwilioTrunk.* use .*Trunk"):
        Absent(TwilioTrunk, "twilio")
    with pytest.raises(InvalidValueError, match="give context, pattern"):
        Absent(OutboundRoute, "_1NXXNXXXXXX")

    assert repr(Absent(Trunk, "twilio")) == "Absent(Trunk, 'twilio')"


def test_routes_are_deleted_alone(provisioned: Session) -> None:
    """Steps of other extensions stay."""
    insert(
        provisioned, "extensions", context="phones", exten="1", priority=1, app="NoOp", appdata=""
    )
    outbound = delete_outbound_route(provisioned, context="phones", pattern="_1NXXNXXXXXX")
    inbound = delete_inbound_route(provisioned, "+12025550123")

    assert (len(outbound.rows), len(inbound.rows)) == (2, 2)
    assert [row["exten"] for row in rows(provisioned, "extensions")] == ["1"]


# -- Finding ---------------------------------------------------------------------------------------


def test_what_is_found_is_what_was_wanted(provisioned: Session) -> None:
    """The spec comes back, and applying it changes nothing."""
    outbound = find_outbound_route(provisioned, context="phones", pattern="_1NXXNXXXXXX")
    allowance = find_allowance(provisioned, "twilio")

    assert find_twilio_trunk(provisioned) == attrs.evolve(TRUNK, transport="tls")
    assert find_trunk(provisioned, "twilio") == TRUNK.trunk()
    assert outbound == OUTBOUND
    assert find_inbound_route(provisioned, "+12025550123") == INBOUND
    assert allowance is not None
    assert allowance.networks == TwilioAllowance().allowance().networks
    assert outbound is not None
    assert plan(provisioned, TRUNK.trunk(), outbound, allowance) == Plan()


def test_a_pinned_allowance_is_found(provisioned: Session) -> None:
    """With its header, and the addresses of the endpoint's ACL."""
    apply(provisioned, TwilioAllowance(account_sid=ACCOUNT, edges=["tokyo"]))
    found = find_allowance(provisioned, "twilio")

    assert found is not None
    assert str(found.header) == f"X-Twilio-AccountSid: {ACCOUNT}"
    assert [str(net) for net in found.networks] == ["54.65.63.192/30"]
    assert plan(provisioned, found) == Plan()


def test_nothing_is_found_where_nothing_is(session: Session) -> None:
    """None, not an error."""
    insert(session, "ps_endpoints", id="TWILIO")

    assert find_twilio_trunk(session) is None
    assert find_allowance(session, "twilio") is None
    assert find_inbound_route(session, "+12025550123") is None
    assert find_outbound_route(session, context="a", pattern="_+X.") is None


def test_another_providers_trunk_is_none_of_twilios(session: Session) -> None:
    """Its contact says so."""
    other = attrs.evolve(TRUNK.trunk(), contact="sip:sip.example.com")
    create_trunk(session, other)
    with pytest.raises(ConflictError, match="no host of a Twilio trunk"):
        find_twilio_trunk(session)

    assert find_trunk(session, "twilio") == other


def test_rows_that_no_spec_can_say(session: Session) -> None:
    """A hand-made endpoint without what a trunk needs is told apart, not guessed at."""
    insert(session, "ps_endpoints", id="twilio", context="a b")
    with pytest.raises(ConflictError, match="change the rows"):
        find_trunk(session, "twilio")


# -- Conflicts -------------------------------------------------------------------------------------


def test_a_phone_is_no_trunk(session: Session) -> None:
    """Its endpoint authenticates: it is not made a trunk, and not deleted as one."""
    session.add_all([Endpoint(id="twilio", auth=("twilio",), aors=("twilio",)), Auth(id="twilio")])
    session.add(Aor(id="twilio"))
    session.flush()
    before = everything(session)
    for call in (
        lambda: ensure_twilio_trunk(session, TRUNK),
        lambda: apply(session, Absent(Trunk, "twilio")),
        lambda: find_trunk(session, "twilio"),
    ):
        with pytest.raises(ConflictError, match="authenticates its calls"):
            call()

    assert everything(session) == before


def test_the_same_thing_twice_in_one_call(session: Session) -> None:
    """Two specs, and a spec and its Absent: what the other side is, is told."""
    with pytest.raises(ConflictError, match=r"trunk 'twilio' conflicts with another spec of"):
        apply(session, TRUNK, trunk(context="other"))
    with pytest.raises(ConflictError, match=r"trunk 'twilio' conflicts with the Absent of"):
        apply(session, TRUNK, Absent(Trunk, "twilio"))

    assert everything(session) == {}


def test_two_specs_of_one_call_are_neighbours(session: Session) -> None:
    """What contradicts a row of the database does so too before that row is written."""
    with pytest.raises(ConflictError, match="'twilio', whose calls enter"):
        apply(session, TRUNK, attrs.evolve(OUTBOUND, context="from-twilio"))
    with pytest.raises(ConflictError, match="pin both"):
        apply(session, TRUNK, trunk(name="b"), TwilioAllowance(), TwilioAllowance(endpoint="b"))

    assert everything(session) == {}


def test_a_context_that_leads_out_is_refused_for_a_trunk(provisioned: Session) -> None:
    """Its calls are nobody's: they must not go out again."""
    with pytest.raises(ConflictError, match="which calls a trunk"):
        apply(provisioned, trunk(name="second", context="phones"))


def test_a_borrowed_aor_is_refused(session: Session) -> None:
    """Calls to the trunk would ring at the neighbour's too."""
    session.add(Endpoint(id="thief", aors=("thief", "twilio")))
    with pytest.raises(ConflictError, match="'thief', which has it in its aors"):
        apply(session, TRUNK)


@pytest.mark.parametrize("name", ["TWILIO", "Twilio"])
def test_ensuring_a_name_of_another_case(provisioned: Session, name: str) -> None:
    """It would be another object to Asterisk, and the same one to MariaDB and to SIP peers."""
    with pytest.raises(ConflictError, match="endpoint 'twilio'"):
        apply(provisioned, trunk(name=name))


def test_steps_of_a_person_are_not_replaced(session: Session) -> None:
    """An extension that is no route of ours is another dialplan's."""
    place = {"context": "from-twilio", "exten": "+12025550123"}
    insert(session, "extensions", **place, priority=1, app="Answer", appdata="")
    insert(session, "extensions", **place, priority=2, app="Echo", appdata="")
    insert(
        session,
        "extensions",
        context="phones",
        exten="_1NXXNXXXXXX",
        priority=1,
        app="NoOp",
        appdata="x",
    )
    apply(session, TRUNK)
    before = everything(session)
    with pytest.raises(ConflictError, match="another dialplan's"):
        ensure_inbound_route(session, INBOUND)
    with pytest.raises(ConflictError, match="another dialplan's"):
        ensure_outbound_route(session, OUTBOUND)
    with pytest.raises(ConflictError, match="another dialplan's"):
        delete_inbound_route(session, "+12025550123")

    assert everything(session) == before


def test_a_route_follows_its_trunk(provisioned: Session) -> None:
    """Another number, another trunk: the same steps, changed where they differ."""
    apply(provisioned, trunk(name="second"))
    changes = ensure_outbound_route(provisioned, attrs.evolve(OUTBOUND, trunk="second"))

    dialled = "PJSIP/+1${FILTER(0-9,${EXTEN:1})}"
    assert str(changes) == (
        "~ extensions context='phones' exten='_1NXXNXXXXXX' priority=1: "
        f"appdata '{dialled}@twilio' -> '{dialled}@second'"
    )


def test_a_route_that_gets_shorter_loses_its_last_step(provisioned: Session) -> None:
    """A caller ID more is a step more, and one less is one less."""
    ensure_outbound_route(provisioned, attrs.evolve(OUTBOUND, caller_id="+12025550123"))
    assert len(rows(provisioned, "extensions")) == 5
    ensure_outbound_route(provisioned, OUTBOUND)

    assert len(rows(provisioned, "extensions")) == 4
    assert find_outbound_route(provisioned, context="phones", pattern="_1NXXNXXXXXX") == OUTBOUND


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
