"""The three ways Asterisk reaches a database, each with its settings and its files."""

from __future__ import annotations

import re
from enum import StrEnum
from os import PathLike, fspath
from typing import ClassVar, Final

import attrs

from asterisk_realtime.conf import checks, syntax
from asterisk_realtime.values.checked import Checked, gather, hidden
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.plain import member, whole_number


@attrs.frozen
class ConfFile:
    """One file: its text, and whether it holds a password."""

    text: str = attrs.field(repr=False)
    secret: bool = False


def _path(value: str | PathLike[str]) -> str:
    return checks.absolute_path(fspath(value) if isinstance(value, PathLike) else value)


def _busy_timeout(value: int) -> int:
    return whole_number(value, lowest=0, highest=600_000)


@attrs.frozen(kw_only=True, field_transformer=gather)
class Sqlite3(Checked):
    """
    An SQLite file, read by Asterisk's own ``res_config_sqlite3``.

    Attributes:
        dbfile: The database file; an absolute path. Asterisk's user must be able to write to it
            and to its directory.
        busy_timeout: Milliseconds to wait for a writer.

    Raises:
        ValidationError: A field is wrong.

    Source: ``res_config_sqlite3.conf.sample`` of Asterisk. ``batch`` is always 0, since any other
    value holds a transaction open and locks other writers out.
    """

    engine: ClassVar[str] = "sqlite3"
    section: ClassVar[str] = "asterisk"
    modules: ClassVar[tuple[str, ...]] = ("res_config_sqlite3.so",)

    dbfile: str = attrs.field(converter=_path)
    busy_timeout: int = attrs.field(converter=_busy_timeout, default=2000)

    def files(self) -> dict[str, ConfFile]:
        """Return res_config_sqlite3.conf."""
        settings = {
            "dbfile": self.dbfile,
            "requirements": "warn",
            "batch": 0,
            "busy_timeout": self.busy_timeout,
        }
        text = syntax.section("general") + "\n"
        text += syntax.section(self.section, settings, arrow="=>")
        return {"res_config_sqlite3.conf": ConfFile(syntax.comment(_SQLITE3_HELP) + "\n" + text)}


@attrs.frozen(kw_only=True, field_transformer=gather)
class Pgsql(Checked):
    """
    A PostgreSQL server, read by Asterisk's own ``res_config_pgsql``.

    Attributes:
        host: Address or host name, or the directory of the server's Unix socket.
            ``localhost`` means the socket too, to Asterisk; write ``127.0.0.1`` for TCP.
        port: TCP port, or the number in the name of the socket.
        dbname: Database. The one in extconfig.conf is ignored by this driver.
        user: Role.
        password: Its password; hidden in ``repr()``.

    Raises:
        ValidationError: A field is wrong.

    Source: ``res_pgsql.conf.sample`` and ``res/res_config_pgsql.c`` of Asterisk.
    """

    engine: ClassVar[str] = "pgsql"
    section: ClassVar[str] = "general"
    modules: ClassVar[tuple[str, ...]] = ("res_config_pgsql.so",)

    host: str = attrs.field(converter=checks.host_or_socket, default="127.0.0.1")
    port: int = attrs.field(converter=checks.port, default=5432)
    dbname: str = attrs.field(converter=checks.line)
    user: str = attrs.field(converter=checks.line)
    password: str = attrs.field(converter=checks.secret_line, repr=hidden)

    def files(self) -> dict[str, ConfFile]:
        """Return res_pgsql.conf."""
        socket = self.host.startswith("/")
        settings = {
            "dbhost": "localhost" if socket else self.host,
            "dbsock": self.host if socket else None,
            "dbport": self.port,
            "dbname": _conninfo(self.dbname),
            "dbuser": _conninfo(self.user),
            "dbpass": _conninfo(self.password),
            "requirements": "warn",
            "order_multi_row_results_by_initial_column": True,
        }
        text = syntax.comment(_PGSQL_HELP) + "\n" + syntax.section("general", settings)
        return {"res_pgsql.conf": ConfFile(text, secret=True)}


class OdbcKind(StrEnum):
    """The server behind an ODBC data source."""

    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"


# Both are also called for an Odbc whose kind was refused, and must then return a valid value.
def _usual_port(odbc: Odbc) -> int:
    return 3306 if odbc.kind is OdbcKind.MARIADB else 5432


def _debian_driver(odbc: Odbc) -> str:
    return "MariaDB Unicode" if odbc.kind is OdbcKind.MARIADB else "PostgreSQL Unicode"


def _max_connections(value: int) -> int:
    return whole_number(value, lowest=1, highest=1000)


def _kind(value: str) -> OdbcKind:
    return member(OdbcKind, value)


@attrs.frozen(kw_only=True, field_transformer=gather)
class Odbc(Checked):
    """
    A PostgreSQL or MariaDB server, read through unixODBC by ``res_odbc`` and ``res_config_odbc``.

    Attributes:
        kind: ``postgresql`` or ``mariadb``.
        server: Address or host name.
        port: TCP port; 5432 or 3306 unless given.
        database: Database.
        user: Role or account.
        password: Its password; hidden in ``repr()``.
        dsn: Name of the data source in odbc.ini, and of the section in res_odbc.conf.
        driver: The driver's name in odbcinst.ini, or the absolute path of its library, for which
            an odbcinst.ini is rendered. By default the name that Debian's package
            (``odbc-postgresql``, ``odbc-mariadb``) registers.
        max_connections: How many connections Asterisk opens at most.

    Raises:
        ValidationError: A field is wrong.

    Source: ``res_odbc.conf.sample`` and ``res/res_odbc.c`` of Asterisk. ``backslash_is_escape``
    stays at its default, since PostgreSQL refuses the statements that ``no`` makes.
    """

    engine: ClassVar[str] = "odbc"
    modules: ClassVar[tuple[str, ...]] = (
        "res_odbc_transaction.so",
        "res_odbc.so",
        "res_config_odbc.so",
    )

    kind: OdbcKind = attrs.field(converter=_kind)
    server: str = attrs.field(converter=checks.host, default="127.0.0.1")
    port: int = attrs.field(
        converter=checks.port, default=attrs.Factory(_usual_port, takes_self=True)
    )
    database: str = attrs.field(converter=checks.ini_line)
    user: str = attrs.field(converter=checks.line)
    password: str = attrs.field(converter=checks.secret_line, repr=hidden)
    dsn: str = attrs.field(converter=plain_name, default="asterisk")
    driver: str = attrs.field(
        converter=checks.ini_line,
        default=attrs.Factory(_debian_driver, takes_self=True),
    )
    max_connections: int = attrs.field(converter=_max_connections, default=5)

    @property
    def section(self) -> str:
        """Section of res_odbc.conf, which extconfig.conf names."""
        return self.dsn

    def files(self) -> dict[str, ConfFile]:
        """Return res_odbc.conf and odbc.ini, and odbcinst.ini if the driver is a path."""
        files = {
            "res_odbc.conf": ConfFile(self._res_odbc(), secret=True),
            "odbc.ini": ConfFile(self._odbc_ini()),
        }
        if self._has_path:
            files["odbcinst.ini"] = ConfFile(self._odbcinst_ini())
        return files

    @property
    def _has_path(self) -> bool:
        return self.driver.startswith("/")

    @property
    def _driver_name(self) -> str:
        return f"{self.dsn}-{self.kind}" if self._has_path else self.driver

    def _res_odbc(self) -> str:
        settings = {
            "enabled": True,
            "dsn": self.dsn,
            "username": self.user,
            "password": self.password,
            "pre-connect": True,
            "max_connections": self.max_connections,
        }
        return syntax.comment(_ODBC_HELP) + "\n" + syntax.section(self.dsn, settings, arrow="=>")

    def _odbc_ini(self) -> str:
        server = "Servername" if self.kind is OdbcKind.POSTGRESQL else "Server"
        settings = {
            "Driver": self._driver_name,
            server: self.server,
            "Port": self.port,
            "Database": self.database,
        }
        if self.kind is OdbcKind.MARIADB:
            settings["Option"] = _FOUND_ROWS
        return syntax.comment(_ODBC_INI_HELP) + "\n" + syntax.section(self.dsn, settings)

    def _odbcinst_ini(self) -> str:
        settings = {"Description": f"{self.kind} for Asterisk", "Driver": self.driver}
        text = syntax.section(self._driver_name, settings)
        return syntax.comment(_ODBCINST_HELP) + "\n" + text


Driver = Sqlite3 | Pgsql | Odbc
"""How Asterisk reaches the database."""

_FOUND_ROWS: Final = 2
"""
Flag of MariaDB's ODBC driver: an UPDATE counts the rows that it found, not those that differed.

Without it, a phone that registers twice in a second gets 200 OK but loses its contact: its row
stays the same, and Asterisk takes no changed row for a failure (``res/res_pjsip_registrar.c``).
"""

_CONNINFO_SPECIAL: Final = re.compile(r"[\s'\\]")


def _conninfo(text: str) -> str:
    # res_config_pgsql pastes the value into a libpq connection string as it is, so a blank, a
    # quote or a backslash in it must be quoted in libpq's way.
    if not _CONNINFO_SPECIAL.search(text):
        return text
    return "'" + re.sub(r"(['\\])", r"\\\1", text) + "'"


_SQLITE3_HELP: Final = """
res_config_sqlite3.conf: where Asterisk's driver for SQLite finds the database.
Goes into Asterisk's configuration directory (/etc/asterisk) under this name.
Have one already? Add the last section, under a name that is free, and put that name into
extconfig.conf. batch must stay 0: any other value keeps a transaction open, which locks out
everybody else who writes to the file.
"""
_PGSQL_HELP: Final = """
res_pgsql.conf: where Asterisk's driver for PostgreSQL finds the database.
Goes into Asterisk's configuration directory (/etc/asterisk) under this name. It holds a
password: let only Asterisk's user read it.
"""
_ODBC_HELP: Final = """
res_odbc.conf: the connection that Asterisk opens through unixODBC.
Goes into Asterisk's configuration directory (/etc/asterisk) under this name, or into an existing
one by #include. It holds a password: let only Asterisk's user read it.
Leave backslash_is_escape at its default (yes) with PostgreSQL and MariaDB.
"""
_ODBC_INI_HELP: Final = """
odbc.ini: the data source that res_odbc.conf names.
Goes into /etc/odbc.ini, or anywhere if the variable ODBCINI in Asterisk's environment names it.
"""
_ODBCINST_HELP: Final = """
odbcinst.ini: the driver that odbc.ini names.
Goes into /etc/odbcinst.ini, or into a directory that the variable ODBCSYSINI in Asterisk's
environment names.
"""
