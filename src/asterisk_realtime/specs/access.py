"""Named access lists: which source addresses are permitted, and which are denied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values.address_sets import EVERYWHERE, AddressSet
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.choices import AclSense
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.networks import any_networks, covers_everybody, wide_errors
from asterisk_realtime.values.plain import flag, instances, member

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from netaddr import IPAddress, IPNetwork

    from asterisk_realtime.models import NamedAcl
    from asterisk_realtime.values.choice_words import AclSenseWord


def _sense(value: AclSense | AclSenseWord, field: str = "sense") -> AclSense:
    return member(AclSense, value, field)


def _some_networks(
    value: Iterable[str | IPNetwork | IPAddress], field: str = "networks"
) -> tuple[IPNetwork, ...]:
    found = any_networks(value, field)
    if not found:
        raise ValidationError(field, value, "it is empty", "give an address or network")
    return found


@attrs.frozen(field_transformer=gather)
class AccessRule(Checked):
    """
    Networks that are permitted or denied.

    Attributes:
        sense: Whether they are permitted or denied.
        networks: Source addresses and networks; merged. IPv4-mapped IPv6 addresses become IPv4.
    """

    sense: AclSense = attrs.field(converter=_sense)
    networks: tuple[IPNetwork, ...] = attrs.field(converter=_some_networks)

    def agree(self) -> list[ValidationError]:
        """Return errors about permitted networks that cover all addresses."""
        if self.sense is AclSense.DENY:
            return []
        return [
            ValidationError(
                "networks",
                str(net),
                "it permits every address",
                "name the networks to permit, or give the list deny_others=False",
            )
            for net in self.networks
            if covers_everybody(net)
        ]

    @classmethod
    def permit(cls, *nets: str | IPNetwork | IPAddress) -> AccessRule:
        """
        Return a rule that permits these networks.

        Raises:
            ValidationError: No network is given, or one is not a network.
        """
        return cls(AclSense.PERMIT, nets)

    @classmethod
    def deny(cls, *nets: str | IPNetwork | IPAddress) -> AccessRule:
        """
        Return a rule that denies these networks.

        Raises:
            ValidationError: No network is given, or one is not a network.
        """
        return cls(AclSense.DENY, nets)


def _rules(value: Iterable[AccessRule], field: str = "rules") -> tuple[AccessRule, ...]:
    hint = "give AccessRule.permit(...) and .deny(...)"
    found = instances(value, AccessRule, field, "it is not a list of rules", hint)
    if not found:
        raise ValidationError(
            field, value, "a list without rules denies everybody", "name a network to permit"
        )
    return tuple(found)


@attrs.frozen(kw_only=True, field_transformer=gather)
class AccessList(Spec["tuple[NamedAcl, ...]"]):
    """
    An access list that endpoints name in ``acl`` or ``contact_acl``.

    The last rule that matches an address decides. An Asterisk with a ``systemname`` in
    asterisk.conf reads these lists only through the view of ``conf.render(system_name=...)``;
    without it, it refuses all requests of an endpoint that names one.

    A list has no effect until an endpoint names it: set ``acl`` of the endpoint's row.

    Attributes:
        name: Name for ``acl`` of endpoints; a list of that name in acl.conf takes precedence.
        rules: The rules in order: wide networks before exceptions from them.
        deny_others: Whether addresses that match no rule are denied; otherwise they are permitted.
        wide: Whether all rules together may permit networks wider than /8 (IPv6: /16); checked only
            with *deny_others*. Not stored, and not compared.

    Sources: Asterisk's ``main/named_acl.c`` and ``main/acl.c``.
    """

    name: str = attrs.field(converter=plain_name)
    rules: tuple[AccessRule, ...] = attrs.field(converter=_rules)
    deny_others: bool = attrs.field(converter=flag, default=True)
    wide: bool = attrs.field(converter=flag, default=False, eq=False)

    @classmethod
    def key(cls, name: str) -> Key[Self, tuple[NamedAcl, ...]]:
        """Return the key of an access list."""
        return Key.of(cls, name=name)

    def agree(self) -> list[ValidationError]:
        """Return errors about a list that permits everybody, or nobody, or networks too wide."""
        return self._useless() or self._too_wide()

    def _too_wide(self) -> list[ValidationError]:
        admitted = self.admitted()
        if not self.deny_others or not admitted.ranges:
            return []
        if admitted.holds_everybody():
            return [
                ValidationError(
                    "rules",
                    "permit",
                    "together they permit everybody",
                    "name the networks to permit",
                )
            ]
        return [] if self.wide else wide_errors(admitted.networks(), "rules")

    def admitted(self) -> AddressSet:
        """Return the addresses that the rules permit: the last rule that matches one decides."""
        found = AddressSet() if self.deny_others else EVERYWHERE
        for rule in self.rules:
            nets = AddressSet.of(rule.networks)
            found = found | nets if rule.sense is AclSense.PERMIT else found - nets
        return found

    def _useless(self) -> list[ValidationError]:
        senses = {rule.sense for rule in self.rules}
        useless = AclSense.DENY if self.deny_others else AclSense.PERMIT
        if senses != {useless}:
            return []
        return [
            ValidationError(
                "rules",
                useless.value,
                "it would deny everybody" if self.deny_others else "it would permit everybody",
                f"deny_others={not self.deny_others}, or other rules",
            )
        ]
