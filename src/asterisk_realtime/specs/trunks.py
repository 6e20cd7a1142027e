"""SIP trunks: to a peer at a fixed address, or by a registration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values import accounts, sip, transports
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.codecs import codec_list
from asterisk_realtime.values.names import object_id, plain_name, transport_name
from asterisk_realtime.values.plain import flag, is_a, whole_number
from asterisk_realtime.values.secret import SECRET, Secret, shielded
from asterisk_realtime.values.words import KEEP, Keep, refuse_word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from asterisk_realtime.models import TrunkRows

MAX_QUALIFY: Final = 86400
"""Longest interval between two OPTIONS, in seconds (``res/res_pjsip/location.c``)."""

MAX_SECONDS: Final = 2**31 - 1
"""Longest time that a registration's columns hold."""


@attrs.frozen(field_transformer=gather)
class Credentials(Checked):
    r"""
    A user name and a password, to answer a digest challenge.

    Attributes:
        username: At most 255 characters, without ``"``, ``\`` and ``:``, which are special in the
            Authorization header.
        password: Any text without control characters, kept as a `Secret`.
    """

    username: str = attrs.field(converter=accounts.username)
    password: Secret = attrs.field(converter=accounts.password, metadata=SECRET)


def credential_pair(
    value: Credentials | tuple[str | Secret, str | Secret], field: str = "credentials"
) -> Credentials:
    """
    Return *value*, or the pair of user name and password, as credentials.

    Raises:
        ValidationError: It is not a pair of texts that Asterisk can read, or the user name holds
            ``"``, a backslash or a colon.
    """
    if is_a(value, Credentials):
        return value
    hidden: Any = shielded(value)
    del value  # or a traceback would show it in this frame
    if type(hidden) is not tuple or len(hidden) != 2:  # noqa: PLR2004 - a pair
        raise ValidationError(
            field, None, "it is not a user name and password", "give Credentials(name, password)"
        )
    name, word = hidden
    username = name.reveal() if isinstance(name, Secret) else name
    return Credentials(accounts.username(username, field), accounts.password(word, field))


def transport_errors(
    trunk: Trunk | RegistrationTrunk, uris: Mapping[str, str | tuple[str, ...] | None]
) -> list[ValidationError]:
    """Return errors about a transport that contradicts the URIs of *trunk*."""
    proxy = trunk.outbound_proxy
    first = {"outbound_proxy": proxy} if proxy else uris
    rest = transports.disagreements(trunk.transport, uris, secure=trunk.secure, proxied=True)
    found = transports.disagreements(trunk.transport, first, secure=trunk.secure)
    return [*found, *(rest if proxy else ())]


def qualify_interval(value: int, field: str = "qualify_frequency") -> int:
    """
    Return seconds between two OPTIONS, 0 for none.

    Raises:
        ValidationError: It is not a number from 0 to 86400.
    """
    return whole_number(value, field, lowest=0, highest=MAX_QUALIFY)


def seconds(value: int, field: str = "seconds") -> int:
    """
    Return a time in whole seconds.

    Raises:
        ValidationError: It is not a number from 0 to 2147483647.
    """
    return whole_number(value, field, lowest=0, highest=MAX_SECONDS)


def positive(value: int, field: str = "seconds") -> int:
    """
    Return a time in whole seconds, or a number of times, that is not 0.

    Raises:
        ValidationError: It is not a number from 1 to 2147483647.
    """
    return whole_number(value, field, lowest=1, highest=MAX_SECONDS)


def _from_user(value: str | Keep | None) -> str | Keep | None:
    if value is None or value is KEEP:
        return value
    refuse_word(value, "from_user", "give a user name, None or KEEP")
    return sip.from_user(value)


def _from_domain(value: str | Keep | None) -> str | Keep | None:
    if value is None or value is KEEP:
        return value
    refuse_word(value, "from_domain", "give a host, None or KEEP")
    return sip.host(value)


@attrs.frozen(kw_only=True, field_transformer=gather)
class Trunk(Spec["TrunkRows"]):
    """
    A trunk to a peer at a fixed address.

    Inbound calls are recognised by an `Allowance`, by *inbound_credentials*, or by both. Outbound
    calls work at once; Asterisk sends OPTIONS after ``module reload res_pjsip.so``.

    Attributes:
        name: Id of the endpoint, the AOR and the auth.
        contact: SIP URI that calls are sent to, without a user part; several if the peer has
            several hosts. A call goes to one that answered its last OPTIONS. Asterisk chooses the
            order; if it matters, give an `OutboundRoute` several trunks.
        outbound_proxy: Proxy for calls and OPTIONS: ``sip:proxy.example``; ``;lr`` is added. None
            sends them to the contact itself.
        transport: Name of the transport in pjsip.conf.
        secure: Whether media is SRTP with keys in SDP (SDES); needs a TLS transport.
        context: Dialplan context of calls from the peer.
        codecs: Codecs offered and accepted, best first.
        credentials: Credentials for the peer's challenge; None if it sends none.
        inbound_credentials: Credentials that the peer must send; None accepts its calls by address
            alone. If the user name is the trunk's name, the peer may call from any address;
            otherwise its addresses must be allowed too.
        caller_id: Caller ID of calls whose route sets none.
        from_user: User part of From in our requests, for a peer that expects the account there;
            None sends the caller's number, ``KEEP`` keeps what is stored, or None for a new trunk.
        from_domain: Host of From in our requests; None sends Asterisk's address, ``KEEP`` keeps
            what is stored, or None for a new trunk.
        qualify_frequency: Seconds between two OPTIONS; 0 for none.
        allow_weak_password: Whether *inbound_credentials* may have a password of fewer than 8
            characters, or equal to the user name or trunk's name. Anybody who guesses it can call
            at your cost. Not compared: two trunks that differ only in this are equal.

    Sources: Asterisk's ``res/res_pjsip/pjsip_configuration.c``.
    """

    name: str = attrs.field(converter=object_id)
    contact: tuple[str, ...] = attrs.field(converter=sip.targets)
    outbound_proxy: str | None = attrs.field(converter=optional(sip.proxy), default=None)
    transport: str = attrs.field(converter=transport_name)
    secure: bool = attrs.field(converter=flag, default=True)
    context: str = attrs.field(converter=plain_name)
    codecs: tuple[str, ...] = attrs.field(converter=codec_list)
    credentials: Credentials | None = attrs.field(
        converter=optional(credential_pair), default=None, metadata=SECRET
    )
    inbound_credentials: Credentials | None = attrs.field(
        converter=optional(credential_pair), default=None, metadata=SECRET
    )
    caller_id: CallerId | None = attrs.field(converter=optional(caller_id), default=None)
    from_user: str | Keep | None = attrs.field(converter=_from_user, default=KEEP)
    from_domain: str | Keep | None = attrs.field(converter=_from_domain, default=KEEP)
    qualify_frequency: int = attrs.field(converter=qualify_interval, default=60)
    allow_weak_password: bool = attrs.field(converter=flag, default=False, eq=False)

    @classmethod
    def key(cls, name: str) -> Key[Self, TrunkRows]:
        """Return the key of a trunk."""
        return Key.of(cls, name=name)

    @property
    def protocols(self) -> frozenset[str]:
        """Protocols that the transport may have."""
        proxy = self.outbound_proxy
        uris = {"outbound_proxy": proxy} if proxy else {"contact": self.contact}
        return transports.protocols(self.transport, uris, secure=self.secure)

    def agree(self) -> list[ValidationError]:
        """Return errors about parts that contradict each other, and about a weak password."""
        errors = transport_errors(self, {"contact": self.contact})
        inbound = self.inbound_credentials
        if inbound is not None:
            errors += accounts.weak_password_errors(
                *(inbound.password, self.name, inbound.username),
                allowed=self.allow_weak_password,
                field="inbound_credentials",
            )
        return errors


@attrs.frozen(kw_only=True, field_transformer=gather)
class RegistrationTrunk(Spec["TrunkRows"]):
    """
    A trunk to a provider at whose registrar Asterisk registers.

    Asterisk registers after ``module reload res_pjsip_outbound_registration.so``. The registered
    Contact carries a secret token, by which calls to it are recognised, whatever address they come
    from. An `Allowance` is needed only if the provider sends calls to another URI.

    Attributes:
        name: Id of the endpoint, the AOR, the auth and the registration.
        server_uri: The registrar: ``sip:sip.example.com``.
        client_uri: The account's address of record: ``sip:account@sip.example.com``.
        credentials: Credentials for the provider's challenges, of registrations and of calls.
        contact: URI to which calls are sent, or several; None sends them to the registrar.
        contact_user: Extension that calls arrive at, unless the provider names the called number
            in the request itself; None takes the account's name.
        outbound_proxy: Proxy to which calls and the registration are sent first; None for none.
        transport: Name of the transport in pjsip.conf.
        secure: See `Trunk`.
        context: See `Trunk`.
        codecs: See `Trunk`.
        caller_id: See `Trunk`.
        from_user: See `Trunk`.
        from_domain: See `Trunk`.
        qualify_frequency: See `Trunk`.
        expiration: Seconds for which to register; the registrar may grant less.
        retry_interval: Seconds until the next attempt if the registrar does not answer.
        forbidden_retry_interval: Seconds until the next attempt after a 403, and after another
            final refusal; 0 gives up until a reload.
        max_retries: Attempts before Asterisk gives up until a reload.

    Sources: Asterisk's ``res/res_pjsip_outbound_registration.c``.
    """

    name: str = attrs.field(converter=object_id)
    server_uri: str = attrs.field(converter=sip.target)
    client_uri: str = attrs.field(converter=sip.account)
    credentials: Credentials = attrs.field(converter=credential_pair, metadata=SECRET)
    contact: tuple[str, ...] | None = attrs.field(converter=optional(sip.targets), default=None)
    contact_user: str | None = attrs.field(converter=optional(sip.from_user), default=None)
    outbound_proxy: str | None = attrs.field(converter=optional(sip.proxy), default=None)
    transport: str = attrs.field(converter=transport_name)
    secure: bool = attrs.field(converter=flag, default=False)
    context: str = attrs.field(converter=plain_name)
    codecs: tuple[str, ...] = attrs.field(converter=codec_list)
    caller_id: CallerId | None = attrs.field(converter=optional(caller_id), default=None)
    from_user: str | Keep | None = attrs.field(converter=_from_user, default=KEEP)
    from_domain: str | Keep | None = attrs.field(converter=_from_domain, default=KEEP)
    qualify_frequency: int = attrs.field(converter=qualify_interval, default=60)
    expiration: int = attrs.field(converter=positive, default=3600)
    retry_interval: int = attrs.field(converter=positive, default=60)
    forbidden_retry_interval: int = attrs.field(converter=seconds, default=600)
    max_retries: int = attrs.field(converter=positive, default=10_000)

    @classmethod
    def key(cls, name: str) -> Key[Self, TrunkRows]:
        """Return the key of a trunk."""
        return Key.of(cls, name=name)

    def agree(self) -> list[ValidationError]:
        """Return errors about parts that contradict each other."""
        return transport_errors(self, {"server_uri": self.server_uri, "contact": self.contact})

    def trunk(self) -> Trunk:
        """Return the trunk without its registration."""
        return Trunk(
            name=self.name,
            contact=self.contact or self.server_uri,
            outbound_proxy=self.outbound_proxy,
            transport=self.transport,
            secure=self.secure,
            context=self.context,
            codecs=self.codecs,
            credentials=self.credentials,
            caller_id=self.caller_id,
            from_user=self.from_user,
            from_domain=self.from_domain,
            qualify_frequency=self.qualify_frequency,
        )
