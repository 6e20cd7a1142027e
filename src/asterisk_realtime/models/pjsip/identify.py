"""Identify rows: ``ps_endpoint_id_ips`` (``res/res_pjsip_endpoint_identifier_ip.c``)."""

from __future__ import annotations

from netaddr import IPNetwork
from sqlalchemy import Index
from sqlalchemy.orm import foreign

from asterisk_realtime.models.base import AstBool, Base, Mapped, key, option, other, related
from asterisk_realtime.models.types import AstString, Name, NetworkList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asterisk_realtime.models import Endpoint  # noqa: TC004 - `other` finds them


class Identify(Base):
    """
    Recognises an endpoint by source address, header or Request-URI (``type=identify``).

    Asterisk only reads the table, always all of it, and keeps the rows in memory: for 10 seconds
    with the files of `conf.render`, and a new, changed or removed row counts after that.
    It compares each request outside a dialog with the rows, in the byte order of ``id``: the first
    that matches wins, however wide it is. So keep the table short.
    One criterion of a row is enough to match, and a row only identifies a caller: it refuses
    nobody.
    Asterisk drops a row with an invalid criterion, or with none.
    """

    __tablename__ = "ps_endpoint_id_ips"
    __table_args__ = (Index("ps_endpoint_id_ips_endpoint", "endpoint"),)

    id: Mapped[str] = key(
        "Any name; rows are tried in its byte order, and the first match hides later, narrower "
        "ones.",
        Name(255),
        primary_key=True,
    )
    endpoint: Mapped[str | None] = option(
        "Endpoint to which matching requests belong; required, and used whatever its "
        "identify_by says.",
        AstString(255),
        since="12.0.0",
    )
    match: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "Source addresses and networks, ':port' for one source port only; host names are best "
        "avoided, since Asterisk resolves them whenever it reads the row.",
        NetworkList(1024, adds_up=True),
        since="12.2.0",
    )
    srv_lookups: Mapped[AstBool | None] = option(
        "Ask DNS for SRV records of host names in match that carry no port; without host names "
        "it changes nothing.",
        since=("13.14.0", "14.3.0"),
        default=True,
    )
    match_header: Mapped[str | None] = option(
        "'Name: value' or 'Name: /regex/' of a header; any sender can write one, so let the "
        "endpoint's ACL check the address.",
        AstString(255),
        since=("13.15.0", "14.4.0"),
    )
    match_request_uri: Mapped[str | None] = option(
        "The whole Request-URI as Asterisk prints it, or a POSIX extended pattern to find in it "
        "as '/regex/'.",
        AstString(255),
        since=("18.23.0", "20.8.0", "21.3.0"),
    )
    # -- Rows that it names ------------------------------------------------------------------------

    endpoint_row: Mapped[Endpoint | None] = related(
        "The endpoint to which matching requests belong.",
        lambda: other("Endpoint"),
        lambda: other("Endpoint").id == foreign(Identify.endpoint),
    )
