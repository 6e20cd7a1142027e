"""The migrations from Python code."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations import environment
from asterisk_realtime.migrations.comparing.differences import NeverUpgraded, Obstacle
from asterisk_realtime.migrations.comparing.model_differences import differences
from asterisk_realtime.migrations.connections import reading
from asterisk_realtime.migrations.families import parse, recorded, settle
from asterisk_realtime.migrations.postgresql.locking import LOCK_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection, Engine

    from asterisk_realtime.migrations.comparing.differences import Difference

# Alembic keeps what a running command works on in a module, once for all threads.
_ALEMBIC: Final = Lock()


def upgrade(
    bind: Engine | Connection,
    revision: str = "head",
    *,
    families: Iterable[str] | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
) -> None:
    """
    Bring a database to a revision: an empty one, one of ours, or one of Asterisk's own scripts.

    Args:
        bind: An engine: one transaction of our own, committed. A connection: the caller's
            transaction, which the caller commits (MariaDB commits each change of a table by
            itself).
        revision: Id of the revision, or ``head``.
        families: What this database carries, of `FAMILIES`; all if left out. Chosen at the first
            upgrade, and remembered by the database: later ones need not say it again.
        lock_timeout: How many seconds to try on PostgreSQL to lock the tables that change. They are
            locked all at once, before the first change.

    Raises:
        SchemaError: A family does not exist, or differs from the choice at the first upgrade; the
            tables stay in use until *lock_timeout*; or the database refuses a change.
        SchemaIrreconcilableError: Rows or types prevent the upgrade; nothing was changed.
        SchemaAheadError: The database was migrated by a newer release of this library.
    """
    config = _config(bind)
    config.attributes.update(families=families, lock_timeout=lock_timeout)
    with _ALEMBIC:
        command.upgrade(config, revision)


def downgrade(bind: Engine | Connection, revision: str) -> None:
    """
    Bring a database back to an earlier revision.

    Only what the migrations added themselves is dropped. ``base`` drops all tables with their
    rows, and is refused unless the migrations made all of them.

    Args:
        bind: As for `upgrade`.
        revision: Id of the revision, or ``base``.

    Raises:
        SchemaError: A table was there before the migrations came.
        SchemaAheadError: The database was migrated by a newer release of this library.
    """
    with _ALEMBIC:
        command.downgrade(_config(bind), revision)


def current(bind: Engine | Connection) -> str | None:
    """
    Return the revision of a database, or None if the migrations never ran on it.

    Raises:
        SchemaError: On MariaDB, the account may not read where the revision is stored.
    """
    with reading(bind) as connection:
        return environment.current(connection)


def check(bind: Engine | Connection) -> tuple[Difference, ...]:
    """
    Return the differences between a database and what the models need; empty if there are none.

    Only the families that the database carries are compared. Wider columns, more enum labels, and
    tables and columns of your own are not differences. An `Obstacle`, which prevents an upgrade,
    comes first. If the migrations never ran, one `NeverUpgraded` sums up the rest; `plan` lists it.
    On PostgreSQL it tries objects as `plan` does.

    Args:
        bind: An engine or a connection; nothing is changed.

    Raises:
        SchemaError: As for `current`.
    """
    with reading(bind) as connection:
        there = environment.current(connection)
        found = differences(connection, recorded(connection))
        if there is not None:
            return found
    obstacles = tuple(each for each in found if isinstance(each, Obstacle))
    rest = tuple(each for each in found if not isinstance(each, Obstacle))
    return (*obstacles, NeverUpgraded(table="", differences=rest)) if rest else obstacles


def plan(
    bind: Engine | Connection, *, families: Iterable[str] | None = None
) -> tuple[Difference, ...]:
    """
    Return the changes that ``upgrade(bind)`` would make now; empty if the database is at head.

    An `Obstacle` comes first, and means that the upgrade would be refused. To see whether a
    database at head still is what the models need, call `check`.

    On PostgreSQL it creates temporary tables in a savepoint that is rolled back, to try whether
    views, checks and other objects work with the new types. Meanwhile the tables are locked as by
    a query (ACCESS SHARE), and event triggers run.

    Args:
        bind: An engine or a connection; nothing is changed.
        families: As for `upgrade`.

    Raises:
        SchemaError: As for `upgrade`.
    """
    asked = None if families is None else parse(families)
    with reading(bind) as connection:
        there = environment.current(connection)
        chosen = settle(connection, asked, there)
        if there == _script().get_current_head():
            return ()
        return differences(connection, chosen, upgrading=True)


def _config(bind: Engine | Connection | None = None) -> Config:
    config = Config(attributes={} if bind is None else {"connection": bind})
    # ConfigParser would take a percent sign for the beginning of a variable.
    config.set_main_option("script_location", str(script_folder()).replace("%", "%%"))
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def script_folder() -> Path:
    """
    Return the folder with the revisions: of the installed package, else of the checkout.

    Raises:
        SchemaError: Neither is there, so the installation is not whole.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "alembic", package.parent.parent / "alembic"):
        if (folder / "env.py").is_file():
            return folder
    raise SchemaError(f"no revisions beside {package}; install asterisk-realtime again")


__all__ = ["check", "current", "downgrade", "plan", "script_folder", "upgrade"]
