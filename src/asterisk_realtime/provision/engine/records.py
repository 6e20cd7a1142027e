"""Rows as the engine sees them: their keys, what is set on them, and when values are the same."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from unicodedata import combining, normalize

import attrs
from sqlalchemy import inspect
from sqlalchemy.orm.attributes import instance_dict

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Extension,
    FollowMe,
    FollowMeNumber,
    Identify,
    MusicOnHold,
    MusicOnHoldEntry,
    NamedAcl,
    OutboundPublish,
    Queue,
    QueueMember,
    QueueRule,
    Registration,
    Transport,
    Voicemail,
)
from asterisk_realtime.models.types import Bool, Cell
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.values.cells import LITERAL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

M = TypeVar("M", bound=Base)

SHOWN: Final = 20
"""Maximum number of rows that one message names."""


@attrs.frozen
class Table:
    """
    The name of a table's rows in messages, and the columns that identify a row.

    A number that the database generates means nothing to a person, so it is not in the key.

    Attributes:
        word: A row's name in messages: ``endpoint``.
        key: The columns that identify a row.
        text: Format of one row's name, from *word* and the values of *key*.
    """

    word: str
    key: tuple[str, ...] = ("id",)
    text: str = "{word} {0!r}"


TABLES: Final[Mapping[type[Base], Table]] = {
    Endpoint: Table("endpoint"),
    Aor: Table("AOR"),
    Auth: Table("auth"),
    Identify: Table("identify row"),
    Registration: Table("registration"),
    OutboundPublish: Table("outbound publish"),
    Transport: Table("transport"),
    Extension: Table(
        "extension",
        ("context", "exten", "priority"),
        "step {2} of extension {1!r} in context {0!r}",
    ),
    Queue: Table("queue", ("name",)),
    QueueMember: Table("queue member", ("queue_name", "interface"), "member {1!r} of queue {0!r}"),
    QueueRule: Table("queue rule", ("rule_name", "time"), "step at {1!r} of queue rule {0!r}"),
    Voicemail: Table("mailbox", ("mailbox", "context"), "mailbox '{0}@{1}'"),
    MusicOnHold: Table("music class", ("name",)),
    MusicOnHoldEntry: Table("entry", ("name", "position"), "entry {1} of music class {0!r}"),
    FollowMe: Table("follow-me profile", ("name",)),
    FollowMeNumber: Table(
        "follow-me step", ("name", "ordinal"), "step {1} of follow-me profile {0!r}"
    ),
    NamedAcl: Table("ACL", ("name", "systemname", "rule_order"), "rule {2} of ACL {0!r}"),
}
"""The tables that are provisioned."""


def _key_getter(names: tuple[str, ...]) -> Callable[[Any], tuple[object, ...]]:
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda row: (get(row),)


_KEYS: Final = {model: _key_getter(table.key) for model, table in TABLES.items()}
"""Functions that read a row's key, by table; made once, since they are called often."""

Identity = tuple[type[Base], tuple[object, ...]]
"""A table's class, and the values of its key."""


class Answer(SimpleNamespace):
    """Some columns of a row, as `View.answers` returns them; ``model`` is its table."""

    model: type[Base]


def identity(row: Base | Answer) -> Identity:
    """Return the table and the key of *row*."""
    model = row.model if isinstance(row, Answer) else type(row)
    return model, _KEYS[model](row)


def fold(text: str) -> str:
    """Return *text* without what MariaDB ignores where it compares: case, and accents."""
    if text.isascii():
        return text.lower()
    # To its usual collation, utf8mb4_general_ci, ß is s.
    apart = normalize("NFKD", text.replace("ß", "s").replace("ẞ", "s").casefold())
    return "".join(sign for sign in apart if not combining(sign)).casefold()


def folded(one: Identity) -> Identity:
    """Return an identity in lower case."""
    model, key = one
    return model, tuple(fold(part) if isinstance(part, str) else part for part in key)


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are equal but for case, which MariaDB and Asterisk ignore."""
    return fold(one) == fold(other)


def described(row: Base | Answer) -> str:
    """Return the name of *row* in messages: ``endpoint '100'``."""
    model, key = identity(row)
    table = TABLES[model]
    return table.text.format(*key, word=table.word)


def enumerated(descriptions: Collection[str]) -> str:
    """Return the names of several rows for a message, which lists only the first ones."""
    names = list(descriptions)[:SHOWN]
    more = len(descriptions) - len(names)
    *most, last = [*names, *([f"{more} more"] if more else [])]
    return f"{', '.join(most)} and {last}" if most else last


def given(row: Base) -> dict[str, Any]:
    """Return the columns that were set on a row outside a session, including those set to None."""
    names = _columns(type(row))
    return {name: value for name, value in instance_dict(row).items() if name in names}


@cache
def _columns(model: type[Base]) -> frozenset[str]:
    return frozenset(inspect(model).columns.keys())


@cache
def _secrets(model: type[Base]) -> frozenset[str]:
    columns = inspect(model).columns
    return frozenset(name for name, item in columns.items() if getattr(item.type, "secret", False))


def copy_of(row: M) -> M:
    """Return a copy of *row* outside any session; its values are not checked again."""
    copy = cast("M", inspect(type(row)).class_manager.new_instance())
    instance_dict(copy).update(given(row))
    return copy


_OFF: Final = (False, "no")
"""Values that mean the same as None; 0 equals False."""


def same(model: type[Base], name: str, one: object, other: object) -> bool:
    """Tell whether two values of a column are the same to Asterisk."""
    if one == other:
        return True
    return _is_default(model, name, one) and _is_default(model, name, other)


def _is_default(model: type[Base], name: str, value: object) -> bool:
    """Tell whether *value* is None or Asterisk's default."""
    if value is None:
        return True
    column = inspect(model).columns[name]
    default = column.info.get("default")
    if default is None:
        # In these tables, an option without a default is off; in others a file may set one.
        return value in _OFF and model.__tablename__.startswith(("ps_", "queue"))
    if not isinstance(column.type, Cell):
        return bool(value == default)
    if isinstance(column.type, Bool):
        default = "yes" if default else "no"
    return bool(value == column.type.load(default, LITERAL))


def masked(model: type[Base], name: str, value: object) -> object:
    """Return *value* as it may be shown."""
    return HIDDEN if value is not None and name in _secrets(model) else value


@attrs.frozen
class Wanted:
    """
    A row as a spec wants it.

    Attributes:
        row: An unsaved model. What is set on it is wanted, None as Asterisk's default; what is
            not set is left as it is.
        initial: Columns that are set only if the row is added; a person, or Asterisk itself, may
            change them later.
        generated: Columns that are set only if the row is added, each with the function that
            generates the value: secrets.
        part: Whether *row* is some columns of another thing's row, which must exist.
    """

    row: Base
    initial: frozenset[str] = frozenset()
    generated: Mapping[str, Callable[[], object]] = attrs.field(factory=dict)
    part: bool = False


class Rows:
    """Rows of several tables."""

    def __init__(self, rows: Iterable[Base] = ()) -> None:
        self._rows = tuple(rows)

    def all(self, model: type[M]) -> list[M]:
        """Return the rows of one table, in the order of their keys."""
        found = [row for row in self._rows if isinstance(row, model)]
        if len(found) < 2:  # noqa: PLR2004 - nothing to sort
            return found
        return sorted(found, key=lambda row: [_sortable(part) for part in identity(row)[1]])

    def first(self, model: type[M]) -> M | None:
        """Return the first row of one table, or None."""
        return next(iter(self.all(model)), None)

    def one(self, model: type[M]) -> M:
        """
        Return the first row of a table.

        Raises:
            ValidationError: The table has no row of the thing.
        """
        found = self.first(model)
        if found is None:
            table = model.__tablename__
            raise ValidationError(table, None, f"{table} has no row for it", "add the row")
        return found

    def get(self, model: type[M], *key: object) -> M | None:
        """Return the row with that key, or None."""
        return next((row for row in self.all(model) if identity(row)[1] == key), None)

    def __iter__(self) -> Any:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _sortable(part: object) -> tuple[int, Any]:
    return (0, part) if isinstance(part, int) else (1, str(part))
