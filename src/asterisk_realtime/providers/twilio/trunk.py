"""Twilio trunks: from what a person decides to a trunk's spec, and into the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import InvalidValueError, InvalidValuesError
from asterisk_realtime.providers.allowance import allowance_of
from asterisk_realtime.providers.trunk import (
    conflict,
    pair_errors,
    part_errors,
    refuse_more,
    transport_errors,
)
from asterisk_realtime.providers.twilio import ranges, rules
from asterisk_realtime.providers.twilio.termination import (
    EDGES,
    INTERCONNECT_EDGES,
    LEGACY_REGIONS,
    TerminationUri,
    termination_uri,
)
from asterisk_realtime.provision.identify import allow
from asterisk_realtime.provision.trunks import (
    TrunkRows,
    create_trunk,
    ensure_trunk,
    find_trunk,
)
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.trunks import Credentials, Trunk, qualify_interval
from asterisk_realtime.values import sip
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.codecs import codec_list
from asterisk_realtime.values.names import object_id, plain_name, transport_name
from asterisk_realtime.values.plain import flag, is_a, items, text
from asterisk_realtime.values.secret import SECRET, Secret, hide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Identify
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.specs.identify import Allowance


_MAX_EDGE: Final = 40


@attrs.frozen(kw_only=True, field_transformer=gather)
class TwilioTrunk(Spec):
    """
    A Twilio Elastic SIP trunk; the attributes are those of `create_twilio_trunk`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    name: str = attrs.field(converter=object_id, default="twilio")
    termination_uri: TerminationUri = attrs.field(converter=termination_uri)
    username: str | None = attrs.field(converter=optional(rules.username), default=None)
    password: Secret | None = attrs.field(
        converter=optional(rules.password), default=None, metadata=SECRET
    )
    secure: bool = attrs.field(converter=flag, default=True)
    transport: str | None = attrs.field(converter=optional(transport_name), default=None)
    context: str = attrs.field(converter=plain_name, default="from-twilio")
    codecs: tuple[str, ...] = attrs.field(converter=codec_list, default=("ulaw", "alaw"))
    caller_id: CallerId | None = attrs.field(converter=optional(caller_id), default=None)
    outbound_proxy: str | None = attrs.field(converter=optional(sip.proxy), default=None)
    qualify_frequency: int = attrs.field(converter=qualify_interval, default=60)

    def agree(self) -> list[InvalidValueError]:
        """Tell whether credentials are a pair, and the transport's name suits ``secure``."""
        errors = [
            *pair_errors(self.username, self.password),
            *transport_errors(self.transport, secure=self.secure, label="Twilio"),
        ]
        return errors or part_errors(self)

    def parts(self) -> tuple[Trunk]:
        """Return the trunk without what is Twilio's alone."""
        return (self.trunk(),)

    def trunk(self) -> Trunk:
        """Return the trunk without what is Twilio's alone."""
        pair = (
            Credentials(self.username, self.password)
            if self.username is not None and self.password is not None
            else None
        )
        return Trunk(
            name=self.name,
            contact=self.termination_uri.sip_uri,
            outbound_proxy=self.outbound_proxy,
            transport=self.transport or ("tls" if self.secure else "udp"),
            secure=self.secure,
            context=self.context,
            codecs=self.codecs,
            credentials=pair,
            caller_id=self.caller_id,
            qualify_frequency=self.qualify_frequency,
        )


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

    The trunk places calls at once.
    It takes calls after `allow_twilio_ips`, and is qualified after
    ``module reload res_pjsip.so``.

    Args:
        session: The caller's session; for an ``AsyncSession`` see its ``run_sync``.
        name: Id of endpoint, AOR and auth: letters, digits, ``. + -``, at most 40 characters.
        termination_uri: The trunk's host at Twilio, with or without ``sip:``:
            ``grable.pstn.twilio.com``, or at one location ``grable.pstn.dublin.twilio.com``
            (an edge, an interconnect, or the legacy code of a region).
        username: Of the trunk's credential list, at most 32 characters; None where Twilio tells
            you by your address.
        password: Of the same: 12 characters or more, with digit, lower and upper case.
        secure: Twilio's "Secure Trunking", which must be set alike there: TLS and SRTP, or
            neither.
        transport: Name of a transport in pjsip.conf; ``tls`` if secure, else ``udp``.
        context: Where Twilio's calls enter the dialplan; have it to itself, since these calls
            are not authenticated.
        codecs: Best first. Twilio takes ``ulaw`` and ``alaw``; others by arrangement.
        caller_id: ``"Name" <+12025550123>`` or the number alone: who calls, where the outbound
            route does not say. It must be the account's own or a verified number.
        outbound_proxy: Proxy that calls and OPTIONS pass on their way; None for none.
        qualify_frequency: Seconds between two OPTIONS, 0 for none; Twilio asks for 15 or more.

    Returns:
        The rows, flushed; rarer columns can be set on them before the commit.

    Raises:
        InvalidValueError: One parameter is wrong, or contradicts ``ps_transports``.
        InvalidValuesError: Several are.
        ConflictError: An endpoint, AOR or auth of that id is there, or a phone has the same
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
    return create_trunk(session, wanted.trunk())


def ensure_twilio_trunk(session: Session, trunk: TwilioTrunk) -> Plan:
    """
    Create a trunk, or change it to match *trunk*; return the changes. The caller commits.

    Raises:
        ConflictError: As `create_twilio_trunk`, but for the trunk's own rows.
        InvalidValueError: It contradicts ``ps_transports``.
        SchemaError: The database's tables are missing or too old.
    """
    return ensure_trunk(session, trunk.trunk())


def find_twilio_trunk(session: Session, name: str = "twilio") -> TwilioTrunk | None:
    """
    Return the trunk of that name, or None if there is no such endpoint.

    Raises:
        ConflictError: It is not a trunk to Twilio.
        SchemaError: The database's tables are missing or too old.
    """
    found = find_trunk(session, name)
    if found is None:
        return None
    pair = found.credentials
    what = f"Twilio trunk {name!r}"
    try:
        spec = TwilioTrunk(
            name=found.name,
            termination_uri=found.contact[0],
            username=pair.username if pair else None,
            password=pair.password if pair else None,
            secure=found.secure,
            transport=found.transport,
            context=found.context,
            codecs=found.codecs,
            caller_id=found.caller_id,
            outbound_proxy=found.outbound_proxy,
            qualify_frequency=found.qualify_frequency,
        )
    except (InvalidValueError, InvalidValuesError) as error:
        raise conflict(what, str(error)) from error
    refuse_more(what, spec.trunk(), found)
    return spec


def edge_names(value: Iterable[str] | None, field: str = "edges") -> tuple[str, ...]:
    """
    Return *value* as names of Twilio's edges; None is all public ones.

    Raises:
        InvalidValueError: It is empty or no list, or holds a name that Twilio does not have.
    """
    if value is None:
        return EDGES
    problem, hint = "it is not a list of edges", "give None for all, or a list such as ['dublin']"
    given = items(value, field, hint, problem=problem)
    if not given:
        raise InvalidValueError(field, value, problem, hint)
    return tuple(_edge(name, field) for name in given)


def _edge(value: object, field: str) -> str:
    name = text(value, field, most=_MAX_EDGE) if is_a(value, str) else ""
    if name in LEGACY_REGIONS:
        raise InvalidValueError(
            field, name, "it is an edge's legacy code", f"write {LEGACY_REGIONS[name]!r}"
        )
    if name not in EDGES and name not in INTERCONNECT_EDGES:
        known = ", ".join((*EDGES, *INTERCONNECT_EDGES))
        raise InvalidValueError(field, value, "Twilio has no such edge", f"use some of {known}")
    return name


@attrs.frozen(kw_only=True, field_transformer=gather)
class TwilioAllowance(Spec):
    """
    Which of Twilio's addresses may call; the attributes are those of `allow_twilio_ips`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    endpoint: str = attrs.field(converter=object_id, default="twilio")
    edges: tuple[str, ...] = attrs.field(converter=edge_names, default=None)
    interconnect: bool = attrs.field(converter=flag, default=False)
    prune: bool = attrs.field(converter=flag, default=False)
    account_sid: str | None = attrs.field(converter=optional(rules.account_sid), default=None)

    def parts(self) -> tuple[Allowance]:
        """Return the addresses as networks."""
        return (self.allowance(),)

    def allowance(self) -> Allowance:
        """Return the addresses as networks, merged."""
        edges = (*self.edges, *(INTERCONNECT_EDGES if self.interconnect else ()))
        return allowance_of(
            ranges.TWILIO,
            self.endpoint,
            ranges.TWILIO.chosen(edges),
            prune=self.prune,
            account=self.account_sid,
        )


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
    Let Twilio call: have requests from its signaling addresses recognised as *endpoint*.

    All eight public edges are allowed unless *edges* chooses, since Twilio may send a call from
    any of them. Media addresses are never allowed: they send no SIP.
    Calling again brings the rows to what is asked for now, and writes nothing if they are so.
    Rows that a person made for other addresses of the endpoint stay.

    Every Twilio customer sends from the same addresses. With *account_sid*, only calls of that
    account are taken: the identify row matches the header ``X-Twilio-AccountSid``, and the
    endpoint's ACL admits nobody but Twilio, so that both must be right.

    Args:
        session: The caller's session.
        endpoint: Id of the trunk's endpoint.
        edges: Names of locations, such as ``["umatilla", "ashburn"]``; None for all public ones.
        interconnect: Whether to add the addresses of the private interconnects.
        account_sid: ``AC`` and 32 hexadecimal digits: the account to pin the trunk to.
        prune: Whether all other identify rows of the endpoint go.

    Returns:
        The identify rows, flushed.

    Raises:
        InvalidValueError: An edge or the account is invalid; InvalidValuesError if several are.
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
    return allow(session, wanted.allowance())
