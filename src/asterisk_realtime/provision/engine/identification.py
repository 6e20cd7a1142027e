"""
The rules of identification, which hold after each change, and their check.

Identify rows tell Asterisk to which endpoint a request belongs: first by the source address, then
by a header or the Request-URI. If the endpoint has no ``auth``, Asterisk checks nothing else. Any
sender can write a header or a Request-URI. So:

1. An endpoint that is identified by a header or a Request-URI, and has no credentials, must have an
   access list (``deny`` and ``permit``, or lists that ``acl`` names) that lets in only the networks
   that it permits by name, and never all of IPv4 or IPv6.
2. No address belongs to two endpoints: neither by two identify rows, nor by one row if another
   endpoint is identified by a header from that address, since addresses are compared first.
3. No header value and no Request-URI belongs to two endpoints. Case in header names is ignored.
4. An endpoint without credentials and without such an access list is not identified by a name that
   any sender can write, as it is without ``identify_by``: `open_names` reports those.
5. No network is wider than /8 (IPv6: /16), merged as it is stored, unless ``wide`` says so.
6. IPv4-mapped IPv6 addresses are written as IPv4, and are compared as IPv4 when they are read.

Rules 1 to 3 are checked on the rows as they will be, for each endpoint that a change touches: by
its own row, its identify rows, or an access list that it names. Rows of other programs count as
well, but do not prevent changes to other endpoints. Rules 5 and 6 are checked where networks are
given, since no row tells whether a wide network is intended.

Sources: Asterisk's ``res/res_pjsip_endpoint_identifier_ip.c`` and ``main/acl.c``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import or_, select
from sqlalchemy.orm.attributes import set_committed_value

from asterisk_realtime.errors import ConflictError
from asterisk_realtime.models import Endpoint, Identify, NamedAcl
from asterisk_realtime.models.rare import Rare
from asterisk_realtime.models.spelling import may_be_unset
from asterisk_realtime.provision.engine.admission import Admission, admission
from asterisk_realtime.provision.engine.claims import claims_of_row, claims_of_set, overlaps
from asterisk_realtime.provision.engine.criteria import Criterion, criteria
from asterisk_realtime.provision.engine.identification_problems import (
    open_header,
    open_name,
    shared_address,
    shared_criterion,
    wide_network,
)
from asterisk_realtime.provision.engine.records import copy_of
from asterisk_realtime.provision.engine.scopes import MARIADB, Question, Scope, scope
from asterisk_realtime.values.address_sets import AddressSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from asterisk_realtime.provision.engine.claims import Claim
    from asterisk_realtime.provision.engine.identification_problems import IdentificationProblem
    from asterisk_realtime.provision.engine.view import View

_CriterionRow = tuple[Criterion, Any]
"""A criterion, and the identify row that contains it."""

IDENTIFY_ROWS: Final = Scope(Identify, (), is_usual=True)
"""The whole table, which Asterisk also reads for each request."""


# -- The rows --------------------------------------------------------------------------------------


def named_by_criteria() -> Question:
    """Ask for the endpoints that are identified by a header or Request-URI."""
    named = select(Identify.endpoint).where(
        or_(Identify.match_header.is_not(None), Identify.match_request_uri.is_not(None))
    )
    return Question(
        ("identified by criteria",),
        Endpoint,
        ("auth", "deny", "permit", "acl"),
        lambda: [Endpoint.id.in_(named)],
        lambda _row: True,
    )


def is_found_by_name(endpoint: Any) -> bool:
    """Tell whether a name in a request identifies an endpoint, as it does without identify_by."""
    ways = endpoint.identify_by
    return not ways or any(way.is_name for way in ways)


def _found_by_name() -> Question:
    """Ask for the endpoints that are identified by a name in the request, without credentials."""
    return Question(
        ("found by name",),
        Endpoint,
        ("auth", "identify_by", "deny", "permit", "acl"),
        lambda: [Rare("ps_endpoints") & may_be_unset(Endpoint.auth)],
        lambda row: not row.auth and is_found_by_name(row),
    )


def open_names(view: View) -> Iterator[IdentificationProblem]:
    """Return the endpoints that anybody can claim to be by writing their id into From."""
    endpoints = view.answers(_found_by_name())
    lists = _lists(view, endpoints)
    for endpoint in endpoints:
        if admission(endpoint, lists).is_open:
            yield open_name(endpoint)


@attrs.frozen
class Identification:
    """
    The rows that decide to which endpoint a request belongs.

    Attributes:
        rows: All identify rows.
        endpoints: Those that are identified by a header or Request-URI, by their ids.
        lists: The rows of the access lists that these endpoints name, by name of the list.
    """

    rows: Sequence[Any]
    endpoints: Mapping[str, Any]
    lists: Mapping[str, Sequence[NamedAcl]]

    @classmethod
    def of(cls, view: View) -> Identification:
        """Return the rows as they will be after the changes so far."""
        rows = view.found([IDENTIFY_ROWS]).all(Identify)
        found: list[Any] = (
            view.answers(named_by_criteria()) if any(any(criteria(row)) for row in rows) else []
        )
        if view.dialect(Identify) in MARIADB:
            rows = _in_one_case(rows, [str(row.id) for row in found])
        named = {row.endpoint for row in rows if any(criteria(row))}
        endpoints = {str(row.id): row for row in found if row.id in named}
        return cls(rows, endpoints, _lists(view, endpoints.values()))

    def admission(self, endpoint: str) -> Admission:
        """Return the addresses that the access lists of an endpoint let in."""
        return admission(self.endpoints[endpoint], self.lists)

    def problems(self, first: Collection[str] = ()) -> Iterator[IdentificationProblem]:
        """Return where rules 1 to 3 are broken; an endpoint of *first* is named first."""
        yield from self._open_endpoints()
        for one, other in self._shared_addresses():
            pair = (one, other) if one.endpoint in first else (other, one)
            yield shared_address(*pair)
        for met, found in self._shared_criteria():
            in_order = (met, found) if met[1].endpoint in first else (found, met)
            yield shared_criterion(*in_order)

    def _by_criteria(self) -> Iterator[tuple[Any, Criterion]]:
        for row in self.rows:
            if row.endpoint:
                yield from ((row, item) for item in criteria(row))

    def _open_endpoints(self) -> Iterator[IdentificationProblem]:
        for row, criterion in self._by_criteria():
            endpoint = self.endpoints.get(row.endpoint)
            if endpoint is None or endpoint.auth or not self.admission(row.endpoint).is_open:
                continue
            yield open_header(row, criterion)

    def _shared_addresses(self) -> Iterator[tuple[Claim, Claim]]:
        claims = [claim for row in self.rows if row.endpoint for claim in claims_of_row(row)]
        return overlaps([*claims, *self._pinned_claims()])

    def _pinned_claims(self) -> Iterator[Claim]:
        first: dict[str, Any] = {}
        for row, _criterion in self._by_criteria():
            if row.endpoint in self.endpoints:
                first.setdefault(row.endpoint, row)
        for endpoint, row in first.items():
            admitted = self.admission(endpoint)
            if not admitted.is_open:
                yield from claims_of_set(row, admitted.addresses)

    def _shared_criteria(self) -> Iterator[tuple[_CriterionRow, _CriterionRow]]:
        exact: dict[Criterion, list[_CriterionRow]] = {}
        patterns: list[_CriterionRow] = []
        for row, criterion in self._by_criteria():
            others = list(exact.get(criterion, ()))
            if criterion.is_pattern:
                patterns.append((criterion, row))
                others += (
                    met for key, mets in exact.items() if _differ(criterion, key) for met in mets
                )
            else:
                others += (met for met in patterns if _differ(met[0], criterion))
            exact.setdefault(criterion, []).append((criterion, row))
            yield from (
                ((criterion, row), met) for met in others if met[1].endpoint != row.endpoint
            )

    def wide_networks(self) -> Iterator[IdentificationProblem]:
        """Return the endpoints with wide networks, which may be intended."""
        for name, rows in _by_endpoint(self.rows).items():
            yield from wide_network(name, addresses_of(rows), tuple(row.id for row in rows))
        for row, _criterion in self._by_criteria():
            if row.endpoint in self.endpoints:
                admitted = self.admission(row.endpoint)
                if not admitted.is_open:
                    yield from wide_network(row.endpoint, admitted.addresses, (row.id,))


def _differ(one: Criterion, other: Criterion) -> bool:
    """Tell whether a request may match both, though they are written differently."""
    return one != other and one.meets(other)


def _in_one_case(rows: Iterable[Identify], ids: Iterable[str]) -> list[Identify]:
    """Return rows that name each endpoint in one case, since MariaDB finds an id in any case."""
    spelled = {name.lower(): name for name in ids}
    result = []
    for row in rows:
        name = row.endpoint and spelled.setdefault(row.endpoint.lower(), row.endpoint)
        if name != row.endpoint:
            row = copy_of(row)  # noqa: PLW2901 - the database's row stays as it is
            set_committed_value(row, "endpoint", name)
        result.append(row)
    return result


def _by_endpoint(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        if row.endpoint:
            found.setdefault(row.endpoint, []).append(row)
    return found


def addresses_of(rows: Iterable[Any]) -> AddressSet:
    """Return the addresses in the ``match`` of identify rows."""
    return AddressSet.of(claim.network for row in rows for claim in claims_of_row(row))


def _lists(view: View, endpoints: Iterable[Any]) -> dict[str, list[NamedAcl]]:
    names = dict.fromkeys(name for row in endpoints for name in row.acl or ())
    scopes = [scope(NamedAcl, name=name) for name in names]
    return {item.where[0][1]: view.found([item]).all(NamedAcl) for item in _looked(view, scopes)}


def _looked(view: View, scopes: list[Scope]) -> list[Scope]:
    if scopes:
        view.look(scopes)
    return scopes


# -- The check -------------------------------------------------------------------------------------


def check_changes(view: View) -> None:
    """
    Refuse a change after which an endpoint that it touches breaks a rule of identification.

    Raises:
        ConflictError: An endpoint would break one; the error names the rows on both sides.
    """
    _refuse_opened(view)
    lists = {row.name for row in view.altered(NamedAcl)}
    ids = _endpoints_of(view.altered(Identify))
    ids |= _with_identify_rows(view, {row.id for row in view.altered(Endpoint)} - ids)
    if not lists and not ids:
        return
    found = Identification.of(view)
    ids |= {name for name, row in found.endpoints.items() if lists & set(row.acl or ())}
    for problem in found.problems(ids):
        if ids & set(problem.endpoints):
            raise problem.conflict()


def _refuse_opened(view: View) -> None:
    """Refuse to open an endpoint that is identified by its name to all addresses."""
    before = {row.id: row for row in view.stored(Endpoint)}
    named = [row for row in view.altered(Endpoint) if not row.auth and is_found_by_name(row)]
    known = [row for row in named if row.id in before]
    lists = _lists(view, known)
    for row in known:
        if admission(row, lists).is_open and not admission(before[row.id], lists).is_open:
            raise open_name(row).conflict()


def _with_identify_rows(view: View, ids: set[str]) -> set[str]:
    """Return those endpoints that have identify rows; the others need no check."""
    scopes = _looked(view, [scope(Identify, endpoint=name) for name in sorted(ids)])
    found = [*view.found(scopes).all(Identify)]
    if view.dialect(Identify) in MARIADB:
        found += [row for row in view.in_other_case(scopes) if isinstance(row, Identify)]
    names = {row.endpoint.lower() for row in found if row.endpoint}
    return {name for name in ids if name.lower() in names}


def _endpoints_of(rows: Iterable[Identify]) -> set[str]:
    return {row.endpoint for row in rows if row.endpoint}


def check_widening(view: View, name: str, owner: str | None = None) -> None:
    """
    Refuse an access list that lets more addresses than before into a pinned endpoint.

    Networks are added to a pin only by the endpoint's own allowance.

    Args:
        view: The rows as they will be.
        name: Name of the list.
        owner: The endpoint whose own allowance changes the list.

    Raises:
        ConflictError: An endpoint that is identified by a header names the list, and more
            addresses would be let in.
    """
    if not any(row.name == name for row in view.altered(NamedAcl)):
        return
    found = Identification.of(view)
    before = {**found.lists, name: [r for r in view.stored(NamedAcl) if r.name == name]}
    for key, row in found.endpoints.items():
        if key == owner or name not in (row.acl or ()):
            continue
        more = admission(row, found.lists).addresses - _admitted_before(row, before)
        if more:
            net = next(more.networks())
            raise ConflictError(
                f"{net} in ACL {name!r}",
                f"endpoint {key!r}, which is identified by a header and names that ACL",
                "add the network to the endpoint's allowance, or to another list",
            )


def _admitted_before(endpoint: Any, lists: Mapping[str, Sequence[NamedAcl]]) -> AddressSet:
    """
    Return the addresses that an endpoint let in before a list changed.

    A list without rows lets nobody in. If the endpoint's other rules keep others out, the networks
    of these rules count as let in, so that the list may be written.
    """
    others = admission(endpoint, lists, missing=Admission())
    return (admission(endpoint, lists) if others.is_open else others).addresses
