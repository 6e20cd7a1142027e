"""
Objects that must be dropped before a column changes, and recreated afterwards (PostgreSQL).

Views, checks, indexes on expressions, triggers, policies, rules, statistics, generated columns and
functions are recreated with their owner, rights and comments, and so are column lists and
conditions of publications. If PostgreSQL refuses one with the new type, nothing is changed;
`dry_run` tests this before the upgrade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.migrations.comparing.differences import Obstacle
from asterisk_realtime.migrations.postgresql.dependants_sql import (
    FUNCTIONS,
    GENERATED,
    OTHERS,
    PUBLICATIONS,
    RIGHTS,
    TYPES,
    VIEWS,
)
from asterisk_realtime.migrations.postgresql.names import with_casts, with_type
from asterisk_realtime.migrations.sql import SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection

_ROW_FILTERS: Final = (15,)
"""The first version of PostgreSQL whose publications have column lists and conditions."""


@attrs.frozen
class Change:
    """
    A column that will change.

    Attributes:
        table: Name of its table; with its schema if that is not the current one.
        place: The same name, quoted if necessary.
        column: Its name.
        type: Its present type if it is converted; else empty.
        enum: Name of the enum type that it gets, or an empty string.
        moved: Whether it is recreated in another position.
        is_elsewhere: Whether the table is in another schema.
    """

    table: str
    place: str
    column: str
    type: str = ""
    enum: str = ""
    moved: bool = False
    is_elsewhere: bool = False


@attrs.frozen
class Dependant:
    """
    An object that depends on a column.

    Attributes:
        what: Its description.
        drop: Statement that drops it.
        create: Statements that recreate it.
        thing: The object that the account must own, as in ``ALTER ... OWNER TO``.
        owner: The owner of *thing*.
        table: The table whose columns it depends on.
        casts: Columns that are converted, with their present type.
        enums: Enum types that some of these columns get.
        is_elsewhere: Whether it depends on a table of another schema.
    """

    what: str
    drop: str
    create: tuple[str, ...]
    thing: str
    owner: str
    table: str = ""
    casts: tuple[tuple[str, str], ...] = ()
    enums: tuple[str, ...] = ()
    is_elsewhere: bool = False

    @property
    def is_view(self) -> bool:
        """Whether it is a view, materialized or not."""
        return self.thing.startswith(("VIEW ", "MATERIALIZED VIEW "))

    @property
    def place(self) -> str:
        """The name of a view, with its schema and quotes if necessary."""
        return self.thing.partition("VIEW ")[2]

    def restore(self, connection: Connection) -> None:
        """
        Recreate the object with the first of its `variants` that PostgreSQL accepts.

        Raises:
            SchemaIrreconcilableError: PostgreSQL accepts none of them.
        """
        refused = first_accepted(connection, self.variants())
        if refused is not None:
            raise SchemaIrreconcilableError([str(self.obstacle(refused))])

    def variants(self) -> Iterator[tuple[str, ...]]:
        """Yield statements that recreate it: unchanged, with enum literals, with casts."""
        first, *rest = self.create
        yield self.create
        for enum in self.enums:
            yield (with_type(first, enum), *rest)
        if self.casts:
            yield (with_casts(first, self.casts), *rest)

    def obstacle(self, refused: DBAPIError) -> Obstacle:
        """Return the obstacle if PostgreSQL refuses all variants."""
        # Without the line of the statement, which differs between the dry run and the upgrade.
        said = " ".join(str(refused.orig).partition("\nLINE ")[0].split())
        word = "drop it" if self.drop.startswith(("DROP", "ALTER")) else "empty it"
        return Obstacle(
            table=self.table,
            problem=(
                f"{self.what} uses a column that must change, and does not work"
                f" with the new type ({said})"
            ),
            advice=(
                f"{word}: {self.drop}; after the upgrade create it again for the new"
                f" type: {' '.join(self.create[0].split())}"
            ),
        )


def first_accepted(connection: Connection, variants: Iterable[Iterable[str]]) -> DBAPIError | None:
    """
    Run the first of several lists of statements that PostgreSQL accepts.

    Returns:
        The error of the first list if PostgreSQL accepts none; else None.
    """
    first: DBAPIError | None = None
    for statements in variants:
        refused = _try(connection, statements)
        if refused is None:
            return None
        first = first or refused
    return first


def _try(connection: Connection, statements: Iterable[str]) -> DBAPIError | None:
    writer = SqlWriter(connection.dialect)
    try:
        with connection.begin_nested():
            for statement in statements:
                connection.exec_driver_sql(writer.verbatim(statement))
    except DBAPIError as error:
        return error
    return None


def read(
    connection: Connection, changes: Iterable[Change], types: Iterable[str]
) -> list[Dependant]:
    """
    Return the objects that depend on changed columns, in the order in which to drop them.

    Args:
        connection: The database; nothing is returned if it is not PostgreSQL.
        changes: The columns.
        types: Names of the enum types that are recreated.
    """
    if connection.dialect.name != "postgresql":
        return []
    found: dict[str, Dependant] = {}
    changes = list(changes)
    for place in dict.fromkeys(each.place for each in changes):
        of_table = [each for each in changes if each.place == place]
        for dependant in _of_table(connection, of_table):
            known = found.setdefault(dependant.what, dependant)
            if dependant.is_elsewhere:
                found[dependant.what] = attrs.evolve(known, is_elsewhere=True)
    rows = connection.execute(text(FUNCTIONS), {"types": sorted(types)}) if types else ()
    functions = [Dependant(e.what, e.drop_sql, tuple(e.create_sql), e.thing, e.owner) for e in rows]
    return [*found.values(), *functions]


def _of_table(connection: Connection, changes: list[Change]) -> Iterator[Dependant]:
    table = changes[0].table
    names = {
        "relation": changes[0].place,
        "changed": [each.column for each in changes],
        "converted": [each.column for each in changes if each.type],
        "moved": [each.column for each in changes if each.moved],
    }
    known = {key: names[key] for key in ("relation", "changed")}
    generated = connection.scalars(text(GENERATED), known).all()
    names |= {key: [*names[key], *generated] for key in ("changed", "moved")}
    casts = tuple((each.column, each.type) for each in changes if each.type)
    enums = tuple(dict.fromkeys(each.enum for each in changes if each.enum))
    for query in _queries(connection):
        for row in connection.execute(text(query), names):
            yield Dependant(
                *(row.what, row.drop_sql, tuple(row.create_sql), row.thing, row.owner, table),
                casts=casts,
                enums=enums,
                is_elsewhere=changes[0].is_elsewhere,
            )


def _queries(connection: Connection) -> tuple[str, ...]:
    version = connection.dialect.server_version_info or ()
    return (VIEWS, OTHERS, PUBLICATIONS) if version >= _ROW_FILTERS else (VIEWS, OTHERS)


def rights(connection: Connection, place: str, column: str) -> list[str]:
    """Return the statements that restore the rights, comment and settings of a recreated column."""
    names = {"relation": place, "name": column}
    return list(connection.scalars(text(RIGHTS), names))


def types(connection: Connection, names: Iterable[str]) -> tuple[Dependant, ...]:
    """Return recreated enum types, with statements that restore owners, rights and comments."""
    rows = connection.execute(text(TYPES), {"types": sorted(names)})
    return tuple(Dependant(e.thing, "", tuple(e.create_sql), e.thing, e.owner) for e in rows)
