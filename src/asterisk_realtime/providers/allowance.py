"""Allowances of providers: which of their published addresses may send calls."""

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

    from asterisk_realtime.models import Identify  # noqa: F401 - named in a base class
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
    Return the allowance of some of a provider's ranges.

    Args:
        provider: The provider; identify rows that hold only its networks are replaced.
        endpoint: Id of the trunk's endpoint.
        ranges: The ranges to allow.
        prune: Whether to delete the endpoint's other rows too.
        account: Value that the provider's header must have; None checks no header.
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
    Return *value* as names of locations; None means all.

    Raises:
        ValidationError: It is empty or not a list.
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
    Addresses of a provider that may send calls to an endpoint.

    It is stored as an `Allowance`. Apply another one to change the rows; the endpoint's rows for
    addresses that are not the provider's stay.

    Attributes:
        endpoint: Id of the trunk's endpoint.
        prune: Whether to delete all other identify rows of the endpoint.
    """

    provider: ClassVar[Provider]

    endpoint: str = attrs.field(converter=object_id)
    prune: bool = attrs.field(converter=flag, default=False)

    @abstractmethod
    def ranges(self) -> tuple[AddressRange, ...]:
        """Return the provider's ranges that are allowed."""

    def part(self) -> Allowance:
        """Return the allowance of these addresses."""
        return allowance_of(
            self.provider, self.endpoint, self.ranges(), prune=self.prune, account=self._account()
        )

    def _account(self) -> str | None:
        """Return the value that the provider's header must have; None checks no header."""
        return None


@attrs.frozen(kw_only=True, field_transformer=gather)
class RegionAllowance(ProviderAllowance):
    """
    Addresses of a provider's locations that may send calls to an endpoint.

    Attributes:
        endpoint: Id of the trunk's endpoint.
        regions: Names of the provider's locations; None for all.
        uncertain: Whether to allow less certain ranges too.
        prune: Whether to delete all other identify rows of the endpoint.
    """

    regions: tuple[str, ...] | None = attrs.field(converter=region_names, default=None)
    uncertain: bool = attrs.field(converter=flag, default=False)

    def agree(self) -> list[ValidationError]:
        """Return an error for each location that the provider does not have."""
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
