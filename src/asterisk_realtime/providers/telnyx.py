"""
Telnyx SIP trunks.

Telnyx answers calls of a credential connection with a challenge, and takes those of an IP
connection from known addresses; its own calls come without credentials. Registration is optional.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, Unpack

import attrs

from asterisk_realtime.providers.allowance import ProviderAllowance
from asterisk_realtime.providers.base import (
    AddressRange,
    Confidence,
    Provider,
    Purpose,
    Reach,
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
from asterisk_realtime.provision.identify import allow
from asterisk_realtime.values import sip
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import object_id, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Identify
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.trunks import TrunkRows

PAGE: Final = Source("https://sip.telnyx.com/", read=date(2026, 11, 22))
FEED: Final = Source("https://sip.telnyx.com/voice.json", read=date(2026, 5, 25))
"""Telnyx's ranges for programs, in the version of that day."""

SIGNALING: Final = (
    AddressRange(
        edge="us",
        cidrs=("192.76.120.10/32", "64.16.250.10/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="europe",
        cidrs=("185.246.41.140/32", "185.246.41.141/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="australia",
        cidrs=("103.115.244.145/32", "103.115.244.146/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="canada",
        cidrs=("192.76.120.31/32", "64.16.250.13/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="asia",
        cidrs=("103.115.244.158/32", "103.115.244.159/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
        confidence=Confidence.MEDIUM,
    ),
    AddressRange(
        edge="middle-east",
        cidrs=("185.246.42.128/32", "185.246.42.129/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
        confidence=Confidence.MEDIUM,
    ),
)
"""Where SIP comes from: the only ranges that may identify Telnyx."""

UNCERTAIN: Final = (
    AddressRange(
        edge="us",
        cidrs=("192.76.120.14/32",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=FEED,
        confidence=Confidence.MEDIUM,
    ),
    AddressRange(
        edge="*",
        cidrs=("64.16.246.96/27", "64.16.246.128/26"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=FEED,
        confidence=Confidence.MEDIUM,
    ),
)
"""Said by one source and not by the others: recognised, and allowed if asked for."""

MEDIA: Final = (
    AddressRange(
        edge="*",
        cidrs=(
            "36.255.198.128/25",
            "50.114.136.128/25",
            "50.114.144.0/21",
            "64.16.226.0/24",
            "64.16.227.0/24",
            "64.16.228.0/24",
            "64.16.229.0/24",
            "64.16.230.0/24",
            "64.16.248.0/24",
            "64.16.249.0/24",
            "103.115.244.128/25",
            "103.115.247.0/24",
            "185.246.41.128/25",
            "185.246.42.128/28",
        ),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
)
"""Where RTP comes from: for a firewall, never for an identify row."""

TELNYX: Final = Provider(
    name="telnyx",
    label="Telnyx",
    hosts=(
        "sip.telnyx.com",
        "sip.telnyx.eu",
        "sip.telnyx.com.au",
        "sip.telnyx.ca",
        "sip.telnyx.asia",
        "sip.telnyx.me",
    ),
    signaling=SIGNALING,
    uncertain=UNCERTAIN,
    media=MEDIA,
    registers=Registers.OPTIONAL,
    numbers="E.164 with +",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class TelnyxTrunk(ProviderTrunk):
    """
    A trunk to Telnyx; the attributes are those of `create_telnyx_trunk`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = TELNYX

    name: str = attrs.field(converter=object_id, default="telnyx")
    host: str = attrs.field(converter=sip.host, default="sip.telnyx.com")
    context: str = attrs.field(converter=plain_name, default="from-telnyx")


def create_telnyx_trunk(
    session: Session,
    name: str = "telnyx",
    *,
    host: str = "sip.telnyx.com",
    **options: Unpack[TrunkOptions],
) -> TrunkRows:
    """
    Add a trunk to Telnyx. The caller commits.

    It takes calls after `allow_telnyx_ips`, or by its registration.

    Args:
        session: The caller's session; for an ``AsyncSession`` see its ``run_sync``.
        name: Id of endpoint, AOR, auth and registration.
        host: Where Telnyx takes calls: that, or nearer to you such as ``sip.telnyx.eu``.
        **options: See `TrunkOptions`.

    Returns:
        The rows, flushed; rarer columns can be set on them before the commit.

    Raises:
        InvalidValueError: One parameter is wrong, or contradicts ``ps_transports``.
        InvalidValuesError: Several are.
        ConflictError: As `asterisk_realtime.create_trunk`.
        SchemaError: The database's tables are missing or too old.
    """
    return create_provider_trunk(session, TelnyxTrunk(name=name, host=host, **hidden_in(options)))


def ensure_telnyx_trunk(session: Session, trunk: TelnyxTrunk) -> Plan:
    """
    Create a trunk, or change it to match *trunk*; return the changes. The caller commits.

    Raises:
        ConflictError: As `asterisk_realtime.ensure_trunk`.
        InvalidValueError: It contradicts ``ps_transports``.
        SchemaError: The database's tables are missing or too old.
    """
    return ensure_provider_trunk(session, trunk)


def find_telnyx_trunk(session: Session, name: str = "telnyx") -> TelnyxTrunk | None:
    """
    Return the trunk of that name, or None if there is no such endpoint.

    Raises:
        ConflictError: It is not a trunk to Telnyx.
        SchemaError: The database's tables are missing or too old.
    """
    return find_provider_trunk(session, TelnyxTrunk, name)


@attrs.frozen(kw_only=True, field_transformer=gather)
class TelnyxAllowance(ProviderAllowance):
    """
    Which of Telnyx's addresses may call; the attributes are those of `allow_telnyx_ips`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = TELNYX

    endpoint: str = attrs.field(converter=object_id, default="telnyx")


def allow_telnyx_ips(
    session: Session,
    endpoint: str = "telnyx",
    *,
    regions: Iterable[str] | None = None,
    uncertain: bool = False,
    prune: bool = False,
) -> tuple[Identify, ...]:
    """
    Let Telnyx call: have requests from its signaling addresses recognised as *endpoint*.

    Calling again brings the rows to what is asked for now. All of Telnyx's customers have the
    same addresses, so give the trunk a context where nothing can be called at your cost.

    Args:
        session: The caller's session.
        endpoint: Id of the trunk's endpoint.
        regions: Names of locations, of those in ``SIGNALING``; None for all.
        uncertain: Whether to allow ranges too that are less well attested.
        prune: Whether all other identify rows of the endpoint go.

    Returns:
        The identify rows, flushed.

    Raises:
        InvalidValueError: A region is unknown; InvalidValuesError if several are wrong.
        NotFoundError: There is no such endpoint.
        ConflictError: A row of another endpoint matches one of the addresses.
        SchemaError: The database's tables are missing or too old.
    """
    wanted = TelnyxAllowance(endpoint=endpoint, regions=regions, uncertain=uncertain, prune=prune)
    return allow(session, wanted.allowance())
