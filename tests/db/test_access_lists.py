"""Access lists are written as they are meant, rule by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from asterisk_realtime import (
    AccessList,
    AccessRule,
    AclSense,
    ConflictError,
    create,
    delete,
    ensure,
    get,
    plan,
)
from asterisk_realtime.models import Endpoint, NamedAcl
from tests.db.services import OFFICE
from tests.db.tools import insert, rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def test_an_access_list(session: Session) -> None:
    """Everybody is kept out first, and then the rules come in their order."""
    returned = create(session, OFFICE)
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
    create(session, spec)

    assert [row["sense"] for row in rows(session, "acls")] == ["deny"]
    assert get(session, AccessList, "bad") == spec


def test_many_networks_take_several_rows(session: Session) -> None:
    """Each cell is as full as it may be, and nothing is lost."""
    nets = [f"10.{number % 250}.{number // 250}.0/25" for number in range(300)]
    create(session, AccessList(name="wide", rules=[AccessRule.permit(*nets)]))
    found = get(session, AccessList, "wide")

    assert found is not None
    assert len(rows(session, "acls")) > 3
    assert sum(len(rule.networks) for rule in found.rules) == 300
    assert not plan(session, found)


def test_a_list_that_is_named_stays(session: Session) -> None:
    """Asterisk would let nobody in; its rules may change."""
    create(session, OFFICE)
    session.add(Endpoint(id="100", acl=("office",)))
    change = ensure(session, attrs.evolve(OFFICE, rules=OFFICE.rules[:1]))

    assert [row.action.value for row in change.rows] == ["remove", "remove"]
    with pytest.raises(ConflictError, match="endpoint '100'"):
        delete(session, AccessList, "office")
    session.get_one(Endpoint, "100").acl = None
    delete(session, AccessList, "office")
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
        lambda: ensure(session, OFFICE),
        lambda: get(session, AccessList, "office"),
        lambda: delete(session, AccessList, "office"),
    ):
        with pytest.raises(ConflictError, match="only for the Asterisk 'pbx1'"):
            call()

    assert len(rows(session, "acls")) == 1


def test_what_no_list_means_is_told(session: Session) -> None:
    """A rule that a person wrote in another way."""
    session.add(NamedAcl(name="odd", rule_order=1, sense=AclSense.PERMIT, rule=("!10.0.0.0/8",)))
    with pytest.raises(ConflictError, match="change the rows"):
        get(session, AccessList, "odd")
