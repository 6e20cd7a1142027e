"""Cells that other programs wrote are read as Asterisk's driver for the database reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import Column, column, inspect, select, table

from asterisk_realtime import AccessList, ConflictError, ValidationError, get
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Extension,
    Identify,
    NamedAcl,
    QueueMember,
)
from asterisk_realtime.models.types import Bool, Cell, Choice, ChoiceList
from tests.db.tools import dialect, insert, on

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SERVERS: Final = ("postgresql", "mysql")

NET: Final = {
    "203.0.113.1/32",
    "192.0.2.0/24",
}

READ: Final[list[tuple[str, str, Any, Any]]] = [
    # Column of ps_endpoints, cell, what the servers' Asterisk reads, what SQLite's does.
    ("context", "zz;phones", "phones", "zz;phones"),
    ("context", "phones ", "phones", "phones "),
    ("context", "phones;", "phones", "phones;"),
    ("context", " phones", " phones", " phones"),
    ("context", "pho^6Ees", "phones", "pho^6Ees"),
    ("context", "phones^00x", "phones", "phones^00x"),
    ("context", "caf^C3^A9", "café", "caf^C3^A9"),
    ("context", "", None, None),
    ("context", " ; ", None, " ; "),
    ("auth", " ", None, None),
    ("auth", ",", None, None),
    ("auth", "x;", ("x",), ("x;",)),
    ("auth", "p2;p4", ("p4",), ("p2;p4",)),
    ("auth", "x;,", None, ("x;",)),
    ("auth", "a^2Cb", ("a", "b"), ("a^2Cb",)),
    ("aors", "a;100", ("100",), ("a;100",)),
    ("aors", "a;100, 101 ,", ("100", "101"), ("a;100", "101")),
    ("allow", "ulaw;alaw,g722", ("ulaw", "alaw", "g722"), ("ulaw;alaw", "g722")),
    ("acl", "one;two", ("one", "two"), ("one;two",)),
    ("set_var", "A=1;B=2; C=3;", ("A=1", "B=2", " C=3"), ("A=1;B=2; C=3;",)),
    ("identify_by", "username;ip", ("ip",), ValidationError),
    ("identify_by", "", None, None),
    ("outbound_proxy", "sip:10.0.0.1:5060;lr", "lr", "sip:10.0.0.1:5060;lr"),
    ("outbound_proxy", "sip:h^3Blr", "sip:h;lr", "sip:h^3Blr"),
    ("dtls_verify", "no;yes", "yes", ValidationError),
]


@pytest.mark.parametrize(("column", "cell", "servers", "sqlite"), READ)
def test_cells_are_read_as_asterisk_reads_them(
    session: Session, column: str, cell: str, servers: Any, sqlite: Any
) -> None:
    """Each of several values, the last or their sum, and none where none is left."""
    insert(session, "ps_endpoints", id="a", **{column: cell})
    wanted = sqlite if dialect(session) == "sqlite" else servers
    if wanted is ValidationError:
        with pytest.raises(ValidationError, match=f"ps_endpoints.{column}="):
            session.get_one(Endpoint, "a")
        return

    assert getattr(session.get_one(Endpoint, "a"), column) == wanted


def test_lists_that_add_up(session: Session) -> None:
    """Networks of both pieces are matched, and each contact is dialled."""
    match = "203.0.113.1;192.0.2.0/24"
    insert(session, "ps_endpoint_id_ips", id="a", endpoint="zz;a", match=match)
    insert(session, "ps_aors", id="a", contact="sip:a;sip:b,sip:c^3Blr")
    row, aor = session.get_one(Identify, "a"), session.get_one(Aor, "a")

    if dialect(session) in SERVERS:
        assert {str(net) for net in row.match or ()} == NET
        assert row.endpoint == "a"
        assert aor.contact == ("sip:a", "sip:b", "sip:c;lr")
    else:
        assert row.match == (match,)
        assert aor.contact == ("sip:a;sip:b", "sip:c^3Blr")


def test_the_first_value_where_that_counts(session: Session) -> None:
    """Members of queues; and a rule that releases of Asterisk read differently is not a network."""
    insert(session, "queues", name="q")
    cells = {"queue_name": "q", "interface": "PJSIP/a", "membername": "One;Two"}
    insert(session, "queue_members", uniqueid=1, **cells)
    rule = {"rule_order": 1, "sense": "permit", "rule": "10.0.0.0/8;0.0.0.0/0"}
    insert(session, "acls", name="l", **rule)
    servers = dialect(session) in SERVERS

    assert session.scalars(select(QueueMember)).one().membername == (
        "One" if servers else "One;Two"
    )
    assert session.scalars(select(NamedAcl)).one().rule == ("10.0.0.0/8;0.0.0.0/0",)
    with pytest.raises((ConflictError, ValidationError)):
        get(session, AccessList, "l")


def test_names_are_never_run_together(session: Session) -> None:
    """Two rows are two objects, however their names are spelled."""
    for name in ("a", "x;a", "a^41", "aA"):
        insert(session, "ps_auths", id=name)

    assert len(session.scalars(select(Auth)).all()) == 4


# -- Empty cells -----------------------------------------------------------------------------------


def may_be_empty(column: Column[Any]) -> bool:
    """Tell whether people leave a column empty."""
    absent = "sqlite" in column.info.get("absent_on", ())
    return bool(column.nullable) and isinstance(column.type, Cell) and not absent


def sparse_row(model: type[Base]) -> dict[str, object]:
    """Return the cells of a row that has what it must have, and is empty beside."""
    cells: dict[str, object] = {}
    for one in inspect(model).columns:
        if may_be_empty(one):
            cells[one.name] = ""
        elif isinstance(one.type, Choice):
            cells[one.name] = one.type.labels[0]
        elif not one.nullable:
            cells[one.name] = 1
    return cells


MODELS: Final = sorted(
    (mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__
)


@on("sqlite")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_empty_cell_is_not_set(session: Session, model: type[Base]) -> None:
    """In each column of each table, since SQLite's take any text."""
    cells = sparse_row(model)
    target = table(model.__tablename__, *map(column, cells))
    session.execute(target.insert().values(cells))
    row = session.scalars(select(model)).one()
    columns: dict[str, Any] = {p.key: p.columns[0] for p in inspect(model).column_attrs}
    found = {key: getattr(row, key) for key, column in columns.items() if may_be_empty(column)}

    assert {key: value for key, value in found.items() if value is not None} == {}


@on("sqlite")
def test_an_empty_boolean_is_neither(session: Session) -> None:
    """As it is read, so it is found."""
    insert(session, "ps_endpoints", id="a", direct_media="")

    for truth in (True, False):
        assert session.scalars(select(Endpoint).where(Endpoint.direct_media == truth)).all() == []


def test_an_empty_text_that_a_row_needs_stays(session: Session) -> None:
    """Applications without arguments have empty ones."""
    insert(session, "extensions", context="c", exten="s", priority=1, app="NoOp", appdata="")

    assert session.scalars(select(Extension.appdata)).one() == ""


def test_a_word_that_asterisk_refuses(session: Session) -> None:
    """The error names the table, the column, the word and the words that are right."""
    insert(session, "ps_endpoints", id="a", dtls_verify="bogus")
    with pytest.raises(ValidationError) as caught:
        session.get(Endpoint, "a")

    assert (caught.value.field, caught.value.value) == ("ps_endpoints.dtls_verify", "bogus")
    assert "fingerprint" in caught.value.hint


def test_every_closed_set_names_its_column() -> None:
    """Also where columns share one type."""
    for mapper in Base.registry.mappers:
        for one in mapper.columns:
            if isinstance(one.type, Choice | ChoiceList | Bool):
                assert one.type.place == f"{one.table.name}.{one.name}"
