"""Laws of the verbs for one thing, for any spec of every kind with what it needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from asterisk_realtime import Absent, New, Plan, create, delete, ensure, get, plan, rows
from asterisk_realtime.errors import (
    ConflictError,
    NotFoundError,
    ValidationError,
)
from asterisk_realtime.models import Base
from tests.keyed import gone, keyed
from tests.property.laws import LAW, applied, cells, changed, opened, said, tried
from tests.property.things import ROWS, SETS, SEVERAL, SPECS, told, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from asterisk_realtime import Spec

FEW = settings(LAW, max_examples=12)
EACH = pytest.mark.parametrize("kind", SPECS, ids=lambda kind: kind.__name__)


def models(found: Any) -> Iterator[Base]:
    """Yield each model of what `create` and `rows` return."""
    if isinstance(found, Base):
        yield found
    elif isinstance(found, tuple):
        for item in found:
            yield from models(item)
    elif found is not None:
        for field in attrs.fields(type(found)):
            yield from models(getattr(found, field.name))


def drawn(data: st.DataObject, kind: type[Spec]) -> tuple[Spec, tuple[Spec, ...]]:
    """Return a spec of a kind, and plain specs of all that it needs."""
    spec = data.draw(SPECS[kind])
    assume(spec is not None)
    needed = [other for other in whole((spec,)) if told(other) != told(spec)]
    return spec, tuple(needed)


def created(session: Session, spec: Spec) -> Any:
    """Return what is created of a spec. Skip the example if it contradicts its neighbours."""
    try:
        return create(session, spec)
    except (ConflictError, ValidationError):
        assume(condition=False)


def has_the_rows_of(kind: type[Spec], found: Any) -> bool:
    """Tell whether these are rows as a kind has them."""
    if kind in SEVERAL:
        return isinstance(found, tuple) and {type(row) for row in found} == {SEVERAL[kind]}
    return type(found) is ROWS[kind]


@EACH
@FEW
@given(data=st.data())
def test_what_is_created_is_there_until_it_is_deleted(
    engine: Engine, kind: type[Spec], data: st.DataObject
) -> None:
    """Its rows are those of the session; once it is deleted, all is as it was."""
    spec, needed = drawn(data, kind)
    cls, key = keyed(spec)
    with opened(engine) as session:
        applied(session, *needed)
        before = cells(session)
        made = created(session, spec)
        again = rows(session, cls, **key)

        assert has_the_rows_of(kind, made)
        assert has_the_rows_of(kind, again)
        assert set(map(id, models(again))) == set(map(id, models(made)))
        assert all(row in session for row in models(made))
        found: Any = get(session, cls, **key)
        assert told(found) == told(spec)
        assert plan(session, found) == plan(session, spec) == Plan()
        assert delete(session, cls, **key)
        assert cells(session) == before
        assert (get(session, cls, **key), rows(session, cls, **key)) == (None, None)


@EACH
@FEW
@given(data=st.data())
def test_what_is_there_is_not_created_again(
    engine: Engine, kind: type[Spec], data: st.DataObject
) -> None:
    """The second time is a conflict, and ensuring it changes nothing; deleting works once."""
    spec, needed = drawn(data, kind)
    cls, key = keyed(spec)
    with opened(engine) as session:
        applied(session, *needed)
        with pytest.raises(NotFoundError):
            delete(session, cls, **key)
        created(session, spec)
        before = cells(session)
        with pytest.raises(ConflictError):
            create(session, spec)
        with pytest.raises(ConflictError):
            plan(session, New(spec))

        assert ensure(session, spec) == Plan()
        assert cells(session) == before
        delete(session, cls, **key)
        with pytest.raises(NotFoundError):
            delete(session, cls, **key)


@LAW
@given(SETS, SETS, st.data())
def test_a_verb_does_what_is_planned(
    engine: Engine, there: tuple[Spec, ...], specs: tuple[Spec, ...], data: st.DataObject
) -> None:
    """`create` as `New`, `ensure` as the spec, `delete` as `Absent`; or it fails as they do."""
    with opened(engine) as session:
        applied(session, *there)
        for spec in specs:
            cls, key = keyed(spec)
            item, call = data.draw(
                st.sampled_from(
                    (
                        (New(spec), partial(create, session, spec)),
                        (spec, partial(ensure, session, spec)),
                        (gone(spec), partial(delete, session, cls, **key)),
                    )
                )
            )
            planned, before = tried(partial(plan, session, item)), cells(session)
            done: Any = tried(call)

            if isinstance(item, Absent) and planned == Plan():
                assert "NotFoundError" in done  # but for `Absent` it is nothing
            elif isinstance(item, New) and isinstance(planned, Plan):
                assert has_the_rows_of(type(spec), done)
            else:
                assert done == planned
            expected = said(planned) if isinstance(planned, Plan) else {}
            assert changed(before, cells(session)) == expected
