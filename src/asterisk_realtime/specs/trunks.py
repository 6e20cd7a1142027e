"""A SIP trunk, as its owner would describe it."""

from __future__ import annotations

from typing import Final

import attrs

from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.checked import gather, hidden
from asterisk_realtime.values.codecs import codec_list
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.plain import whole_number

MAX_QUALIFY: Final = 86400
"""Longest interval between two OPTIONS, in seconds (``res/res_pjsip/location.c``)."""


@attrs.frozen
class Credentials:
    """
    What Asterisk answers a provider's digest challenge with.

    Attributes:
        username: At most 255 characters; no colon, which separates it from the realm.
        password: Any text without control characters; never shown.
    """

    username: str
    password: str = attrs.field(repr=hidden)


def qualify_interval(value: int, field: str = "qualify_frequency") -> int:
    """
    Return seconds between two OPTIONS, 0 for none.

    Raises:
        InvalidValueError: It is no number from 0 to 86400.
    """
    return whole_number(value, field, lowest=0, highest=MAX_QUALIFY)


@attrs.frozen(kw_only=True, field_transformer=gather)
class Trunk(Spec):
    """
    A trunk to a provider that is reached by address and sends from known addresses.

    Attributes:
        name: Id of the endpoint, the AOR and the auth.
        contact: SIP URI that calls are sent to, without a user part and parameters.
        transport: Name of the transport in pjsip.conf.
        secure: Whether media is SRTP with keys in SDP (SDES); needs a TLS transport.
        context: Where calls from the provider enter the dialplan.
        codecs: Codecs offered and taken, best first.
        credentials: Answer to the provider's challenge; None where it asks for none.
        caller_id: Who calls, where the outbound route names nobody.
        qualify_frequency: Seconds between two OPTIONS; 0 for none.
    """

    name: str = attrs.field(converter=object_id)
    contact: str
    transport: str = attrs.field(converter=plain_name)
    secure: bool = True
    context: str = attrs.field(converter=plain_name)
    codecs: tuple[str, ...] = attrs.field(converter=codec_list)
    credentials: Credentials | None = None
    caller_id: CallerId | None = attrs.field(
        converter=attrs.converters.optional(caller_id), default=None
    )
    qualify_frequency: int = attrs.field(converter=qualify_interval, default=60)
