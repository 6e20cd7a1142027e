"""The laboratory on a database: which driver of Asterisk reads it, and how to write to it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import URL, Engine, literal, select, text
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.conf import (
    CACHE_SECONDS,
    Driver,
    Odbc,
    OdbcKind,
    Pgsql,
    PjsipTransport,
    Sqlite3,
    access_list_view,
    dialplan_view,
    render,
)
from asterisk_realtime.models import Auth, Base, Endpoint
from tests.conftest import new_database, opened
from tools.asterisk_lab.lab import Lab
from tools.asterisk_lab.patience import PATIENCE
from tools.asterisk_lab.server import Asterisk
from tools.asterisk_lab.site import Site, open_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from asterisk_realtime import Note
    from tools.asterisk_lab.prefix import Prefix
    from tools.asterisk_lab.sipp import Call

USER: Final = "asterisk"
PASSWORD: Final = "pa ss'w;o\\rd^ü"
"""Asterisk's password for the database: all that a configuration file could trip over."""

_DESK: Final = "desk"
_DESK_PASSWORD: Final = "desk-word"

CONTEXTS: Final = ("from-twilio", "internal", "attendant")
"""Contexts in the database: for calls from outside, calls from phones, and a place to go on to."""


AT_ONCE: Final = {"dialplan": "switch", "cache": 0}
"""Options with which each row counts at once, so that no test has to wait or to reload."""

AS_GENERATED: Final = {"dialplan": "memory", "cache": CACHE_SECONDS}
"""What `render` does unless it is told otherwise."""


@dataclass(frozen=True)
class RealtimeLab(Lab):
    """
    A running Asterisk that reads the database behind *engine*.

    Attributes:
        engine: The database, as its owner sees it; all tables are there, and empty at first.
        path: How Asterisk reads it: ``sqlite3``, ``pgsql``, ``odbc-postgresql``, ``odbc-mariadb``.
    """

    engine: Engine
    path: str

    def add(self, *rows: Base) -> None:
        """Insert *rows* and commit."""
        with Session(self.engine) as session:
            session.add_all(rows)
            session.commit()

    def rows(self, model: type[Any], *where: Any) -> list[Any]:
        """Return the rows of *model* that are there now."""
        with Session(self.engine) as session:
            return list(session.scalars(select(model).where(*where)))

    def wait_for_rows(
        self, model: type[Any], *where: Any, number: int = 1, seconds: float = PATIENCE
    ) -> list[Any]:
        """
        Wait for at least *number* rows of *model* and return them.

        Raises:
            AsteriskFailedError: They did not come in time.
        """
        what = f"{number} rows of {model.__name__}"
        self.asterisk.wait_until(
            lambda: len(self.rows(model, *where)) >= number, what, seconds=seconds
        )
        return self.rows(model, *where)

    def wait_until_gone(self, model: type[Any], *where: Any, seconds: float = PATIENCE) -> None:
        """
        Wait until no such row of *model* is left.

        Raises:
            AsteriskFailedError: One stayed.
        """
        self.asterisk.wait_until(
            lambda: not self.rows(model, *where), f"end of {model.__name__}", seconds=seconds
        )

    def end(self, note: Note) -> None:
        """Do what a note says, to end what it is about."""
        where, _colon, command = (note.remedy or "").partition(": ")
        if where == "SQL":
            with self.engine.begin() as connection:
                connection.execute(text(command))
        else:
            self.asterisk.cli(command)

    def forget_system_name(self) -> None:
        """Restart Asterisk without a ``systemname``: with one it sees its own access lists only."""
        self.asterisk.stop()
        self.name_system("")
        self.asterisk.start()

    def name_system(self, line: str) -> None:
        """Put a line in the place of the ``systemname`` that the laboratory gives."""
        conf = self.site.etc / "asterisk.conf"
        conf.write_text(conf.read_text("utf-8").replace("systemname = lab", line), "utf-8")

    def desk_call(self, number: str) -> Call:
        """Have the phone of `desk` call *number*."""
        return self.phone_call(number, user=_DESK, password=_DESK_PASSWORD)

    def evaluate(self, function: str) -> str:
        """Return the value of a dialplan *function*."""
        answer = self.asterisk.cli(f"dialplan eval function {function}")
        return answer.partition("Result: ")[2].rstrip("\n")


def desk(**options: Any) -> tuple[Auth, Endpoint]:
    """Return the rows of a phone that may dial out without being registered."""
    auth = Auth(id=_DESK, username=_DESK, password=_DESK_PASSWORD)
    settings = {"transport": "udp", "allow": ("ulaw",), "direct_media": False, **options}
    return auth, Endpoint(id=_DESK, auth=(_DESK,), context="internal", **settings)


@contextmanager
def sqlite_tables(file: Path) -> Iterator[Engine]:
    """Yield an engine for *file*, with all tables."""
    with opened(URL.create("sqlite", database=str(file))) as engine:
        migrations.upgrade(engine)
        yield engine


@contextmanager
def server_tables(server: URL) -> Iterator[Engine]:
    """Yield an engine for a new database on *server*, with all tables, which `USER` may use."""
    with new_database(server) as url, opened(url) as engine:
        migrations.upgrade(engine)
        let_asterisk_in(engine)
        yield engine


def let_asterisk_in(engine: Engine) -> None:
    """Make Asterisk's account of a database's server, and grant it its rights."""
    dialect = engine.dialect
    password = literal(PASSWORD).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    words = {"database": engine.url.database, "password": password}
    with engine.begin() as connection:
        for statement in _GRANTS[dialect.name]:
            connection.exec_driver_sql(statement.format(**words))


# Roles belong to the whole server, so that another database of this run may have made it.
_GRANTS: Final = {
    "postgresql": (
        f"DO $$ BEGIN CREATE ROLE {USER} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        f"ALTER ROLE {USER} PASSWORD {{password}}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {USER}",
        # The numbers of rows that Asterisk writes: cdr, queue_log.
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {USER}",
    ),
    "mysql": (
        f"CREATE USER IF NOT EXISTS {USER}@'127.0.0.1'",
        f"ALTER USER {USER}@'127.0.0.1' IDENTIFIED BY {{password}}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {{database}}.* TO {USER}@'127.0.0.1'",
    ),
}


def empty(engine: Engine) -> None:
    """Delete every row of every table."""
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@contextmanager
def running(prefix: Prefix, engine: Engine, path: str, **options: Any) -> Iterator[RealtimeLab]:
    """Do as `joined`, with all tables emptied first."""
    empty(engine)
    with joined(prefix, engine, path, **options) as lab:
        yield lab


@contextmanager
def joined(
    prefix: Prefix,
    engine: Engine,
    path: str,
    *,
    rows: Sequence[Base] = (),
    arrange: Callable[[Mapping[str, str]], Mapping[str, str]] = dict,
    modules: tuple[str, ...] = (),
    **options: Any,
) -> Iterator[RealtimeLab]:
    """
    Yield a laboratory whose Asterisk reads the database behind *engine*, with the rows it has.

    Args:
        prefix: Asterisk's programs.
        engine: The database.
        path: How Asterisk reads it, one of `PATHS`.
        rows: What is in the tables when Asterisk starts.
        arrange: Changes the rendered files before Asterisk gets them.
        modules: Modules of Asterisk beside the laboratory's usual ones, without their suffix.
        options: Keywords for `render` that differ from the usual ones, which have `AT_ONCE`.
    """
    driver = _DRIVERS[path](engine.url, prefix)
    name = options.get("system_name")
    views = (
        *dialplan_view(driver, contexts=options.get("contexts", CONTEXTS)),
        *(() if name is None else access_list_view(driver, name)),
    )
    with engine.begin() as connection:
        for statement in views:
            connection.exec_driver_sql(statement)
    with open_site(prefix) as site:
        usual = {"transports": transports(site), "contexts": CONTEXTS, **AT_ONCE}
        files = dict(arrange(render(driver, **{**usual, **options})))
        options_of_host = files.pop("asterisk.conf", "").splitlines()[-1:]
        lab = RealtimeLab(site, Asterisk(site, files, driver.modules, modules), engine, path)
        lab.add(*rows)
        for line in options_of_host:
            lab.name_system(line)
        with lab.asterisk:
            yield lab


def transports(site: Site) -> tuple[PjsipTransport, ...]:
    """Return transports named udp, tcp and tls at the address of *site*."""
    address = site.net.asterisk
    return (
        PjsipTransport(name="udp", protocol="udp", bind=f"{address}:5060"),
        PjsipTransport(name="tcp", protocol="tcp", bind=f"{address}:5060"),
        PjsipTransport(
            name="tls",
            protocol="tls",
            bind=f"{address}:5061",
            cert_file=str(site.cert_file),
            priv_key_file=str(site.priv_key_file),
        ),
    )


def _sqlite3(url: URL, _prefix: Prefix) -> Sqlite3:
    return Sqlite3(dbfile=str(url.database))


def _port(url: URL) -> int:
    assert url.port is not None
    return url.port


def _pgsql(url: URL, _prefix: Prefix) -> Pgsql:
    return Pgsql(
        host=url.host or "127.0.0.1",
        port=_port(url),
        dbname=str(url.database),
        user=USER,
        password=PASSWORD,
    )


def _odbc(kind: OdbcKind) -> Callable[[URL, Prefix], Odbc]:
    def driver(url: URL, prefix: Prefix) -> Odbc:
        libraries = {
            OdbcKind.POSTGRESQL: prefix.odbc_postgresql,
            OdbcKind.MARIADB: prefix.odbc_mariadb,
        }
        return Odbc(
            kind=kind,
            server=url.host or "127.0.0.1",
            port=_port(url),
            database=str(url.database),
            user=USER,
            password=PASSWORD,
            driver=str(libraries[kind]),
        )

    return driver


_DRIVERS: Final[dict[str, Callable[[URL, Prefix], Driver]]] = {
    "sqlite3": _sqlite3,
    "pgsql": _pgsql,
    "odbc-postgresql": _odbc(OdbcKind.POSTGRESQL),
    "odbc-mariadb": _odbc(OdbcKind.MARIADB),
}
PATHS: Final = tuple(_DRIVERS)


def mostly_long(usual: str) -> list[Any]:
    """Return all `PATHS` for a fixture, those beside *usual* for the long part of the tests."""
    return [path if path == usual else pytest.param(path, marks=pytest.mark.long) for path in PATHS]


DATABASES: Final = {
    "sqlite3": "sqlite3_database",
    "pgsql": "postgresql_database",
    "odbc-postgresql": "postgresql_database",
    "odbc-mariadb": "mariadb_database",
}
"""Path -> fixture of the database that Asterisk reads by it."""
