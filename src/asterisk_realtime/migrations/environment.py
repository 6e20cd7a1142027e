"""What ``alembic/env.py`` runs, from the command line and from `asterisk_realtime.migrations`."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations import families
from asterisk_realtime.migrations.connections import migrating
from asterisk_realtime.migrations.revisions import refuse_strangers
from asterisk_realtime.migrations.schema import for_dialect, is_mysql

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect

VERSION_TABLE: Final = "asterisk_realtime_version"
"""Where the database's revision stands; ``alembic_version`` belongs to the host application."""

DEFAULT_URL: Final = "sqlite:///asterisk.db"


def run() -> None:
    """
    Run the migrations that an Alembic command asks for.

    The database is ``config.attributes["connection"]``, an engine or a connection. From the command
    line it is ``-x url=...``, else the environment's ``ASTERISK_REALTIME_URL``, else
    ``sqlalchemy.url`` of the ini file, else ``sqlite:///asterisk.db``.

    ``config.attributes["families"]``, or ``-x families=cdr,cel``, chooses what a database carries
    at its first upgrade.
    """
    if context.is_offline_mode():
        _print_statements()
        return
    bind = context.config.attributes.get("connection")
    if bind is None:
        _report()
        bind = create_engine(database_url(), poolclass=NullPool)
    with migrating(bind) as connection:
        _migrate(connection)


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


def _migrate(connection: Connection) -> None:
    chosen = families.settle(connection, _asked_families(), current(connection))
    # A program that hands a connection over runs no command that compares.
    from_command_line = "connection" not in context.config.attributes
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        # SQLite has transactional DDL too, though Alembic does not rely on it.
        transactional_ddl=not is_mysql(connection.dialect),
        families=chosen,
        **(_for_comparing(connection.dialect, chosen) if from_command_line else {}),
    )
    _refuse_the_way_below(connection, chosen)
    new = not inspect(connection).has_table(VERSION_TABLE)
    try:
        with context.begin_transaction():
            context.run_migrations()
    except SchemaError:
        if new:
            _leave_nothing(connection)
        raise


def _leave_nothing(connection: Connection) -> None:
    """Drop the version table where an upgrade was refused: MariaDB has kept it, without a row."""
    if is_mysql(connection.dialect) and current(connection) is None:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {VERSION_TABLE}")


def current(connection: Connection) -> str | None:
    """Return the revision of a database, or None if the migrations never ran on it."""
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _refuse_the_way_below(connection: Connection, chosen: tuple[str, ...] | None) -> None:
    """
    Refuse to drop other people's tables before the first step back, not at the last.

    MariaDB keeps the steps before: the database would stand at another revision than it did.
    """
    running = context.get_context()
    if "destination_rev" not in running.opts:
        return  # a command that changes nothing
    for step in running.opts["fn"](running.get_current_heads(), running):
        if step.is_downgrade and step.revision.down_revision is None:
            tables = families.carried(step.revision.module.tables, chosen)
            refuse_strangers(connection, tables)


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


def _for_comparing(dialect: Dialect, chosen: tuple[str, ...] | None) -> dict[str, Any]:
    """Return what only ``alembic check`` and ``alembic revision --autogenerate`` read."""
    from asterisk_realtime.models import Base  # noqa: PLC0415 - revisions must not need the models

    metadata = for_dialect(families.carried(Base.metadata, chosen), dialect)

    def is_ours(name: str | None, type_: str, _parents: object) -> bool:
        return type_ != "table" or name in metadata.tables

    return {"target_metadata": metadata, "include_name": is_ours, "compare_type": True}
