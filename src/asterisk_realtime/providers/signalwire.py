"""
SignalWire SIP trunks.

SignalWire publishes no addresses: they may change at any time, so it says to resolve its host
names. Its calls are recognised through the registration, which is the default, or by addresses
that you name yourself in an `Allowance`.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

import attrs

from asterisk_realtime.providers.base import (
    Provider,
    Registers,
    Source,
)
from asterisk_realtime.providers.trunk import HostTrunk
from asterisk_realtime.values import sip
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.plain import flag

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
class SignalWireTrunk(HostTrunk):
    """
    A trunk to SignalWire; see `ProviderTrunk` for the other attributes.

    It accepts calls through its registration, after ``module reload
    res_pjsip_outbound_registration.so``; without one, after an `Allowance`.

    Attributes:
        host: The space's domain: ``{space}.sip.signalwire.com``.
        register: Whether Asterisk registers there, to receive calls.
    """

    provider: ClassVar[Provider] = SIGNALWIRE

    name: str = attrs.field(converter=object_id, default="signalwire")
    host: str = attrs.field(converter=sip.host)
    context: str = attrs.field(converter=plain_name, default="from-signalwire")
    register: bool = attrs.field(converter=flag, default=True)
