"""
SignalWire SIP trunks.

SignalWire publishes no addresses, and says to resolve its host names instead, which can change at
any time. So its calls are recognised by the registration that it expects, or by addresses that you
name yourself with `asterisk_realtime.allow_addresses`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, Unpack

import attrs

from asterisk_realtime.providers.base import (
    Provider,
    Registers,
    Source,
)
from asterisk_realtime.providers.trunk import (
    ProviderTrunk,
    TrunkOptions,
    create_provider_trunk,
    ensure_provider_trunk,
    find_provider_trunk,
    hidden_in,
)
from asterisk_realtime.values import sip
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.plain import flag

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.trunks import TrunkRows

PAGE: Final = Source(
    "https://developer.signalwire.com/guides/allowing-signalwire-ips-through-your-firewall",
    read=date(2026, 11, 22),
)

SIGNALWIRE: Final = Provider(
    name="signalwire",
    label="SignalWire",
    hosts=("{space}.sip.signalwire.com",),
    registers=Registers.EXPECTED,
    numbers="E.164",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class SignalWireTrunk(ProviderTrunk):
    """
    A trunk to SignalWire; the attributes are those of `create_signalwire_trunk`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = SIGNALWIRE

    name: str = attrs.field(converter=object_id, default="signalwire")
    host: str = attrs.field(converter=sip.host)
    context: str = attrs.field(converter=plain_name, default="from-signalwire")
    register: bool = attrs.field(converter=flag, default=True)


def create_signalwire_trunk(
    session: Session, name: str = "signalwire", *, host: str, **options: Unpack[TrunkOptions]
) -> TrunkRows:
    """
    Add a trunk to SignalWire. The caller commits.

    It takes calls by its registration, after ``module reload
    res_pjsip_outbound_registration.so``; without one, by `asterisk_realtime.allow_addresses`.

    Args:
        session: The caller's session; for an ``AsyncSession`` see its ``run_sync``.
        name: Id of endpoint, AOR, auth and registration.
        host: The space's domain: ``{space}.sip.signalwire.com``.
        **options: See `TrunkOptions`.

    Returns:
        The rows, flushed; rarer columns can be set on them before the commit.

    Raises:
        InvalidValueError: One parameter is wrong, or contradicts ``ps_transports``.
        InvalidValuesError: Several are.
        ConflictError: As `asterisk_realtime.create_trunk`.
        SchemaError: The database's tables are missing or too old.
    """
    return create_provider_trunk(
        session, SignalWireTrunk(name=name, host=host, **hidden_in(options))
    )


def ensure_signalwire_trunk(session: Session, trunk: SignalWireTrunk) -> Plan:
    """
    Create a trunk, or change it to match *trunk*; return the changes. The caller commits.

    Raises:
        ConflictError: As `asterisk_realtime.ensure_trunk`.
        InvalidValueError: It contradicts ``ps_transports``.
        SchemaError: The database's tables are missing or too old.
    """
    return ensure_provider_trunk(session, trunk)


def find_signalwire_trunk(session: Session, name: str = "signalwire") -> SignalWireTrunk | None:
    """
    Return the trunk of that name, or None if there is no such endpoint.

    Raises:
        ConflictError: It is not a trunk to SignalWire.
        SchemaError: The database's tables are missing or too old.
    """
    return find_provider_trunk(session, SignalWireTrunk, name)
