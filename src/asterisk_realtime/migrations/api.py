"""The migrations from Python code."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from asterisk_realtime.errors import SchemaAheadError, SchemaError
from asterisk_realtime.migrations import environment, planning
from asterisk_realtime.migrations.connections import reading
from asterisk_realtime.migrations.differences import Obstacle
from asterisk_realtime.migrations.families import carried, parse, recorded, settle
from asterisk_realtime.migrations.schema import for_dialect
from asterisk_realtime.migrations.sql import Spelling
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection, Engine

    from asterisk_realtime.migrations.differences import Difference

# Alembic keeps what a running command works on in a module, once for all threads.
_ALEMBIC: Final = Lock()


def upgrade(
    bind: Engine | Connection, revision: str = "head", *, families: Iterable[str] | None = None
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

    Raises:
        SchemaError: A family that does not exist, or another choice than at the first upgrade.
        SchemaIrreconcilableError: Rows or types stand in the way; nothing was changed.
        SchemaAheadError: The database was migrated by a newer release of this library.
    """
    _refuse_if_ahead(bind)
    config = _config(bind)
    config.attributes["families"] = families
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
    _refuse_if_ahead(bind)
    with _ALEMBIC:
        command.downgrade(_config(bind), revision)


def current(bind: Engine | Connection) -> str | None:
    """Return the revision of a database, or None if the migrations never ran on it."""
    with reading(bind) as connection:
        return environment.current(connection)


def check(bind: Engine | Connection) -> tuple[Difference, ...]:
    """
    Return where a database is not what the models need; empty if all is well.

    Judged are the families that the database carries. Wider columns, more labels, tables and
    columns of somebody else are no differences. What an upgrade could not mend is an `Obstacle`.

    Args:
        bind: An engine or a connection; nothing is changed.
    """
    with reading(bind) as connection:
        return _differences(connection, recorded(connection))


def plan(
    bind: Engine | Connection, *, families: Iterable[str] | None = None
) -> tuple[Difference, ...]:
    """
    Return what ``upgrade(bind)`` would mend now.

    An `Obstacle` among them says that it would refuse. Nothing at all is mended where the
    database is at head already; `check` tells whether it still is what it should be.

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
        return _differences(connection, chosen)


def _differences(
    connection: Connection, families: tuple[str, ...] | None
) -> tuple[Difference, ...]:
    spelling = Spelling(connection.dialect)
    wanted = for_dialect(carried(Base.metadata, families), connection.dialect)
    found = planning.plan(connection, wanted, spelling)
    mendable = [each for each in found.differences if not isinstance(each, Obstacle)]
    return (*mendable, *found.obstacles(connection))


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


def _refuse_if_ahead(bind: Engine | Connection) -> None:
    there = current(bind)
    if there is None:
        return  # loading the revisions to compare with takes as long as the rest of the look
    if there not in {each.revision for each in _script().walk_revisions()}:
        raise SchemaAheadError(
            f"the database is at {there}, which this release of asterisk-realtime does not know;"
            " install a newer one"
        )


__all__ = ["check", "current", "downgrade", "plan", "script_folder", "upgrade"]
