"""How the dialplan reaches Asterisk: held in its memory, or looked up at each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import attrs

from asterisk_realtime.conf import syntax
from asterisk_realtime.conf.drivers import ConfFile, Driver, OdbcKind
from asterisk_realtime.conf.views import create_view, is_odbc, script
from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.plain import flag

if TYPE_CHECKING:
    from collections.abc import Iterable

DialplanWord = Literal["memory", "switch"]
"""Where Asterisk has the steps of a call from, as `render` takes it."""

FILE: Final = "database-dialplan.conf"
"""What extensions.conf includes: no file, but the rows of `VIEW`."""

VIEW: Final = "extensions_conf"
"""The view that shows the rows of ``extensions`` as lines of a configuration file."""

_TABLE: Final = "extensions"
_RESERVED: Final = ("general", "globals")
"""Sections of extensions.conf that are settings, and no contexts (``pbx/pbx_config.c``)."""


@attrs.frozen(kw_only=True, field_transformer=gather)
class RealtimeContext(Checked):
    """
    A context whose extensions are looked up in the database at each step of a call.

    A changed row counts at the next step, and each call costs more: see `render`.

    Attributes:
        name: The context, in extensions.conf and in the table.
        family: Family of extconfig.conf that holds the rows.
        patterns: Whether rows whose extension begins with ``_`` count. Without them a look-up
            that finds no row costs one statement less: one for each call to a number with rows.

    Raises:
        ValidationError: A field is wrong.

    Source: ``pbx/pbx_realtime.c`` and ``extconfig.conf.sample`` of Asterisk.
    """

    name: str = attrs.field(converter=plain_name)
    family: str = attrs.field(converter=plain_name, default=_TABLE)
    patterns: bool = attrs.field(converter=flag, default=True)

    @property
    def switch(self) -> str:
        """What follows ``switch =>``."""
        return f"Realtime/{self.name}@{self.family}{'' if self.patterns else '/p'}"


def _word(value: str) -> str:
    if value not in get_args(DialplanWord):
        raise ValidationError("dialplan", value, "it is neither of the two", "use memory or switch")
    return value


class Dialplan:
    """
    What `render` is told about the dialplan.

    Attributes:
        names: All contexts.
        switched: Those that are looked up at each step.
        in_memory: Whether the others are held in memory.
    """

    def __init__(self, contexts: Iterable[str | RealtimeContext], word: DialplanWord) -> None:
        given = tuple(contexts)
        all_switched = _word(word) == "switch"
        self.names = [each.name for each in map(_context, given)]
        self.switched = [
            _context(each) for each in given if all_switched or isinstance(each, RealtimeContext)
        ]
        self.in_memory = bool(given) and not all_switched

    @property
    def family(self) -> dict[str, str]:
        """The line of extconfig.conf: family and table."""
        return {FILE: VIEW} if self.in_memory else {}

    def files(self, driver: Driver) -> dict[str, ConfFile]:
        """Return extensions.conf and extensions.sql, if there is anything in them."""
        if not self.names:
            return {}
        files = {"extensions.conf": ConfFile(self._extensions())}
        if self.in_memory:
            files["extensions.sql"] = ConfFile(self._sql(driver))
        return files

    def _extensions(self) -> str:
        texts = [syntax.comment(_MEMORY_HELP if self.in_memory else _SWITCH_HELP)]
        if self.in_memory:
            texts.append(f'#include "{FILE}"\n')
        texts += [
            syntax.section(context.name, {"switch": context.switch}, arrow="=>")
            for context in self.switched
        ]
        return "\n".join(texts)

    def _sql(self, driver: Driver) -> str:
        return script(_SQL_HELP, dialplan_view(driver, contexts=self.switched))


def _context(context: str | RealtimeContext) -> RealtimeContext:
    return RealtimeContext(name=context) if isinstance(context, str) else context


def dialplan_view(
    driver: Driver, *, contexts: Iterable[str | RealtimeContext] = ()
) -> tuple[str, ...]:
    """
    Return the SQL statements that make the view for a dialplan in Asterisk's memory.

    They are those of the file ``extensions.sql``, which `render` returns. Run them once, after
    ``migrations.upgrade``, as the owner of the tables; running them again does no harm::

        with engine.begin() as connection:
            for statement in conf.dialplan_view(driver):
                connection.exec_driver_sql(statement)

    Args:
        driver: How Asterisk reaches the database.
        contexts: As for `render`: a `RealtimeContext` is left out, since Asterisk looks it up.
    """
    switched = [
        context.name
        for context in contexts
        if isinstance(context, RealtimeContext) and context.family == _TABLE
    ]
    return create_view(driver, VIEW, _select(driver, switched))


def _select(driver: Driver, switched: Iterable[str]) -> str:
    # A section's lines must follow one another, whichever order the driver asks for.
    parts = ["exten", "','", "priority", "','", "app", "'('", _data(driver), "')'"]
    if is_odbc(driver, OdbcKind.POSTGRESQL):
        parts.append(_PADDING)
    mariadb = is_odbc(driver, OdbcKind.MARIADB)
    line = f"CONCAT({', '.join(parts)})" if mariadb else " || ".join(parts)
    others = ", ".join(f"'{name.lower()}'" for name in (*_RESERVED, *switched))
    return (
        "SELECT DENSE_RANK() OVER (ORDER BY context) AS cat_metric,\n"
        f"    priority AS var_metric, '{FILE}' AS filename, context AS category,\n"
        f"    'exten' AS var_name, {line} AS var_val,\n"
        "    0 AS commented\n"
        f"FROM {_TABLE} WHERE LOWER(context) NOT IN ({others})"
    )


_PADDING: Final = "REPEAT(' ', OCTET_LENGTH(COALESCE(appdata, '')) - LENGTH(COALESCE(appdata, '')))"
"""
As many blanks as a line has bytes more than characters; Asterisk drops them behind the bracket.

res_config_odbc cuts lines after as many bytes as the longest has characters.
"""


def _data(driver: Driver) -> str:
    """Return the arguments of a step in plain text: nobody decodes lines of a file."""
    text = "COALESCE(appdata, '')"
    if driver.engine == "sqlite3":
        return text
    # The sign that begins an escape comes last, so that no other one arises from it.
    for code, sign in (("^20", " "), ("^3B", ";"), ("^5E", "^")):
        text = f"REPLACE({text}, '{code}', '{sign}')"
    return text


_SWITCH_HELP: Final = """
extensions.conf: contexts whose extensions come from the database.
Goes into Asterisk's configuration directory (/etc/asterisk), or into an existing extensions.conf
by #include. What stands in such a context there is found first, the database second.
"""
_MEMORY_HELP: Final = f"""
extensions.conf: the dialplan, which Asterisk loads from the database into its memory.
Goes into Asterisk's configuration directory (/etc/asterisk), or to the end of an existing
extensions.conf by #include. Run extensions.sql on the database first.
{FILE} is no file: extconfig.conf maps it to the view of extensions.sql.
Changed rows count after: module reload pbx_config.so
"""
_SQL_HELP: Final = """
extensions.sql: the view through which Asterisk loads the dialplan.
Goes into the database, once, as the owner of its tables, by psql -f, sqlite3 or mariadb.
"""
