"""Access lists with a name: ``acls``, which ``main/named_acl.c`` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from netaddr import IPNetwork
from sqlalchemy import UniqueConstraint

from asterisk_realtime.models.base import Base, Mapped, filled, key, serial
from asterisk_realtime.models.types import AstString, Choice, Name, RuleNetworks
from asterisk_realtime.values.choices import AclSense

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from asterisk_realtime.values.cells import Codec


class _FilledString(AstString):
    """Text whose cell is empty instead of NULL if not set: a unique key allows several NULLs."""

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str:
        return "" if value is None else cast("str", super().process_bind_param(value, dialect))

    def load(self, cell: Any, codec: Codec) -> str | None:
        return super().load(cell, codec) or None


class NamedAcl(Base):
    """
    One rule of a named ACL, which ``acl`` of endpoints and IAX2 peers names.

    Asterisk only reads these rows, each time it loads an object that names the list; an endpoint
    that it keeps in memory has the old rules until it is read again (`conf.render`). A list of
    acl.conf with that name wins. The rules of a list are tried by ``rule_order``, and the last
    one that matches decides; an address that none matches is permitted.
    A name without rows, or with an invalid rule, denies everybody.
    """

    __tablename__ = "acls"
    __table_args__ = (UniqueConstraint("name", "systemname", "rule_order"),)

    id: Mapped[int] = serial(
        "Number of the rule's row; Asterisk does not read it.",
    )
    name: Mapped[str] = key(
        "List that the rule is part of.",
        Name(80),
    )
    systemname: Mapped[str | None] = filled(
        "Only for the Asterisk with this ``systemname`` in asterisk.conf; one that has such a name "
        "reads no other rows, one that has none reads all. None is stored as an empty text.",
        _FilledString(80),
    )
    rule_order: Mapped[int] = key(
        "Place of the rule in the list, lowest first.",
    )
    sense: Mapped[AclSense] = key(
        "Whether the addresses are permitted or denied.",
        Choice(AclSense, length=10),
    )
    rule: Mapped[tuple[IPNetwork | str, ...]] = key(
        "Addresses and networks; ``!`` before one inverts the rule for it.",
        RuleNetworks(1024),
    )
