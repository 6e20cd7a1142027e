"""Things in pages: found by their fields, sorted, and read with a few statements."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

from asterisk_realtime.errors import SchemaMissingError, ValidationError
from asterisk_realtime.provision.searching import (
    Found,
    Search,
    Unreadable,
    searches,
    without_secrets,
)
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.plain import flag, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

S = TypeVar("S", bound=Spec)
S_co = TypeVar("S_co", bound=Spec, covariant=True)

MAX_LIMIT: Final = 1000
"""Most things of one page."""


@attrs.frozen
class Page(Generic[S_co]):
    """
    Some things, in order.

    Iterating over a page gives its items.

    Attributes:
        items: The specs.
        unreadable: Things in the range of this page whose rows cannot be read as a spec.
        next: What to give `find` as ``after`` for the next page; None on the last one.
    """

    items: tuple[S_co, ...]
    unreadable: tuple[Unreadable, ...] = ()
    next: str | None = None

    def __iter__(self) -> Iterator[S_co]:
        """Return an iterator over the items."""
        return iter(self.items)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.items)

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that ``json.dumps`` takes; secrets are asterisks."""
        return {
            "items": [item.to_dict() for item in self.items],
            "unreadable": [item.to_dict() for item in self.unreadable],
            "next": self.next,
        }


def find(
    session: Session,
    kind: type[S],
    /,
    *,
    limit: int = 100,
    after: str | None = None,
    order_by: str | None = None,
    descending: bool = False,
    **filters: object,
) -> Page[S]:
    """
    Return the things of a kind whose fields have the given values, one page at a time.

    ``find(session, Phone, context="acme")`` returns the first phones of a context. Give the page's
    ``next`` as *after* to get the next ones: pages stay right while things come and go.
    ``find(session, Spec, context="acme")`` returns what has that context, of all kinds.

    The number of statements does not depend on the number of things. Filters by a field of the key,
    or by the context, are the database's work; those by other fields
    read what the former leave over. Things of several classes come one class after the other.

    Args:
        session: The caller's session.
        kind: Class of the specs: ``Phone``, a provider's such as ``TwilioTrunk``, or ``Spec``.
        limit: Most things of the page, 1 to 1,000.
        after: The ``next`` of the page before; None for the first page.
        order_by: Field to sort by: one of the key, or one that the database knows, as the error for
            any other lists them. Things with equal values are sorted by the key.
        descending: Whether the last comes first.
        **filters: Values of the spec's fields, as its constructor takes them.

    Raises:
        ValidationError: A filter is not a field of the spec, is a secret, or has a value that no
            spec may have; or *limit*, *after* or *order_by* is wrong.
        SchemaError: The database's tables are missing or too old. A search for ``Spec`` passes
            over kinds whose tables are missing, unless all are.
    """
    filters = without_secrets(filters)  # or a traceback would show them in this frame
    limit = whole_number(limit, "limit", lowest=1, highest=MAX_LIMIT)
    descending = flag(descending, "descending")
    wanted = searches(kind, filters, order_by, descending=descending)
    found: list[Found] = []
    missing: list[SchemaMissingError] = []
    for search, begin in _left(wanted, after):
        try:
            found += search.first(session, limit + 1 - len(found), begin)
        except SchemaMissingError as error:
            if search.is_named:
                raise
            missing.append(error)
        if len(found) > limit:
            last = found[limit - 1]
            return _page(found[:limit], _encoded(last))
    if len(missing) == len(wanted):
        raise missing[0]
    return _page(found, None)


def _page(found: Sequence[Found], following: str | None) -> Page[Any]:
    things = [item.thing for item in found]
    return Page(
        tuple(item for item in things if isinstance(item, Spec)),
        tuple(item for item in things if isinstance(item, Unreadable)),
        following,
    )


# -- Where a page begins ---------------------------------------------------------------------------


def _left(
    wanted: Sequence[Search], after: str | None
) -> Iterator[tuple[Search, Sequence[str] | None]]:
    """Return the searches that are left after the page that ended at *after*."""
    if after is None:
        yield from ((search, None) for search in wanted)
        return
    name, place = _decoded(after)
    names = [search.name for search in wanted]
    if name not in names or len(place) != wanted[names.index(name)].cells:
        raise ValidationError("after", after, "it is of another search", _HINT)
    first = names.index(name)
    yield wanted[first], place
    yield from ((search, None) for search in wanted[first + 1 :])


_HINT: Final = "give the next of a page that the same find returned"


def _encoded(last: Found) -> str:
    text = json.dumps([last.name, *last.place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(after: str) -> tuple[str, list[str]]:
    try:
        text = base64.urlsafe_b64decode(after.encode() + b"=" * (-len(after) % 4))
        name, *place = json.loads(text)
    except (AttributeError, TypeError, ValueError, RecursionError):
        name, place = None, []
    if not isinstance(name, str) or not all(map(_is_cell, place)):
        raise ValidationError("after", after, "it is not the next of a page", _HINT)
    return name, place


def _is_cell(part: object) -> bool:
    """Tell whether it is a text that a database takes."""
    return isinstance(part, str) and not re.search(r"[\0\ud800-\udfff]", part)
