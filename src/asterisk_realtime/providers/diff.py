"""Compare an endpoint's identify rows with the ranges that its provider publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from netaddr import IPNetwork, IPSet

from asterisk_realtime.errors import NotFoundError, ValidationError
from asterisk_realtime.models import Endpoint, Identify
from asterisk_realtime.providers.allowance import known_networks, networks_of
from asterisk_realtime.providers.base import Purpose
from asterisk_realtime.providers.flowroute import FLOWROUTE
from asterisk_realtime.providers.plivo import PLIVO
from asterisk_realtime.providers.signalwire import SIGNALWIRE
from asterisk_realtime.providers.telnyx import TELNYX
from asterisk_realtime.providers.twilio import TWILIO
from asterisk_realtime.providers.vonage import VONAGE
from asterisk_realtime.provision.engine.scopes import scope
from asterisk_realtime.provision.engine.session import all_or_nothing
from asterisk_realtime.provision.engine.view import View
from asterisk_realtime.values.names import object_id
from asterisk_realtime.values.networks import overlap, source_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from asterisk_realtime.providers.base import AddressRange, Provider

PROVIDERS: Final[Mapping[str, Provider]] = {
    provider.name: provider for provider in (TWILIO, TELNYX, PLIVO, VONAGE, FLOWROUTE, SIGNALWIRE)
}
"""All known providers, by name."""

Element = IPNetwork | str
"""A network, or the text of a host name, a header or a request URI."""


@attrs.frozen(kw_only=True)
class ProviderDiff:
    """
    How an endpoint's identify rows differ from what its provider publishes; true if they do.

    Attributes:
        provider: Name of the provider.
        endpoint: Id of the endpoint.
        missing: Signaling addresses that are not allowed, so that their calls are refused.
        obsolete: Allowed networks that the provider no longer uses; others may use them now.
        media: Allowed networks that send only audio.
        foreign: What else is allowed: networks that never were the provider's, host names, headers.
        uncertain: Allowed networks that are less certain. They were asked for, so they do not
            count as a difference.
    """

    provider: str
    endpoint: str
    missing: tuple[IPNetwork, ...] = ()
    obsolete: tuple[IPNetwork, ...] = ()
    media: tuple[IPNetwork, ...] = ()
    foreign: tuple[Element, ...] = ()
    uncertain: tuple[IPNetwork, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.missing or self.obsolete or self.media or self.foreign)

    def __str__(self) -> str:
        """Return one line for each kind of difference."""
        names = ("missing", "obsolete", "media", "foreign", "uncertain")
        groups = [(name, getattr(self, name)) for name in names]
        lines = [f"{name}: {', '.join(map(str, found))}" for name, found in groups if found]
        return "\n".join(lines) or "as published"


def provider_diff(
    session: Session,
    endpoint: str,
    provider: str | None = None,
    *,
    regions: Iterable[str] | None = None,
) -> ProviderDiff:
    """
    Compare an endpoint's identify rows with what its provider publishes. Writes nothing.

    To remove the differences, apply the provider's allowance with ``prune=True``, such as
    ``TelnyxAllowance(prune=True)``; with the same regions, the difference is empty afterwards.

    Args:
        session: The caller's session.
        endpoint: Id of the trunk's endpoint.
        provider: ``twilio``, ``telnyx``, ``plivo``, ``vonage`` or ``flowroute``; None takes the
            one that has most of the networks in the rows.
        regions: Names of locations that must be allowed; None for all public ones.

    Raises:
        ValidationError: The provider or a region is unknown, or the provider publishes no ranges.
        NotFoundError: There is no such endpoint, or its rows hold no provider's ranges.
        SchemaError: The database's tables are missing or too old.
    """
    name = object_id(endpoint, "endpoint")
    given = _provider(provider) if provider is not None else None
    scopes = [scope(Identify, endpoint=name), scope(Endpoint, id=name)]
    rows = all_or_nothing(session, (Identify, Endpoint), lambda: View(session).found(scopes))
    owner = rows.get(Endpoint, name)
    if owner is None:
        raise NotFoundError("endpoint", name, "create the trunk first, or check its name")
    identifies = rows.all(Identify)
    found = given or _recognised(name, [net for net, _text in _elements(identifies, owner) if net])
    return _compare(found, name, identifies, owner, _regions(found, regions))


def _provider(name: str) -> Provider:
    found = PROVIDERS.get(name)
    if found is None:
        known = ", ".join(PROVIDERS)
        raise ValidationError("provider", name, "it is an unknown provider", f"use one of {known}")
    if not found.signaling:
        raise ValidationError(
            "provider", name, f"{found.label} publishes no ranges", "there is nothing to compare"
        )
    return found


def _regions(provider: Provider, names: Iterable[str] | None) -> tuple[str, ...] | None:
    if names is None:
        return None
    chosen = tuple(names)
    known = provider.locations()
    for name in chosen:
        if name not in known:
            raise ValidationError(
                "regions", name, f"{provider.label} has no such location", f"use {', '.join(known)}"
            )
    return chosen


def _recognised(endpoint: str, networks: list[IPNetwork]) -> Provider:
    """Return the provider that has most of *networks*."""
    hits = {
        provider.name: sum(_within(net, known_networks(provider)) for net in networks)
        for provider in PROVIDERS.values()
    }
    best = max(hits, key=lambda name: hits[name])
    if not hits[best]:
        raise NotFoundError(
            "provider of endpoint", endpoint, "its rows hold no published range; name the provider"
        )
    return PROVIDERS[best]


def _elements(identifies: list[Identify], endpoint: Endpoint) -> list[tuple[IPNetwork | None, str]]:
    """Return what the rows allow: as a network, if it is one, and as text."""
    found: list[tuple[IPNetwork | None, str]] = []
    for row in identifies:
        found += [(source_network(element), str(element)) for element in row.match or ()]
        found += [(None, text) for text in (row.match_header, row.match_request_uri) if text]
    if any(row.match_header for row in identifies):  # then the endpoint's ACL has the addresses
        found += [(source_network(item), str(item)) for item in endpoint.permit or ()]
    return found


def _compare(
    provider: Provider,
    endpoint: str,
    identifies: list[Identify],
    owner: Endpoint,
    regions: tuple[str, ...] | None,
) -> ProviderDiff:
    elements = _elements(identifies, owner)
    kinds = _kinds(provider)
    sorts: dict[str, list[IPNetwork]] = {name: [] for name in kinds}
    foreign: list[Element] = []
    for net, text in elements:
        sort = next((name for name, known in kinds.items() if net and _within(net, known)), None)
        if sort is not None and net is not None:
            sorts[sort].append(net)
        elif net is not None or not _is_account(text, provider):
            foreign.append(text if net is None else net)
    let_in = IPSet([net for net, _text in elements if net is not None])
    wanted = IPSet(networks_of(provider.chosen(regions)))
    return ProviderDiff(
        provider=provider.name,
        endpoint=endpoint,
        missing=tuple((wanted - let_in).iter_cidrs()),
        obsolete=tuple(sorts["obsolete"]),
        media=tuple(sorts["media"]),
        foreign=tuple(foreign),
        uncertain=tuple(sorts["uncertain"]),
    )


def _kinds(provider: Provider) -> dict[str, tuple[IPNetwork, ...]]:
    """Return the provider's networks by kind; the first kind that has a network counts."""
    uncertain: dict[Purpose, list[AddressRange]] = {purpose: [] for purpose in Purpose}
    for item in provider.uncertain:
        uncertain[item.purpose].append(item)
    return {
        "signaling": networks_of(provider.signaling),
        # Rows hold adjacent networks merged into one.
        "uncertain": networks_of((*provider.signaling, *uncertain[Purpose.SIGNALING])),
        "obsolete": networks_of(provider.obsolete),
        "media": networks_of((*provider.media, *uncertain[Purpose.MEDIA])),
    }


def _within(net: IPNetwork, known: Iterable[IPNetwork]) -> bool:
    return any(overlap(net, other) and net in other for other in known)


def _is_account(text: str, provider: Provider) -> bool:
    return provider.header_name is not None and text.startswith(f"{provider.header_name}: ")
