"""What ``alembic/env.py`` runs, from the command line and from `asterisk_realtime.migrations`."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import context
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.util import CommandError
from sqlalchemy import MetaData, create_engine, inspect, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from asterisk_realtime.errors import SchemaAheadError, SchemaError
from asterisk_realtime.migrations import families
from asterisk_realtime.migrations.connections import all_or_nothing, isolation, migrating
from asterisk_realtime.migrations.mariadb import access as mariadb_access
from asterisk_realtime.migrations.planning.preparing import prepare
from asterisk_realtime.migrations.planning.revisions import refuse_foreign_tables
from asterisk_realtime.migrations.postgresql.locking import LOCK_TIMEOUT
from asterisk_realtime.migrations.reading.ledger import LEDGER
from asterisk_realtime.migrations.schema import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL
    from sqlalchemy.engine import Connection, Engine

VERSION_TABLE: Final = "asterisk_realtime_version"
"""Where the database's revision stands; ``alembic_version`` belongs to the host application."""

DEFAULT_URL: Final = "sqlite:///asterisk.db"


def run() -> None:
    """
    Run the migrations that an Alembic command asks for.

    The database is ``config.attributes["connection"]``, an engine or a connection. From the command
    line it is ``-x url=...``, else the environment's ``ASTERISK_REALTIME_URL``, else
    ``sqlalchemy.url`` of the ini file, else ``sqlite:///asterisk.db``. The URL may name an async
    driver.

    ``config.attributes["families"]``, or ``-x families=cdr,cel``, chooses what a database carries
    at its first upgrade; ``config.attributes["lock_timeout"]``, or ``-x lock_timeout=60``, how many
    seconds to try to lock the tables on PostgreSQL.
    """
    if context.is_offline_mode():
        _print_statements()
        return
    bind = context.config.attributes.get("connection")
    if bind is not None:
        _run_on(bind)
        return
    _report()
    url = make_url(database_url())
    if url.get_dialect().is_async:
        asyncio.run(_run_async(url))
    else:
        _run_on(create_engine(url, poolclass=NullPool))


def _run_on(bind: Engine | Connection) -> None:
    with migrating(bind) as connection:
        _migrate(connection)


async def _run_async(url: URL) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - greenlet is an extra

    engine = create_async_engine(url, poolclass=NullPool)
    level = isolation(engine.dialect.name)
    async with engine.connect() as connection:
        if level:
            await connection.execution_options(isolation_level=level)
        await connection.run_sync(_run_on)
        await connection.commit()
    await engine.dispose()


def database_url() -> str:
    """Return the URL of the database to migrate."""
    config = context.config
    return (
        context.get_x_argument(as_dictionary=True).get("url")
        or os.environ.get("ASTERISK_REALTIME_URL")
        # Without an ini file there is no section either.
        or config.get_section(config.config_ini_section, {}).get("sqlalchemy.url")
        or DEFAULT_URL
    )


def _asked_families() -> tuple[str, ...] | None:
    named = context.config.attributes.get("families")
    if named is None:
        text = context.get_x_argument(as_dictionary=True).get("families")
        named = None if text is None else str(text).split(",")
    return None if named is None else families.parse(named)


def _report() -> None:
    """Show a person at the command line what is done; a library stays silent."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("alembic.runtime.migration").setLevel(logging.INFO)


def _asked_lock_timeout() -> float:
    given = context.config.attributes.get("lock_timeout")
    if given is None:
        given = context.get_x_argument(as_dictionary=True).get("lock_timeout", LOCK_TIMEOUT)
    try:
        return float(given)  # type: ignore[arg-type]  # float() refuses anything else
    except (TypeError, ValueError):
        raise SchemaError(f"lock_timeout={given!r} is not a number of seconds") from None


def _migrate(connection: Connection) -> None:
    there = current(connection)
    chosen = families.settle(connection, _asked_families(), there)
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        # SQLite has transactional DDL too, though Alembic does not rely on it.
        transactional_ddl=not is_mysql(connection.dialect),
        families=chosen,
        **_for_comparing(),
    )
    if not _changes_something():
        _compare(connection, there)
        with context.begin_transaction():
            context.run_migrations()
        return
    _refuse_if_ahead(there)
    _refuse_the_way_below(connection, chosen)
    new = not inspect(connection).has_table(VERSION_TABLE)
    try:
        with all_or_nothing(connection):
            upgrading = not any(step.is_downgrade for step in _steps())
            with _nothing_changed():
                prepare(connection, _stated(chosen), _asked_lock_timeout(), upgrading=upgrading)
            with context.begin_transaction():
                context.run_migrations()
    except SchemaError:
        if new:
            _leave_nothing(connection)
        raise
    except DBAPIError as error:
        raise _refusal(error) from error


@contextmanager
def _nothing_changed() -> Iterator[None]:
    """Raise an error of the database as one before the first change."""
    try:
        yield
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        raise SchemaError(
            f"the database refused what an upgrade needs: {said}; nothing was changed."
            f" Statement: {error.statement}"
        ) from error


def _refusal(error: DBAPIError) -> SchemaError:
    """Return the error for a change that the database refused, and say what is left of the rest."""
    dialect = context.get_context().dialect
    left = (
        "MariaDB keeps the changes before it, and another upgrade continues from there"
        if is_mysql(dialect)
        else "nothing was changed"
    )
    said = " ".join(str(error.orig).split())
    return SchemaError(
        f"the database refused a change: {said}; {left}. Statement: {error.statement}"
    )


def _steps() -> Iterator[RevisionStep]:
    """Yield the revisions that the command runs, in order."""
    running = context.get_context()
    for step in running.opts["fn"](running.get_current_heads(), running):
        if isinstance(step, RevisionStep):  # not a stamp
            yield step


def _changes_something() -> bool:
    return "destination_rev" in context.get_context().opts


def _stated(chosen: tuple[str, ...] | None) -> list[MetaData]:
    """Return the tables of each step, as far as the database carries them."""
    return [families.carried(step.revision.module.tables, chosen) for step in _steps()]


def _refuse_if_ahead(there: str | None) -> None:
    if there is None or there in {each.revision for each in context.script.walk_revisions()}:
        return
    raise SchemaAheadError(
        f"the database is at {there}, which this release of asterisk-realtime does not know;"
        " install a newer one"
    )


def _leave_nothing(connection: Connection) -> None:
    """Drop the version table where an upgrade was refused: MariaDB has kept it, without a row."""
    if not is_mysql(connection.dialect) or not inspect(connection).has_table(VERSION_TABLE):
        return
    if current(connection) is None:
        with suppress(DBAPIError):  # the account may create tables, but not drop them
            connection.exec_driver_sql(f"DROP TABLE {VERSION_TABLE}")


def current(connection: Connection) -> str | None:
    """Return the revision of a database, or None if the migrations never ran on it."""
    if is_mysql(connection.dialect):
        mariadb_access.refuse_unreadable(connection, (VERSION_TABLE, LEDGER.name))
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _refuse_the_way_below(connection: Connection, chosen: tuple[str, ...] | None) -> None:
    """
    Refuse to drop other people's tables before the first step back, not at the last.

    MariaDB keeps the steps before: the database would stand at another revision than it did.
    """
    for step in _steps():
        if step.is_downgrade and step.revision.down_revision is None:
            tables = families.carried(step.revision.module.tables, chosen)
            refuse_foreign_tables(connection, tables)


def _print_statements() -> None:
    url = database_url()
    dialect = make_url(url).get_dialect()()
    context.configure(
        url=url,
        version_table=VERSION_TABLE,
        literal_binds=True,
        # "named": no percent sign is doubled for a driver that is not there.
        dialect_opts={"paramstyle": "named"},
        transactional_ddl=not is_mysql(dialect),
        families=_asked_families(),
    )
    with context.begin_transaction():
        context.run_migrations()


def _for_comparing() -> dict[str, Any]:
    """
    Return options that keep Alembic from comparing by itself.

    Alembic would report each wider column and each table of the application. `check` does not, so
    Alembic gets nothing to compare, and `_compare` calls `check` instead.
    """
    return {
        "target_metadata": MetaData(),
        "include_name": lambda *_: False,
        "process_revision_directives": _refuse_to_generate,
    }


def _compare(connection: Connection, there: str | None) -> None:
    running = context.get_context()
    if "revision_context" not in running.opts or there != context.script.get_current_head():
        return  # Alembic itself reports that the database is not at head
    from asterisk_realtime.migrations.comparing.model_differences import differences  # noqa: PLC0415 - revisions must not need the models

    found = differences(connection, families.recorded(connection))
    if found:
        raise CommandError(
            "\n".join(["the tables differ from what the library needs:", *map(str, found)])
        )


_NOT_HERE: Final = (
    "revisions cannot be generated here: those of asterisk-realtime come with its releases; for"
    " tables of your own use a script_location of your own, with"
    " `include_name=asterisk_realtime.migrations.include_name` in its env.py"
)


def refuse_new_revision() -> None:
    """
    Refuse ``alembic revision`` in an installed package, where it would add a file to the package.

    The template of new revisions calls this. Alembic hides the message of its error, so it is also
    written to stderr.

    Raises:
        CommandError: The revisions are in an installed package, not in a checkout.
    """
    if (Path(__file__).parents[1] / "alembic").is_dir():
        sys.stderr.write(f"{_NOT_HERE}\n")
        raise CommandError(_NOT_HERE)


def _refuse_to_generate(_context: object, _revision: object, _directives: object) -> None:
    """Refuse ``alembic revision --autogenerate``; ``alembic check`` gets here too."""
    command = getattr(context.config.cmd_opts, "cmd", (None,))[0]
    asked = context.get_context().opts["revision_context"].command_args
    if getattr(command, "__name__", "") == "revision" or asked.get("message") is not None:
        raise CommandError(_NOT_HERE)
