"""Which addresses an endpoint's access lists let in, by the rules of ``main/acl.c``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import attrs

from asterisk_realtime.values.address_sets import EVERYWHERE, AddressSet
from asterisk_realtime.values.choices import AclSense
from asterisk_realtime.values.networks import is_turned, source_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from netaddr import IPNetwork

    from asterisk_realtime.models import NamedAcl

_NOBODY: Final = AddressSet()


@attrs.frozen
class Admission:
    """
    The addresses that some rules let in.

    Attributes:
        addresses: All of them.
        by_default: Those that are let in because no rule matches them.
    """

    addresses: AddressSet = EVERYWHERE
    by_default: AddressSet = EVERYWHERE

    def __and__(self, other: Admission) -> Admission:
        """Return the addresses that both let in, as all access lists of an endpoint must."""
        return Admission(self.addresses & other.addresses, self.by_default & other.by_default)

    def __or__(self, other: Admission) -> Admission:
        """Return the addresses that either lets in."""
        both = self.addresses | other.addresses
        return Admission(both, self.by_default | other.by_default)

    @property
    def is_open(self) -> bool:
        """Whether it lets in addresses that no rule names, or all of IPv4 or IPv6."""
        return bool(self.by_default) or self.addresses.holds_everybody()


def admission(
    endpoint: Any, lists: Mapping[str, Sequence[NamedAcl]], missing: Admission | None = None
) -> Admission:
    """
    Return the addresses that an endpoint's own rules and named lists let in.

    Args:
        endpoint: With ``deny``, ``permit`` and ``acl``.
        lists: The rows of the named lists.
        missing: What a list without rows lets in; None for nothing, as in Asterisk.
    """
    own = [(AclSense.DENY, endpoint.deny or ()), (AclSense.PERMIT, endpoint.permit or ())]
    found = _admitted(own)
    for name in endpoint.acl or ():
        rows = lists.get(name)
        found = found & (_of_list(rows) if rows else missing or Admission(_NOBODY, _NOBODY))
    return found


def _of_list(rows: Sequence[NamedAcl]) -> Admission:
    """Return the addresses that a list lets in on any Asterisk: each may have its own rows."""
    names = {row.systemname for row in rows if row.systemname}
    found = _admitted(_rules(rows))
    for name in names:
        found = found | _admitted(_rules(row for row in rows if row.systemname == name))
    return found


def _rules(rows: Iterable[NamedAcl]) -> list[tuple[AclSense, Iterable[IPNetwork | str]]]:
    # Rules with one rule_order may be read in any order: assume that permit comes last and wins.
    ordered = sorted(rows, key=lambda row: (row.rule_order, row.sense is AclSense.PERMIT))
    return [(row.sense, row.rule) for row in ordered]


def _admitted(rules: Iterable[tuple[AclSense, Iterable[IPNetwork | str]]]) -> Admission:
    found, undecided = EVERYWHERE, EVERYWHERE
    for permits, group in groupby(_elements(rules), key=lambda item: item[0]):
        nets = AddressSet.of(net for _permits, net in group)
        found = found | nets if permits else found - nets
        undecided = undecided - nets
    return Admission(found, undecided)


def _elements(
    rules: Iterable[tuple[AclSense, Iterable[IPNetwork | str]]],
) -> Iterator[tuple[bool, IPNetwork]]:
    """Return each network, and whether it is permitted: ``!`` inverts the rule's sense."""
    for sense, elements in rules:
        for element in elements:
            net = source_network(element)
            if net is not None:
                yield (sense is AclSense.PERMIT) is not is_turned(element), net
