"""
Vonage SIP trunks.

Vonage takes digest credentials or known addresses; its own calls come without credentials. Its list
of addresses could not be read, so the ranges are another company's copy, of medium confidence.
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

COPY: Final = Source(
    "https://docs.cloud.google.com/contact-center/ccai-platform/docs/byoc-ip-allow-list",
    read=date(2026, 11, 22),
)
OLD_GUIDE: Final = Source("Vonage's old guide to Asterisk", read=date(2026, 11, 22))
PAGE: Final = Source(
    "https://developer.vonage.com/en/sip/technical-details", read=date(2026, 11, 22)
)

SIGNALING: Final = (
    AddressRange(
        edge="*",
        cidrs=(
            "216.147.0.1/32",
            "216.147.0.2/32",
            "216.147.1.1/32",
            "216.147.1.2/32",
            "216.147.2.1/32",
            "216.147.2.2/32",
            "216.147.3.1/32",
            "216.147.3.2/32",
            "216.147.4.1/32",
            "216.147.4.2/32",
            "216.147.5.1/32",
            "216.147.5.2/32",
        ),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=COPY,
        confidence=Confidence.MEDIUM,
    ),
)
"""Where SIP comes from: the only ranges that may identify Vonage."""

MEDIA: Final = (
    AddressRange(
        edge="*",
        cidrs=("216.147.0.0/18", "168.100.64.0/18"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=COPY,
        confidence=Confidence.MEDIUM,
    ),
)
"""Where RTP comes from: for a firewall, never for an identify row."""

OBSOLETE: Final = (
    AddressRange(
        edge="*",
        cidrs=(
            "5.10.112.121/32",
            "5.10.112.122/32",
            "119.81.44.6/32",
            "119.81.44.7/32",
            "169.60.141.29/32",
            "169.60.141.30/32",
        ),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=OLD_GUIDE,
        confidence=Confidence.LOW,
    ),
)
"""Ranges of old, still copied: recognised, never written."""

VONAGE: Final = Provider(
    name="vonage",
    label="Vonage",
    hosts=(
        "{name}.sip-us.vonage.com",
        "{name}.sip-eu.vonage.com",
        "{name}.sip-ap.vonage.com",
        "sip.nexmo.com",
    ),
    signaling=SIGNALING,
    media=MEDIA,
    obsolete=OBSOLETE,
    registers=Registers.NEVER,
    numbers="E.164; its examples have no +",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class VonageTrunk(ProviderTrunk):
    """
    A trunk to Vonage; the attributes are those of `create_vonage_trunk`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = VONAGE

    name: str = attrs.field(converter=object_id, default="vonage")
    host: str = attrs.field(converter=sip.host)
    context: str = attrs.field(converter=plain_name, default="from-vonage")


def create_vonage_trunk(
    session: Session, name: str = "vonage", *, host: str, **options: Unpack[TrunkOptions]
) -> TrunkRows:
    """
    Add a trunk to Vonage. The caller commits.

    It takes calls after `allow_vonage_ips`.

    Args:
        session: The caller's session; for an ``AsyncSession`` see its ``run_sync``.
        name: Id of endpoint, AOR, auth and registration.
        host: The domain: ``{name}.sip-eu.vonage.com``, or the older ``sip.nexmo.com``.
        **options: See `TrunkOptions`.

    Returns:
        The rows, flushed; rarer columns can be set on them before the commit.

    Raises:
        InvalidValueError: One parameter is wrong, or contradicts ``ps_transports``.
        InvalidValuesError: Several are.
        ConflictError: As `asterisk_realtime.create_trunk`.
        SchemaError: The database's tables are missing or too old.
    """
    return create_provider_trunk(session, VonageTrunk(name=name, host=host, **hidden_in(options)))


def ensure_vonage_trunk(session: Session, trunk: VonageTrunk) -> Plan:
    """
    Create a trunk, or change it to match *trunk*; return the changes. The caller commits.

    Raises:
        ConflictError: As `asterisk_realtime.ensure_trunk`.
        InvalidValueError: It contradicts ``ps_transports``.
        SchemaError: The database's tables are missing or too old.
    """
    return ensure_provider_trunk(session, trunk)


def find_vonage_trunk(session: Session, name: str = "vonage") -> VonageTrunk | None:
    """
    Return the trunk of that name, or None if there is no such endpoint.

    Raises:
        ConflictError: It is not a trunk to Vonage.
        SchemaError: The database's tables are missing or too old.
    """
    return find_provider_trunk(session, VonageTrunk, name)


@attrs.frozen(kw_only=True, field_transformer=gather)
class VonageAllowance(ProviderAllowance):
    """
    Which of Vonage's addresses may call; the attributes are those of `allow_vonage_ips`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = VONAGE

    endpoint: str = attrs.field(converter=object_id, default="vonage")


def allow_vonage_ips(
    session: Session,
    endpoint: str = "vonage",
    *,
    regions: Iterable[str] | None = None,
    uncertain: bool = False,
    prune: bool = False,
) -> tuple[Identify, ...]:
    """
    Let Vonage call: have requests from its signaling addresses recognised as *endpoint*.

    Calling again brings the rows to what is asked for now. All of Vonage's customers have the
    same addresses, so give the trunk a context where nothing can be called at your cost.

    Args:
        session: The caller's session.
        endpoint: Id of the trunk's endpoint.
        regions: Names of locations, of those in ``SIGNALING``; None for all.
        uncertain: Whether to allow ranges too that are less well attested; there are none.
        prune: Whether all other identify rows of the endpoint go.

    Returns:
        The identify rows, flushed.

    Raises:
        InvalidValueError: A region is unknown; InvalidValuesError if several are wrong.
        NotFoundError: There is no such endpoint.
        ConflictError: A row of another endpoint matches one of the addresses.
        SchemaError: The database's tables are missing or too old.
    """
    wanted = VonageAllowance(endpoint=endpoint, regions=regions, uncertain=uncertain, prune=prune)
    return allow(session, wanted.allowance())
