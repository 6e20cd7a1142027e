"""Outbound registrations: ``ps_registrations`` (``res/res_pjsip_outbound_registration.c``)."""

from __future__ import annotations

from sqlalchemy.orm import foreign

from asterisk_realtime.models.base import (
    AstBool,
    Base,
    Mapped,
    Unsigned,
    key,
    option,
    other,
    related,
)
from asterisk_realtime.models.listed import names_in
from asterisk_realtime.models.types import AstString, CommaList, Name
from asterisk_realtime.values.choices import SecurityNegotiation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asterisk_realtime.models import Auth, Endpoint  # noqa: TC004 - `other` finds them

_OUTBOUND_AUTH = names_in("ps_registrations", "outbound_auth")


class Registration(Base):
    """
    A registration of Asterisk at another registrar (``type=registration``).

    Asterisk only reads the table; a row is started at load, at reload and by any listing, such as
    ``pjsip show registrations``.
    A deleted row goes on registering until ``module reload res_pjsip_outbound_registration.so``.
    By default, Asterisk gives up after a 403, a rejected password or ten failures, until a
    reload.
    """

    __tablename__ = "ps_registrations"

    id: Mapped[str] = key(
        "Name of the registration on the CLI and in AMI, not sent to the registrar.",
        Name(255),
        primary_key=True,
    )
    auth_rejection_permanent: Mapped[AstBool | None] = option(
        "Give up when the registrar rejects the credentials, until auths are reloaded; False "
        "goes on trying.",
        since="12.0.0",
        default=True,
    )
    client_uri: Mapped[str | None] = option(
        "Address of record in To and From, such as sip:account@registrar; required.",
        AstString(255),
        since="12.0.0",
    )
    contact_user: Mapped[str | None] = option(
        "User part of the Contact, so the extension that inbound calls arrive at; None offers 's'.",
        AstString(255),
        since="12.0.0",
    )
    expiration: Mapped[Unsigned | None] = option(
        "Seconds asked for; the registrar decides, and Asterisk refreshes before the time it "
        "granted is over.",
        since="12.0.0",
        default=3600,
    )
    max_retries: Mapped[Unsigned | None] = option(
        "Attempts after a failure until Asterisk gives up; 0 gives up at once.",
        since="12.0.0",
        default=10,
    )
    outbound_auth: Mapped[tuple[str, ...] | None] = option(
        "Auth rows that answer the registrar's challenge, chosen by realm.",
        CommaList(255),
        since="12.2.0",
    )
    outbound_proxy: Mapped[str | None] = option(
        "Full SIP URI of the proxy that REGISTER goes to, with ';lr' for loose routing; calls "
        "need it on the endpoint too.",
        AstString(255),
        since="12.0.0",
    )
    retry_interval: Mapped[Unsigned | None] = option(
        "Seconds until the next attempt after a failure that may pass, such as a timeout or 503.",
        since="12.0.0",
        default=60,
    )
    forbidden_retry_interval: Mapped[Unsigned | None] = option(
        "Seconds until the next attempt after a 403; 0 gives up, since RFC 3261 advises against "
        "another.",
        since="11.7.0",
        default=0,
    )
    server_uri: Mapped[str | None] = option(
        "Request-URI of REGISTER, sip: or sips:, mostly the registrar's host alone; required.",
        AstString(255),
        since="12.0.0",
    )
    transport: Mapped[str | None] = option(
        "Transport that REGISTER leaves by, which must exist; None takes the first of the "
        "fitting protocol.",
        AstString(255),
        since="12.0.0",
    )
    support_path: Mapped[AstBool | None] = option(
        "Advertise path in Supported, so that proxies on the way may add themselves (RFC 3327).",
        since="12.1.0",
    )
    fatal_retry_interval: Mapped[Unsigned | None] = option(
        "Seconds until the next attempt after a final refusal (4xx to 6xx), except a 403 with "
        "an interval of its own; 0 gives up.",
        since="13.7.0",
        default=0,
    )
    line: Mapped[AstBool | None] = option(
        "Put a token into Contact by which inbound calls are recognised wherever they come "
        "from; needs endpoint.",
        since="13.4.0",
    )
    endpoint: Mapped[str | None] = option(
        "Endpoint to which inbound calls with the token belong; without line, Asterisk "
        "drops the row.",
        AstString(255),
        since="13.4.0",
    )
    support_outbound: Mapped[AstBool | None] = option(
        "Advertise outbound in Supported (RFC 5626).",
        since="17.0.0",
    )
    contact_header_params: Mapped[str | None] = option(
        "Parameters behind the URI in Contact, joined by ';' and without a leading one.",
        AstString(255),
        since="17.0.0",
    )
    max_random_initial_delay: Mapped[Unsigned | None] = option(
        "Most seconds by which the first REGISTER is put off at random, so that many do not go "
        "out at once.",
        since=("16.27.0", "18.13.0", "19.5.0"),
        default=10,
    )
    security_negotiation: Mapped[SecurityNegotiation | None] = option(
        "Agree on a security mechanism (RFC 3329) first, in the mediasec form that some "
        "carriers demand.",
        since="21.0.0",
        default="no",
    )
    security_mechanisms: Mapped[tuple[str, ...] | None] = option(
        "Mechanisms offered in Security-Client, such as sdes-srtp;mediasec; for "
        "security_negotiation alone.",
        CommaList(512),
        since="21.0.0",
    )
    user_agent: Mapped[str | None] = option(
        "User-Agent of REGISTER; None sends that of the global settings.",
        AstString(255),
        since="21.2.0",
    )
    # -- Rows that it names ------------------------------------------------------------------------

    endpoint_row: Mapped[Endpoint | None] = related(
        "The endpoint to which inbound calls belong.",
        lambda: other("Endpoint"),
        lambda: other("Endpoint").id == foreign(Registration.endpoint),
    )
    outbound_auth_rows: Mapped[list[Auth]] = related(
        "The auths that ``outbound_auth`` names, in its order.",
        lambda: other("Auth"),
        lambda: Registration.id == _OUTBOUND_AUTH.c.owner,
        through=_OUTBOUND_AUTH,
        named=lambda: other("Auth").id == _OUTBOUND_AUTH.c.name,
        order_by=_OUTBOUND_AUTH.c.place,
    )
