"""Laws of the engine, for any few specs of all kinds: what is planned is done, and only that."""

from __future__ import annotations

import json
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from asterisk_realtime import Spec, apply, get, plan
from asterisk_realtime.errors import (
    AsteriskRealtimeError,
    ConflictError,
    ValidationError,
)
from asterisk_realtime.provision.engine.plans import Plan
from asterisk_realtime.provision.engine.records import Rows, identity
from asterisk_realtime.provision.engine.view import View
from asterisk_realtime.provision.registry import KINDS
from tests.keyed import gone, keyed
from tests.property.laws import LAW, applied, cells, changed, opened, said, tried
from tests.property.things import ITEMS, SECRETS, SETS, SPECS, told

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


@LAW
@given(ITEMS, ITEMS)
def test_what_is_planned_is_done(
    engine: Engine, first: tuple[Any, ...], second: tuple[Any, ...]
) -> None:
    """`plan` writes nothing; `apply` does what it says, or fails as it does and does nothing."""
    with opened(engine) as session:
        for items in (first, second):
            before = cells(session)
            planned = tried(partial(plan, session, *items))
            assert cells(session) == before
            done = tried(partial(apply, session, *items))

            assert done == planned
            expected = said(done) if isinstance(done, Plan) else {}
            assert changed(before, cells(session)) == expected


@LAW
@given(SETS, st.randoms(use_true_random=False))
def test_what_is_done_needs_nothing_more(
    engine: Engine, specs: tuple[Spec, ...], chance: Any
) -> None:
    """In whatever order the specs are given, together or alone."""
    with opened(engine) as session:
        applied(session, *specs)
        again = list(specs)
        chance.shuffle(again)

        assert plan(session, *again) == Plan()
        assert [plan(session, spec) for spec in specs] == [Plan()] * len(specs)


@LAW
@given(SETS)
def test_what_is_found_is_there(engine: Engine, specs: tuple[Spec, ...]) -> None:
    """What is read back is the same thing, and changes nothing."""
    with opened(engine) as session:
        applied(session, *specs)
        for spec in specs:
            kind, key = keyed(spec)
            found = get(session, kind, **key)

            assert found is not None
            assert told(found) == told(spec)
            assert plan(session, found) == Plan()
            assert Spec.from_dict(json.loads(json.dumps(found.to_dict(reveal=True)))) == found


@LAW
@given(SETS, st.data())
def test_a_change_is_of_the_things_own_rows(
    engine: Engine, specs: tuple[Spec, ...], data: st.DataObject
) -> None:
    """Neighbours' rows stay as they are, to the cell, and so do all columns but those named."""
    spec = data.draw(st.sampled_from(specs))
    other = with_another_field(data, spec)
    kind = KINDS[type(spec)]
    with opened(engine) as session:
        applied(session, *specs)
        before, own = cells(session), rows_of(session, kind, kind.key(spec))
        changes = applied(session, other)
        # The key of a queue's member is its device, so that another device has other rows.
        own |= rows_of(session, kind, kind.key(spec)) | rows_of(session, kind, kind.key(other))

        assert changed(before, cells(session)) == said(changes)
        assert said(changes).keys() <= own
        assert plan(session, other) == Plan()


def with_another_field(data: st.DataObject, spec: Any) -> Any:
    """Return *spec* with one field of another spec of its kind."""
    other = data.draw(SPECS[type(spec)])
    assume(other is not None)
    names = [field.name for field in attrs.fields(type(spec))]
    names = [n for n in names if n not in KINDS[type(spec)].fields]
    names = [n for n in names if getattr(other, n) != getattr(spec, n)]
    assume(names)
    name = data.draw(st.sampled_from(names))
    try:
        return attrs.evolve(spec, **{name: getattr(other, name)})
    except ValidationError:
        assume(condition=False)


def rows_of(session: Session, kind: Any, key: tuple[str, ...]) -> set[tuple[str, tuple[Any, ...]]]:
    """Return the names of the rows that are, or may be, a thing's."""
    view = View(session)
    found = view.found(kind.scopes(key))
    rows = (*found, *view.found(kind.related(key, found)))
    return {(row.__tablename__, identity(row)[1]) for row in Rows(rows)}


@LAW
@given(st.just(()) | SETS, SETS, st.randoms(use_true_random=False))
def test_what_goes_leaves_nothing_behind(
    engine: Engine, there: tuple[Spec, ...], specs: tuple[Spec, ...], chance: Any
) -> None:
    """Things that came together go together, in whatever order, and all else is as it was."""
    with opened(engine) as session:
        applied(session, *there)
        known = {told(spec) for spec in there}
        specs = tuple(spec for spec in specs if told(spec) not in known)
        before = cells(session)
        applied(session, *specs)
        absent = [gone(spec) for spec in specs]
        chance.shuffle(absent)
        try:
            planned = plan(session, *absent)
        except ConflictError:
            assert there  # its queues may name a music class before it is there
            return

        assert apply(session, *absent) == planned
        assert cells(session) == before


@LAW
@given(SETS, SETS)
def test_no_secret_is_shown(
    engine: Engine, first: tuple[Spec, ...], second: tuple[Spec, ...]
) -> None:
    """Neither by a spec, nor by a plan, nor by an error with all that caused it."""
    with opened(engine) as session:
        shown = [repr((first, second)), str(first + second)]
        for specs in (first, second):
            try:
                done = apply(session, *specs)
                shown += [str(done), repr(done)]
            except AsteriskRealtimeError as error:
                shown += [repr(error), *traceback.format_exception(error)]

    assert [secret for secret in SECRETS if secret in "".join(shown)] == []
