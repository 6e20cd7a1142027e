"""Columns of text are compared with whole values, parts and patterns, whatever these are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import case, func, literal, make_url, select
from sqlalchemy.orm import Session, aliased

from asterisk_realtime import ValidationError
from asterisk_realtime.models import Auth, Endpoint
from asterisk_realtime.showing import HIDDEN
from tests.db.tools import insert

if TYPE_CHECKING:
    from collections.abc import Callable


POSTGRESQL: Final[Any] = make_url("postgresql+psycopg://").get_dialect()()
ODD: Final = '"Zoë; ^5 %_" <100>'

FOUND: Final[list[Callable[[Any], Any]]] = [
    lambda c: c.contains(" <"),
    lambda c: c.contains(" "),
    lambda c: c.contains(";"),
    lambda c: c.contains("^"),
    lambda c: c.contains("; ^5 "),
    lambda c: c.contains("%_", autoescape=True),
    lambda c: c.icontains("; ^5 "),
    lambda c: c.startswith('"Zoë; '),
    lambda c: c.istartswith('"zo'),
    lambda c: c.endswith(" <100>"),
    lambda c: c.like("%; ^5%"),
    lambda c: c.ilike("%; ^5%"),
    lambda c: c.not_like("% ;%"),
    lambda c: ~c.contains("\n"),
    lambda c: ~c.contains("x" * 5000),
    lambda c: c == ODD,
    lambda c: c.in_([ODD, "", " "]),
    lambda c: c.not_in(["", " ", "x" * 300]),
    lambda c: c != "",
    lambda c: c != " ",
    lambda c: c.is_distinct_from(""),
    lambda c: c > "",
    lambda c: c.between('"', "~"),
    lambda c: ("<" + c).startswith('<"Zoë; ^'),
    lambda c: (c + ";").endswith(">;"),
    lambda c: c.like('"Zo_; ^5%'),
]


@pytest.mark.parametrize("condition", FOUND)
def test_a_part_of_a_value_is_found(session: Session, condition: Callable[[Any], Any]) -> None:
    """Whatever the part is, also what no value could be, on an alias too."""
    session.add(Endpoint(id="a", callerid=ODD))
    session.flush()

    for entity in (Endpoint, aliased(Endpoint)):
        found = session.scalars(select(entity.id).where(condition(entity.callerid)))
        assert found.all() == ["a"]


def test_empty_cells_are_found(session: Session) -> None:
    """A comparison with an empty text finds what other programs left."""
    insert(session, "ps_endpoints", id="a", callerid="", aors="")

    assert session.scalars(select(Endpoint.id).where(Endpoint.callerid == "")).all() == ["a"]
    assert session.scalars(select(Endpoint.id).where(Endpoint.aors == "")).all() == ["a"]


def test_secrets_in_comparisons_stay_hidden() -> None:
    """A part of a password is one."""
    for condition in (Auth.password == "hush", Auth.password.contains("hush")):
        bound = next(b for b in condition.compile().binds.values() if b.value == "hush")

        process: Any = bound.type.bind_processor(POSTGRESQL)
        assert repr(process("hush")) == HIDDEN


def test_operands_that_make_no_sense() -> None:
    """No text, and an escape that the cells are spelled with."""
    with pytest.raises(ValidationError, match="escape"):
        Endpoint.callerid.contains("a", autoescape=True, escape="^")


def test_what_sqlalchemy_makes_of_plain_text(session: Session) -> None:
    """In coalesce(), case() and literal() a text has no column's type unless it is given one."""
    session.add(Endpoint(id="a", from_user="x;y"))
    session.flush()
    typed = partial(literal, type_=Endpoint.from_user.type)
    conditions = [
        func.coalesce(Endpoint.from_user, typed("p;q")) == "x;y",
        case((Endpoint.from_user == typed("x;y"), True), else_=False),
        func.coalesce(Endpoint.from_domain, typed("p;q")) == typed("p;q"),
    ]

    found = [list(session.scalars(select(Endpoint.id).where(it))) for it in conditions]
    assert found == [["a"]] * len(conditions)
