"""Filters for the ``env.py`` of an application that shares the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.migrations.environment import VERSION_TABLE
from asterisk_realtime.migrations.families import UPSTREAM
from asterisk_realtime.migrations.reading.changes_table import CHANGES_TABLE
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from collections.abc import Mapping

_OURS: Final = frozenset(
    {
        *Base.metadata.tables,
        VERSION_TABLE,
        CHANGES_TABLE.name,
        *(f"alembic_version_{tree}" for tree in UPSTREAM),
    }
)


def include_name(
    name: str | None, type_: str, parent_names: Mapping[Any, str | None] | None = None
) -> bool:
    """
    Exclude the tables of this library and of Asterisk's scripts from Alembic's autogenerate.

    Pass it as ``context.configure(..., include_name=migrations.include_name)`` in the ``env.py`` of
    your application, or call it in a function of your own.

    Args:
        name: Name of the object in the database.
        type_: Its type in Alembic: ``table``, ``column``, ``index`` and so on.
        parent_names: Names of its table and schema, as Alembic gives them.

    Returns:
        False for these tables and their columns, indexes and so on; True for all others.
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
    Do the same as `include_name`, for a ``target_metadata`` that contains this library's models.

    Pass it as ``context.configure(..., include_object=migrations.include_object)``. Alembic cannot
    compare these tables completely; call `check` for that.

    Args:
        object_: The object that Alembic compares.
        name: Its name.
        type_: Its type in Alembic: ``table``, ``column``, ``index`` and so on.

    Returns:
        False for these tables and their columns, indexes and so on; True for all others.
    """
    table = name if type_ == "table" else getattr(getattr(object_, "table", None), "name", None)
    return table not in _OURS
