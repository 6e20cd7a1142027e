"""
Rows that name others in a rare form, or that Asterisk decodes: an index holds these alone.

A search for a name compares whole cells, which ordinary indexes serve: ``PJSIP/101``,
``101@default``. A name can also stand in a list, within ``Dial(PJSIP/100&PJSIP/101)``, or in a cell
that Asterisk's drivers decode. Only a row that is rare has such a cell.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import Boolean, String, and_, literal, literal_column, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from sqlalchemy.sql.compiler import SQLCompiler

_BLANKS: Final = " \t\n\v\f\r"
_DECODED: Final = (";", "^", *_BLANKS)
"""Characters that Asterisk's drivers decode or trim; see `values.cells`."""

BACKSLASH: Final = "{backslash}"
"""Stands for the literal of a backslash, which each database writes in its own way."""

CONTACTS: Final = "${PJSIP_DIAL_CONTACTS("
"""Before the name of an AOR of which Dial calls every contact."""

NOTE: Final = "emergency numbers of "
"""Text before the region in the first step of a route whose Dial does not show it."""


def _has(text: str, characters: Iterable[str]) -> str:
    return " OR ".join(f"{text} LIKE '%{character}%'" for character in characters)


_ENDPOINTS: Final = f"""\
coalesce(auth, '') <> id OR aors <> id OR outbound_auth <> id
OR acl IS NOT NULL OR contact_acl IS NOT NULL OR moh_suggest <> 'default'
OR {_has("mailboxes", (",", *_DECODED))} OR {_has("context", _DECODED)}"""

_AORS: Final = """\
replace(replace(id, '_', ''), '%', '') <> id OR mailboxes IS NOT NULL"""

_DEVICE: Final = ("&", "@", "$", ",", "(", ")", '"', ":", "/%/", *_DECODED)
_QUEUE_MEMBERS: Final = f"""\
state_interface IS NOT NULL OR substr(interface, 1, 6) <> 'PJSIP/' OR {_has("interface", _DEVICE)}
OR replace(interface, {BACKSLASH}, '') <> interface"""

# Dial(${PJSIP_DIAL_CONTACTS(101)},20) is as ordinary as Dial(PJSIP/101,20), and so is
# Hangup(${HANGUPCAUSE}), which ends most extensions.
_PLAIN: Final = f"replace(replace(appdata, '{CONTACTS}', 'PJSIP/'), ')}}', '')"
_ARGUMENTS: Final = ("&", "$", "(", ")", '"', ":", "/%/", *_DECODED)
_COMPLEX: Final = (
    *("gotoif", "gotoiftime", "gosub", "gosubif", "exec", "tryexec", "execif"),
    *("originate", "page", "retrydial", "disa", "blindtransfer"),
)
_EXTENSIONS: Final = f"""\
lower(app) IN ({", ".join(f"'{name}'" for name in _COMPLEX)})
OR {_has("app", _DECODED)}
OR lower(app) <> 'hangup' AND ({_has(_PLAIN, _ARGUMENTS)}
OR replace(appdata, {BACKSLASH}, '') <> appdata)
OR lower(app) = 'dial' AND (substr({_PLAIN}, 1, 6) <> 'PJSIP/' OR appdata LIKE '%@%')
OR lower(app) = 'goto' AND appdata NOT LIKE '%,%,%'
OR lower(app) = 'noop' AND appdata LIKE '{NOTE}%'"""

CONDITIONS: Final = {
    "ps_endpoints": _ENDPOINTS,
    "ps_aors": _AORS,
    "queue_members": _QUEUE_MEMBERS,
    "extensions": _EXTENSIONS,
}
"""What makes a row rare, by table, as SQL."""


def condition(table: str, dialect: str) -> str:
    """Return what makes a row of a table rare, as SQL of one kind of database."""
    backslash = r"'\\'" if dialect in {"mysql", "mariadb"} else r"'\'"
    return CONDITIONS[table].replace(BACKSLASH, backslash)


def flag_of(table: str, dialect: str) -> str:
    """Return an expression that is 1 in a rare row of a table, and NULL in all others."""
    return f"CASE WHEN {condition(table, dialect)} THEN 1 END"


class Rare(ColumnElement[bool]):
    """The condition for rare rows of a table; a statement with it reads no other table."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, table: str) -> None:
        self.table = table

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002 - SQLAlchemy's
        """Return it as it is: where booleans are numbers, ``= 1`` would keep it from the index."""
        return self


@compiles(Rare)
def _as_flag(element: Rare, compiler: SQLCompiler, **kwargs: Any) -> str:
    # PostgreSQL expects few rows with one value of an expression, and so uses the partial index;
    # of the condition itself, it expects nearly all. SQLite prefers an index of the flag to a
    # partial one, of whose size it knows nothing.
    flag: ColumnElement[Any] = literal_column(flag_of(element.table, compiler.dialect.name))
    return f"({compiler.process(flag, **kwargs)}) = 1"


FLAG: Final = "asterisk_realtime_rare"
"""Generated column that is 1 in a rare row (MariaDB), which has no partial indexes."""


@compiles(Rare, "mysql")
@compiles(Rare, "mariadb")
def _as_column(_element: Rare, _compiler: SQLCompiler, **_kwargs: Any) -> str:
    return f"{FLAG} = 1"


class Folded(FunctionElement[str]):
    """A column without the difference of upper and lower case; MariaDB's columns have none."""

    inherit_cache = True


@compiles(Folded)
def _lower(element: Folded, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"lower({compiler.process(element.clauses, **kwargs)})"


@compiles(Folded, "mysql")
@compiles(Folded, "mariadb")
def _as_it_is(element: Folded, compiler: SQLCompiler, **kwargs: Any) -> str:
    return compiler.process(element.clauses, **kwargs)


def is_name(column: Any, *names: str) -> ColumnElement[bool]:
    """Return the condition for cells that are one of some names, in upper or lower case."""
    wanted = dict.fromkeys(text for name in names for text in (name, name.lower()))
    return Folded(column).in_(list(wanted))


class _Begins(FunctionElement[bool]):
    """Whether a text begins with another."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002 - SQLAlchemy's
        """Return it as it is, as `Rare` does."""
        return self


@compiles(_Begins)
def _like(element: _Begins, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, pattern, _first, _after = element.clauses
    return compiler.process(column.like(pattern, escape="/"), **kwargs)


@compiles(_Begins, "sqlite")
def _between(element: _Begins, compiler: SQLCompiler, **kwargs: Any) -> str:
    # SQLite's LIKE ignores case, so that no ordinary index serves it.
    column, _pattern, first, after = element.clauses
    return f"({compiler.process(and_(column >= first, column < after), **kwargs)})"


def begins(column: Any, prefix: str) -> ColumnElement[bool]:
    """Return the condition for cells that begin with a text, which an ordinary index serves."""
    pattern = re.sub(r"([%_/])", r"/\1", prefix) + "%"
    after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    texts = (literal(text, String()) for text in (pattern, prefix, after))
    return _Begins(type_coerce(column, String()), *texts)
