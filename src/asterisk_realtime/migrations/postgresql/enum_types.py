"""The statements that change PostgreSQL's enum types: a new label, or a recreated type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MissingEnum,
    MissingLabel,
)
from asterisk_realtime.migrations.comparing.kinds import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.reading.inspection import Found
    from asterisk_realtime.migrations.sql import Spelling


@attrs.frozen
class EnumUse:
    """
    A column of an enum type, in any table.

    Attributes:
        type: Name of the type.
        name: Name of the table.
        table: The same with its schema, and quoted if needed; so is *column*.
        name_of_column: Name of the column.
        default: SQL of its default.
        is_in_schema: Whether the table is in the schema of the type.
    """

    type: str
    name: str
    table: str
    column: str
    name_of_column: str
    default: str | None
    is_in_schema: bool


_USES: Final = """
    SELECT t.typname, c.relname, c.oid::regclass::text AS place, quote_ident(a.attname) AS name,
        a.attname,
        pg_get_expr(d.adbin, d.adrelid) AS preset, c.relnamespace = n.oid AS here
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'e'
    JOIN pg_namespace n ON n.oid = t.typnamespace AND n.nspname = current_schema()
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE NOT a.attisdropped AND a.attinhcount = 0
    ORDER BY c.oid, a.attnum
"""


def uses(connection: Connection) -> tuple[EnumUse, ...]:
    """Return each column whose type is an enum of the current schema."""
    return tuple(
        EnumUse(row.typname, row.relname, row.place, row.name, row.attname, row.preset, row.here)
        for row in connection.exec_driver_sql(_USES)
    )


@attrs.frozen
class EnumTypes:
    """The statements for the enum types among all differences."""

    spelling: Spelling
    found: Found
    differences: tuple[Difference, ...]

    def statements(self) -> Iterator[str]:
        """
        Yield them in the order in which they must run.

        PostgreSQL lets no cell have a label before the transaction that adds it has ended. Where
        a column of another type is about to become the enum, its cells may need that label, so
        the type is recreated: the labels of a new type can be used at once.
        """
        labels: dict[str, list[str]] = {}
        for difference in self.differences:
            match difference:
                case MissingEnum(name=name, labels=words):
                    yield self._create(name, words)
                case MissingLabel(name=name, label=label):
                    labels.setdefault(name, []).append(label)
                case _:
                    continue
        filled = self._filled()
        for name, added in labels.items():
            if name in filled:
                yield from self._make_anew(name, (*self.found.enums[name], *added))
            else:
                for label in added:
                    yield (
                        f"ALTER TYPE {self.spelling.name(name)}"
                        f" ADD VALUE IF NOT EXISTS {self.spelling.word(label)}"
                    )

    def moved(self) -> Iterator[EnumUse]:
        """Yield each column that gets a recreated type."""
        anew = self.anew()
        return (use for use in self.found.enum_uses if use.type in anew)

    def anew(self) -> set[str]:
        """Return the types that are recreated."""
        missing = {each.name for each in self.differences if isinstance(each, MissingLabel)}
        return missing & self._filled()

    def _filled(self) -> set[str]:
        """Return the types that columns of another type become."""
        return {
            each.kind.name
            for each in self.differences
            if isinstance(each, ColumnDiffers)
            and each.verdict is Verdict.CONVERT
            and each.kind.name is not None
        }

    def _create(self, name: str, labels: tuple[str, ...]) -> str:
        return f"CREATE TYPE {self.spelling.name(name)} AS ENUM ({self.spelling.words(labels)})"

    def _make_anew(self, name: str, labels: tuple[str, ...]) -> Iterator[str]:
        new, old = self.spelling.name(name), self.spelling.name(f"old_{name}")
        yield f"ALTER TYPE {new} RENAME TO {old}"
        yield self._create(name, labels)
        for use in self.found.enum_uses:
            if use.type == name:
                table = self.spelling.verbatim(use.table)
                yield f"ALTER TABLE {table} {', '.join(self._move(use, new))}"
        yield f"DROP TYPE {old}"

    def _move(self, use: EnumUse, type_: str) -> Iterator[str]:
        name = self.spelling.verbatim(use.column)
        column = f"ALTER COLUMN {name}"
        if use.default is not None:
            yield f"{column} DROP DEFAULT"
        yield f"{column} TYPE {type_} USING CAST(CAST({name} AS text) AS {type_})"
        if use.default is not None:
            yield f"{column} SET DEFAULT {self.spelling.verbatim(use.default)}"
