"""Many specs by `apply_batches` and `plan`, beside their ready-made rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Table, insert, inspect, select
from sqlalchemy.orm import Session

from asterisk_realtime import Phone, apply_batches, plan
from asterisk_realtime.models import Aor, Auth, Base, Endpoint
from benchmarks.ready_made import copied, executed, insert_of
from benchmarks.scale import PASSWORD, rolled_back
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Engine

    from benchmarks.filled import Filled
    from benchmarks.ready_made import Insert
    from benchmarks.scale import Size

SPECS: Final = "many specs"
NEW: Final = "{:,} new phones"
PLANNED: Final = "plan of {:,} phones, 1 % changed"
APPLIED: Final = "apply_batches of {:,} phones, 1 % changed"
MODELS: Final[tuple[type[Base], ...]] = (Auth, Aor, Endpoint)


def phones(count: int, changed: int = 0) -> Iterator[Phone]:
    """Yield new phones, of which the first *changed* have a caller ID."""
    for number in range(count):
        caller = "7" if number < changed else None
        name = f"n{number}"
        yield Phone(id=name, context="c1", password=f"{PASSWORD}{number}", caller_id=caller)


def rows(filled: Filled, size: Size) -> list[Row]:
    """Measure on the database of few phones."""
    name, engine, count = filled.name, filled.few, size.specs
    specs = list(phones(count, count // 100))
    new = _compared(engine, [_applied(phones, count), *_ways(engine, count)], size.bulk_rounds)
    with Session(engine) as session:
        apply_batches(session, phones(count))
        session.commit()
    changed = [lambda s: plan(s, *specs), lambda s: apply_batches(s, specs), _read]
    planned, applied, read = _times(engine, changed, size.bulk_rounds)
    beside = f"their {len(MODELS) * count:,} rows by"
    quickest = "COPY" if engine.dialect.name == "postgresql" else "the driver's executemany"
    return [
        Row(NEW.format(count), f"{beside} Core, executemany", name, new[0]),
        Row(NEW.format(count), f"{beside} {quickest}", name, new[1]),
        Row(PLANNED.format(count), "reading their rows by Core", name, Comparison(planned, read)),
        Row(APPLIED.format(count), "reading their rows by Core", name, Comparison(applied, read)),
    ]


def _applied(specs: Callable[[int], Iterator[Phone]], count: int) -> Callable[[Session], object]:
    return lambda session: apply_batches(session, specs(count))


def _ways(engine: Engine, count: int) -> list[Callable[[Session], object]]:
    """Return how ready-made rows are written: by Core, and by the database's fastest way."""
    with Session(engine) as session:
        apply_batches(session, phones(count))
        cells = _cells(session)
        raw = [
            insert_of(session.connection(), model.__tablename__, where="id LIKE 'n%%'")
            for model in MODELS
        ]

    def core(session: Session) -> None:
        for table, values in cells.items():
            session.connection().execute(insert(table), values)

    return [core, partial(_driver, raw)]


def _driver(statements: Sequence[Insert], session: Session) -> None:
    write = copied if session.get_bind().dialect.name == "postgresql" else executed
    write(session.connection().connection.driver_connection, statements)


def _read(session: Session) -> None:
    for model in MODELS:
        session.connection().execute(_written(model)).all()


def _compared(
    engine: Engine, ways: Sequence[Callable[[Session], object]], rounds: int
) -> list[Comparison]:
    """Return the first of *ways* beside each other one."""
    ours, *others = _times(engine, ways, rounds)
    return [Comparison(ours, theirs) for theirs in others]


def _times(
    engine: Engine, ways: Sequence[Callable[[Session], object]], rounds: int
) -> list[list[float]]:
    return in_turns([partial(rolled_back, engine, way) for way in ways], rounds)


def _cells(session: Session) -> dict[Table, list[dict[str, Any]]]:
    """Return the cells of the rows that `apply_batches` has written for new phones."""
    found: dict[Table, list[dict[str, Any]]] = {}
    for model in MODELS:
        result = session.connection().execute(_written(model)).mappings().all()
        names = [name for name in result[0] if any(row[name] is not None for row in result)]
        table = model.__table__
        assert isinstance(table, Table)  # noqa: S101 - for the type checkers
        found[table] = [{name: row[name] for name in names} for row in result]
    return found


def _written(model: type[Base]) -> Any:
    # The columns that each database has.
    columns = [item.columns[0] for item in inspect(model).column_attrs if not item.deferred]
    return select(*columns).where(model.__table__.c.id.startswith("n"))
