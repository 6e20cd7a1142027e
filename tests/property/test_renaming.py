"""Laws of renaming, for any thing of any set of specs, and any other key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from asterisk_realtime import (
    Absent,
    Allowance,
    Phone,
    Plan,
    QueueMembership,
    Rename,
    WebRtcPhone,
    apply,
    check_identification,
    get,
    plan,
    rename,
    rows,
)
from asterisk_realtime.provision.engine.records import TABLES
from asterisk_realtime.provision.engine.references import REFERENCES, Reference
from tests.keyed import keyed
from tests.migrations.tools import mostly_long
from tests.property.laws import LAW, Cells, applied, cells, changed, opened, said, tried
from tests.property.test_verbs import models
from tests.property.things import SETS, SPECS, told, whole

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from asterisk_realtime import Spec

FEW = settings(LAW, max_examples=20)
NAMES: Final = ("100", "101", "b.o-b", "B.o-b", "alpha", "Beta", "one", "two", "new.1")
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "id": NAMES,
    "name": NAMES,
    "number": ("100", "101", "102", "+12025550123", "+12025550199"),
    "exten": ("100", "101", "102", "911"),
    "context": ("phones", "office", "from-one", "annex", "default"),
    "pattern": ("_1NXXNXXXXXX", "911"),
}
"""New parts of keys, of which some are taken, and some cannot be part of such a key."""
NOBODY: Final = st.just(())
STAY: Final = (Allowance, QueueMembership)
EACH = pytest.mark.parametrize(
    "kind",
    mostly_long([kind for kind in SPECS if kind not in STAY]),
    ids=lambda kind: kind.__name__,
)


def unnumbered(found: Cells) -> Cells:
    """Return cells without the numbers that the database gives out."""
    numbers = {
        model.__tablename__: {item.name for item in inspect(model).primary_key} - {*table.key}
        for model, table in TABLES.items()
    }
    return {
        table: {
            key: {name: cell for name, cell in row.items() if name not in numbers[table]}
            for key, row in of_table.items()
        }
        for table, of_table in found.items()
    }


def names_of(found: Any) -> list[tuple[Reference, str]]:
    """Return by which names rows can be named, and where."""
    return [
        (item, item.name(row))
        for row in models(found)
        for item in REFERENCES
        if item.target is type(row)
    ]


def all_names(session: Session) -> set[tuple[Reference, str]]:
    """Return all names that rows have of others."""
    return {
        (item, name)
        for item in REFERENCES
        for row in session.scalars(select(item.source))
        for name in item.named_by(row)
    }


def renamed(spec: Any, parts: dict[str, str]) -> Any:
    """Return a spec under another key, in which a phone authenticates as before."""
    user = {"username": spec.username or spec.id} if isinstance(spec, Phone | WebRtcPhone) else {}
    found = attrs.evolve(spec, **parts, **user)
    # None is the id itself.
    if user and found.username == found.id:
        return attrs.evolve(found, username=None)
    return found


def drawn_key(data: st.DataObject, old: dict[str, str]) -> dict[str, str]:
    """Return another key, of which at least one part may be another."""
    return {name: data.draw(st.sampled_from((part, *PARTS[name]))) for name, part in old.items()}


@EACH
@FEW
@given(data=st.data())
def test_a_renamed_thing_is_the_same(engine: Engine, kind: type[Spec], data: st.DataObject) -> None:
    """But for its key; nothing names the old one, and renaming back leaves every cell as it was."""
    spec = data.draw(SPECS[kind])
    assume(spec is not None)
    others = [item for item in data.draw(SETS | NOBODY) if told(item) != told(spec)]
    cls, old = keyed(spec)
    new = drawn_key(data, old)
    with opened(engine) as session:
        applied(session, *whole((spec, *others)))
        before, faults = cells(session), check_identification(session)
        named = all_names(session)
        there, names = get(session, cls, **old), names_of(rows(session, cls, **old))
        done = tried(lambda: rename(session, cls.key(**old), cls.key(**new)))
        event("renamed" if isinstance(done, Plan) else done.partition(":")[0])
        if not isinstance(done, Plan) or new == old:
            assert cells(session) == before
            return

        assert get(session, cls, **new) == renamed(there, new)
        assert (get(session, cls, **old), rows(session, cls, **old)) == (None, None)
        assert plan(session, Absent(cls, **old)) == Plan()
        assert all_names(session).isdisjoint(names)
        assert set(check_identification(session)) <= set(faults)
        if named & {*names_of(rows(session, cls, **new))}:
            return  # what named the new key before goes along when it is renamed back
        rename(session, cls.key(**new), cls.key(**old))
        assert unnumbered(cells(session)) == unnumbered(before)


@LAW
@given(SETS, SETS, st.data())
def test_a_rename_does_what_is_planned(
    engine: Engine, there: tuple[Spec, ...], others: tuple[Spec, ...], data: st.DataObject
) -> None:
    """Alone, or with specs in one call; or it fails as the plan does, and nothing is changed."""
    with opened(engine) as session:
        applied(session, *there)
        spec = data.draw(st.sampled_from(there))
        assume(not isinstance(spec, STAY))
        cls, old = keyed(spec)
        new = drawn_key(data, old)
        more = others if data.draw(st.booleans()) else ()

        def items() -> tuple[Any, ...]:
            return (Rename(cls.key(**old), cls.key(**new)), *more)

        planned, before = tried(lambda: plan(session, *items())), cells(session)
        done = tried(lambda: apply(session, *items()))

        assert done == planned
        assert changed(before, cells(session)) == (said(done) if isinstance(done, Plan) else {})


@FEW
@given(SETS, st.data())
def test_some_things_have_no_name_of_their_own(
    engine: Engine, there: tuple[Spec, ...], data: st.DataObject
) -> None:
    """They are renamed with what names them."""
    spec = data.draw(st.sampled_from(there))
    assume(isinstance(spec, STAY))
    cls, old = keyed(spec)
    key = partial(cls.key, old["queue"]) if isinstance(spec, QueueMembership) else cls.key
    own = {name: part for name, part in old.items() if name != "queue"}
    with opened(engine):
        assert "it cannot be renamed" in str(tried(lambda: Rename(key(**own), key(**own))))
