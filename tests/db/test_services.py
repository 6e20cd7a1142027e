"""Mailboxes, music, follow-me profiles and access lists are written as they are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import attrs
import pytest

from asterisk_realtime import (
    AccessList,
    AccessRule,
    AclSense,
    Aor,
    CallQueue,
    CommandMusicClass,
    ConflictError,
    Endpoint,
    FollowMeProfile,
    FollowMeStep,
    InternalExtension,
    InvalidValueError,
    Mailbox,
    MohMode,
    MohSort,
    MusicClass,
    MusicOnHold,
    NamedAcl,
    NotFoundError,
    ToFollowMe,
    ToMailbox,
    ToVoicemailMain,
    Voicemail,
    apply,
    create_access_list,
    create_command_music_class,
    create_followme,
    create_mailbox,
    create_music_class,
    delete_access_list,
    delete_command_music_class,
    delete_followme,
    delete_mailbox,
    delete_music_class,
    ensure_access_list,
    ensure_command_music_class,
    ensure_followme,
    ensure_mailbox,
    ensure_music_class,
    find_access_list,
    find_command_music_class,
    find_followme,
    find_mailbox,
    find_music_class,
    plan,
    set_mailbox_pin,
)
from asterisk_realtime.errors import HIDDEN
from tests.db.tools import insert, rows, statements, writes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

BOX = Mailbox(
    number="100",
    pin="4711",
    full_name="Zoë; ^B",
    emails=["zoe@example.com", "desk@example.com"],
    attach=True,
    delete=True,
    timezone="central",
    max_messages=50,
)
FILES = MusicClass(name="jazz", directory="moh", sort=MohSort.RANDOM)
PLAYLIST = MusicClass(
    name="list", playlist=["/music/one", "https://radio.example/stream;q=1", "/music/three"]
)
COMMAND = CommandMusicClass(name="radio", command="/usr/bin/mpg123 -s http://x", format="ulaw")
PROFILE = FollowMeProfile(
    name="alice",
    steps=[FollowMeStep(numbers="101&102", timeout=10), FollowMeStep(numbers=["+12025550123"])],
    context="phones",
    ask=False,
    take_call="1",
    decline_call="2",
    music_class="jazz",
)
OFFICE = AccessList(
    name="office",
    rules=[
        AccessRule.permit("10.0.0.0/8", "2001:db8::/32"),
        AccessRule.deny("10.1.0.0/16"),
        AccessRule.permit("10.1.2.3"),
    ],
)
SPECS = (BOX, FILES, PLAYLIST, COMMAND, PROFILE, OFFICE)
CREATE: dict[type, Callable[..., Any]] = {
    Mailbox: create_mailbox,
    MusicClass: create_music_class,
    CommandMusicClass: create_command_music_class,
    FollowMeProfile: create_followme,
    AccessList: create_access_list,
}
ENSURE: dict[type, Callable[..., Any]] = {
    Mailbox: ensure_mailbox,
    MusicClass: ensure_music_class,
    CommandMusicClass: ensure_command_music_class,
    FollowMeProfile: ensure_followme,
    AccessList: ensure_access_list,
}
FIND: dict[type, Callable[..., Any]] = {
    Mailbox: find_mailbox,
    MusicClass: find_music_class,
    CommandMusicClass: find_command_music_class,
    FollowMeProfile: find_followme,
    AccessList: find_access_list,
}
DELETE: dict[type, Callable[..., Any]] = {
    Mailbox: delete_mailbox,
    MusicClass: delete_music_class,
    CommandMusicClass: delete_command_music_class,
    FollowMeProfile: delete_followme,
    AccessList: delete_access_list,
}
TABLES = (
    *("voicemail", "musiconhold", "musiconhold_entry", "followme", "followme_numbers"),
    "acls",
)


def key(spec: Any) -> str:
    """Return what a spec is found by."""
    return str(getattr(spec, "name", None) or spec.number)


def changed(change: Any) -> list[tuple[Any, ...]]:
    """Return what a plan does to columns."""
    return [(c.name, c.old, c.new) for row in change.rows for c in row.columns]


# -- All kinds -------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS, ids=key)
def test_it_comes_back(session: Session, spec: Any) -> None:
    """What was created is found as it was, and found again it changes nothing."""
    CREATE[type(spec)](session, spec)
    found = FIND[type(spec)](session, key(spec))

    assert found == spec
    assert not plan(session, found)
    assert FIND[type(spec)](session, "999") is None


@pytest.mark.parametrize("spec", SPECS, ids=key)
def test_it_is_created_once(session: Session, spec: Any) -> None:
    """The second time is a conflict, and the first one stays."""
    CREATE[type(spec)](session, spec)
    before = {table: rows(session, table) for table in TABLES}
    with pytest.raises(ConflictError, match=repr(key(spec))[1:-1]):
        CREATE[type(spec)](session, spec)

    assert {table: rows(session, table) for table in TABLES} == before


@pytest.mark.parametrize("spec", SPECS, ids=key)
def test_it_is_ensured(engine: Engine, session: Session, spec: Any) -> None:
    """From nothing it is added; unchanged it sends no write."""
    assert ENSURE[type(spec)](session, spec)
    session.commit()
    with statements(engine) as sent:
        assert not ENSURE[type(spec)](session, spec)

    assert writes(sent) == []


@pytest.mark.parametrize("spec", SPECS, ids=key)
def test_it_is_deleted(session: Session, spec: Any) -> None:
    """With all of its rows and with no neighbour's; what is not there is an error."""
    with pytest.raises(NotFoundError):
        DELETE[type(spec)](session, key(spec))
    neighbour = (
        attrs.evolve(spec, number="200")
        if isinstance(spec, Mailbox)
        else attrs.evolve(spec, name="neighbour")
    )
    CREATE[type(spec)](session, neighbour)
    before = {table: rows(session, table) for table in TABLES}
    CREATE[type(spec)](session, spec)
    session.commit()
    assert DELETE[type(spec)](session, key(spec))
    session.commit()

    assert {table: rows(session, table) for table in TABLES} == before


@pytest.mark.parametrize("spec", [FILES, COMMAND, PROFILE, OFFICE], ids=key)
def test_case_makes_no_other_name(session: Session, spec: Any) -> None:
    """MariaDB would take them for one, and so do people."""
    CREATE[type(spec)](session, spec)
    with pytest.raises(ConflictError):
        CREATE[type(spec)](session, attrs.evolve(spec, name=spec.name.upper()))


# -- Mailboxes -------------------------------------------------------------------------------------


def test_a_mailbox(session: Session) -> None:
    """Several addresses share a cell, and the PIN does not show."""
    row = create_mailbox(session, BOX)
    (raw,) = rows(session, "voicemail")

    assert (raw["mailbox"], raw["context"], raw["password"]) == ("100", "default", "4711")
    assert raw["email"] == "zoe@example.com|desk@example.com"
    assert (raw["attach"], raw["deletevoicemail"], raw["tz"]) == ("yes", "yes", "central")
    assert "4711" not in repr(row)
    assert "4711" not in repr(BOX)


def test_a_pin_is_drawn(session: Session) -> None:
    """Six digits, which the plan does not show and the row has."""
    spec = Mailbox(number="100")
    shown = plan(session, spec)
    row = create_mailbox(session, spec)
    found = find_mailbox(session, "100")

    assert ("password", None, HIDDEN) in changed(shown)
    assert row.password.isdecimal()
    assert len(row.password) == 6
    assert found == attrs.evolve(spec, pin=str(row.password))
    assert not plan(session, spec)


def test_the_owners_pin_stays(session: Session) -> None:
    """Whatever the spec says; setting it anew is a call of its own."""
    row = create_mailbox(session, BOX)
    row.password = "12"
    session.flush()
    assert not apply(session, BOX)
    found = find_mailbox(session, "100")

    assert str(row.password) == "12"
    assert found == attrs.evolve(BOX, pin=None)
    assert changed(set_mailbox_pin(session, "100", "998877")) == [("password", HIDDEN, HIDDEN)]
    assert session.get_one(Voicemail, row.uniqueid).password == "998877"
    with pytest.raises(InvalidValueError, match="mailbox's number"):
        set_mailbox_pin(session, "4040", "4040")
    with pytest.raises(InvalidValueError, match=r"^pin="):
        set_mailbox_pin(session, "100", cast("str", None))
    with pytest.raises(NotFoundError):
        set_mailbox_pin(session, "101", "998877")


def test_a_mailbox_is_of_its_context(session: Session) -> None:
    """The same number in another context is another mailbox."""
    create_mailbox(session, BOX)
    create_mailbox(session, attrs.evolve(BOX, context="sales"))
    delete_mailbox(session, "100")

    assert find_mailbox(session, "100") is None
    assert find_mailbox(session, "100", context="sales") == attrs.evolve(BOX, context="sales")


@pytest.mark.parametrize(
    ("referrer", "message"),
    [
        (Endpoint(id="100", mailboxes=("99@default", "100@default")), "endpoint '100'"),
        (Aor(id="100", mailboxes=("100",)), "AOR '100'"),
        (
            InternalExtension(exten="1", context="phones", destination=ToMailbox("100")),
            "extension '1'",
        ),
        (
            InternalExtension(exten="1", context="phones", destination=ToVoicemailMain("100")),
            "extension '1'",
        ),
    ],
    ids=["endpoint", "AOR", "VoiceMail", "VoiceMailMain"],
)
def test_a_mailbox_that_is_named_stays(session: Session, referrer: Any, message: str) -> None:
    """The error names what names it."""
    create_mailbox(session, BOX)
    if isinstance(referrer, InternalExtension):
        apply(session, referrer)
    else:
        session.add(type(referrer)(id=referrer.id, mailboxes=referrer.mailboxes))
    with pytest.raises(ConflictError, match=message):
        delete_mailbox(session, "100")

    assert len(rows(session, "voicemail")) == 1


# -- Music -----------------------------------------------------------------------------------------


def test_music_of_files_and_lists(session: Session) -> None:
    """A folder, or entries in their order."""
    create_music_class(session, FILES)
    returned = create_music_class(session, PLAYLIST)
    jazz, listed = rows(session, "musiconhold")

    assert (jazz["mode"], jazz["directory"], jazz["sort"]) == ("files", "moh", "random")
    assert (listed["mode"], listed["directory"]) == ("playlist", None)
    assert [row["position"] for row in rows(session, "musiconhold_entry")] == [0, 1, 2]
    assert [entry.entry for entry in returned.entries] == list(PLAYLIST.playlist or ())


def test_a_playlist_that_gets_shorter_and_a_folder(session: Session) -> None:
    """Only what differs is written; the last step leaves no piece."""
    create_music_class(session, PLAYLIST)
    shorter = attrs.evolve(PLAYLIST, playlist=["/music/one", "/music/three"])
    change = ensure_music_class(session, shorter)

    assert [(row.action.value, row.key["position"]) for row in change.rows] == [
        ("change", 1),
        ("remove", 2),
    ]
    assert [reload.module for reload in change.reloads] == ["res_musiconhold.so"]
    ensure_music_class(session, attrs.evolve(PLAYLIST, playlist=None, directory="moh"))
    assert rows(session, "musiconhold_entry") == []
    assert session.get_bind() is not None


def test_a_command_is_never_a_plain_class(session: Session) -> None:
    """Neither kind touches the other's rows."""
    create_command_music_class(session, COMMAND)
    create_music_class(session, FILES)
    plain = MusicClass(name="radio", directory="moh")
    for call, given in ((ensure_music_class, plain), (create_music_class, plain)):
        with pytest.raises(ConflictError, match="music class 'radio'"):
            call(session, given)
    for other in (find_music_class, delete_music_class):
        with pytest.raises(ConflictError, match="runs a command"):
            other(session, "radio")
    with pytest.raises(ConflictError, match="runs no command"):
        delete_command_music_class(session, "jazz")

    assert [row["application"] for row in rows(session, "musiconhold")] == [None, COMMAND.command]


def test_music_of_another_mode_is_not_ours(session: Session) -> None:
    """A person's row of a mode that no spec has."""
    session.add(MusicOnHold(name="old", mode=MohMode.QUIETMP3, directory="moh"))
    for call in (find_music_class, delete_music_class):
        with pytest.raises(ConflictError, match="mode 'quietmp3'"):
            call(session, "old")


@pytest.mark.parametrize(
    ("referrer", "message"),
    [
        (Endpoint(id="100", moh_suggest="jazz"), "endpoint '100'"),
        (CallQueue(name="q", music_class="jazz"), "queue 'q'"),
        (PROFILE, "follow-me profile 'alice'"),
    ],
    ids=["endpoint", "queue", "profile"],
)
def test_music_that_is_named_stays(session: Session, referrer: Any, message: str) -> None:
    """The error names what names it."""
    create_music_class(session, FILES)
    if isinstance(referrer, Endpoint):
        session.add(Endpoint(id="100", moh_suggest="jazz"))
    else:
        apply(session, referrer)
    with pytest.raises(ConflictError, match=message):
        delete_music_class(session, "jazz")


# -- Follow-me -------------------------------------------------------------------------------------


def test_a_profile(session: Session) -> None:
    """Its steps are numbered as text that sorts as numbers do."""
    many = [FollowMeStep(numbers=str(number)) for number in range(1, 12)]
    create_followme(session, attrs.evolve(PROFILE, steps=many))
    (row,) = rows(session, "followme")
    ordinals = [step["ordinal"] for step in rows(session, "followme_numbers")]

    assert (row["context"], row["takecall"], row["enable_callee_prompt"]) == ("phones", "1", "no")
    assert ordinals == [f"{number:02}" for number in range(1, 12)]
    assert ordinals == sorted(ordinals)
    found = find_followme(session, "alice")
    assert found is not None
    assert [step.numbers for step in found.steps] == [(str(number),) for number in range(1, 12)]
    ensure_followme(session, PROFILE)
    assert [step["phonenumber"] for step in rows(session, "followme_numbers")] == [
        "101&102",
        "+12025550123",
    ]


def test_a_profile_that_an_extension_names_stays(session: Session) -> None:
    """The error names the extension."""
    apply(
        session,
        PROFILE,
        InternalExtension(exten="8", context="phones", destination=ToFollowMe("alice")),
    )
    with pytest.raises(ConflictError, match="extension '8'"):
        delete_followme(session, "alice")


# -- Access lists ----------------------------------------------------------------------------------


def test_an_access_list(session: Session) -> None:
    """Everybody is kept out first, and then the rules come in their order."""
    returned = create_access_list(session, OFFICE)
    cells = ("rule_order", "sense", "rule", "systemname")

    assert [tuple(row[cell] for cell in cells) for row in rows(session, "acls")] == [
        (1, "deny", "0.0.0.0/0,::/0", ""),
        (2, "permit", "10.0.0.0/8,2001:db8::/32", ""),
        (3, "deny", "10.1.0.0/16", ""),
        (4, "permit", "10.1.2.3/32", ""),
    ]
    assert [row.rule_order for row in returned] == [1, 2, 3, 4]


def test_an_open_list_keeps_some_out(session: Session) -> None:
    """Without the first rule."""
    spec = AccessList(name="bad", rules=[AccessRule.deny("203.0.113.0/24")], deny_others=False)
    create_access_list(session, spec)

    assert [row["sense"] for row in rows(session, "acls")] == ["deny"]
    assert find_access_list(session, "bad") == spec


def test_many_networks_take_several_rows(session: Session) -> None:
    """Each cell is as full as it may be, and nothing is lost."""
    nets = [f"10.{number % 250}.{number // 250}.0/25" for number in range(300)]
    create_access_list(session, AccessList(name="wide", rules=[AccessRule.permit(*nets)]))
    found = find_access_list(session, "wide")

    assert found is not None
    assert len(rows(session, "acls")) > 3
    assert sum(len(rule.networks) for rule in found.rules) == 300
    assert not plan(session, found)


def test_a_list_that_is_named_stays(session: Session) -> None:
    """Asterisk would let nobody in; its rules may change."""
    create_access_list(session, OFFICE)
    session.add(Endpoint(id="100", acl=("office",)))
    change = ensure_access_list(session, attrs.evolve(OFFICE, rules=OFFICE.rules[:1]))

    assert [row.action.value for row in change.rows] == ["remove", "remove"]
    with pytest.raises(ConflictError, match="endpoint '100'"):
        delete_access_list(session, "office")
    session.get_one(Endpoint, "100").acl = None
    delete_access_list(session, "office")
    assert rows(session, "acls") == []


def test_a_list_for_one_asterisk_is_not_ours(session: Session) -> None:
    """Its rows are a person's."""
    insert(
        session,
        "acls",
        name="office",
        systemname="pbx1",
        rule_order=1,
        sense="deny",
        rule="0.0.0.0/0",
    )
    for call in (
        lambda: ensure_access_list(session, OFFICE),
        lambda: find_access_list(session, "office"),
        lambda: delete_access_list(session, "office"),
    ):
        with pytest.raises(ConflictError, match="'pbx1' alone"):
            call()

    assert len(rows(session, "acls")) == 1


def test_what_no_list_means_is_told(session: Session) -> None:
    """A rule that a person wrote in another way."""
    session.add(NamedAcl(name="odd", rule_order=1, sense=AclSense.PERMIT, rule=("!10.0.0.0/8",)))
    with pytest.raises(ConflictError, match="change the rows"):
        find_access_list(session, "odd")
