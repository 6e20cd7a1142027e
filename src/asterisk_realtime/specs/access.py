"""Named access lists: which source addresses are let in, and which are kept out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.choices import AclSense
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.networks import networks
from asterisk_realtime.values.plain import flag, instances, member

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netaddr import IPAddress, IPNetwork


def _sense(value: AclSense | str, field: str = "sense") -> AclSense:
    return member(AclSense, value, field)


@attrs.frozen(field_transformer=gather)
class AccessRule(Checked):
    """
    Networks that are let in, or kept out.

    Attributes:
        sense: Which of the two.
        networks: Source addresses and networks; merged.
    """

    sense: AclSense = attrs.field(converter=_sense)
    networks: tuple[IPNetwork, ...] = attrs.field(converter=networks)

    @classmethod
    def permit(cls, *nets: str | IPNetwork | IPAddress) -> AccessRule:
        """
        Return a rule that lets these networks in.

        Raises:
            InvalidValueError: There is none, or one is no network.
        """
        return cls(AclSense.PERMIT, nets)

    @classmethod
    def deny(cls, *nets: str | IPNetwork | IPAddress) -> AccessRule:
        """
        Return a rule that keeps these networks out.

        Raises:
            InvalidValueError: There is none, or one is no network.
        """
        return cls(AclSense.DENY, nets)


def _rules(value: Iterable[AccessRule], field: str = "rules") -> tuple[AccessRule, ...]:
    hint = "give AccessRule.permit(...) and .deny(...)"
    found = instances(value, AccessRule, field, "it is no list of rules", hint)
    if not found:
        raise InvalidValueError(
            field, value, "a list without rules keeps everybody out", "name a network to permit"
        )
    return found


@attrs.frozen(kw_only=True, field_transformer=gather)
class AccessList(Spec):
    """
    An access list that endpoints name in ``acl`` or ``contact_acl``.

    Asterisk walks the rules in their order, and the last one that fits an address decides. An
    Asterisk whose asterisk.conf has a ``systemname`` does not see these lists: it keeps out
    whoever is subject to one.

    Attributes:
        name: What an endpoint's ``acl`` calls it by; a list of acl.conf with that name wins.
        rules: In their order: the wide networks before the exceptions from them.
        deny_others: Whether everybody is kept out to begin with; otherwise who fits no rule is in.
    """

    name: str = attrs.field(converter=plain_name)
    rules: tuple[AccessRule, ...] = attrs.field(converter=_rules)
    deny_others: bool = attrs.field(converter=flag, default=True)

    def agree(self) -> list[InvalidValueError]:
        """Tell whether the list tells anybody from the others."""
        senses = {rule.sense for rule in self.rules}
        useless = AclSense.DENY if self.deny_others else AclSense.PERMIT
        if senses != {useless}:
            return []
        return [
            InvalidValueError(
                "rules",
                useless.value,
                "nobody would be let in" if self.deny_others else "nobody would be kept out",
                f"deny_others={not self.deny_others}, or other rules",
            )
        ]
