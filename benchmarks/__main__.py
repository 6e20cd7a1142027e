"""Measure everything in one run and print a table of ratios, and one of the memory."""

from __future__ import annotations

import argparse
import platform
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, TypeVar

import attrs

from benchmarks import (
    asterisk_queries,
    bulk,
    imports,
    lock,
    memory,
    office,
    reading,
    scale,
    schema,
    trunk,
    upstream,
)
from benchmarks.databases import SQLITE, Missing, all_kinds
from benchmarks.filled import filled
from benchmarks.table import Row, render
from tools.asterisk_lab import prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.databases import Database
    from benchmarks.filled import Filled


@dataclass(frozen=True)
class Rounds:
    """How often each way is measured, and with how many phones the memory is."""

    schema: int
    imports: int
    trunk: int
    office: int
    reading: int
    queries: int
    memory: int
    scale: scale.Size


FULL: Final = Rounds(
    schema=5,
    imports=15,
    trunk=100,
    office=20,
    reading=20,
    queries=15,
    memory=100_000,
    scale=scale.Size(100_000, 10_000, 15, 3),
)
QUICK: Final = Rounds(
    schema=1,
    imports=1,
    trunk=3,
    office=1,
    reading=1,
    queries=1,
    memory=2_000,
    scale=scale.Size(10_000, 100, 1, 1),
)

ON_NEW: Final[Mapping[str, tuple[str, Callable[[Database, Rounds], list[Row]]]]] = {
    "trunk": (trunk.OURS, lambda database, rounds: trunk.rows(database, rounds.trunk)),
    "lock": (lock.OURS, lambda database, rounds: lock.rows(database, rounds.trunk)),
    "office": (office.NEW, lambda database, rounds: office.rows(database, rounds.office)),
}
"""What is measured on empty databases: its title where there is no database, and the function."""

ON_FILLED: Final[Mapping[str, tuple[str, Callable[[Filled, Rounds], list[Row]]]]] = {
    "verbs": (scale.VERBS, lambda both, rounds: scale.rows(both, rounds.scale)),
    "reading": (reading.MANY, lambda both, rounds: reading.rows(both, rounds.reading)),
    "queries": (
        asterisk_queries.QUERIES,
        lambda both, rounds: asterisk_queries.rows(both, rounds.queries),
    ),
    "bulk": (bulk.SPECS, lambda both, rounds: bulk.rows(both, rounds.scale)),
}
"""The same of two databases with phones, from what only reads to what writes most."""

T = TypeVar("T")
SUBJECTS: Final = ("schema", "imports", *ON_NEW, *ON_FILLED, "memory")

LEGEND: Final = """\
ratio: ours as a multiple of the other way, median of the rounds; below 1 we are faster.
ms: medians. statements: ours / beside; after the + those that only begin or end transactions.
An office's statements are calls of the driver, each for as many rows as it takes at once.
MB more: what a process with many phones needs beyond one with fewer."""


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder for compiled revisions, so that they are compiled once, as when installed."""
    before = sys.dont_write_bytecode, sys.pycache_prefix
    with TemporaryDirectory(prefix="asterisk-realtime-") as folder:
        sys.dont_write_bytecode, sys.pycache_prefix = False, str(Path(folder) / "bytecode")
        try:
            yield Path(folder)
        finally:
            sys.dont_write_bytecode, sys.pycache_prefix = before


def trees(folder: Path) -> Path | str:
    """Unpack Asterisk's scripts into *folder*, or return why there are none."""
    found = prefix.find()
    if found is None:
        return "Asterisk's package is not unpacked; python -m tools.asterisk_lab.prefix does it"
    source = found.root / upstream.PLACE
    if not source.is_dir():
        return "the unpacked Asterisk is without its package asterisk-doc"
    return upstream.unpack(source, folder)


@dataclass(frozen=True)
class Found:
    """What was measured on one kind of database."""

    schema: list[Row]
    rest: list[Row]
    memory: list[memory.Peaks]


def measured_on(
    database: Database | Missing, scripts: Path | str, rounds: Rounds, only: frozenset[str]
) -> Found:
    """Measure the subjects *only* on one kind of database."""
    if isinstance(database, Missing):
        return _not_measured(database, rounds, only)
    if database is SQLITE:
        scripts = "Asterisk's scripts stop at an ALTER that SQLite does not have"
    schemas = schema.rows(database, scripts, rounds.schema) if "schema" in only else []
    found = [row for measure in _chosen(ON_NEW, only) for row in measure(database, rounds)]
    if only & ON_FILLED.keys():
        with filled(database, rounds.scale.many) as both:
            found += [row for measure in _chosen(ON_FILLED, only) for row in measure(both, rounds)]
    peaks = [memory.measured(database, rounds.memory)] if "memory" in only else []
    return Found(schemas, found, peaks)


def _chosen(subjects: Mapping[str, tuple[str, T]], only: frozenset[str]) -> list[T]:
    return [measure for name, (_title, measure) in subjects.items() if name in only]


def _not_measured(database: Missing, rounds: Rounds, only: frozenset[str]) -> Found:
    def lost(titles: Mapping[str, str]) -> list[Row]:
        return [
            Row(title, "", database.name, database.reason)
            for name, title in titles.items()
            if name in only
        ]

    subjects = {**ON_NEW, **ON_FILLED}
    peaks = [memory.Peaks(database.name, rounds.memory, database.reason)]
    return Found(
        lost({"schema": schema.OURS}),
        lost({name: title for name, (title, _measure) in subjects.items()}),
        peaks if "memory" in only else [],
    )


def tables(rounds: Rounds, only: frozenset[str]) -> Iterator[str]:
    """Measure the subjects *only*, and yield the tables."""
    with scratch() as folder, all_kinds() as databases:
        scripts = trees(folder / "upstream") if "schema" in only else ""
        found = [measured_on(database, scripts, rounds, only) for database in databases]
    rows = [
        *(row for one in found for row in one.schema),
        *(imports.rows(rounds.imports) if "imports" in only else []),
        *(row for one in found for row in one.rest),
    ]
    if rows:
        yield render(rows)
    if "memory" in only:
        yield memory.render(peaks for one in found for peaks in one.memory)


def main() -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewest rounds: only shows that it runs"
    )
    parser.add_argument(
        "--phones",
        type=int,
        help="phones of the large database, a power of ten; a million takes minutes to fill, and"
        " an hour to measure the memory",
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=SUBJECTS,
        default=SUBJECTS,
        metavar="SUBJECT",
        help=f"measure only these: {', '.join(SUBJECTS)}",
    )
    arguments = parser.parse_args()
    rounds = QUICK if arguments.quick else FULL
    if arguments.phones is not None:
        many = arguments.phones
        rounds = replace(rounds, memory=many, scale=attrs.evolve(rounds.scale, many=many))
    used = ", ".join(f"{name} {version(name)}" for name in ("SQLAlchemy", "alembic"))
    found = tables(rounds, frozenset(arguments.only))
    print(f"Python {platform.python_version()}, {used}, {rounds}", *found, LEGEND, sep="\n\n")


if __name__ == "__main__":
    main()
