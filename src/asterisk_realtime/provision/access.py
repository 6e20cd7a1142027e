"""Named access lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.models import NamedAcl
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.engine.identification import check_widening
from asterisk_realtime.provision.engine.kinds import Key, Kind
from asterisk_realtime.provision.engine.records import Rows, Wanted, described
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.access import AccessList, AccessRule
from asterisk_realtime.values.choices import AclSense
from asterisk_realtime.values.networks import EVERYBODY, pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from netaddr import IPNetwork
    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.engine.view import View

RULE_LENGTH: Final = 1024
"""Characters that ``acls.rule`` holds."""


def list_of(endpoint: str) -> str:
    """Return the name of the list that holds the addresses of an endpoint's peer."""
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


class _AccessList(Kind[AccessList]):
    word = "ACL"

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        (name,) = key
        return (scope(NamedAcl, name=name),)

    def foreign(self, key: Key, found: Rows) -> str | None:
        for row in found.all(NamedAcl):
            if row.systemname is not None:
                return f"{described(row)}, which is for the Asterisk {row.systemname!r} alone"
        return None

    def rows(self, spec: AccessList, found: Rows, view: View) -> Iterable[Wanted]:
        return map(Wanted, access_rows(spec))

    def read(self, key: Key, found: Rows) -> AccessList:
        rows = found.all(NamedAcl)
        denies = (rows[0].sense, set(rows[0].rule)) == (AclSense.DENY, set(EVERYBODY))
        rules = [AccessRule(row.sense, row.rule) for row in rows[denies:]]
        return AccessList(name=key[0], rules=rules, deny_others=denies, wide=True)

    def check(self, spec: AccessList, view: View) -> None:
        check_widening(view, spec.name)


ACCESS_LIST: Final = _AccessList()


def create_access_list(session: Session, access_list: AccessList) -> tuple[NamedAcl, ...]:
    """
    Add a named access list. The caller commits.

    It keeps out nobody until an endpoint names it: set ``acl`` of the endpoint's row.

    Returns:
        The rows, flushed, in their order.

    Raises:
        ConflictError: The list is there, also under a name that differs only in case.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``main/named_acl.c`` and ``main/acl.c``.
    """
    return tuple(verbs.create(session, ACCESS_LIST, access_list).all(NamedAcl))


def ensure_access_list(session: Session, access_list: AccessList) -> Plan:
    """
    Create a list, or change it to match *access_list*; return the changes. The caller commits.

    Raises:
        ConflictError: The list has rules for one Asterisk alone (``systemname``); or an endpoint
            that is pinned by a header names it, and more addresses would be let in.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, ACCESS_LIST, access_list)


def find_access_list(session: Session, name: str) -> AccessList | None:
    """
    Return the list of that name, or None if it does not exist.

    Raises:
        ConflictError: Its rows cannot be read as an `AccessList`.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, ACCESS_LIST, name)


def delete_access_list(session: Session, name: str) -> Plan:
    """
    Delete a list; return what was removed. The caller commits.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: An endpoint still uses it: Asterisk would let nobody in then.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, ACCESS_LIST, name)
