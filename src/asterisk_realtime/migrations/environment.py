"""What ``alembic/env.py`` runs, from the command line and from `asterisk_realtime.migrations`."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

from alembic import context
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from asterisk_realtime.migrations.connections import migrating
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
    """
    if context.is_offline_mode():
        _print_statements()
        return
    bind = context.config.attributes.get("connection")
    if bind is None:
        _report()
        bind = create_engine(database_url(), poolclass=NullPool)
        options = _for_comparing(bind.dialect)
    else:
        options = {}
    with migrating(bind) as connection:
        _migrate(connection, options)


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


def _report() -> None:
    """Show a person at the command line what is done; a library stays silent."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("alembic.runtime.migration").setLevel(logging.INFO)


def _migrate(connection: Connection, options: dict[str, Any]) -> None:
    # SQLite has transactional DDL too, though Alembic does not rely on it.
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        transactional_ddl=not is_mysql(connection.dialect),
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()


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
    )
    with context.begin_transaction():
        context.run_migrations()


def _for_comparing(dialect: Dialect) -> dict[str, Any]:
    """Return what only ``alembic check`` and ``alembic revision --autogenerate`` read."""
    from asterisk_realtime.models import Base  # noqa: PLC0415 - revisions must not need the models

    def is_ours(name: str | None, type_: str, _parents: object) -> bool:
        return type_ != "table" or name in Base.metadata.tables

    metadata = for_dialect(Base.metadata, dialect)
    return {"target_metadata": metadata, "include_name": is_ours, "compare_type": True}
