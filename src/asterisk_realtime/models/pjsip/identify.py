"""TODO."""

from __future__ import annotations

from netaddr import IPNetwork

from asterisk_realtime.models.base import AstBool, Base, Mapped, key, option
from asterisk_realtime.models.types import AstString, NetworkList


class Identify(Base):
    """TODO."""

    __tablename__ = "ps_endpoint_id_ips"

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    endpoint: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    match: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "TODO.",
        NetworkList(1024),
        since="12.2.0",
    )
    srv_lookups: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.14.0", "14.3.0"),
        default=True,
    )
    match_header: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since=("13.15.0", "14.4.0"),
    )
    match_request_uri: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since=("18.23.0", "20.8.0", "21.3.0"),
    )
