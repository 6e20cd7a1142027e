"""
Objects that PostgreSQL requires to be dropped before a column changes, and recreated afterwards.

Views, checks, indexes of expressions, triggers, policies, rules, statistics, generated columns and
functions are recreated as they were, with their owner, rights and comments; so are the column
lists and conditions of publications. PostgreSQL decides whether they still work with the new type
(`rehearsal` asks it beforehand); if one does not, nothing at all is changed.
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
from asterisk_realtime.migrations.sql import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection

_ROW_FILTERS: Final = (15,)
"""The version of PostgreSQL whose publications have column lists and conditions."""


@attrs.frozen
class Change:
    """
    A column that is about to change.

    Attributes:
        table: Its table; with the schema if it is another.
        place: The table as SQL, quoted if needed.
        column: Its name.
        type: Its present type, if it changes to another kind of type; else empty.
        enum: Name of the enum type that it gets; else empty.
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
        thing: The object whose owner the account must be, as ``ALTER ... OWNER TO`` names it.
        owner: Its owner.
        table: The table whose columns it depends on.
        casts: Columns that change to another kind of type, with their present type.
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
        """The name of a view, with its schema and quotes where it needs them."""
        return self.thing.partition("VIEW ")[2]

    def restore(self, connection: Connection) -> None:
        """
        Recreate it: as it was, else with its literals as values of the enum, else with casts.

        Raises:
            SchemaIrreconcilableError: It does not work with the new type.
        """
        refused = first_taken(connection, self.spellings())
        if refused is not None:
            raise SchemaIrreconcilableError([str(self.obstacle(refused))])

    def spellings(self) -> Iterator[tuple[str, ...]]:
        """Yield statements that recreate it: as it was, with values of the enum, with casts."""
        first, *rest = self.create
        yield self.create
        for enum in self.enums:
            yield (with_type(first, enum), *rest)
        if self.casts:
            yield (with_casts(first, self.casts), *rest)

    def obstacle(self, refused: DBAPIError) -> Obstacle:
        """Return the obstacle for PostgreSQL's refusal of all spellings."""
        # Without the place in the statement, which differs from one way of asking to another.
        said = " ".join(str(refused.orig).partition("\nLINE ")[0].split())
        word = "drop it" if self.drop.startswith(("DROP", "ALTER")) else "empty it"
        return Obstacle(
            table=self.table,
            problem=(
                f"{self.what} uses a column that must change, and PostgreSQL refuses it"
                f" with the new type ({said})"
            ),
            advice=(
                f"{word}: {self.drop}; after the upgrade create it again for the new"
                f" type: {' '.join(self.create[0].split())}"
            ),
        )


def first_taken(connection: Connection, spellings: Iterable[Iterable[str]]) -> DBAPIError | None:
    """
    Run the first of several lists of statements that PostgreSQL accepts.

    Returns:
        The error of the first list, if it accepts none.
    """
    first: DBAPIError | None = None
    for statements in spellings:
        refused = _try(connection, statements)
        if refused is None:
            return None
        first = first or refused
    return first


def _try(connection: Connection, statements: Iterable[str]) -> DBAPIError | None:
    spelling = Spelling(connection.dialect)
    try:
        with connection.begin_nested():
            for statement in statements:
                connection.exec_driver_sql(spelling.verbatim(statement))
    except DBAPIError as error:
        return error
    return None


def read(
    connection: Connection, changes: Iterable[Change], types: Iterable[str]
) -> list[Dependant]:
    """
    Return what depends on columns that change, in the order in which to drop it.

    Args:
        connection: A connection to PostgreSQL; with others nothing is returned.
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
    functions = [Dependant(e.what, e.gone, tuple(e.made), e.thing, e.owner) for e in rows]
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
                *(row.what, row.gone, tuple(row.made), row.thing, row.owner, table),
                casts=casts,
                enums=enums,
                is_elsewhere=changes[0].is_elsewhere,
            )


def _queries(connection: Connection) -> tuple[str, ...]:
    version = connection.dialect.server_version_info or ()
    return (VIEWS, OTHERS, PUBLICATIONS) if version >= _ROW_FILTERS else (VIEWS, OTHERS)


def rights(connection: Connection, place: str, column: str) -> list[str]:
    """Return statements that give a recreated column its rights, comment and settings again."""
    names = {"relation": place, "name": column}
    return list(connection.scalars(text(RIGHTS), names))


def types(connection: Connection, names: Iterable[str]) -> tuple[Dependant, ...]:
    """Return what gives recreated enum types their owners, rights and comments again."""
    rows = connection.execute(text(TYPES), {"types": sorted(names)})
    return tuple(Dependant(e.thing, "", tuple(e.made), e.thing, e.owner) for e in rows)
