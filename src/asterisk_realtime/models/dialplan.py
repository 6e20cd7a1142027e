"""TODO."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint

from asterisk_realtime.models.base import Base, Mapped, key, option, serial
from asterisk_realtime.models.types import AstString


class Extension(Base):
    """TODO."""

    __tablename__ = "extensions"
    __table_args__ = (
        UniqueConstraint("context", "exten", "priority"),
    )

    id: Mapped[int] = serial(
        "TODO.",
        big=True,
    )
    context: Mapped[str] = key(
        "TODO.",
        AstString(80),
    )
    exten: Mapped[str] = key(
        "TODO.",
        AstString(80),
    )
    priority: Mapped[int] = key(
        "TODO.",
    )
    app: Mapped[str] = key(
        "TODO.",
        AstString(80),
    )
    appdata: Mapped[str] = key(
        "TODO.",
        AstString(1024, empty=True),
    )
