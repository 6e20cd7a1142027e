"""
Plivo Zentrunk.

Outbound and inbound calls are two trunks at Plivo, and one here. Outbound calls are told by
address, credentials or both; inbound ones come without credentials. There is no registrar.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, Unpack

import attrs

from asterisk_realtime.providers.allowance import ProviderAllowance
from asterisk_realtime.providers.base import (
    AddressRange,
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

PAGE: Final = Source("https://plivo.com/docs/sip-trunking.md", read=date(2026, 11, 22))

SIGNALING: Final = (
    AddressRange(
        edge="n-california",
        cidrs=("13.52.9.0/25", "216.120.187.128/26"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="virginia",
        cidrs=("18.214.109.128/25", "18.215.142.0/26", "204.89.148.128/26"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="frankfurt",
        cidrs=("3.120.121.128/26",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="sao-paulo",
        cidrs=("18.228.70.64/26", "54.233.191.0/27"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="sydney",
        cidrs=("13.238.202.192/26",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="singapore",
        cidrs=("18.136.1.128/26", "204.89.149.128/27"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="india",
        cidrs=("15.207.90.192/31", "204.89.151.128/27", "204.89.151.160/27"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
)
"""Where SIP comes from: the only ranges that may identify Plivo."""

MEDIA: Final = (
    AddressRange(
        edge="n-california",
        cidrs=("13.52.9.0/25", "216.120.187.128/26"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="virginia",
        cidrs=("18.214.109.128/25", "18.215.142.0/26", "204.89.148.128/26"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="frankfurt",
        cidrs=("3.120.121.128/26",),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="sao-paulo",
        cidrs=("18.228.70.64/26", "54.233.191.0/27"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="sydney",
        cidrs=("13.238.202.192/26",),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="singapore",
        cidrs=("18.136.1.128/26", "204.89.149.128/27"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="india",
        cidrs=("15.207.90.192/31", "204.89.151.128/27", "204.89.151.160/27"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
)
"""Where RTP comes from: for a firewall, never for an identify row."""

PLIVO: Final = Provider(
    name="plivo",
    label="Plivo",
    hosts=("{trunk_id}.zt.plivo.com",),
    signaling=SIGNALING,
    media=MEDIA,
    registers=Registers.NEVER,
    numbers="E.164",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class PlivoTrunk(ProviderTrunk):
    """
    A trunk to Plivo; the attributes are those of `create_plivo_trunk`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = PLIVO

    name: str = attrs.field(converter=object_id, default="plivo")
    host: str = attrs.field(converter=sip.host)
    context: str = attrs.field(converter=plain_name, default="from-plivo")


def create_plivo_trunk(
    session: Session, name: str = "plivo", *, host: str, **options: Unpack[TrunkOptions]
) -> TrunkRows:
    """
    Add a trunk to Plivo. The caller commits.

    It takes calls after `allow_plivo_ips`.

    Args:
        session: The caller's session; for an ``AsyncSession`` see its ``run_sync``.
        name: Id of endpoint, AOR, auth and registration.
        host: The termination domain of the outbound trunk: ``{trunk_id}.zt.plivo.com``.
        **options: See `TrunkOptions`.

    Returns:
        The rows, flushed; rarer columns can be set on them before the commit.

    Raises:
        InvalidValueError: One parameter is wrong, or contradicts ``ps_transports``.
        InvalidValuesError: Several are.
        ConflictError: As `asterisk_realtime.create_trunk`.
        SchemaError: The database's tables are missing or too old.
    """
    return create_provider_trunk(session, PlivoTrunk(name=name, host=host, **hidden_in(options)))


def ensure_plivo_trunk(session: Session, trunk: PlivoTrunk) -> Plan:
    """
    Create a trunk, or change it to match *trunk*; return the changes. The caller commits.

    Raises:
        ConflictError: As `asterisk_realtime.ensure_trunk`.
        InvalidValueError: It contradicts ``ps_transports``.
        SchemaError: The database's tables are missing or too old.
    """
    return ensure_provider_trunk(session, trunk)


def find_plivo_trunk(session: Session, name: str = "plivo") -> PlivoTrunk | None:
    """
    Return the trunk of that name, or None if there is no such endpoint.

    Raises:
        ConflictError: It is not a trunk to Plivo.
        SchemaError: The database's tables are missing or too old.
    """
    return find_provider_trunk(session, PlivoTrunk, name)


@attrs.frozen(kw_only=True, field_transformer=gather)
class PlivoAllowance(ProviderAllowance):
    """
    Which of Plivo's addresses may call; the attributes are those of `allow_plivo_ips`.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """

    provider: ClassVar[Provider] = PLIVO

    endpoint: str = attrs.field(converter=object_id, default="plivo")


def allow_plivo_ips(
    session: Session,
    endpoint: str = "plivo",
    *,
    regions: Iterable[str] | None = None,
    uncertain: bool = False,
    prune: bool = False,
) -> tuple[Identify, ...]:
    """
    Let Plivo call: have requests from its signaling addresses recognised as *endpoint*.

    Calling again brings the rows to what is asked for now. All of Plivo's customers have the
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
    wanted = PlivoAllowance(endpoint=endpoint, regions=regions, uncertain=uncertain, prune=prune)
    return allow(session, wanted.allowance())
