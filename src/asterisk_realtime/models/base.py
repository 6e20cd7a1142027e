"""
What all models share: the declarative base, the ways to write a column, and relationships.

Each column is described once, in its model: its type, its meaning in ``doc``, the releases of
Asterisk that introduced it and Asterisk's own default in ``info``.
Documentation, checks and SQLite's defaults read it from there.
A relationship only shows the rows that a column refers to by name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, NoReturn, dataclass_transform

from sqlalchemy import BigInteger, Double, FetchedValue, Integer, event, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    RelationshipProperty,
    mapped_column,
    relationship,
)
from sqlalchemy.sql.elements import ClauseElement

from asterisk_realtime.errors import SchemaError, ValidationError
from asterisk_realtime.models.enums import CHOICES
from asterisk_realtime.models.moments import Moment
from asterisk_realtime.models.types import Bool, Cell, Int, SecretText
from asterisk_realtime.showing import HIDDEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import ColumnElement, Connection, Dialect, Subquery, Table

AST_BOOL_LABELS: Final = ("0", "1", "off", "on", "false", "true", "no", "yes")
YES_NO_LABELS: Final = ("yes", "no")

AstBool = Annotated[bool, "ast_bool_values"]
"""Boolean of the PJSIP tables and of ``queue_members``."""

YesnoBool = Annotated[bool, "yesno_values"]
"""Boolean of ``queues`` and ``musiconhold``."""

YesNoBool = Annotated[bool, "yes_no_values"]
"""Boolean of ``voicemail``, ``iaxfriends`` and ``sippeers``."""

Unsigned = Annotated[int, "unsigned"]
"""A whole number from 0."""


def key(
    doc: str,
    type_: Any = None,
    *args: Any,
    since: str | tuple[str, ...] | None = None,
    **kwargs: Any,
) -> Any:
    """Describe a column that every row must give: a key, or NOT NULL without a default."""
    return mapped_column(type_, *args, nullable=False, doc=doc, info=_info(since=since), **kwargs)


def serial(doc: str, *, big: bool = False) -> Any:
    """Describe a row number that the database generates."""
    # SQLite numbers only a column of type INTEGER by itself.
    type_ = BigInteger().with_variant(Integer, "sqlite") if big else Integer()
    return mapped_column(type_, primary_key=True, autoincrement=True, doc=doc)


def filled(doc: str, type_: Any) -> Any:
    """Describe a text column that is empty by default and never NULL."""
    info = _info(default="")
    return mapped_column(type_, nullable=False, doc=doc, info=info, server_default=FetchedValue())


def option(
    doc: str,
    type_: Any = None,
    *,
    since: str | tuple[str, ...] | None = None,
    default: bool | float | str | None = None,
    absent_on: tuple[str, ...] = (),
    fraction: int | None = None,
    **kwargs: Any,
) -> Any:
    """
    Describe a nullable column; ``None`` means Asterisk's default.

    Args:
        doc: The column's meaning, in one sentence.
        type_: Column type, where the annotation does not tell it.
        since: First release, or the first of each branch, that reads the column.
        default: Asterisk's default, where that is not "nothing" or "no".
        absent_on: SQLAlchemy dialects whose table lacks the column; it is loaded only on access.
        fraction: Fractional digits of a second that MariaDB keeps; by default it keeps none.
        **kwargs: Passed on to `sqlalchemy.orm.mapped_column`.
    """
    # FetchedValue: "the database or Asterisk fills it in", so that an INSERT leaves a None out.
    # It puts no default into the DDL.
    return mapped_column(
        type_,
        nullable=True,
        doc=doc,
        info=_info(since=since, default=default, absent_on=absent_on, fraction=fraction),
        server_default=FetchedValue(),
        deferred=bool(absent_on),
        **kwargs,
    )


def related(
    doc: str,
    rows: Callable[[], type[Base]],
    condition: Callable[[], ColumnElement[bool]],
    *,
    through: Subquery | None = None,
    named: Callable[[], ColumnElement[bool]] | None = None,
    order_by: Callable[[], Any] | ColumnElement[Any] | Literal[False] = False,
    init: Literal[False] = False,  # noqa: ARG001 - read by type checkers: no row is made with it
) -> Any:
    """
    Describe a relationship: rows that other columns name, to be read and never written.

    Args:
        doc: Which rows, in one sentence.
        rows: Returns their class.
        condition: Returns the condition that joins them, with ``foreign()`` around the name; with
            *through*, the condition that joins the row and its names.
        through: The names in a list, as `asterisk_realtime.models.listed.names_in` gives them.
        named: With *through*, returns the condition that joins the names and the rows.
        order_by: What the rows are ordered by.
        init: Keeps the attribute out of the constructor's parameters.
    """
    return relationship(
        rows,
        primaryjoin=condition,
        secondary=through,
        secondaryjoin=named,
        order_by=order_by,
        viewonly=True,
        cascade="none",  # or merge() would also write the rows that were loaded
        doc=doc,
    )


def _info(**facts: Any) -> dict[str, Any]:
    """Return *facts* without those that are not set."""
    since = facts.get("since")
    if isinstance(since, str):
        facts["since"] = (since,)
    return {name: fact for name, fact in facts.items() if fact is not None and fact != ()}


@dataclass_transform(kw_only_default=True, field_specifiers=(key, related))
class Base(DeclarativeBase):
    """Base of all models; ``Base.metadata`` holds the tables at the head of the migrations."""

    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - see type_annotation_map

    type_annotation_map = {  # noqa: RUF012 - declared as an instance variable by SQLAlchemy
        **CHOICES,
        # SQLAlchemy 2.0 and 2.1 have different ideas of a float.
        float: Double(),
        datetime: Moment(),
        int: Int(),
        Unsigned: Int(minimum=0),
        AstBool: Bool("ast_bool_values", AST_BOOL_LABELS),
        YesnoBool: Bool("yesno_values", YES_NO_LABELS),
        YesNoBool: Bool("yes_no_values", YES_NO_LABELS),
    }

    def __repr__(self) -> str:
        """Show the key and what is set; secrets are hidden, and nothing is loaded for it."""
        state = inspect(self)
        mapper = state.mapper
        # After a commit only the key is known without asking the database.
        key_names = (mapper.get_property_by_column(column).key for column in mapper.primary_key)
        values = {**dict(zip(key_names, state.identity or (), strict=False)), **state.dict}
        shown = (
            f"{name}={HIDDEN if _is_secret(mapper.columns[name]) else repr(value)}"
            for name in mapper.columns.keys()  # noqa: SIM118 - a column collection, not a dict
            if (value := values.get(name)) is not None
        )
        return f"{type(self).__name__}({', '.join(shown)})"


@event.listens_for(Base.metadata, "before_create")
def _make_enum_types(_metadata: object, connection: Connection, **options: Any) -> None:
    """Create PostgreSQL's enum types for ``create_all()``; the column types hide them."""
    if connection.dialect.name in {"mysql", "mariadb"}:
        raise SchemaError(
            "Base.metadata.create_all() cannot create the tables on MariaDB, whose indexes hold"
            " only the beginning of long columns; run asterisk_realtime.migrations.upgrade(engine)"
        )
    if connection.dialect.name == "postgresql":
        for enum in _enums(options["tables"], connection.dialect).values():
            enum.create(connection, checkfirst=True)


@event.listens_for(Base.metadata, "after_drop")
def _drop_enum_types(_metadata: object, connection: Connection, **options: Any) -> None:
    """Drop them again with all tables, for ``drop_all()``."""
    if connection.dialect.name == "postgresql" and {*options["tables"]} >= {
        *Base.metadata.tables.values()
    }:
        for enum in _enums(options["tables"], connection.dialect).values():
            enum.drop(connection, checkfirst=True)


def _enums(tables: Iterable[Table], dialect: Dialect) -> dict[str, Any]:
    """Return the enum types of *tables* by name, as PostgreSQL has them."""
    types = (column.type.dialect_impl(dialect) for table in tables for column in table.columns)
    plain = (getattr(each, "impl_instance", each) for each in types)
    return {str(each.name): each for each in plain if isinstance(each, postgresql.ENUM)}


def _is_secret(column: Any) -> bool:
    return getattr(column.type, "secret", False)


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _check_on_assignment(_class: type[Base], _name: str, attribute: Any) -> None:
    """Check a column's value when it is assigned, so that the traceback shows where."""
    # Not `property`, which would configure all mappers before all classes exist.
    described = attribute.comparator.prop
    if isinstance(described, RelationshipProperty):
        _refuse_changes(attribute)
    columns = getattr(described, "columns", ())
    if not columns or not isinstance(columns[0].type, Cell):
        return
    column = columns[0]
    column.type = column.type.placed(column)  # for errors about its cells

    @event.listens_for(attribute, "set", retval=True)
    def check(_target: Base, value: object, _old: object, _initiator: object) -> object:
        if value is None or isinstance(value, ClauseElement):
            return value
        if column.type.secret and isinstance(value, str):
            value = SecretText(value)  # or a traceback would show it in this frame
        return column.type.check(value, column.type.place)


def _refuse_changes(attribute: Any) -> None:
    """Refuse to change a relationship, since the change would not be written; loading is free."""

    @event.listens_for(attribute, "set")
    @event.listens_for(attribute, "append")
    @event.listens_for(attribute, "remove")
    def refuse(_target: Base, value: object, *_rest: object) -> NoReturn:
        raise ValidationError(
            f"{attribute.class_.__name__}.{attribute.key}",
            value,
            "a relationship only shows rows and is never written",
            "set the column that holds the name",
        )


__all__ = [
    "AstBool",
    "Base",
    "Mapped",
    "Unsigned",
    "YesNoBool",
    "YesnoBool",
    "filled",
    "key",
    "option",
    "related",
    "serial",
]


def other(name: str) -> Any:
    """Return the model of that name, for a relationship's functions: all models are loaded then."""
    return next(each.class_ for each in Base.registry.mappers if each.class_.__name__ == name)
