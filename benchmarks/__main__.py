"""Measure everything in one run and print one table of ratios."""

from __future__ import annotations

import argparse
import platform
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import attrs

from benchmarks import imports, lock, office, scale, schema, trunk, upstream
from benchmarks.databases import SQLITE, Missing, all_kinds
from benchmarks.table import Row, render
from tools.asterisk_lab import prefix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.databases import Database


@dataclass(frozen=True)
class Rounds:
    """How often each way is measured."""

    schema: int
    imports: int
    trunk: int
    office: int
    scale: scale.Size


FULL: Final = Rounds(
    schema=5, imports=15, trunk=100, office=20, scale=scale.Size(100_000, 10_000, 15, 3)
)
QUICK: Final = Rounds(schema=1, imports=1, trunk=3, office=1, scale=scale.Size(10_000, 100, 1, 1))

LEGEND: Final = """\
ratio: ours as a multiple of the other way, median of the rounds; below 1 we are faster.
ms: medians. statements: ours / beside; after the + those that only begin or end transactions.
An office's statements are calls of the driver, each for as many rows as it takes at once."""


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


def measured_on(
    database: Database | Missing, scripts: Path | str, rounds: Rounds
) -> tuple[list[Row], list[Row]]:
    """Measure the schema and provisioning on one kind of database."""
    if isinstance(database, Missing):
        lost = [
            Row(name, "", database.name, database.reason)
            for name in (schema.OURS, trunk.OURS, lock.OURS, office.NEW, scale.VERBS)
        ]
        return lost[:1], lost[1:]
    if database is SQLITE:
        scripts = "Asterisk's scripts stop at an ALTER that SQLite does not have"
    return (
        schema.rows(database, scripts, rounds.schema),
        [
            *trunk.rows(database, rounds.trunk),
            *lock.rows(database, rounds.trunk),
            *office.rows(database, rounds.office),
            *scale.rows(database, rounds.scale),
        ],
    )


def all_rows(rounds: Rounds) -> list[Row]:
    """Measure everything."""
    with scratch() as folder, all_kinds() as databases:
        scripts = trees(folder / "upstream")
        pairs = [measured_on(database, scripts, rounds) for database in databases]
    schemas, provisioned = zip(*pairs, strict=True)
    return [
        *(row for rows in schemas for row in rows),
        *imports.rows(rounds.imports),
        *(row for rows in provisioned for row in rows),
    ]


def main() -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewest rounds: only shows that it runs"
    )
    parser.add_argument(
        "--phones",
        type=int,
        help="phones of the large database, a power of ten; a million takes minutes to fill",
    )
    arguments = parser.parse_args()
    rounds = QUICK if arguments.quick else FULL
    if arguments.phones is not None:
        rounds = replace(rounds, scale=attrs.evolve(rounds.scale, many=arguments.phones))
    table = render(all_rows(rounds))
    used = ", ".join(f"{name} {version(name)}" for name in ("SQLAlchemy", "alembic"))
    print(f"Python {platform.python_version()}, {used}, {rounds}", table, LEGEND, sep="\n\n")


if __name__ == "__main__":
    main()
