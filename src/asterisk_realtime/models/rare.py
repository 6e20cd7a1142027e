"""
Rows that name others in a rare form, or that Asterisk decodes: an index holds these alone.

A search for a name compares whole cells, which ordinary indexes serve: ``PJSIP/101``,
``101@default``. A name can also stand in a list, within ``Dial(PJSIP/100&PJSIP/101)``, or in a cell
that Asterisk's drivers decode. A row with such a cell is called rare here, and all rare rows are
searched for the name.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from sqlalchemy import ColumnElement
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

DECODED_IN: Final = frozenset(
    {"ps_endpoints.context", "ps_endpoints.mailboxes"}
    | {"queue_members.interface", "extensions.app", "extensions.appdata"}
)
"""Columns of which each cell that Asterisk decodes makes its row rare."""

LOWERED: Final = frozenset({"ps_endpoints.context", "extensions.context"})
"""Columns, beside names of things, that have an index in lower case."""

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


class Rare(FunctionElement[bool]):
    """The condition for rare rows of a table; a statement with it reads no other table."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, table: str) -> None:
        super().__init__(literal_column(table))

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002 - SQLAlchemy's
        """Return it as it is: where booleans are numbers, ``= 1`` would keep it from the index."""
        return self


@compiles(Rare)
def _as_flag(element: Rare, compiler: SQLCompiler, **kwargs: Any) -> str:
    (table,) = element.clauses
    # PostgreSQL expects few rows with one value of an expression, and so uses the partial index;
    # of the condition itself, it expects nearly all. SQLite prefers an index of the flag to a
    # partial one, of whose size it knows nothing.
    flag: ColumnElement[Any] = literal_column(flag_of(str(table), compiler.dialect.name))
    return f"({compiler.process(flag, **kwargs)}) = 1"


FLAG: Final = "asterisk_realtime_rare"
"""Generated column that is 1 in a rare row (MariaDB), which has no partial indexes."""


@compiles(Rare, "mysql")
@compiles(Rare, "mariadb")
def _as_column(_element: Rare, _compiler: SQLCompiler, **_kwargs: Any) -> str:
    return f"{FLAG} = 1"
