"""Find triggers that use columns whose type changes (MariaDB)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.migrations.comparing.differences import ColumnDiffers
from asterisk_realtime.migrations.comparing.kinds import Verdict
from asterisk_realtime.migrations.converting import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.comparing.differences import Difference

_TRIGGERS: Final = (
    "SELECT trigger_name, event_object_table, action_statement FROM information_schema.triggers"
    " WHERE trigger_schema = DATABASE() ORDER BY trigger_name"
)


@attrs.frozen
class _Trigger:
    name: str
    table: str
    body: str

    def names(self, difference: ColumnDiffers) -> bool:
        """Tell whether it uses the column, of its own table or of another table in its body."""
        near = self.table == difference.table or _is_in(difference.table, self.body)
        return near and _is_in(difference.found.name, self.body)


def _is_in(name: str, sql: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", sql, re.IGNORECASE) is not None


def add_triggers(
    connection: Connection, differences: Iterable[Difference]
) -> tuple[Difference, ...]:
    """
    Return the differences; a column whose type changes lists the triggers that use it.

    An upgrade neither runs nor changes triggers.
    """
    if not is_mysql(connection.dialect):
        return tuple(differences)
    triggers = [_Trigger(*row) for row in connection.exec_driver_sql(_TRIGGERS)]
    return tuple(_with_triggers(each, triggers) for each in differences)


def _with_triggers(difference: Difference, triggers: Iterable[_Trigger]) -> Difference:
    if not isinstance(difference, ColumnDiffers) or difference.verdict is not Verdict.CONVERT:
        return difference
    reasons = tuple(
        f"is used by trigger {each.name} of {each.table}, which must work with the new type"
        for each in triggers
        if each.names(difference)
    )
    return attrs.evolve(difference, reasons=(*difference.reasons, *reasons))
