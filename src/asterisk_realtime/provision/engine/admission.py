"""Whom an endpoint's access lists let in, as Asterisk reads them (``main/acl.c``)."""

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
    Whom some rules let in.

    Attributes:
        addresses: Whose requests pass.
        by_default: Those of them that pass because no rule says anything of them.
    """

    addresses: AddressSet = EVERYWHERE
    by_default: AddressSet = EVERYWHERE

    def __and__(self, other: Admission) -> Admission:
        """Return whom both let in: each access list must."""
        return Admission(self.addresses & other.addresses, self.by_default & other.by_default)

    def __or__(self, other: Admission) -> Admission:
        """Return whom either lets in."""
        both = self.addresses | other.addresses
        return Admission(both, self.by_default | other.by_default)

    @property
    def is_open(self) -> bool:
        """Whether it lets in who is not permitted by name, or everybody of IPv4 or IPv6."""
        return bool(self.by_default) or self.addresses.holds_everybody()


def admission(
    endpoint: Any, lists: Mapping[str, Sequence[NamedAcl]], missing: Admission | None = None
) -> Admission:
    """
    Return whom an endpoint's own rules and named lists let in.

    Args:
        endpoint: With ``deny``, ``permit`` and ``acl``.
        lists: The rows of the named lists.
        missing: Whom a list without rows lets in; None for nobody, as Asterisk has it.
    """
    own = [(AclSense.DENY, endpoint.deny or ()), (AclSense.PERMIT, endpoint.permit or ())]
    found = _admitted(own)
    for name in endpoint.acl or ():
        rows = lists.get(name)
        found = found & (_of_list(rows) if rows else missing or Admission(_NOBODY, _NOBODY))
    return found


def _of_list(rows: Sequence[NamedAcl]) -> Admission:
    """Return whom a list lets in, on whichever Asterisk: one with a systemname has its own rows."""
    names = {row.systemname for row in rows if row.systemname}
    found = _admitted(_rules(rows))
    for name in names:
        found = found | _admitted(_rules(row for row in rows if row.systemname == name))
    return found


def _rules(rows: Iterable[NamedAcl]) -> list[tuple[AclSense, Iterable[IPNetwork | str]]]:
    # Of two rules in one place either may come last: the one that lets in is taken for it.
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
    """Return each network, and whether it is permitted: ``!`` turns the rule's sense round."""
    for sense, elements in rules:
        for element in elements:
            net = source_network(element)
            if net is not None:
                yield (sense is AclSense.PERMIT) is not is_turned(element), net
