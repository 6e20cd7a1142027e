"""
Flowroute SIP trunks.

Asterisk registers there with digest credentials: calls of a trunk that is known by address alone
must carry a technical prefix before the number, which no route writes. Flowroute has no TLS, and
its audio may come from anywhere.
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
from asterisk_realtime.values.plain import flag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Identify
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.trunks import TrunkRows

POINTS: Final = Source(
    "https://developer.flowroute.com/api/numbers/v2.0/list-edge-strategies/",
    read=date(2026, 11, 22),
)
GUIDE: Final = Source("a public guide to FreePBX on Google's cloud", read=date(2026, 11, 22))
PAGE: Final = Source(
    "https://support.bcmone.com/flowroute-support/docs/"
    "flowroute-service-guide-technical-specifications",
    read=date(2026, 11, 22),
)

SIGNALING: Final = (
    AddressRange(
        edge="us-west-or",
        cidrs=("34.210.91.112/28",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=POINTS,
        confidence=Confidence.MEDIUM,
    ),
    AddressRange(
        edge="us-east-va",
        cidrs=("34.226.36.32/28",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=POINTS,
    ),
)
"""Where SIP comes from: the only ranges that may identify Flowroute."""

UNCERTAIN: Final = (
    AddressRange(
        edge="hong-kong",
        cidrs=("16.163.86.112/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
    AddressRange(
        edge="singapore",
        cidrs=("3.0.5.12/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
    AddressRange(
        edge="london",
        cidrs=("3.8.37.20/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
    AddressRange(
        edge="frankfurt",
        cidrs=("3.71.103.56/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
    AddressRange(
        edge="sao-paulo",
        cidrs=("18.228.70.48/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
)
"""Said by one source and not by the others: recognised, and allowed if asked for."""

FLOWROUTE: Final = Provider(
    name="flowroute",
    label="Flowroute",
    hosts=("us-west-or.sip.flowroute.com", "us-east-va.sip.flowroute.com"),
    signaling=SIGNALING,
    uncertain=UNCERTAIN,
    registers=Registers.OPTIONAL,
    tls=False,
    numbers="E.164; the + may be missing",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class FlowrouteTrunk(ProviderTrunk):
    """
    A trunk to Flowroute; the attributes are those of `create_flowroute_trunk`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = FLOWROUTE

    name: str = attrs.field(converter=object_id, default="flowroute")
    host: str = attrs.field(converter=sip.host, default="us-west-or.sip.flowroute.com")
    context: str = attrs.field(converter=plain_name, default="from-flowroute")
    register: bool = attrs.field(converter=flag, default=True)
    secure: bool = attrs.field(converter=flag, default=False)


def create_flowroute_trunk(
    session: Session,
    name: str = "flowroute",
    *,
    host: str = "us-west-or.sip.flowroute.com",
    **options: Unpack[TrunkOptions],
) -> TrunkRows:
    """
    Add a trunk to Flowroute. The caller commits.

    It takes calls after `allow_flowroute_ips`, or by its registration.

    Args:
        session: The caller's session; for an ``AsyncSession`` see its ``run_sync``.
        name: Id of endpoint, AOR, auth and registration.
        host: Where Flowroute takes calls: that, or ``us-east-va.sip.flowroute.com``.
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
        session, FlowrouteTrunk(name=name, host=host, **hidden_in(options))
    )


def ensure_flowroute_trunk(session: Session, trunk: FlowrouteTrunk) -> Plan:
    """
    Create a trunk, or change it to match *trunk*; return the changes. The caller commits.

    Raises:
        ConflictError: As `asterisk_realtime.ensure_trunk`.
        InvalidValueError: It contradicts ``ps_transports``.
        SchemaError: The database's tables are missing or too old.
    """
    return ensure_provider_trunk(session, trunk)


def find_flowroute_trunk(session: Session, name: str = "flowroute") -> FlowrouteTrunk | None:
    """
    Return the trunk of that name, or None if there is no such endpoint.

    Raises:
        ConflictError: It is not a trunk to Flowroute.
        SchemaError: The database's tables are missing or too old.
    """
    return find_provider_trunk(session, FlowrouteTrunk, name)


@attrs.frozen(kw_only=True, field_transformer=gather)
class FlowrouteAllowance(ProviderAllowance):
    """
    Which of Flowroute's addresses may call; the attributes are those of `allow_flowroute_ips`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = FLOWROUTE

    endpoint: str = attrs.field(converter=object_id, default="flowroute")


def allow_flowroute_ips(
    session: Session,
    endpoint: str = "flowroute",
    *,
    regions: Iterable[str] | None = None,
    uncertain: bool = False,
    prune: bool = False,
) -> tuple[Identify, ...]:
    """
    Let Flowroute call: have requests from its signaling addresses recognised as *endpoint*.

    Calling again brings the rows to what is asked for now. All of Flowroute's customers have the
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
    wanted = FlowrouteAllowance(
        endpoint=endpoint, regions=regions, uncertain=uncertain, prune=prune
    )
    return allow(session, wanted.allowance())
