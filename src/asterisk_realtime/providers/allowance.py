"""From a provider's published ranges to who may send calls: the same way for all of them."""

from __future__ import annotations

from abc import abstractmethod
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.identify import Allowance, Header
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import object_id
from asterisk_realtime.values.networks import merged
from asterisk_realtime.values.plain import flag, items, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netaddr import IPNetwork

    from asterisk_realtime.models import Identify  # noqa: F401 - what a provider's spec is of
    from asterisk_realtime.providers.base import AddressRange, Provider


def networks_of(ranges: Iterable[AddressRange]) -> tuple[IPNetwork, ...]:
    """Return the fewest networks that cover some ranges."""
    return merged(net for item in ranges for net in item.networks)


@cache
def known_networks(provider: Provider) -> tuple[IPNetwork, ...]:
    """Return every network that is, may be, or was the provider's."""
    groups = (provider.signaling, provider.uncertain, provider.media, provider.obsolete)
    return networks_of(item for group in groups for item in group)


def allowance_of(
    provider: Provider,
    endpoint: str,
    ranges: Iterable[AddressRange],
    *,
    prune: bool = False,
    account: str | None = None,
) -> Allowance:
    """
    Return who may send calls to *endpoint*.

    Args:
        provider: Whose calls; rows that hold nothing but its networks are replaced.
        endpoint: Id of the trunk's endpoint.
        ranges: Those of the provider's ranges that are allowed.
        prune: Whether the endpoint's other rows go too.
        account: What the provider's header must hold beside.
    """
    name = provider.header_name
    return Allowance(
        endpoint=endpoint,
        networks=networks_of(ranges),
        known=known_networks(provider),
        prune=prune,
        header_name=name,
        header=Header(name=name, value=account) if name and account else None,
    )


_MAX_REGION: Final = 40


def region_names(value: Iterable[str] | None, field: str = "regions") -> tuple[str, ...] | None:
    """
    Return *value* as names of locations; None is all.

    Raises:
        ValidationError: It is empty or no list.
    """
    if value is None:
        return None
    problem, hint = "it is not a list of locations", "give None for all, or a list of locations"
    found = items(value, field, hint, problem=problem)
    if not found:
        raise ValidationError(field, value, problem, hint)
    return tuple(text(name, field, most=_MAX_REGION) for name in found)


@attrs.frozen(kw_only=True, field_transformer=gather)
class ProviderAllowance(Spec["tuple[Identify, ...]"]):
    """
    Which of a provider's addresses may call.

    To the database it is an `Allowance`. Applying it again brings the rows to the addresses that
    are chosen now; rows that a person made for other addresses stay.

    Attributes:
        endpoint: Id of the trunk's endpoint.
        prune: Whether all other identify rows of the endpoint go.
    """

    provider: ClassVar[Provider]

    endpoint: str = attrs.field(converter=object_id)
    prune: bool = attrs.field(converter=flag, default=False)

    @abstractmethod
    def ranges(self) -> tuple[AddressRange, ...]:
        """Return the provider's ranges that are allowed."""

    def part(self) -> Allowance:
        """Return the addresses as networks, merged."""
        return allowance_of(
            self.provider, self.endpoint, self.ranges(), prune=self.prune, account=self._account()
        )

    def _account(self) -> str | None:
        """Return what the provider's header must hold beside."""
        return None


@attrs.frozen(kw_only=True, field_transformer=gather)
class RegionAllowance(ProviderAllowance):
    """
    Which of a provider's addresses may call, by its locations.

    Attributes:
        endpoint: Id of the trunk's endpoint.
        regions: Names of the provider's locations; None for all.
        uncertain: Whether to allow ranges too that are less well attested.
        prune: Whether all other identify rows of the endpoint go.
    """

    regions: tuple[str, ...] | None = attrs.field(converter=region_names, default=None)
    uncertain: bool = attrs.field(converter=flag, default=False)

    def agree(self) -> list[ValidationError]:
        """Tell whether the provider has such locations."""
        known = self.provider.locations(uncertain=self.uncertain)
        return [
            ValidationError(
                "regions",
                name,
                f"{self.provider.label} has no such location",
                f"use some of {', '.join(known)}",
            )
            for name in self.regions or ()
            if name not in known
        ]

    def ranges(self) -> tuple[AddressRange, ...]:
        """Return the provider's ranges that are allowed."""
        return self.provider.chosen(self.regions, uncertain=self.uncertain)
