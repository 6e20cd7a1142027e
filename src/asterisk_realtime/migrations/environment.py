"""The code of ``alembic/env.py``, for the command line and for `asterisk_realtime.migrations`."""

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
from asterisk_realtime.migrations.converting import is_mysql
from asterisk_realtime.migrations.mariadb import access as mariadb_access
from asterisk_realtime.migrations.planning.preparing import prepare
from asterisk_realtime.migrations.planning.revisions import refuse_preexisting_tables
from asterisk_realtime.migrations.postgresql.locking import LOCK_TIMEOUT
from asterisk_realtime.migrations.reading.changes_table import CHANGES_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL
    from sqlalchemy.engine import Connection, Engine

VERSION_TABLE: Final = "asterisk_realtime_version"
"""Table with the revision of the database; ``alembic_version`` belongs to the application."""

DEFAULT_URL: Final = "sqlite:///asterisk.db"


def run() -> None:
    """
    Run the migrations of an Alembic command.

    The database is ``config.attributes["connection"]``, an engine or a connection. From the command
    line it is ``-x url=...``, else the environment variable ``ASTERISK_REALTIME_URL``, else
    ``sqlalchemy.url`` of the ini file, else ``sqlite:///asterisk.db``. The URL may name an async
    driver.

    ``config.attributes["families"]``, or ``-x families=cdr,cel``, chooses a database's families at
    its first upgrade. ``config.attributes["lock_timeout"]``, or ``-x lock_timeout=60``, is the
    number of seconds for which to try to lock the tables (PostgreSQL).
    """
    if context.is_offline_mode():
        _print_statements()
        return
    bind = context.config.attributes.get("connection")
    if bind is not None:
        _run_on(bind)
        return
    _log_to_console()
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
        # Without an ini file there is no section.
        or config.get_section(config.config_ini_section, {}).get("sqlalchemy.url")
        or DEFAULT_URL
    )


def _requested_families() -> tuple[str, ...] | None:
    names = context.config.attributes.get("families")
    if names is None:
        text = context.get_x_argument(as_dictionary=True).get("families")
        names = None if text is None else str(text).split(",")
    return None if names is None else families.parse(names)


def _log_to_console() -> None:
    """Log each revision to the console; only the command line does this."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("alembic.runtime.migration").setLevel(logging.INFO)


def _requested_lock_timeout() -> float:
    given = context.config.attributes.get("lock_timeout")
    if given is None:
        given = context.get_x_argument(as_dictionary=True).get("lock_timeout", LOCK_TIMEOUT)
    try:
        return float(given)  # type: ignore[arg-type]  # float() refuses anything else
    except (TypeError, ValueError):
        raise SchemaError(f"lock_timeout={given!r} is not a number of seconds") from None


def _migrate(connection: Connection) -> None:
    revision = current(connection)
    chosen = families.choose(connection, _requested_families(), revision)
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        # SQLite has transactional DDL, although Alembic's default for it is False.
        transactional_ddl=not is_mysql(connection.dialect),
        families=chosen,
        **_for_comparing(),
    )
    if not _changes_something():
        _compare(connection, revision)
        with context.begin_transaction():
            context.run_migrations()
        return
    _refuse_if_ahead(revision)
    _check_downgrade_to_base(connection, chosen)
    new = not inspect(connection).has_table(VERSION_TABLE)
    try:
        with all_or_nothing(connection):
            upgrading = not any(step.is_downgrade for step in _steps())
            with _nothing_changed():
                tables = _tables_of_steps(chosen)
                tables = tables if upgrading else tables[::-1]
                prepare(connection, tables, _requested_lock_timeout(), upgrading=upgrading)
            with context.begin_transaction():
                context.run_migrations()
    except SchemaError:
        if new:
            _drop_empty_version_table(connection)
        raise
    except DBAPIError as error:
        raise _refusal(error) from error


@contextmanager
def _nothing_changed() -> Iterator[None]:
    """Raise a database error as a SchemaError that says that nothing was changed."""
    try:
        yield
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        raise SchemaError(
            f"the database refused a statement that the upgrade needs: {said}; nothing was changed."
            f" Statement: {error.statement}"
        ) from error


def _refusal(error: DBAPIError) -> SchemaError:
    """Return the error for a refused change; it says whether earlier changes were kept."""
    dialect = context.get_context().dialect
    earlier = (
        "MariaDB keeps the earlier changes, and another upgrade continues from there"
        if is_mysql(dialect)
        else "nothing was changed"
    )
    said = " ".join(str(error.orig).split())
    return SchemaError(
        f"the database refused a change: {said}; {earlier}. Statement: {error.statement}"
    )


def _steps() -> Iterator[RevisionStep]:
    """Yield the revisions that the command runs, in order."""
    running = context.get_context()
    for step in running.opts["fn"](running.get_current_heads(), running):
        if isinstance(step, RevisionStep):  # not a stamp
            yield step


def _changes_something() -> bool:
    return "destination_rev" in context.get_context().opts


def _tables_of_steps(chosen: tuple[str, ...] | None) -> list[MetaData]:
    """Return the tables of each revision that the command runs, of the chosen families only."""
    return [families.tables_of(step.revision.module.tables, chosen) for step in _steps()]


def _refuse_if_ahead(revision: str | None) -> None:
    if revision is None or revision in {each.revision for each in context.script.walk_revisions()}:
        return
    raise SchemaAheadError(
        f"the database is at {revision}, which this release of asterisk-realtime does not know;"
        " install a newer release"
    )


def _drop_empty_version_table(connection: Connection) -> None:
    """Drop the empty version table that a refused first upgrade leaves behind on MariaDB."""
    if not is_mysql(connection.dialect) or not inspect(connection).has_table(VERSION_TABLE):
        return
    if current(connection) is None:
        with suppress(DBAPIError):  # an account may have CREATE without DROP
            connection.exec_driver_sql(f"DROP TABLE {VERSION_TABLE}")


def current(connection: Connection) -> str | None:
    """Return the revision of a database, or None if the migrations never ran on it."""
    if is_mysql(connection.dialect):
        mariadb_access.refuse_unreadable(connection, (VERSION_TABLE, CHANGES_TABLE.name))
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _check_downgrade_to_base(connection: Connection, chosen: tuple[str, ...] | None) -> None:
    """
    Refuse a downgrade to ``base`` before its first step if a table existed before the migrations.

    If only the last step refused it, MariaDB would keep the steps before, at another revision.
    """
    for step in _steps():
        if step.is_downgrade and step.revision.down_revision is None:
            tables = families.tables_of(step.revision.module.tables, chosen)
            refuse_preexisting_tables(connection, tables)


def _print_statements() -> None:
    url = database_url()
    dialect = make_url(url).get_dialect()()
    context.configure(
        url=url,
        version_table=VERSION_TABLE,
        literal_binds=True,
        # Without a driver, percent signs must not be doubled; "named" does not double them.
        dialect_opts={"paramstyle": "named"},
        transactional_ddl=not is_mysql(dialect),
        families=_requested_families(),
    )
    with context.begin_transaction():
        context.run_migrations()


def _for_comparing() -> dict[str, Any]:
    """
    Return options that disable Alembic's own comparison.

    Alembic would report each wider column and each table of the application. So Alembic gets empty
    metadata, and `_compare` reports the same differences as `asterisk_realtime.migrations.check`.
    """
    return {
        "target_metadata": MetaData(),
        "include_name": lambda *_: False,
        "process_revision_directives": _refuse_to_generate,
    }


def _compare(connection: Connection, revision: str | None) -> None:
    running = context.get_context()
    if "revision_context" not in running.opts or revision != context.script.get_current_head():
        return  # Alembic reports a database that is not at head
    from asterisk_realtime.migrations.comparing.model_differences import differences  # noqa: PLC0415 - revisions must not need the models

    found = differences(connection, families.recorded(connection))
    if found:
        raise CommandError("\n".join(["the tables differ from the models:", *map(str, found)]))


_CANNOT_GENERATE: Final = (
    "revisions cannot be generated here: asterisk-realtime releases its own; for tables of your"
    " own, use a script_location of your own, with"
    " `include_name=asterisk_realtime.migrations.include_name` in its env.py"
)


def refuse_new_revision() -> None:
    """
    Refuse ``alembic revision`` in an installed package, where it would add a file to the package.

    The template of new revisions calls this function. Alembic hides the message of the error, so
    this function also writes it to stderr.

    Raises:
        CommandError: The revisions are in an installed package, not in a checkout.
    """
    if (Path(__file__).parents[1] / "alembic").is_dir():
        sys.stderr.write(f"{_CANNOT_GENERATE}\n")
        raise CommandError(_CANNOT_GENERATE)


def _refuse_to_generate(_context: object, _revision: object, _directives: object) -> None:
    """Refuse ``alembic revision --autogenerate``; ``alembic check`` also calls this."""
    command = getattr(context.config.cmd_opts, "cmd", (None,))[0]
    arguments = context.get_context().opts["revision_context"].command_args
    if getattr(command, "__name__", "") == "revision" or arguments.get("message") is not None:
        raise CommandError(_CANNOT_GENERATE)
