"""Views that Asterisk reads in place of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from asterisk_realtime.conf.drivers import Driver, Odbc, OdbcKind, Pgsql

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_odbc(driver: Driver, kind: OdbcKind) -> TypeGuard[Odbc]:
    """Tell whether *driver* is ODBC for one kind of database."""
    return isinstance(driver, Odbc) and driver.kind is kind


def create_view(driver: Driver, name: str, select: str) -> tuple[str, ...]:
    """Return the statements that make a view, or replace it, and let Asterisk read it."""
    if driver.engine == "sqlite3":
        return (f"DROP VIEW IF EXISTS {name}", f"CREATE VIEW {name} AS\n{select}")
    return (f"CREATE OR REPLACE VIEW {name} AS\n{select}", *_grant(driver, name))


def _grant(driver: Driver, name: str) -> tuple[str, ...]:
    """Let Asterisk read the view. An account of MariaDB has its rights on the whole database."""
    if isinstance(driver, Pgsql) or is_odbc(driver, OdbcKind.POSTGRESQL):
        role = driver.user.replace('"', '""')
        return (f'GRANT SELECT ON {name} TO "{role}"',)
    return ()


def script(head: str, statements: Iterable[str]) -> str:
    """Return the text of a file of SQL statements, which begins with comments."""
    lines = "".join(f"-- {line}\n" for line in head.strip().splitlines())
    return lines + "".join(f"\n{statement};\n" for statement in statements)
