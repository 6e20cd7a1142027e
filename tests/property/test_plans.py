"""Laws of the engine, for any few specs of all kinds: what is planned is done, and only that."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime.errors import (
    AsteriskRealtimeError,
    ConflictError,
    InvalidValueError,
    InvalidValuesError,
)
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.engine.plans import Action, Plan
from asterisk_realtime.provision.engine.records import TABLES, Rows, identity
from asterisk_realtime.provision.engine.view import View
from asterisk_realtime.provision.registry import KINDS, Absent, apply, plan
from tests.property.things import SECRETS, SETS, SPECS, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from asterisk_realtime.specs.base import Spec

LAW = settings(
    deadline=None,
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
Cells = dict[str, dict[tuple[object, ...], dict[str, Any]]]


@contextmanager
def opened(engine: Engine) -> Iterator[Session]:
    """Yield a session, and take back what it did."""
    with Session(engine) as session:
        try:
            yield session
        finally:
            session.rollback()


def cells(session: Session) -> Cells:
    """Return all rows of all tables that are provisioned, by what tells them apart."""
    found: Cells = {}
    for model, table in TABLES.items():
        name = model.__tablename__
        rows = session.execute(text(f"SELECT * FROM {name}")).mappings()
        found[name] = {
            tuple(None if row[part] == "" else row[part] for part in table.key): dict(row)
            for row in rows
        }
    return found


def tried(call: Callable[[], Plan]) -> Plan | str:
    """Return the plan, or the error."""
    try:
        return call()
    except AsteriskRealtimeError as error:
        return f"{type(error).__name__}: {error}"


def applied(session: Session, *specs: Spec | Absent) -> Plan:
    """Return what was done; what cannot be done is no example."""
    try:
        return apply(session, *specs)
    except AsteriskRealtimeError:
        assume(condition=False)
        raise


def changed(before: Cells, after: Cells) -> dict[tuple[str, tuple[object, ...]], set[str] | Action]:
    """Return which rows came, went, or have other cells than before, and which."""
    found: dict[tuple[str, tuple[object, ...]], set[str] | Action] = {}
    for table in before:
        old, new = before[table], after[table]
        found |= {(table, key): Action.REMOVE for key in old.keys() - new.keys()}
        found |= {(table, key): Action.ADD for key in new.keys() - old.keys()}
        for key in old.keys() & new.keys():
            names = {name for name, cell in old[key].items() if new[key][name] != cell}
            if names:
                found[table, key] = names
    return found


def said(changes: Plan) -> dict[tuple[str, tuple[object, ...]], set[str] | Action]:
    """Return the same as a plan says it."""
    return {
        (row.table, tuple(row.key.values())): {column.name for column in row.columns}
        if row.action is Action.CHANGE
        else row.action
        for row in changes.rows
    }


@LAW
@given(SETS, SETS)
def test_what_is_planned_is_done(
    engine: Engine, first: tuple[Spec, ...], second: tuple[Spec, ...]
) -> None:
    """`plan` writes nothing; `apply` does what it says, or fails as it does and does nothing."""
    with opened(engine) as session:
        for specs in (first, second):
            before = cells(session)
            planned = tried(partial(plan, session, *specs))
            assert cells(session) == before
            done = tried(partial(apply, session, *specs))

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
            kind = KINDS[type(spec)]
            found = verbs.find(session, kind, *kind.key(spec))

            assert found is not None
            assert told(found) == told(spec)
            assert plan(session, found) == Plan()


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
        own |= rows_of(session, kind, kind.key(spec))

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
    except (InvalidValueError, InvalidValuesError):
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
        gone = [Absent(type(spec), *KINDS[type(spec)].key(spec)) for spec in specs]
        chance.shuffle(gone)
        try:
            planned = plan(session, *gone)
        except ConflictError:
            assert there  # its queues may name a music class before it is there
            return

        assert apply(session, *gone) == planned
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
