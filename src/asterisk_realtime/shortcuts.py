"""Shortcuts for a first Twilio trunk: four functions with named parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.providers.twilio import TwilioAllowance, TwilioTrunk
from asterisk_realtime.provision.verbs import create, ensured
from asterisk_realtime.specs.routes import InboundRoute, OutboundRoute
from asterisk_realtime.values.secret import hide

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Extension, Identify, TrunkRows
    from asterisk_realtime.specs.destinations import Destination, Target
    from asterisk_realtime.values.caller_id import CallerId
    from asterisk_realtime.values.secret import Secret


def create_twilio_trunk(
    session: Session,
    name: str = "twilio",
    *,
    termination_uri: str,
    username: str | None = None,
    password: str | Secret | None = None,
    secure: bool = True,
    transport: str | None = None,
    context: str = "from-twilio",
    codecs: Iterable[str] = ("ulaw", "alaw"),
    caller_id: str | CallerId | None = None,
    outbound_proxy: str | None = None,
    qualify_frequency: int = 60,
) -> TrunkRows:
    """
    Add a Twilio Elastic SIP trunk: an endpoint, its AOR, and its auth. The caller commits.

    Outbound calls of a new trunk work at once. Inbound calls need `allow_twilio_ips`, which
    counts after 10 seconds at most with the files of `conf.render`.
    Asterisk sends OPTIONS to the trunk after ``module reload res_pjsip.so``.

    Args:
        session: The caller's session; for an ``AsyncSession`` use ``aio.create`` and `TwilioTrunk`.
        name: Id of endpoint, AOR and auth: letters, digits, ``. + -``, at most 40 characters.
        termination_uri: The trunk's host at Twilio, with or without ``sip:``:
            ``grable.pstn.twilio.com``, or at one location ``grable.pstn.dublin.twilio.com``
            (an edge, an interconnect, or the legacy code of a region).
        username: User name in the trunk's credential list, at most 32 characters; None if Twilio
            recognises you by IP address.
        password: Password of that user: at least 12 characters, with a digit, a lower-case and an
            upper-case letter.
        secure: Whether to use TLS and SRTP; set "Secure Trunking" at Twilio to the same.
        transport: Name of a transport in pjsip.conf; ``tls`` if secure, else ``udp``.
        context: Dialplan context of Twilio's calls; use it for nothing else, since these calls
            are not authenticated.
        codecs: Codecs, best first. Twilio accepts ``ulaw`` and ``alaw``; others by arrangement.
        caller_id: Caller ID of calls whose route sets none: ``"Name" <+12025550123>`` or the number
            alone. The number must be one of the account's, or verified by Twilio.
        outbound_proxy: Proxy for calls and OPTIONS; None for none.
        qualify_frequency: Seconds between two OPTIONS, 0 for none; Twilio asks for 15 or more.

    Returns:
        The rows, flushed; rarer columns can be set on them before the commit.

    Raises:
        ValidationError: A parameter is wrong, or contradicts ``ps_transports``.
        ConflictError: An endpoint, AOR or auth of that id exists, or a phone has the same
            context.
        SchemaError: The database's tables are missing or too old.

    Sources: https://www.twilio.com/docs/sip-trunking and Asterisk's
    ``res/res_pjsip/pjsip_configuration.c``.
    """
    password = hide(password)  # or a traceback would show it in this frame
    wanted = TwilioTrunk(
        name=name,
        termination_uri=termination_uri,
        username=username,
        password=password,
        secure=secure,
        transport=transport,
        context=context,
        codecs=codecs,
        caller_id=caller_id,
        outbound_proxy=outbound_proxy,
        qualify_frequency=qualify_frequency,
    )
    return create(session, wanted)


def allow_twilio_ips(
    session: Session,
    endpoint: str = "twilio",
    *,
    edges: Iterable[str] | None = None,
    interconnect: bool = False,
    account_sid: str | None = None,
    prune: bool = False,
) -> tuple[Identify, ...]:
    """
    Let Twilio call: identify requests from its signaling addresses as *endpoint*.

    Without *edges*, all eight public edges are allowed, since Twilio may send a call from any of
    them. Media addresses are never allowed: they send no SIP.
    Call it again with other arguments to change the rows; nothing is written if they are up to
    date. The endpoint's rows for addresses that are not Twilio's stay.

    Every Twilio customer sends from the same addresses. With *account_sid*, only calls of that
    account are accepted: the identify row matches the header ``X-Twilio-AccountSid``, and the
    endpoint's ACL permits only Twilio's addresses, so both must match.

    Args:
        session: The caller's session.
        endpoint: Id of the trunk's endpoint.
        edges: Names of locations, such as ``["umatilla", "ashburn"]``; None for all public ones.
        interconnect: Whether to add the addresses of the private interconnects.
        account_sid: ``AC`` and 32 hexadecimal digits: the account to pin the trunk to.
        prune: Whether to delete all other identify rows of the endpoint.

    Returns:
        The identify rows, flushed.

    Raises:
        ValidationError: An edge or the account is invalid.
        NotFoundError: There is no such endpoint.
        ConflictError: A row of another endpoint matches one of the addresses or the account.
        SchemaError: The database's tables are missing or too old.

    Sources: https://www.twilio.com/docs/sip-trunking/ip-addresses and Asterisk's
    ``res/res_pjsip_endpoint_identifier_ip.c``.
    """
    wanted = TwilioAllowance(
        endpoint=endpoint,
        edges=edges,
        interconnect=interconnect,
        account_sid=account_sid,
        prune=prune,
    )
    return ensured(session, wanted)


def create_outbound_route(
    session: Session,
    *,
    context: str,
    pattern: str,
    trunk: str | Sequence[str],
    caller_id: str | CallerId | None = None,
    region: str | None = None,
    strip: int = 0,
    prepend: str = "",
    as_dialled: bool = False,
) -> tuple[Extension, ...]:
    """
    Create a route for calls from a context to a trunk. The caller commits.

    The trunk gets ``+`` and E.164, in whatever form callers dial. Emergency and service numbers of
    the region, and 911, 933, 112 and 999 in any region, are sent unchanged.
    Asterisk has the rows after ``module reload pbx_config.so``, as `conf.render` configures it.

    Args:
        session: The caller's session.
        context: Context of the callers; not one that a trunk's calls enter.
        pattern: What they dial: a number, or a pattern of one form such as ``_1NXXNXXXXXX``,
            ``_NXXNXXXXXX``, ``_011Z.`` (with region ``US``) or ``_+X.``.
        trunk: Id of the trunk's endpoint, or several: the next one is tried if a trunk cannot be
            reached or refuses the call.
        caller_id: ``"Name" <+12025550123>`` or the number alone; None sends the caller ID of the
            trunk, or the caller's own if no trunk has one.
        region: Country whose national form they dial (``US``, ``GB``); None accepts only patterns
            and numbers that begin with ``+``.
        strip: How many digits callers dial before the number, such as 1 for a 9 that asks for an
            outside line.
        prepend: Digits that callers leave out, as people in the region dial them, such as the area
            code of local numbers, after the national prefix if there is one.
        as_dialled: Whether to send the result unchanged, for a provider's own service number.

    Returns:
        The rows, flushed, in the order of their priorities.

    Raises:
        ValidationError: A parameter is wrong.
        NotFoundError: There is no such trunk.
        ConflictError: The extension already exists; unauthenticated callers enter the context, or
            one of its extensions is an emergency number of the region; the trunk is a phone; or
            only some of several trunks have a caller ID.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``pbx/pbx_realtime.c`` and ``main/pbx.c``.
    """
    route = OutboundRoute(
        context=context,
        pattern=pattern,
        trunk=trunk,
        caller_id=caller_id,
        region=region,
        strip=strip,
        prepend=prepend,
        as_dialled=as_dialled,
    )
    return create(session, route)


def create_inbound_route(
    session: Session,
    number: str,
    *,
    context: str = "from-twilio",
    destination: str | Destination | Target,
    without_plus: bool = True,
) -> tuple[Extension, ...]:
    """
    Create a route for calls to a number. The caller commits.

    Asterisk has the rows after ``module reload pbx_config.so``, as `conf.render` configures it.

    Args:
        session: The caller's session.
        number: The called number, in E.164.
        context: Where the provider's calls enter the dialplan: ``context`` of the trunk.
        destination: An existing phone, queue, mailbox or follow-me profile (`ToPhone`,
            `ToQueue`, `ToMailbox`, `ToFollowMe`), or a place in the dialplan:
            ``"context,extension,1"`` or a `Destination`.
        without_plus: Whether to accept calls for the number without its ``+`` too, as some
            providers send it.

    Returns:
        The rows, flushed, in the order of their priorities.

    Raises:
        ValidationError: A parameter is wrong.
        NotFoundError: The destination refers to an object that does not exist.
        ConflictError: The number already has a route in that context.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``pbx/pbx_realtime.c``.
    """
    route = InboundRoute(
        number=number, context=context, destination=destination, without_plus=without_plus
    )
    return create(session, route)
