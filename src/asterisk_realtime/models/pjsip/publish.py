"""
State shared by PUBLISH (RFC 3903).

``ps_outbound_publishes`` (``res/res_pjsip_outbound_publish.c``), ``ps_inbound_publications``
(``res/res_pjsip_pubsub.c``) and ``ps_asterisk_publications``
(``res/res_pjsip_publish_asterisk.c``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, CommaList, Name

if TYPE_CHECKING:
    from asterisk_realtime.values.cells import Codec

# What res_config_pgsql would split, decode, trim, or look for behind the end of the cell.
_AMBIGUOUS: Final = re.compile(r";|\^([0-9A-Fa-f]{2}|.?$)|^ | $")


class _PlainText(AstString):
    """
    Text of a column whose name begins with ``@``, stored as it is.

    res_config_odbc neither splits nor decodes these columns, res_config_pgsql does both, so no
    encoding of a ``;`` works for both. Seen on Asterisk 22.10.1.
    """

    def check(self, value: object, field: str) -> str:
        text = super().check(value, field)
        if _AMBIGUOUS.search(text):
            raise ValidationError(
                field,
                value,
                "Asterisk's drivers read it differently",
                "leave out ';', blanks at the ends, and '^' before two hex digits or at the end",
            )
        return text

    def dump(self, value: str, codec: Codec) -> str:  # noqa: ARG002 - no driver's spelling here
        return value

    def load(self, cell: str, codec: Codec) -> str | None:  # noqa: ARG002 - as above
        return cell or None


class OutboundPublish(Base):
    """
    State that Asterisk publishes to another server (``type=outbound-publish``).

    Asterisk only reads the table, at load and reload: a new row waits for
    ``module reload res_pjsip_outbound_publish.so``.
    The columns that begin with ``@`` serve extension state alone
    (``res/res_pjsip_exten_state.c``), where a missing ``@body`` stops the publication.
    """

    __tablename__ = "ps_outbound_publishes"

    id: Mapped[str] = key(
        "Name of the publication, by which AsteriskPublication refers to it.",
        Name(255),
        primary_key=True,
    )
    expiration: Mapped[Unsigned | None] = option(
        "Seconds asked for in Expires; Asterisk refreshes the publication before they are over.",
        since="13.0.0",
        default=3600,
    )
    outbound_auth: Mapped[tuple[str, ...] | None] = option(
        "Auth rows that answer the server's challenges, chosen by realm.",
        CommaList(255),
        since="13.0.0",
    )
    outbound_proxy: Mapped[str | None] = option(
        "Full SIP URI of the proxy that PUBLISH goes to, with ';lr' for loose routing.",
        AstString(256),
        since="13.0.0",
    )
    server_uri: Mapped[str | None] = option(
        "Request-URI of PUBLISH, sip: or sips:; required, and with multi_user its user part is "
        "replaced.",
        AstString(256),
        since="13.0.0",
    )
    from_uri: Mapped[str | None] = option(
        "URI in From; None repeats server_uri.",
        AstString(256),
        since="13.0.0",
    )
    to_uri: Mapped[str | None] = option(
        "URI in To; None repeats server_uri.",
        AstString(256),
        since="13.0.0",
    )
    event: Mapped[str | None] = option(
        "Event package: asterisk-devicestate, asterisk-mwi, presence or dialog; required, and "
        "its module must be loaded.",
        AstString(40),
        since="13.0.0",
    )
    max_auth_attempts: Mapped[Unsigned | None] = option(
        "Challenges in a row that are answered before the publication is given up.",
        since="13.0.0",
        default=5,
    )
    transport: Mapped[str | None] = option(
        "Transport that PUBLISH leaves by; None takes the first of the fitting protocol.",
        AstString(255),
        since="13.9.0",
    )
    multi_user: Mapped[AstBool | None] = option(
        "Publish each extension by itself, as the user part of server_uri; for the events "
        "presence and dialog.",
        since="14.0.0",
    )
    body: Mapped[str | None] = option(
        "Media type of the documents sent, such as application/pidf+xml; needed for the events "
        "presence and dialog.",
        _PlainText(40),
        name="@body",
        since="14.0.0",
    )
    context: Mapped[str | None] = option(
        "POSIX extended pattern, case ignored, that a hint's context must match; None takes all.",
        _PlainText(256),
        name="@context",
        since="14.0.0",
    )
    exten: Mapped[str | None] = option(
        "POSIX extended pattern, case ignored, that a hint's extension must match; None takes all.",
        _PlainText(256),
        name="@exten",
        since="14.0.0",
    )


class InboundPublication(Base):
    """
    A resource to which others may PUBLISH (``type=inbound-publication``).

    Asterisk only reads the table, one row at each first PUBLISH.
    An event whose column is NULL is answered with 404, as is a resource without a row.
    """

    __tablename__ = "ps_inbound_publications"

    id: Mapped[str] = key(
        "User part of the Request-URI of PUBLISH.",
        Name(255),
        primary_key=True,
    )
    endpoint: Mapped[str | None] = option(
        "The one endpoint that may publish here, others get 403; None allows every endpoint.",
        AstString(255),
        since="13.0.0",
    )
    event_asterisk_devicestate: Mapped[str | None] = option(
        "AsteriskPublication row for the event asterisk-devicestate; None answers it with 404.",
        AstString(40),
        name="event_asterisk-devicestate",
        since="13.0.0",
    )
    event_asterisk_mwi: Mapped[str | None] = option(
        "AsteriskPublication row for the event asterisk-mwi; None answers it with 404.",
        AstString(40),
        name="event_asterisk-mwi",
        since="13.0.0",
    )


class AsteriskPublication(Base):
    """
    What Asterisk accepts from the publications of another Asterisk (``type=asterisk-publication``).

    Asterisk only reads the table: one row at each publication, all rows at load.
    Both kinds of state are refused unless they are switched on.
    """

    __tablename__ = "ps_asterisk_publications"

    id: Mapped[str] = key(
        "Name by which the event columns of InboundPublication refer to it.",
        Name(40),
        primary_key=True,
    )
    devicestate_publish: Mapped[str | None] = option(
        "OutboundPublish row over which all device states are asked for at start, and sent when "
        "the other side asks.",
        AstString(40),
        since="13.0.0",
    )
    mailboxstate_publish: Mapped[str | None] = option(
        "OutboundPublish row over which all mailbox states are asked for at start, and sent "
        "when the other side asks.",
        AstString(40),
        since="13.0.0",
    )
    device_state: Mapped[AstBool | None] = option(
        "Take over the device states that are published to us, instead of ignoring them.",
        since="13.0.0",
    )
    device_state_filter: Mapped[str | None] = option(
        "Regular expression that a device's name must match to be taken over; None takes all.",
        AstString(256),
        since="13.0.0",
    )
    mailbox_state: Mapped[AstBool | None] = option(
        "Take over the mailbox states that are published to us, instead of ignoring them.",
        since="13.0.0",
    )
    mailbox_state_filter: Mapped[str | None] = option(
        "Regular expression that a mailbox's name must match to be taken over; None takes all.",
        AstString(256),
        since="13.0.0",
    )
