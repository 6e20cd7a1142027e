"""Named access lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import NamedAcl
from asterisk_realtime.provision.engine.identification import check_widening
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted, described
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.access import AccessList, AccessRule
from asterisk_realtime.values.choices import AclSense
from asterisk_realtime.values.networks import EVERYBODY, pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from netaddr import IPNetwork

    from asterisk_realtime.provision.engine.view import View

RULE_LENGTH: Final = 1024
"""Characters that ``acls.rule`` holds."""


def list_of(endpoint: str) -> str:
    """Return the name of the list with the addresses of an endpoint's peer."""
    return f"{endpoint}-allowed"


def access_rows(spec: AccessList) -> tuple[NamedAcl, ...]:
    """Return the rows that *spec* means, unsaved, in their order."""
    return tuple(
        NamedAcl(name=spec.name, systemname=None, rule_order=number, sense=sense, rule=group)
        for number, (sense, group) in enumerate(_rules(spec), start=1)
    )


def _rules(spec: AccessList) -> Iterator[tuple[AclSense, tuple[IPNetwork, ...]]]:
    if spec.deny_others:
        yield AclSense.DENY, EVERYBODY
    for rule in spec.rules:
        for group in pack(rule.networks, RULE_LENGTH):
            yield rule.sense, group


class _AccessList(Kind[AccessList, tuple[NamedAcl, ...]]):
    word = "ACL"
    listing = Listing(NamedAcl, ("name",), is_rest=True)

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        (name,) = key
        return (scope(NamedAcl, name=name),)

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        for row in found.all(NamedAcl):
            if row.systemname is not None:
                return f"{described(row)}, which is only for the Asterisk {row.systemname!r}"
        return None

    def check_new_key(self, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        own = list_of("")
        for name, hint in (
            (old["name"], "rename its endpoint, or create a list and delete this one"),
            (new["name"], "choose another name"),
        ):
            if name.endswith(own):
                problem = "the library gives such names to its lists"
                raise ValidationError("name", name, problem, hint)

    def rows(self, spec: AccessList, found: Rows, view: View) -> Iterable[Wanted]:
        return map(Wanted, access_rows(spec))

    def group(self, key: KeyValues, rows: Rows) -> tuple[NamedAcl, ...]:
        return tuple(rows.all(NamedAcl))

    def read(self, key: KeyValues, found: Rows) -> AccessList:
        rows = found.all(NamedAcl)
        denies = (rows[0].sense, set(rows[0].rule)) == (AclSense.DENY, set(EVERYBODY))
        rules = [AccessRule(row.sense, row.rule) for row in rows[denies:]]
        return AccessList(name=key[0], rules=rules, deny_others=denies, wide=True)

    def check(self, spec: AccessList, view: View) -> None:
        check_widening(view, spec.name)


ACCESS_LIST: Final = _AccessList()
