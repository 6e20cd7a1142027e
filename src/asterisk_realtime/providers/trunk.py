"""Base classes of the providers' trunks."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.providers.base import Registers
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.specs.trunks import (
    Credentials,
    RegistrationTrunk,
    Trunk,
    qualify_interval,
)
from asterisk_realtime.values import accounts, sip
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.codecs import codec_list
from asterisk_realtime.values.names import object_id, plain_name, transport_name
from asterisk_realtime.values.plain import flag
from asterisk_realtime.values.secret import SECRET, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from asterisk_realtime.models import TrunkRows
    from asterisk_realtime.providers.base import Provider

SECURE_TRANSPORTS: Final = frozenset({"tls"})
PLAIN_TRANSPORTS: Final = frozenset({"udp", "tcp"})

_KEPT: Final = frozenset({"from_user", "from_domain"})
"""Fields of a trunk whose values a provider's trunk keeps."""


@attrs.frozen(kw_only=True, field_transformer=gather)
class ProviderTrunk(Spec["TrunkRows"]):
    """
    A trunk to a provider.

    It is stored as a `Trunk`, or as a `RegistrationTrunk` if it registers. It accepts the
    provider's calls after an allowance, or through its registration.

    Attributes:
        name: Id of endpoint, AOR, auth and registration: letters, digits, ``. + -``, at most 40
            characters.
        username: User name at the provider; None if the provider recognises you by IP address.
        password: Password of that user.
        secure: Whether calls use TLS and SRTP; set the same at the provider.
        transport: Name of a transport in pjsip.conf; ``tls`` if secure, else ``udp``.
        context: Dialplan context of the provider's calls; use it for nothing else, since these
            calls are not authenticated.
        codecs: Codecs, best first: ``("ulaw", "alaw")``.
        caller_id: Caller ID of calls whose route sets none: ``"Name" <+12025550123>`` or the number
            alone.
        outbound_proxy: Proxy for requests; None for none.
        qualify_frequency: Seconds between two OPTIONS, 0 for none.
    """

    provider: ClassVar[Provider]

    name: str = attrs.field(converter=object_id)
    username: str | None = attrs.field(converter=optional(accounts.username), default=None)
    password: Secret | None = attrs.field(
        converter=optional(accounts.password), default=None, metadata=SECRET
    )
    secure: bool = attrs.field(converter=flag, default=True)
    transport: str | None = attrs.field(converter=optional(transport_name), default=None)
    context: str = attrs.field(converter=plain_name)
    codecs: tuple[str, ...] = attrs.field(converter=codec_list, default=("ulaw", "alaw"))
    caller_id: CallerId | None = attrs.field(converter=optional(caller_id), default=None)
    outbound_proxy: str | None = attrs.field(converter=optional(sip.proxy), default=None)
    qualify_frequency: int = attrs.field(converter=qualify_interval, default=60)

    @classmethod
    def key(cls, name: str) -> Key[Self, TrunkRows]:
        """Return the key of a trunk."""
        return Key.of(cls, name=name)

    @property
    @abstractmethod
    def contact(self) -> str:
        """The SIP URI at which the provider accepts calls."""

    @classmethod
    @abstractmethod
    def _own_fields(cls, part: Trunk | RegistrationTrunk, contact: str) -> Mapping[str, Any]:
        """Return the values in *part* of the fields that only this provider's trunks have."""

    def agree(self) -> list[ValidationError]:
        """Return errors about fields that the provider does not support."""
        errors = [*self._pair_errors(), *self._transport_errors(), *self._own_errors()]
        if self.secure and not self.provider.tls:
            problem = f"{self.provider.label} has no TLS"
            errors.append(ValidationError("secure", self.secure, problem, "give secure=False"))
        return errors or self._part_errors()

    def _own_errors(self) -> list[ValidationError]:
        return []

    def _pair_errors(self) -> list[ValidationError]:
        """Return the error if only one of user name and password is given."""
        missing = [name for name in ("username", "password") if getattr(self, name) is None]
        if len(missing) != 1:
            return []
        hint = "give both, or neither if the provider recognises you by IP address"
        return [ValidationError(missing[0], None, "user name and password go together", hint)]

    def _transport_errors(self) -> list[ValidationError]:
        """Return the error if the transport's name contradicts *secure*."""
        wrong = PLAIN_TRANSPORTS if self.secure else SECURE_TRANSPORTS
        if self.transport is None or self.transport.lower() not in wrong:
            return []
        return [
            ValidationError(
                "transport",
                self.transport,
                f"a secure trunk to {self.provider.label} is TLS and SRTP together, or neither",
                "give a TLS transport with secure=True, or a plain one with secure=False",
            )
        ]

    def _part_errors(self) -> list[ValidationError]:
        """Return the errors of `part`, such as that of the proxy's URI."""
        try:
            self.part()
        except ValidationError as error:
            found = error.each()
        else:
            found = []
        # Of these URIs, only the address of record can be invalid: it is made of the user name.
        return [error.at("username") if error.field == "client_uri" else error for error in found]

    def part(self) -> Trunk | RegistrationTrunk:
        """Return it as a `Trunk` or a `RegistrationTrunk`."""
        pair = None
        if self.username is not None and self.password is not None:
            pair = Credentials(self.username, self.password)
        return self._trunk(
            pair,
            name=self.name,
            outbound_proxy=self.outbound_proxy,
            transport=self.transport or ("tls" if self.secure else "udp"),
            secure=self.secure,
            context=self.context,
            codecs=self.codecs,
            caller_id=self.caller_id,
            qualify_frequency=self.qualify_frequency,
        )

    def _trunk(self, pair: Credentials | None, **common: Any) -> Trunk | RegistrationTrunk:
        return Trunk(contact=self.contact, credentials=pair, **common)

    @classmethod
    def part_kinds(cls) -> tuple[type[Spec], ...]:
        """Return the classes that `part` may return; none for a base class."""
        return (Trunk,) if hasattr(cls, "provider") else ()

    @classmethod
    def of_part(cls, part: Spec) -> Self:
        """Return *part* as a trunk of this provider; see `Spec.of_part`."""
        trunk = cast("Trunk | RegistrationTrunk", part)
        pair = trunk.credentials
        spec = cls(
            name=trunk.name,
            username=pair.username if pair else None,
            password=pair.password if pair else None,
            secure=trunk.secure,
            transport=trunk.transport,
            context=trunk.context,
            codecs=trunk.codecs,
            caller_id=trunk.caller_id,
            outbound_proxy=trunk.outbound_proxy,
            qualify_frequency=trunk.qualify_frequency,
            **cls._own_fields(trunk, _contact(trunk)),
        )
        _refuse_more(spec.part(), trunk)
        return spec


@attrs.frozen(kw_only=True, field_transformer=gather)
class HostTrunk(ProviderTrunk):
    """
    A trunk to a provider's host, which may also be a registrar.

    Attributes:
        host: Host that accepts calls.
        register: Whether Asterisk registers there, to receive calls.
    """

    host: str = attrs.field(converter=sip.host)
    register: bool = attrs.field(converter=flag, default=False)

    @property
    def contact(self) -> str:
        """The SIP URI at which the provider accepts calls."""
        return f"sip:{self.host};transport=tls" if self.secure else f"sip:{self.host}"

    @classmethod
    def _own_fields(cls, part: Trunk | RegistrationTrunk, contact: str) -> Mapping[str, Any]:
        registers = isinstance(part, RegistrationTrunk)
        return {"host": sip.parse(contact).host, "register": registers}

    def _own_errors(self) -> list[ValidationError]:
        return [*self._host_errors(), *self._registration_errors()]

    def _host_errors(self) -> list[ValidationError]:
        if any(map(self._matches, self.provider.hosts)):
            return []
        problem = f"{self.provider.label} accepts no calls there"
        hint = f"use one of {', '.join(self.provider.hosts)}"
        return [ValidationError("host", self.host, problem, hint)]

    def _matches(self, pattern: str) -> bool:
        parts = re.split(r"(\{\w+\})", pattern)
        regex = "".join(r"[a-z0-9-]+" if p.startswith("{") else re.escape(p) for p in parts)
        return re.fullmatch(regex, self.host) is not None

    def _registration_errors(self) -> list[ValidationError]:
        if not self.register:
            return []
        if self.provider.registers is Registers.NEVER:
            problem, hint = f"{self.provider.label} publishes no registrar", "leave it out"
        elif self.username is None:
            problem, hint = "a registration needs credentials", "give username and password"
        else:
            return []
        return [ValidationError("register", self.register, problem, hint)]

    @classmethod
    def part_kinds(cls) -> tuple[type[Spec], ...]:
        """Return the classes that `part` may return."""
        return (RegistrationTrunk, *super().part_kinds()) if hasattr(cls, "provider") else ()

    def _trunk(self, pair: Credentials | None, **common: Any) -> Trunk | RegistrationTrunk:
        if not self.register or pair is None:
            return super()._trunk(pair, **common)
        return RegistrationTrunk(
            server_uri=self.contact,
            client_uri=f"sip:{pair.username}@{self.host}",
            credentials=pair,
            **common,
        )


def _contact(trunk: Trunk | RegistrationTrunk) -> str:
    if isinstance(trunk, RegistrationTrunk):
        return (trunk.contact or (trunk.server_uri,))[0]
    return trunk.contact[0]


def _refuse_more(wanted: Trunk | RegistrationTrunk, found: Trunk | RegistrationTrunk) -> None:
    """
    Refuse a trunk with values that the provider's trunk lacks: applying it would reset them.

    Raises:
        ValidationError: A field has another value than the provider's trunk gives it.
    """
    for field in attrs.fields(type(found)):
        value = getattr(found, field.name)
        if field.name not in _KEPT and getattr(wanted, field.name) != value:
            problem = "the provider's trunk has another value"
            raise ValidationError(field.name, value, problem, "change the rows")
