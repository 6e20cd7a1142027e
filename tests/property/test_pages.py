"""Laws of pages: what is found is what was created, whatever specs are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from asterisk_realtime import Spec, find, get
from asterisk_realtime.provision.registry import KINDS
from asterisk_realtime.provision.searching import searchable
from tests.keyed import keyed
from tests.property.laws import LAW, applied, opened
from tests.property.things import SETS

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

LIMITS = st.sampled_from((1, 2, 3, 1000))


def listed(session: Session, kind: Any, limit: int, **options: Any) -> list[Any]:
    """Return the items of all pages; nothing is unreadable."""
    found: list[Any] = []
    after: str | None = None
    while True:
        page = find(session, kind, limit=limit, after=after, **options)
        assert page.unreadable == ()
        assert len(page) == limit or page.next is None
        found += page
        after = page.next
        if after is None:
            return found


def told(spec: Spec) -> tuple[str, ...]:
    """Return the key of a thing, in the order of the database."""
    return KINDS[type(spec)].key(spec)


@LAW
@given(SETS, LIMITS)
def test_each_kind_finds_what_is_there(engine: Engine, specs: tuple[Spec, ...], limit: int) -> None:
    """Each thing once, as `get` returns it, in order; the others not at all."""
    with opened(engine) as session:
        applied(session, *specs)
        for kind in KINDS:
            found = listed(session, kind, limit)
            keys = [told(item) for item in found]
            wanted = {told(spec) for spec in specs if type(spec) is kind}

            assert keys == sorted(set(keys))
            assert wanted <= set(keys)
            for item in found:
                cls, key = keyed(item)
                assert get(session, cls, **key) == item
            if set(keys) - wanted:
                assert kind.__name__ in _OF_OTHERS
            assert listed(session, kind, limit, descending=True) == found[::-1]


_OF_OTHERS = frozenset({"QueueMembership", "AccessList"})
"""What comes with another thing: the members of a queue, the list of a header's addresses."""


@LAW
@given(SETS, LIMITS)
def test_all_kinds_together_find_the_same(
    engine: Engine, specs: tuple[Spec, ...], limit: int
) -> None:
    """One kind after the other, and without parts of things."""
    with opened(engine) as session:
        applied(session, *specs)
        whole = [kind for kind in KINDS if not KINDS[kind].listing.is_part]

        expected = [item for kind in whole for item in listed(session, kind, 1000)]
        assert listed(session, Spec, limit) == expected
        assert listed(session, Spec, limit, descending=True) == expected[::-1]
        for context in ("phones", "from-one", "default"):
            assert listed(session, Spec, limit, context=context) == [
                item for item in expected if getattr(item, "context", None) == context
            ]


@LAW
@given(SETS, LIMITS, st.data())
def test_filters_leave_what_is_equal(
    engine: Engine, specs: tuple[Spec, ...], limit: int, data: st.DataObject
) -> None:
    """By any field that a thing can be found by, with the value of one that exists."""
    with opened(engine) as session:
        applied(session, *specs)
        spec = data.draw(st.sampled_from(specs))
        name = data.draw(st.sampled_from(list(searchable(type(spec)))))
        found = listed(session, type(spec), 1000)
        value = getattr(data.draw(st.sampled_from(found)), name)

        assert listed(session, type(spec), limit, **{name: value}) == [
            item for item in found if getattr(item, name) == value
        ]
