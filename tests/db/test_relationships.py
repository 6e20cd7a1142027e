"""Rows lead to the rows that they name, on each database, and nothing is written on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from asterisk_realtime import Phone, ValidationError, apply, create
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Contact,
    Endpoint,
    FollowMe,
    FollowMeNumber,
    Identify,
    MusicOnHold,
    MusicOnHoldEntry,
    Queue,
    QueueMember,
    Registration,
    Voicemail,
)
from tests.db.tools import insert, on_servers, statements, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Engine

    Loading = Callable[[Any], Any]

LISTS = {
    "aors": (Endpoint.aor_rows, "ps_aors"),
    "auth": (Endpoint.auth_rows, "ps_auths"),
    "outbound_auth": (Endpoint.outbound_auth_rows, "ps_auths"),
}

each_loading = pytest.mark.parametrize("loading", [selectinload, joinedload])
each_list = pytest.mark.parametrize("column", LISTS)


def ids(rows: Iterable[Any]) -> list[str]:
    """Return the ids of *rows* in their order."""
    return [row.id for row in rows]


def add_aors(session: Session, *names: str) -> None:
    """Add bare AORs."""
    session.add_all(Aor(id=name) for name in names)
    session.flush()


def endpoint(session: Session, *loadings: Any, name: str = "100") -> Endpoint:
    """Read an endpoint afresh."""
    session.expunge_all()
    query = select(Endpoint).where(Endpoint.id == name).options(*loadings)
    return session.scalars(query).unique().one()


# -- Comma lists -----------------------------------------------------------------------------------

CELLS = [
    ("a", ["a"]),
    ("b,a", ["b", "a"]),
    ("b, a", ["b", "a"]),
    (" b  ,   a ", ["b", "a"]),
    ("a,a", ["a"]),
    (",a,,b,", ["a", "b"]),
    ("a,gone", ["a"]),
    ("aa", []),
    ("a b", ["a b"]),
    ("'a',\"b\",\\", []),
    ('a"b\\c', ['a"b\\c']),
    ("grüße", ["grüße"]),
    ("", []),
    (" ", []),
    (",", []),
    (None, []),
]
"""Cells, and the rows that they name in that order: of `NAMES`."""

NAMES = ("a", "b", "a b", "ab", 'a"b\\c', "grüße")


@each_list
@pytest.mark.parametrize(("cell", "expected"), CELLS)
def test_a_list_leads_to_the_rows_in_its_order(
    session: Session, column: str, cell: str | None, expected: list[str]
) -> None:
    """Lazily and eagerly alike, however another program wrote the list."""
    attribute, table = LISTS[column]
    for name in NAMES:
        insert(session, table, id=name)
    insert(session, "ps_endpoints", id="100", **{column: cell})

    for loading in ((), (selectinload(attribute),), (joinedload(attribute),)):
        found = getattr(endpoint(session, *loading), attribute.key)
        assert ids(found) == expected


def test_wildcards_in_names_mean_nothing(session: Session) -> None:
    """``_`` and ``%`` stand for themselves, in the list and in the ids."""
    add_aors(session, "a_b", "axb", "a%", "a%b", "%")
    session.add_all(
        [Endpoint(id="1", aors=("a_b",)), Endpoint(id="2", aors=("axb",)), Endpoint(id="3")]
    )
    session.add(Endpoint(id="4", aors=("%", "a%")))
    session.flush()
    found = {number: ids(endpoint(session, name=number).aor_rows) for number in "1234"}

    assert found == {"1": ["a_b"], "2": ["axb"], "3": [], "4": ["%", "a%"]}


def test_names_compare_as_the_database_compares_them(session: Session) -> None:
    """In capitals it leads where ``id = ...`` does: on MariaDB to the row, else nowhere."""
    add_aors(session, "alice")
    insert(session, "ps_endpoints", id="100", aors="ALICE")
    equal = session.scalars(select(Aor.id).where(Aor.id == "ALICE")).all()

    assert ids(endpoint(session).aor_rows) == equal
    assert ids(endpoint(session, joinedload(Endpoint.aor_rows)).aor_rows) == equal


def test_an_encoded_name_leads_to_its_row(session: Session) -> None:
    """``;`` and ``^`` are encoded in the list as in the id."""
    add_aors(session, "a;b", "c^d")
    session.add(Endpoint(id="100", aors=("c^d", "a;b")))
    session.flush()

    assert ids(endpoint(session).aor_rows) == ["c^d", "a;b"]


def test_a_change_of_the_list_shows_after_the_flush(session: Session) -> None:
    """As SQLAlchemy has it: what was loaded stays until it expires."""
    add_aors(session, "a", "b")
    row = Endpoint(id="100", aors=("a",))
    session.add(row)
    session.flush()
    assert ids(row.aor_rows) == ["a"]
    row.aors = ("b",)
    session.flush()
    session.expire(row, ["aor_rows"])

    assert ids(row.aor_rows) == ["b"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("100@acme", [("100", "acme")]),
        ("100, 101@acme", [("100", "default"), ("101", "acme")]),
        ("101", []),
        ("100@", []),
        ("100@gone,@acme", []),
        (None, []),
    ],
)
def test_mailboxes(session: Session, cell: str | None, expected: list[tuple[str, str]]) -> None:
    """A box without a context is one of ``default``."""
    for number, context in (("100", "default"), ("100", "acme"), ("101", "acme")):
        session.add(Voicemail(mailbox=number, context=context, password="4711"))
    session.flush()
    insert(session, "ps_endpoints", id="100", mailboxes=cell)
    found = endpoint(session).mailbox_rows

    assert [(row.mailbox, row.context) for row in found] == expected


@pytest.mark.parametrize("cell", ["100,100@default", "100@default,100", "100,100", "7,100, 100"])
def test_a_mailbox_that_is_named_twice(session: Session, cell: str) -> None:
    """It is there once, however it is loaded."""
    session.add(Voicemail(mailbox="100", context="default", password="4711"))
    session.flush()
    insert(session, "ps_endpoints", id="100", mailboxes=cell)
    attribute = Endpoint.mailbox_rows
    for loading in ((), (selectinload(attribute),), (joinedload(attribute),)):
        assert [row.mailbox for row in endpoint(session, *loading).mailbox_rows] == ["100"]


def test_a_registrations_auths(session: Session) -> None:
    """The same list as an endpoint's."""
    session.add_all([Auth(id="a"), Auth(id="b"), Registration(id="r", outbound_auth=("b", "a"))])
    session.flush()

    assert ids(session.get_one(Registration, "r").outbound_auth_rows) == ["b", "a"]


# -- Plain columns ---------------------------------------------------------------------------------


def test_rows_that_name_an_endpoint(session: Session) -> None:
    """And the way back, which needs no statement for a row that is loaded."""
    names: dict[str, Any] = {"endpoint": "100"}
    named: list[Any] = [
        Contact(id="c", **names),
        Identify(id="i", **names),
        Registration(id="r", **names),
    ]
    others: list[Any] = [Contact(id="d"), Identify(id="j", endpoint="1_0"), Registration(id="s")]
    session.add_all([Endpoint(id="100"), *named, *others])
    session.flush()
    session.expire_all()
    row = session.get_one(Endpoint, "100")

    assert [*row.contacts, *row.identify_rows, *row.registration_rows] == named
    with statements(session.get_bind().engine) as sent:
        assert all(each.endpoint_row is row for each in named)
    assert sent == []
    assert [each.endpoint_row for each in others] == [None, None, None]


def test_a_queue_and_its_members(session: Session) -> None:
    """In the order of their interfaces; a member may be of a queue in queues.conf."""
    session.add(Queue(name="sales"))
    for name, interface in (("sales", "PJSIP/2"), ("sales", "PJSIP/1"), ("filed", "PJSIP/1")):
        session.add(QueueMember(queue_name=name, interface=interface))
    session.flush()
    queue = session.get_one(Queue, "sales")

    assert [member.interface for member in queue.members] == ["PJSIP/1", "PJSIP/2"]
    assert queue.members[0].queue is queue
    assert session.get_one(QueueMember, ("filed", "PJSIP/1")).queue is None


def test_a_profile_and_its_numbers(session: Session) -> None:
    """In the order in which Asterisk dials them."""
    session.add(FollowMe(name="alice"))
    for ordinal in ("02", "10", "01"):
        session.add(FollowMeNumber(name="alice", ordinal=ordinal, phonenumber="1"))
    session.flush()
    profile = session.get_one(FollowMe, "alice")

    assert [number.ordinal for number in profile.numbers] == ["01", "02", "10"]
    assert profile.numbers[0].profile is profile


def test_a_music_class_and_its_entries(session: Session) -> None:
    """In the order in which Asterisk plays them."""
    session.add(MusicOnHold(name="jazz"))
    session.flush()
    for position in (10, 2):
        session.add(MusicOnHoldEntry(name="jazz", position=position, entry="/moh/one"))
    session.flush()
    music = session.get_one(MusicOnHold, "jazz")

    assert [entry.position for entry in music.entries] == [2, 10]
    assert music.entries[0].music_class is music


# -- Queries ---------------------------------------------------------------------------------------

PHONES = [Phone(id=number, context="phones") for number in ("100", "101", "102")]


@pytest.mark.parametrize(("loading", "count"), [(selectinload, 2), (joinedload, 1)])
def test_eager_loading_asks_once_for_all(
    session: Session, engine: Engine, loading: Loading, count: int
) -> None:
    """However many endpoints there are."""
    apply(session, *PHONES)
    session.flush()
    session.expunge_all()
    with statements(engine) as sent:
        query = select(Endpoint).order_by(Endpoint.id).options(loading(Endpoint.aor_rows))
        found = [ids(row.aor_rows) for row in session.scalars(query).unique()]

    assert found == [["100"], ["101"], ["102"]]
    assert len(work(sent)) == count


def test_lazy_loading_asks_when_it_is_asked(session: Session, engine: Engine) -> None:
    """Nothing for endpoints alone, and once for each list that is looked at."""
    apply(session, *PHONES)
    session.flush()
    session.expunge_all()
    with statements(engine) as sent:
        found = session.scalars(select(Endpoint)).all()
        assert len(work(sent)) == 1
        assert [len(row.aor_rows) for row in found] == [1, 1, 1]

    assert len(work(sent)) == 4


@each_loading
def test_eager_loading_of_a_page(session: Session, loading: Loading) -> None:
    """With a limit, SQLAlchemy wraps the query; the lists are still those of its rows."""
    apply(session, *PHONES)
    session.flush()
    session.expunge_all()
    options = [loading(Endpoint.aor_rows), loading(Endpoint.auth_rows), loading(Endpoint.contacts)]
    query = select(Endpoint).order_by(Endpoint.id).offset(1).limit(1).options(*options)
    (row,) = session.scalars(query).unique()

    assert (row.id, ids(row.aor_rows), ids(row.auth_rows), row.contacts) == (
        *("101", ["101"], ["101"]),
        [],
    )


def test_eager_loading_along_a_path(session: Session, engine: Engine) -> None:
    """From identify rows to their endpoints, and on to the AORs of those."""
    apply(session, *PHONES)
    session.add_all([Identify(id="1", endpoint="100"), Identify(id="2", endpoint="101")])
    session.flush()
    session.expunge_all()
    path = joinedload(Identify.endpoint_row).selectinload(Endpoint.aor_rows)
    with statements(engine) as sent:
        rows = session.scalars(select(Identify).order_by(Identify.id).options(path)).all()
        found = [ids(row.endpoint_row.aor_rows) for row in rows if row.endpoint_row]

    assert found == [["100"], ["101"]]
    assert len(work(sent)) == 2


def test_joins(session: Session) -> None:
    """Through the list, also of an alias."""
    add_aors(session, "a", "b")
    session.add_all([Endpoint(id="1", aors=("a", "b")), Endpoint(id="2", aors=("b",))])
    session.flush()
    other = aliased(Endpoint)
    by_aor = select(Endpoint.id).join(Endpoint.aor_rows).where(Aor.id == "b").order_by(Endpoint.id)
    by_alias = select(other.id).join(other.aor_rows).where(Aor.id == "a")

    assert session.scalars(by_aor).all() == ["1", "2"]
    assert session.scalars(by_alias).all() == ["1"]


def test_conditions(session: Session) -> None:
    """``any()`` and ``has()``: endpoints without an AOR, members of a queue that has a row."""
    add_aors(session, "a")
    session.add_all([Endpoint(id="1", aors=("a",)), Endpoint(id="2", aors=("gone",))])
    session.add(Identify(id="i", endpoint="1"))
    session.flush()

    assert session.scalars(select(Endpoint.id).where(~Endpoint.aor_rows.any())).all() == ["2"]
    by_id = select(Endpoint.id).where(Endpoint.aor_rows.any(Aor.id == "a"))
    assert session.scalars(by_id).all() == ["1"]
    by_row = select(Identify.id).where(Identify.endpoint_row.has(Endpoint.id == "1"))
    assert session.scalars(by_row).all() == ["i"]


def test_verbs_and_models_share_a_session(session: Session) -> None:
    """What a verb wrote is found by relationships at once."""
    made = create(session, Phone(id="100", context="phones"))

    assert made.endpoint.aor_rows == [made.aor]
    assert made.endpoint.auth_rows == [made.auth]


@on_servers
def test_collations_of_hand_made_tables_do_not_matter(session: Session) -> None:
    """The text of a list keeps the collation of its column, whatever the connection has."""
    if session.get_bind().dialect.name != "postgresql":
        session.connection().exec_driver_sql("SET NAMES utf8mb4 COLLATE utf8mb4_bin")
    session.add(Voicemail(mailbox="100", context="default", password="4711"))
    add_aors(session, "a")
    insert(session, "ps_endpoints", id="100", aors="a", mailboxes="100")
    row = endpoint(session)

    assert (ids(row.aor_rows), len(row.mailbox_rows)) == (["a"], 1)
    session.connection().invalidate()


# -- Nothing is written ----------------------------------------------------------------------------

RELATIONSHIPS = [
    each.class_attribute
    for mapper in sorted(Base.registry.mappers, key=str)
    for each in mapper.relationships
]
each_relationship = pytest.mark.parametrize("attribute", RELATIONSHIPS, ids=str)


@each_relationship
def test_a_relationship_only_shows(attribute: Any) -> None:
    """It is not written, does not cascade, and does not follow another relationship."""
    described = attribute.property

    assert described.viewonly
    assert not described.cascade
    assert not described.back_populates
    assert described.lazy == "select"
    assert described.doc.endswith(".")


@each_relationship
def test_a_change_is_refused(attribute: Any) -> None:
    """Rather than forgotten at the flush."""
    name, other = attribute.key, attribute.property.mapper.class_()
    row = attribute.class_()
    refused = pytest.raises(ValidationError, match=rf"\.{name}=.*set the column that holds the")
    if attribute.property.uselist:
        with refused:
            getattr(row, name).append(other)
        with refused:
            setattr(row, name, [other])
        assert getattr(row, name) == []
        return
    with refused:
        setattr(row, name, other)
    assert getattr(row, name) is None


def test_rows_cannot_be_taken_out(session: Session) -> None:
    """Nor is a row deleted with what it names or what names it."""
    add_aors(session, "a")
    session.add_all([Endpoint(id="100", aors=("a",)), Identify(id="i", endpoint="100")])
    session.flush()
    row = session.get_one(Endpoint, "100")
    with pytest.raises(ValidationError, match=r"Endpoint\.aor_rows"):
        row.aor_rows.clear()
    with pytest.raises(ValidationError, match=r"Endpoint\.identify_rows"):
        row.identify_rows.pop()
    assert ids(row.aor_rows) == ["a"]
    session.delete(row)
    session.flush()
    session.expire_all()

    assert session.get(Aor, "a") is not None
    assert session.get_one(Identify, "i").endpoint == "100"


def test_a_merge_leaves_the_related_rows_alone(session: Session, engine: Engine) -> None:
    """What was loaded with a row is not written with it into another session."""
    add_aors(session, "a")
    session.add(Endpoint(id="100", aors=("a",)))
    session.commit()
    with Session(engine) as first:
        row = endpoint(first, selectinload(Endpoint.aor_rows))
    row.aor_rows[0].max_contacts = 7
    row.context = "phones"
    session.merge(row)
    session.commit()

    assert session.get_one(Endpoint, "100").context == "phones"
    assert session.get_one(Aor, "a").max_contacts in {None, 0}


def test_a_repr_loads_nothing(session: Session, engine: Engine) -> None:
    """Nor does it show what was loaded, which is shown by itself."""
    apply(session, PHONES[0])
    row = endpoint(session)
    with statements(engine) as sent:
        before = repr(row)
    assert sent == []
    assert len(row.aor_rows) == 1
    assert repr(row) == before


def test_verbs_load_no_relationship(session: Session) -> None:
    """A plan asks for rows by itself."""
    made = create(session, PHONES[0])
    apply(session, attrs_changed := Phone(id="100", context="others"))

    assert made.endpoint.context == attrs_changed.context
    assert not {*vars(made.endpoint)} & {*Endpoint.__mapper__.relationships.keys()}
