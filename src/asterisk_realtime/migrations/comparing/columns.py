"""Compare the columns of a table with the wanted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import Enum, PrimaryKeyConstraint, Text, UniqueConstraint

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingColumn,
    Obstacle,
)
from asterisk_realtime.migrations.comparing.kinds import TypeFamily, Verdict, judge, kind_of
from asterisk_realtime.migrations.comparing.table_pair import TablePair, is_auto_numbered, is_random
from asterisk_realtime.migrations.converting import RareFlag, is_filled, is_mysql
from asterisk_realtime.migrations.mariadb.definitions import definition
from asterisk_realtime.migrations.reading.defaults import converted, is_constant
from asterisk_realtime.migrations.schema import is_existing
from asterisk_realtime.migrations.sql import SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column

    from asterisk_realtime.migrations.comparing.kinds import Kind
    from asterisk_realtime.migrations.reading.inspection import FoundColumn

ORDERED: Final = (("deny", "permit"), ("contact_deny", "contact_permit"))
"""Pairs of columns that Asterisk must read in this order, since the last matching rule applies."""

WRITTEN_BY_ASTERISK: Final = frozenset(
    {"cdr", "cel", "iaxfriends", "meetme", "ps_contacts", "ps_subscription_persistence"}
    | {"queue_log", "sippeers", "voicemail_data", "voicemail_messages"}
)
"""Tables that this library does not provision; it does not change their defaults."""


class ColumnComparison(TablePair):
    """Compares the columns of a wanted table with the existing ones."""

    def differences(self) -> Iterator[Difference]:
        """Return how the columns differ."""
        for column in self.wanted.columns:
            there = self.found.columns.get(column.name)
            if is_existing(column):
                continue
            if there is None:
                yield self._missing(column)
            elif isinstance(column.type, RareFlag):
                yield from self._rare_flag(column, there)
            else:
                yield from self._column(column, there)
        yield from self._order()

    def _order(self) -> Iterator[Difference]:
        wanted, there = self.wanted.columns, self.found.columns
        place, wanted_order = list(there), wanted.keys()
        for first, second in ORDERED:
            if first not in wanted or second not in wanted or second not in there:
                continue
            if wanted_order.index(first) > wanted_order.index(second):
                # Asterisk's scripts reverse them in sippeers, which Asterisk 22 does not read.
                continue
            # An added column comes last.
            if first not in there or place.index(first) > place.index(second):
                yield MisplacedColumn(
                    table=self.wanted.name,
                    column=second,
                    after=first,
                    found=there[second],
                    wanted=wanted[second],
                )

    def _missing(self, column: Column[Any]) -> Difference:
        if column.primary_key and not is_auto_numbered(column):
            return Obstacle(
                table=self.wanted.name,
                column=column.name,
                problem=f"table {self.wanted.name} has no column {column.name}, its primary key",
                advice="rename the table if it is not Asterisk's:"
                f" ALTER TABLE {self.wanted.name} RENAME TO own_{self.wanted.name};"
                " or add the column and fill it",
            )
        return MissingColumn(table=self.wanted.name, column=column.name, wanted=column)

    def _column(self, column: Column[Any], there: FoundColumn) -> Iterator[Difference]:
        kind = kind_of(column.type, self.dialect)
        verdict = self._verdict(column, there, kind)
        if there.generated and not is_mysql(self.dialect):
            if verdict is not Verdict.FITS:
                yield self._is_generated(column, there, kind)
            return
        if verdict is Verdict.IMPOSSIBLE:
            name = f"{self.wanted.name}.{column.name}"
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {name} is {there.kind.text}, which cannot become {kind.text}",
                advice=self._advice(there),
            )
            return
        if verdict is not Verdict.FITS and there.name in self.found.partitioned_by:
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {self.wanted.name}.{there.name} is {there.kind.text} instead of"
                f" {kind.text}, and the table is partitioned by it",
                advice=self.without_partitions(),
            )
            return
        drops_default = self._drops_default(column, there)
        if (
            verdict is Verdict.CONVERT
            and not drops_default
            and not self._keeps_default(there, kind)
        ):
            name = f"{self.wanted.name}.{column.name}"
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {name} has the default {there.default}, which {kind.text} does not"
                " allow",
                advice=f"drop it: ALTER TABLE {self.wanted.name} ALTER COLUMN"
                f" {column.name} DROP DEFAULT",
            )
        reasons = tuple(self._reasons(column, there, verdict, kind.text))
        if drops_default:
            reasons += (f"has the default {there.default}, which is not Asterisk's",)
        if reasons:
            yield ColumnDiffers(
                table=self.wanted.name,
                column=column.name,
                reasons=reasons,
                verdict=verdict,
                found=there,
                kind=kind,
                wanted=column,
                # An existing boolean column also means yes or no.
                yes_no=column.info.get("yes_no", False) or there.kind.family is TypeFamily.BOOLEAN,
                drops_default=drops_default,
            )

    def _rare_flag(self, column: Column[Any], there: FoundColumn) -> Iterator[Difference]:
        """Yield a generated column that is 1 in other rows, or that Asterisk would see."""
        details = self.details.columns[there.name]
        if "VIRTUAL" not in details.generated:
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {self.wanted.name}.{there.name} is not a virtual column",
                advice="drop it; the upgrade adds it again:"
                f" ALTER TABLE {self.wanted.name} DROP COLUMN {there.name}",
            )
        elif details.comment != column.comment or "INVISIBLE" not in details.flags:
            yield ColumnDiffers(
                table=self.wanted.name,
                column=column.name,
                reasons=("has another expression, or is not invisible",),
                verdict=Verdict.FITS,
                found=there,
                kind=kind_of(column.type, self.dialect),
                wanted=column,
            )

    def _is_generated(self, column: Column[Any], there: FoundColumn, kind: Kind) -> Obstacle:
        writer = SqlWriter(self.dialect).for_display()
        table, name = writer.name(self.wanted.name), writer.name(there.name)
        advice = f"rename it: ALTER TABLE {table} RENAME COLUMN {name} TO own_{there.name}"
        if self.dialect.name == "postgresql":
            advice = (
                "make it an ordinary column, which keeps its values:"
                f" ALTER TABLE {table} ALTER COLUMN {name} DROP EXPRESSION"
            )
        return Obstacle(
            table=self.wanted.name,
            problem=f"column {self.wanted.name}.{column.name} is generated, and is"
            f" {there.kind.text} instead of {kind.text}",
            advice=advice,
        )

    def _drops_default(self, column: Column[Any], there: FoundColumn) -> bool:
        """
        Tell whether an existing default must be dropped, since it would replace Asterisk's own.

        Tables that Asterisk writes, and columns that are NOT NULL, keep their defaults.
        """
        if self.wanted.name in WRITTEN_BY_ASTERISK or there.default is None or there.numbered:
            return False
        if not column.nullable or column.primary_key or column.server_default is not None:
            return False
        return is_constant(there.default)

    def _advice(self, there: FoundColumn) -> str:
        writer = SqlWriter(self.dialect).for_display()
        table = f"ALTER TABLE {writer.name(self.wanted.name)}"
        name, own = writer.name(there.name), writer.name(f"own_{there.name}")
        details = self.details.columns.get(there.name)
        if details is None:
            return (
                f"rename it: {table} RENAME COLUMN {name} TO {own};"
                " or convert it to text in Asterisk's format"
            )
        if there.kind.text.startswith("BIT"):
            # MariaDB would convert its value to the position of a label in an enum.
            default = details.default.removeprefix("b")
            number = attrs.evolve(details, type="TINYINT UNSIGNED", default=default)
            changed = definition(there.name, there, number, writer)
            return f"make it a number: {table} MODIFY COLUMN {changed}"
        renamed = definition(f"own_{there.name}", there, details, writer)
        return f"rename it: {table} CHANGE COLUMN {name} {renamed}"

    def _verdict(self, column: Column[Any], there: FoundColumn, kind: Kind) -> Verdict:
        verdict = judge(there.kind, kind, self.dialect)
        # MariaDB cannot have a key of a TEXT column without a prefix length.
        unlimited = is_mysql(self.dialect) and isinstance(there.type, Text)
        if verdict is Verdict.FITS and unlimited and kind.text.startswith("VARCHAR"):
            indexed: set[str] = set()
            for constraint in self.wanted.constraints:
                if isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint)):
                    indexed |= {*constraint.columns.keys()}
            return Verdict.CONVERT if column.name in indexed else verdict
        return verdict

    def _keeps_default(self, there: FoundColumn, kind: Kind) -> bool:
        default = there.default
        if there.name in self.details.columns:
            default = self.details.columns[there.name].default or None
        if default is None or there.numbered or self.dialect.name == "sqlite":
            return True
        return converted(default, kind) is not None

    def _reasons(
        self, column: Column[Any], there: FoundColumn, verdict: Verdict, text: str
    ) -> Iterator[str]:
        if verdict is Verdict.WIDEN and there.kind.labels:
            lacking = [word for word in _labels(column) if word not in there.kind.labels]
            yield f"lacks the labels {', '.join(map(repr, lacking))}"
        elif verdict is not Verdict.FITS:
            yield f"is {there.kind.text} instead of {text}"
        numbered = is_auto_numbered(column)
        if numbered and not there.numbered:
            yield "is not numbered by the database"
        # SQLite reports an INTEGER PRIMARY KEY as nullable, although it is never NULL.
        if there.nullable and not column.nullable and not (numbered and there.numbered):
            yield "allows NULL"
        if column.nullable and not there.nullable and column.name not in self.found.primary_key:
            yield "does not allow NULL"
        if self.dialect.name == "sqlite" and not is_random(column):
            yield from self._default_reasons(column, there)
        elif is_filled(column) and there.default is None:
            yield "has no default"

    def _default_reasons(self, column: Column[Any], there: FoundColumn) -> Iterator[str]:
        default = SqlWriter(self.dialect).default(column)
        if default is None:
            return
        if there.default is None or there.default.strip("'") != default.strip("'"):
            yield f"does not have the default {default}"
        elif not there.replaces:
            yield "does not replace NULL with its default"


def _labels(column: Column[Any]) -> tuple[str, ...]:
    return tuple(column.type.enums) if isinstance(column.type, Enum) else ()
