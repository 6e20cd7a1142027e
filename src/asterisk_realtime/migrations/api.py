"""Run the migrations from Python: upgrade, downgrade, check and plan."""

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
from asterisk_realtime.migrations.families import choose, parse, recorded
from asterisk_realtime.migrations.postgresql.locking import LOCK_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection, Engine

    from asterisk_realtime.migrations.comparing.differences import Difference

# A running Alembic command keeps its state in a module, which all threads share.
_ALEMBIC: Final = Lock()


def upgrade(
    bind: Engine | Connection,
    revision: str = "head",
    *,
    families: Iterable[str] | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
) -> None:
    """
    Upgrade a database to a revision.

    The database may be empty, created by these migrations, or created by Asterisk's own scripts.

    Args:
        bind: With an engine, the upgrade runs in a transaction of its own and commits it. With a
            connection, it runs in the caller's transaction, and the caller commits. MariaDB commits
            each change of a table at once in both cases.
        revision: Id of the revision, or ``head``.
        families: Names from `FAMILIES` whose tables this database gets; all if left out. They are
            chosen at the first upgrade and stored in the database; later upgrades can omit them.
        lock_timeout: For how many seconds to try to lock the tables that change (PostgreSQL). All
            of them are locked together, before the first change.

    Raises:
        SchemaError: A family is unknown; the families differ from those of the first upgrade; the
            tables could not be locked within *lock_timeout*; or the database refuses a change.
        SchemaIrreconcilableError: Rows or types prevent the upgrade; nothing was changed.
        SchemaAheadError: The database was migrated by a newer release of this library.
    """
    config = _config(bind)
    config.attributes.update(families=families, lock_timeout=lock_timeout)
    with _ALEMBIC:
        command.upgrade(config, revision)


def downgrade(bind: Engine | Connection, revision: str) -> None:
    """
    Downgrade a database to an earlier revision.

    Only tables and columns that the migrations created are dropped. ``base`` drops all tables with
    their rows, and is refused if one of them existed before the migrations.

    Args:
        bind: As for `upgrade`.
        revision: Id of the revision, or ``base``.

    Raises:
        SchemaError: A table that ``base`` would drop existed before the migrations.
        SchemaAheadError: The database was migrated by a newer release of this library.
    """
    with _ALEMBIC:
        command.downgrade(_config(bind), revision)


def current(bind: Engine | Connection) -> str | None:
    """
    Return the revision of a database, or None if the migrations never ran on it.

    Raises:
        SchemaError: The account may not read the tables that store the revision (MariaDB).
    """
    with reading(bind) as connection:
        return environment.current(connection)


def check(bind: Engine | Connection) -> tuple[Difference, ...]:
    """
    Return the differences between a database and the models; empty if there are none.

    Only the tables of the database's families are compared. Wider columns, more enum labels, and
    tables and columns of your own are not differences. Each `Obstacle`, which prevents an upgrade,
    comes first. If the migrations never ran on the database, one `NeverUpgraded` stands for all
    other differences, and `plan` lists them. On PostgreSQL, `check` creates temporary tables as
    `plan` does.

    Args:
        bind: An engine or a connection; nothing is changed.

    Raises:
        SchemaError: As for `current`.
    """
    with reading(bind) as connection:
        revision = environment.current(connection)
        found = differences(connection, recorded(connection))
        if revision is not None:
            return found
    obstacles = tuple(each for each in found if isinstance(each, Obstacle))
    rest = tuple(each for each in found if not isinstance(each, Obstacle))
    return (*obstacles, NeverUpgraded(table="", differences=rest)) if rest else obstacles


def plan(
    bind: Engine | Connection, *, families: Iterable[str] | None = None
) -> tuple[Difference, ...]:
    """
    Return the changes that ``upgrade(bind)`` would make now; empty if the database is at head.

    Each `Obstacle` comes first, and means that the upgrade would be refused. To compare a database
    at head with the models, call `check`.

    On PostgreSQL, `plan` tests whether views, checks and other objects work with the new types. It
    creates temporary tables in a savepoint and rolls it back. Meanwhile it holds the lock of a
    query (ACCESS SHARE) on the tables, and event triggers run.

    Args:
        bind: An engine or a connection; nothing is changed.
        families: As for `upgrade`.

    Raises:
        SchemaError: As for `upgrade`.
    """
    requested = None if families is None else parse(families)
    with reading(bind) as connection:
        revision = environment.current(connection)
        chosen = choose(connection, requested, revision)
        if revision == _script().get_current_head():
            return ()
        return differences(connection, chosen, upgrading=True)


def _config(bind: Engine | Connection | None = None) -> Config:
    config = Config(attributes={} if bind is None else {"connection": bind})
    # ConfigParser reads a percent sign as the start of a variable.
    config.set_main_option("script_location", str(script_folder()).replace("%", "%%"))
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def script_folder() -> Path:
    """
    Return the folder with the revisions, in the installed package or in the checkout.

    Raises:
        SchemaError: There is no such folder, so the installation is incomplete.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "alembic", package.parent.parent / "alembic"):
        if (folder / "env.py").is_file():
            return folder
    raise SchemaError(f"the revisions of {package} are missing; reinstall asterisk-realtime")


__all__ = ["check", "current", "downgrade", "plan", "script_folder", "upgrade"]
