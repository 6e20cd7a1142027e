"""For the ``env.py`` of an application that shares the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.migrations.environment import VERSION_TABLE
from asterisk_realtime.migrations.families import UPSTREAM
from asterisk_realtime.migrations.ledger import LEDGER
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from collections.abc import Mapping

_OURS: Final = frozenset(
    {
        *Base.metadata.tables,
        VERSION_TABLE,
        LEDGER.name,
        *(f"alembic_version_{tree}" for tree in UPSTREAM),
    }
)


def include_name(
    name: str | None, type_: str, parent_names: Mapping[str, str | None] | None = None
) -> bool:
    """
    Tell Alembic's autogenerate to leave the tables of this library and of Asterisk's scripts alone.

    Give it to ``context.configure(..., include_name=migrations.include_name)`` in the ``env.py`` of
    your application, or call it in a function of your own.

    Args:
        name: Name of what the database has.
        type_: ``table``, ``column``, ``index`` and others, as Alembic says.
        parent_names: Where it belongs, as Alembic says.

    Returns:
        False for tables that are not the application's, and for what belongs to them.
    """
    table = name if type_ == "table" else (parent_names or {}).get("table_name")
    return table not in _OURS


def include_object(
    object_: Any,
    name: str | None,
    type_: str,
    _reflected: object,
    _compare_to: object,
) -> bool:
    """
    Tell Alembic's autogenerate the same where ``target_metadata`` holds our models as well.

    Give it to ``context.configure(..., include_object=migrations.include_object)``: what a table is
    on each database is more than Alembic compares, and `check` says whether it is so.

    Args:
        object_: What is compared.
        name: Its name.
        type_: ``table``, ``column``, ``index`` and others, as Alembic says.

    Returns:
        False for tables that are not the application's, and for what belongs to them.
    """
    table = name if type_ == "table" else getattr(getattr(object_, "table", None), "name", None)
    return table not in _OURS
