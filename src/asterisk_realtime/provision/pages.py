"""Find things by their fields, sorted and in pages."""

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
"""Maximum number of things in one page."""


@attrs.frozen
class Page(Generic[S_co]):
    """
    One page of things, in order.

    Iterating over a page gives its items.

    Attributes:
        items: The specs.
        unreadable: Things within this page whose rows cannot be read as a spec.
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
    ``next`` as *after* to get the next page; pages stay correct while things are added and removed.
    ``find(session, Spec, context="acme")`` returns the things of all kinds with that context, one
    kind after the other.

    The database applies the filters by fields that it can sort by, such as the key's; a page then
    takes a few statements. For other filters, specs are read and compared until the page is full.

    Args:
        session: The caller's session.
        kind: Class of the specs: ``Phone``, a provider's such as ``TwilioTrunk``, or ``Spec``.
        limit: Maximum number of things in the page, 1 to 1,000.
        after: The ``next`` of the page before; None for the first page.
        order_by: Field to sort by, such as one of the key's; the error for a wrong one lists all.
            None sorts by the key, as do equal values.
        descending: Whether the last comes first.
        **filters: Values of the spec's fields, as its constructor takes them.

    Raises:
        ValidationError: A filter is not a field of the spec, is a secret, or has a value that no
            spec may have; or *limit*, *after* or *order_by* is wrong.
        SchemaError: The database's tables are missing or too old. A search for ``Spec`` skips
            kinds whose tables are missing, unless all are.
    """
    filters = without_secrets(filters)  # or a traceback would show them in this frame
    limit = whole_number(limit, "limit", lowest=1, highest=MAX_LIMIT)
    descending = flag(descending, "descending")
    wanted = searches(kind, filters, order_by, descending=descending)
    found: list[Found] = []
    missing: list[SchemaMissingError] = []
    for search, begin in _searches_after(wanted, after):
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


def _searches_after(
    wanted: Sequence[Search], after: str | None
) -> Iterator[tuple[Search, Sequence[str] | None]]:
    """Return the searches to continue with, each with the place after which it begins."""
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
    """Tell whether it is text that every database accepts."""
    return isinstance(part, str) and not re.search(r"[\0\ud800-\udfff]", part)
