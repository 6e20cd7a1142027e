"""Write the complete definition of an existing column (MariaDB)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.migrations.mariadb.names import renamed

if TYPE_CHECKING:
    from asterisk_realtime.migrations.mariadb.catalogue import ColumnDetails
    from asterisk_realtime.migrations.reading.inspection import FoundColumn
    from asterisk_realtime.migrations.sql import SqlWriter


def definition(
    name: str,
    there: FoundColumn,
    details: ColumnDetails,
    writer: SqlWriter,
    *,
    checked: bool = True,
) -> str:
    """
    Return the definition of an existing column, with a given name.

    Args:
        name: The name.
        there: The column as SQLAlchemy reflects it.
        details: Further details of the column.
        writer: Writes SQL for the server.
        checked: Whether to keep its CHECK.
    """
    check = renamed(details.check, {there.name.lower(): name})
    parts = [
        writer.name(name),
        details.type,
        details.characters,
        details.generated or ("NULL" if there.nullable else "NOT NULL"),
        details.flags,
        "AUTO_INCREMENT" if there.numbered else "",
        f"DEFAULT {details.default}" if details.default else "",
        details.on_update,
        f"COMMENT {writer.literal(details.comment)}" if details.comment else "",
        f"CHECK ({check})" if check and checked else "",
    ]
    return " ".join(part for part in parts if part)
