"""What tests of `find` look at: the items of all pages, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from asterisk_realtime import (
    FollowMeProfile,
    FollowMeStep,
    InternalExtension,
    Mailbox,
    OutboundRoute,
    Page,
    Phone,
    Spec,
    ToPhone,
    Unreadable,
    find,
)
from tests.examples import phone, trunk, web_phone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


def pages(session: Session, kind: Any, limit: int = 2, **options: Any) -> Iterator[Page[Any]]:
    """Yield all pages of a search."""
    after: str | None = None
    while True:
        page = find(session, kind, limit=limit, after=after, **options)
        assert len(page.items) + len(page.unreadable) <= limit
        yield page
        after = page.next
        if after is None:
            return


def listed(session: Session, kind: Any, limit: int = 2, **options: Any) -> list[Any]:
    """Return the items of all pages, one after the other."""
    return [item for page in pages(session, kind, limit, **options) for item in page]


def unreadable(session: Session, kind: Any, limit: int = 2, **options: Any) -> list[Unreadable]:
    """Return what cannot be read on all pages."""
    return [item for page in pages(session, kind, limit, **options) for item in page.unreadable]


def ids(found: list[Any]) -> list[str]:
    """Return the ids of phones."""
    return [item.id for item in found]


def phones(*names: str, **fields: Any) -> list[Phone]:
    """Return phones of these ids."""
    return [phone(id=name, **fields) for name in names]


def set_cell(session: Session, name: str, column: str, cell: object) -> None:
    """Change a cell of an endpoint, as a person does."""
    statement = f"UPDATE ps_endpoints SET {column} = :cell WHERE id = :name"
    session.execute(text(statement), {"cell": cell, "name": name})


ACME: tuple[Spec, ...] = (
    Mailbox(number="100", context="acme"),
    trunk("peer", context="acme-in"),
    phone(id="100", context="acme"),
    web_phone(id="200", context="acme"),
    FollowMeProfile(name="f", steps=[FollowMeStep(numbers=("100",))], context="acme"),
    OutboundRoute(context="acme", pattern="_1NXXNXXXXXX", trunk="peer", region="US"),
    InternalExtension(context="acme", exten="100", destination=ToPhone("100")),
)
"""Things of one customer, of kinds that have a context."""
