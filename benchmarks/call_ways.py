"""The ways in which Asterisk has its configuration, each with a running Asterisk of its own."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, text

from asterisk_realtime import conf, migrations
from benchmarks.call_site import DIALLED, NUMBER, PASSWORD, PHONE, fill, static_files, transports
from benchmarks.sipp_load import Load, answering, place
from tests.conftest import new_database
from tools.asterisk_lab.server import Asterisk
from tools.asterisk_lab.site import Site, open_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import URL, Engine

    from tools.asterisk_lab.prefix import Prefix

CONTEXTS: Final = ("from-twilio", "internal")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_SETTLED: Final = 11.0
"""Seconds after which PostgreSQL has counted what an idle backend did: ``PGSTAT_IDLE_INTERVAL``."""

_LOGGER: Final = "[logfiles]\nfull.log => warning,error\n"
"""Problems only: verbose lines would cost more than some of what is measured."""

_RTP: Final = "[general]\nrtpstart = 20000\nrtpend = 40000\n"


@dataclass(frozen=True)
class Way:
    """
    A configuration to measure.

    Attributes:
        driver: ``pgsql`` or ``sqlite3``; empty for static files.
        title: What the table calls it.
        options: Keywords for `conf.render`.
        counts: Have Asterisk log each statement on SQLite, which costs time.
    """

    driver: str = ""
    title: str = "static files"
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    counts: bool = False

    @property
    def counting(self) -> Way:
        """The same, to count the statements rather than measure."""
        return replace(self, counts=True)


_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "as generated": {},
    'dialplan="switch"': {"dialplan": "switch"},
    "cache=0": {"cache": 0},
    'also="domain_alias"': {"also": ("domain_alias",)},
    "all three": {"dialplan": "switch", "cache": 0, "also": ("domain_alias",)},
}
WAYS: Final = (
    Way(),
    *(
        Way(driver, title, options)
        for driver in ("pgsql", "sqlite3")
        for title, options in _OPTIONS.items()
    ),
)


@dataclass(frozen=True)
class Traffic:
    """
    Calls in one direction.

    Attributes:
        name: ``in`` or ``out``.
        calls: How many.
        rate: How many a second.
        hold: Milliseconds between answer and BYE.
    """

    name: str
    calls: int
    rate: int
    hold: int = 300

    def place(self, site: Site) -> Load:
        """Place the calls, and return what became of them."""
        amount = {"calls": self.calls, "rate": self.rate, "hold": self.hold}
        if self.name == "in":
            return place(site, "twilio-uac", "-s", NUMBER, **amount)
        login = ("-au", PHONE, "-ap", PASSWORD)
        return place(site, "phone-uac", "-s", DIALLED, *login, **amount)


@dataclass(frozen=True)
class Running:
    """
    One Asterisk under test.

    Attributes:
        site: Where it is.
        asterisk: The process.
        statements: Returns how many SQL statements it has sent so far.
    """

    site: Site
    asterisk: Asterisk
    statements: Callable[[], int] = field(default=int)

    @property
    def cpu(self) -> float:
        """The CPU seconds that it has used, of all threads."""
        pid = (self.site.run / "run" / "asterisk.pid").read_text().strip()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def started(way: Way, prefix: Prefix, server: URL | None) -> Iterator[Running]:
    """Yield a running Asterisk with a provider to call, and remove everything afterwards."""
    with ExitStack() as stack:
        site = stack.enter_context(open_site(prefix))
        stack.enter_context(answering(site))
        if way.driver == "pgsql" and server is not None:
            url = stack.enter_context(new_database(server))
            engine = stack.enter_context(_tables(url, site))
            port, name = url.port or 5432, str(url.database)
            driver = conf.Pgsql(port=port, dbname=name, user="postgres", password="none")  # noqa: S106 - the server asks for none
            yield stack.enter_context(_reading(way, driver, engine, site))
            return
        file = site.run / "asterisk.sqlite3"
        engine = stack.enter_context(_tables(f"sqlite:///{file}", site))
        if way.driver:
            yield stack.enter_context(_reading(way, conf.Sqlite3(dbfile=str(file)), engine, site))
            return
        files = _with_usual(static_files(engine, site))
        yield Running(site, stack.enter_context(Asterisk(site, files, ())))


@contextmanager
def _tables(url: URL | str, site: Site) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        migrations.upgrade(engine)
        fill(engine, site)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _reading(way: Way, driver: conf.Driver, engine: Engine, site: Site) -> Iterator[Running]:
    with engine.begin() as connection:
        for statement in conf.dialplan_view(driver):
            connection.exec_driver_sql(statement)
    options = {"transports": transports(site), "contexts": CONTEXTS, **way.options}
    files = _with_usual(conf.render(driver, **options))
    if way.driver == "pgsql":
        with Asterisk(site, files, driver.modules) as asterisk:
            yield Running(site, asterisk, partial(_transactions, engine))
        return
    if way.counts:
        files["res_config_sqlite3.conf"] += "debug = yes\n"
        files["logger.conf"] += "sql.log => debug\n"
    with Asterisk(site, files, driver.modules) as asterisk:
        if way.counts:
            asterisk.cli("core set debug 3 res_config_sqlite3")
        yield Running(site, asterisk, partial(_logged, site))


def _with_usual(files: Mapping[str, str]) -> dict[str, str]:
    return {"logger.conf": _LOGGER, "rtp.conf": _RTP, **files}


def _transactions(engine: Engine) -> int:
    """Return how many transactions the database has had: Asterisk's statements are one each."""
    time.sleep(_SETTLED)
    admin = create_engine(engine.url.set(database="postgres"))
    query = text("SELECT xact_commit FROM pg_stat_database WHERE datname = :name")
    try:
        with admin.connect() as connection:
            return int(connection.scalar(query, {"name": engine.url.database}) or 0)
    finally:
        admin.dispose()


def _logged(site: Site) -> int:
    """Return how many statements the debug log has."""
    time.sleep(1)
    log = site.run / "log" / "sql.log"
    return log.read_text(errors="replace").count(" SQL: ")
