"""A SIP trunk, as its owner would describe it."""

from __future__ import annotations

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec, gather
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.codecs import codec_list
from asterisk_realtime.values.names import object_id, place

MAX_QUALIFY: int = 86400
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
    password: str = attrs.field(repr=False)


def flag(value: bool, field: str = "flag") -> bool:  # noqa: FBT001 - a converter
    """
    Return *value* if it is True or False.

    Raises:
        InvalidValueError: It is neither.
    """
    if not isinstance(value, bool):
        raise InvalidValueError(field, value, "it is neither True nor False", "give a bool")
    return value


def qualify_interval(value: int, field: str = "qualify_frequency") -> int:
    """
    Return seconds between two OPTIONS, 0 for none.

    Raises:
        InvalidValueError: It is no number from 0 to 86400.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_QUALIFY:
        raise InvalidValueError(
            field, value, "it is no number of seconds", f"give 0 (never) to {MAX_QUALIFY}"
        )
    return value


@attrs.frozen(kw_only=True, field_transformer=gather)
class TrunkSpec(Spec):
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
    transport: str = attrs.field(converter=place)
    secure: bool = True
    context: str = attrs.field(converter=place)
    codecs: tuple[str, ...] = attrs.field(converter=codec_list)
    credentials: Credentials | None = None
    caller_id: CallerId | None = attrs.field(
        converter=attrs.converters.optional(caller_id), default=None
    )
    qualify_frequency: int = attrs.field(converter=qualify_interval, default=60)
