"""TODO."""

from __future__ import annotations


from asterisk_realtime.models.base import Base, Mapped, key, option
from asterisk_realtime.models.types import AstString


class DomainAlias(Base):
    """TODO."""

    __tablename__ = "ps_domain_aliases"

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    domain: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
