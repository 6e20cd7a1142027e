"""The row that calls lock before they write; the table is this library's, not Asterisk's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Column, Integer, Table, event

from asterisk_realtime.models.base import Base

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOCK: Final = Table(
    "asterisk_realtime_lock",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, doc="Number of the only row: 1."),
    Column(
        "version",
        BigInteger,
        nullable=False,
        doc="Number of changes so far, so that a call notices if another one was committed after "
        "it had read the tables.",
    ),
)
"""The table; the migrations and ``Base.metadata.create_all()`` add its one row."""


@event.listens_for(LOCK, "after_create")
def _add_row(_table: Table, connection: Connection, **_options: Any) -> None:
    connection.execute(LOCK.insert().values(id=1, version=0))
