"""Write the statements that change enum types: add a label, or recreate the type (PostgreSQL)."""

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
    from asterisk_realtime.migrations.sql import SqlWriter


@attrs.frozen
class EnumUse:
    """
    A column of an enum type, in any table.

    Attributes:
        type: Name of the type.
        name: Name of the table.
        table: Name of the table with its schema, quoted if necessary.
        column: Name of the column, quoted if necessary.
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
    """Return the columns of any table whose type is an enum of the current schema."""
    return tuple(
        EnumUse(row.typname, row.relname, row.place, row.name, row.attname, row.preset, row.here)
        for row in connection.exec_driver_sql(_USES)
    )


@attrs.frozen
class EnumTypes:
    """Writes the statements for the enum types among the differences."""

    writer: SqlWriter
    found: Found
    differences: tuple[Difference, ...]

    def statements(self) -> Iterator[str]:
        """
        Yield the statements in the order in which they must run.

        On PostgreSQL, a new label can be used only after the transaction that adds it. If a column
        of another type becomes the enum, its values may need the label at once. So the type is
        recreated, since all labels of a new type can be used at once.
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
        needed = self._new_column_types()
        for name, added in labels.items():
            if name in needed:
                yield from self._recreate(name, (*self.found.enums[name], *added))
            else:
                for label in added:
                    yield (
                        f"ALTER TYPE {self.writer.name(name)}"
                        f" ADD VALUE IF NOT EXISTS {self.writer.literal(label)}"
                    )

    def recreated_uses(self) -> Iterator[EnumUse]:
        """Yield the columns whose type is recreated."""
        recreated = self.recreated()
        return (use for use in self.found.enum_uses if use.type in recreated)

    def recreated(self) -> set[str]:
        """Return the names of the types that are recreated."""
        missing = {each.name for each in self.differences if isinstance(each, MissingLabel)}
        return missing & self._new_column_types()

    def _new_column_types(self) -> set[str]:
        """Return the names of the types that columns of another type get."""
        return {
            each.kind.name
            for each in self.differences
            if isinstance(each, ColumnDiffers)
            and each.verdict is Verdict.CONVERT
            and each.kind.name is not None
        }

    def _create(self, name: str, labels: tuple[str, ...]) -> str:
        return f"CREATE TYPE {self.writer.name(name)} AS ENUM ({self.writer.literals(labels)})"

    def _recreate(self, name: str, labels: tuple[str, ...]) -> Iterator[str]:
        new, old = self.writer.name(name), self.writer.name(f"old_{name}")
        yield f"ALTER TYPE {new} RENAME TO {old}"
        yield self._create(name, labels)
        for use in self.found.enum_uses:
            if use.type == name:
                table = self.writer.verbatim(use.table)
                yield f"ALTER TABLE {table} {', '.join(self._cast(use, new))}"
        yield f"DROP TYPE {old}"

    def _cast(self, use: EnumUse, type_: str) -> Iterator[str]:
        name = self.writer.verbatim(use.column)
        column = f"ALTER COLUMN {name}"
        if use.default is not None:
            yield f"{column} DROP DEFAULT"
        yield f"{column} TYPE {type_} USING CAST(CAST({name} AS text) AS {type_})"
        if use.default is not None:
            yield f"{column} SET DEFAULT {self.writer.verbatim(use.default)}"
