"""From what a person decides about a provider's trunk to its spec: the same way for all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, TypedDict, TypeVar

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import ConflictError, InvalidValueError, InvalidValuesError
from asterisk_realtime.providers.base import Registers
from asterisk_realtime.provision.registrations import (
    create_registration_trunk,
    ensure_registration_trunk,
    find_registration_trunk,
)
from asterisk_realtime.provision.trunks import create_trunk, ensure_trunk, find_trunk
from asterisk_realtime.specs.base import Spec
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
from asterisk_realtime.values.secret import SECRET, Secret, hide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.providers.base import Provider
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.trunks import TrunkRows

SECURE_TRANSPORTS: Final = frozenset({"tls"})
PLAIN_TRANSPORTS: Final = frozenset({"udp", "tcp"})

_LEFT: Final = frozenset({"from_user", "from_domain"})
"""Fields of a trunk whose None leaves what is there."""

P = TypeVar("P", bound="ProviderTrunk")


class TrunkOptions(TypedDict, total=False):
    """
    What can be said of a provider's trunk, beside its name and host.

    Attributes:
        username: Of the trunk's credentials; None where the provider knows your address.
        password: Of the same.
        register: Whether Asterisk registers there, and so has calls sent to it.
        secure: Whether calls go over TLS with SRTP, which must be set alike at the provider.
        transport: Name of a transport in pjsip.conf; ``tls`` if secure, else ``udp``.
        context: Where the provider's calls enter the dialplan; have it to itself, since these
            calls are not authenticated.
        codecs: Best first: ``("ulaw", "alaw")``.
        caller_id: ``"Name" <+12025550123>`` or the number alone, where the route names nobody.
        outbound_proxy: Proxy that requests pass on their way; None for none.
        qualify_frequency: Seconds between two OPTIONS, 0 for none.
    """

    username: str | None
    password: str | Secret | None
    register: bool
    secure: bool
    transport: str | None
    context: str
    codecs: Iterable[str]
    caller_id: str | CallerId | None
    outbound_proxy: str | None
    qualify_frequency: int


def hidden_in(options: TrunkOptions) -> TrunkOptions:
    """Hide the password within *options*, since a traceback shows the frame that has them."""
    if "password" in options:
        options["password"] = hide(options["password"])
    return options


def pair_errors(username: str | None, password: Secret | None) -> list[InvalidValueError]:
    """Tell whether credentials are a pair that a digest can be made of."""
    if username is None and password is None:
        return []
    if username is None or password is None:
        return [
            InvalidValueError(
                "username" if username is None else "password",
                None,
                "a credential is a pair",
                "give username and password, or neither where the provider knows your address",
            )
        ]
    return []


def part_errors(spec: Spec) -> list[InvalidValueError]:
    """Return the errors of the trunk's parts, such as that of its proxy's URI."""
    try:
        spec.parts()
    except InvalidValueError as error:
        return [error]
    except InvalidValuesError as group:
        return list(group.exceptions)
    return []


def transport_errors(transport: str | None, *, secure: bool, label: str) -> list[InvalidValueError]:
    """Tell whether a transport's name suits ``secure``."""
    wrong = PLAIN_TRANSPORTS if secure else SECURE_TRANSPORTS
    if transport is None or transport.lower() not in wrong:
        return []
    return [
        InvalidValueError(
            "transport",
            transport,
            f"a secure trunk to {label} is TLS and SRTP together, or neither",
            "give a TLS transport with secure=True, or a plain one with secure=False",
        )
    ]


@attrs.frozen(kw_only=True, field_transformer=gather)
class ProviderTrunk(Spec):
    """A trunk to a provider; the attributes are those of `TrunkOptions`, and name and host."""

    provider: ClassVar[Provider]

    name: str = attrs.field(converter=object_id)
    host: str = attrs.field(converter=sip.host)
    username: str | None = attrs.field(converter=optional(accounts.username), default=None)
    password: Secret | None = attrs.field(
        converter=optional(accounts.password), default=None, metadata=SECRET
    )
    register: bool = attrs.field(converter=flag, default=False)
    secure: bool = attrs.field(converter=flag, default=True)
    transport: str | None = attrs.field(converter=optional(transport_name), default=None)
    context: str = attrs.field(converter=plain_name)
    codecs: tuple[str, ...] = attrs.field(converter=codec_list, default=("ulaw", "alaw"))
    caller_id: CallerId | None = attrs.field(converter=optional(caller_id), default=None)
    outbound_proxy: str | None = attrs.field(converter=optional(sip.proxy), default=None)
    qualify_frequency: int = attrs.field(converter=qualify_interval, default=60)

    def agree(self) -> list[InvalidValueError]:
        """Tell whether it is a trunk as the provider has them."""
        errors = [
            *pair_errors(self.username, self.password),
            *transport_errors(self.transport, secure=self.secure, label=self.provider.label),
            *self._host_errors(),
            *self._registration_errors(),
        ]
        if self.secure and not self.provider.tls:
            errors.append(
                InvalidValueError(
                    "secure",
                    self.secure,
                    f"{self.provider.label} has no TLS",
                    "give secure=False",
                )
            )
        # Only the address of record can be invalid here: it is made of the user name.
        return errors or [
            error.at("username") if error.field == "client_uri" else error
            for error in part_errors(self)
        ]

    def _host_errors(self) -> list[InvalidValueError]:
        if any(map(self._is_like, self.provider.hosts)):
            return []
        hosts = ", ".join(self.provider.hosts)
        return [
            InvalidValueError(
                "host",
                self.host,
                f"{self.provider.label} takes no calls there",
                f"use one of {hosts}",
            )
        ]

    def _is_like(self, pattern: str) -> bool:
        parts = re.split(r"(\{\w+\})", pattern)
        regex = "".join(r"[a-z0-9-]+" if p.startswith("{") else re.escape(p) for p in parts)
        return re.fullmatch(regex, self.host) is not None

    def _registration_errors(self) -> list[InvalidValueError]:
        if not self.register:
            return []
        if self.provider.registers is Registers.NEVER:
            problem, way_out = f"{self.provider.label} publishes no registrar", "leave it out"
        elif self.username is None:
            problem, way_out = "nobody registers without credentials", "give username and password"
        else:
            return []
        return [InvalidValueError("register", self.register, problem, way_out)]

    def parts(self) -> tuple[Trunk | RegistrationTrunk]:
        """Return the trunk without what is the provider's alone."""
        return (self.trunk(),)

    def trunk(self) -> Trunk | RegistrationTrunk:
        """Return the trunk without what is the provider's alone."""
        there = f"sip:{self.host};transport=tls" if self.secure else f"sip:{self.host}"
        transport = self.transport or ("tls" if self.secure else "udp")
        pair = None
        if self.username is not None and self.password is not None:
            pair = Credentials(self.username, self.password)
        if self.register and pair is not None:
            return RegistrationTrunk(
                name=self.name,
                server_uri=there,
                client_uri=f"sip:{pair.username}@{self.host}",
                credentials=pair,
                outbound_proxy=self.outbound_proxy,
                transport=transport,
                secure=self.secure,
                context=self.context,
                codecs=self.codecs,
                caller_id=self.caller_id,
                qualify_frequency=self.qualify_frequency,
            )
        return Trunk(
            name=self.name,
            contact=there,
            outbound_proxy=self.outbound_proxy,
            transport=transport,
            secure=self.secure,
            context=self.context,
            codecs=self.codecs,
            credentials=pair,
            caller_id=self.caller_id,
            qualify_frequency=self.qualify_frequency,
        )


def create_provider_trunk(session: Session, trunk: ProviderTrunk) -> TrunkRows:
    """Add a trunk; see `asterisk_realtime.create_trunk`."""
    wanted = trunk.trunk()
    if isinstance(wanted, RegistrationTrunk):
        return create_registration_trunk(session, wanted)
    return create_trunk(session, wanted)


def ensure_provider_trunk(session: Session, trunk: ProviderTrunk) -> Plan:
    """Bring a trunk to what *trunk* says; see `asterisk_realtime.ensure_trunk`."""
    wanted = trunk.trunk()
    if isinstance(wanted, RegistrationTrunk):
        return ensure_registration_trunk(session, wanted)
    return ensure_trunk(session, wanted)


def find_provider_trunk(session: Session, kind: type[P], name: str) -> P | None:
    """
    Return the trunk of that name, or None if there is no such endpoint.

    Raises:
        ConflictError: It is not a trunk to that provider.
        SchemaError: The database's tables are missing or too old.
    """
    found = find_registration_trunk(session, name) or find_trunk(session, name)
    if found is None:
        return None
    what = f"{kind.provider.label} trunk {name!r}"
    try:
        spec = _read(kind, found)
    except (InvalidValueError, InvalidValuesError) as error:
        raise conflict(what, str(error)) from error
    refuse_more(what, spec.trunk(), found)
    return spec


def refuse_more(
    what: str, wanted: Trunk | RegistrationTrunk, found: Trunk | RegistrationTrunk
) -> None:
    """
    Refuse a trunk that is more than a provider's: to apply what is read would take that away.

    Raises:
        ConflictError: A field has another value than the provider's trunk gives it.
    """
    names = (field.name for field in attrs.fields(type(found)))
    others = [
        name
        for name in names
        if name not in _LEFT and getattr(wanted, name) != getattr(found, name)
    ]
    if others:
        raise conflict(what, f"another {', '.join(others)}")


def _read(kind: type[P], found: Trunk | RegistrationTrunk) -> P:
    registers = isinstance(found, RegistrationTrunk)
    pair = found.credentials
    return kind(
        name=found.name,
        host=sip.parse(_contacts(found)[0]).host,
        username=pair.username if pair else None,
        password=pair.password if pair else None,
        register=registers,
        secure=found.secure,
        transport=found.transport,
        context=found.context,
        codecs=found.codecs,
        caller_id=found.caller_id,
        outbound_proxy=found.outbound_proxy,
        qualify_frequency=found.qualify_frequency,
    )


def _contacts(trunk: Trunk | RegistrationTrunk) -> tuple[str, ...]:
    if isinstance(trunk, RegistrationTrunk):
        return trunk.contact or (trunk.server_uri,)
    return trunk.contact


def conflict(what: str, problem: str) -> ConflictError:
    """Return the error for rows that are no such trunk."""
    return ConflictError(
        what,
        f"what its rows hold ({problem})",
        "use find_trunk() or find_registration_trunk() for a trunk of another kind",
    )
