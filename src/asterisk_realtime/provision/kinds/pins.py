"""Pins: the header that identifies an endpoint, and the ACL that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from netaddr import IPNetwork

from asterisk_realtime.errors import ConflictError
from asterisk_realtime.models import Endpoint, Identify, NamedAcl
from asterisk_realtime.provision.engine.criteria import criteria
from asterisk_realtime.provision.engine.records import described
from asterisk_realtime.provision.engine.scopes import scope
from asterisk_realtime.provision.kinds.access import list_of
from asterisk_realtime.values.networks import EVERYBODY, pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.view import View
    from asterisk_realtime.specs.identify import Allowance

PERMIT_LENGTH: Final = 1024
"""Characters that ``ps_endpoints.permit`` holds."""


def all_known(elements: Sequence[IPNetwork | str], known: Iterable[IPNetwork]) -> bool:
    """Tell whether each element is a network within one of the known networks."""
    return all(
        isinstance(element, IPNetwork) and any(element in net for net in known)
        for element in elements
    )


def known_networks(spec: Allowance) -> tuple[IPNetwork, ...]:
    """Return all networks that are or were the peer's."""
    return (*spec.known, *spec.networks)


def is_pin(spec: Allowance, rows: Sequence[Base]) -> bool:
    """Tell whether the endpoint is pinned, or was pinned by rows that are removed."""
    return spec.header is not None or any(
        isinstance(row, Identify) and row.match_header for row in rows
    )


def needs_list(spec: Allowance) -> bool:
    """Tell whether the networks that go with a header are too many for the endpoint's column."""
    return spec.header is not None and len(pack(spec.networks, PERMIT_LENGTH)) > 1


def refuse_list(endpoint: Endpoint, view: View) -> None:
    """Refuse an existing list of that name that the endpoint does not use: a person made it."""
    name = list_of(endpoint.id)
    there = view.found([scope(NamedAcl, name=name)])
    if there and name not in (endpoint.acl or ()):
        raise ConflictError(
            f"the ACL {name!r} of endpoint {endpoint.id!r}",
            f"{described(there.one(NamedAcl))}, which the endpoint does not name",
            "delete that list, or give it another name",
        )


def acl_of(spec: Allowance, endpoint: Endpoint, *, clears_acl: bool) -> Endpoint:
    """Return the columns ``acl``, ``deny`` and ``permit`` of the endpoint, where they change."""
    part = Endpoint(id=spec.endpoint)
    name = list_of(spec.endpoint)
    others = tuple(item for item in endpoint.acl or () if item != name)
    if needs_list(spec):
        part.acl = (*others, name)
    elif others != (endpoint.acl or ()):
        part.acl = others or None
    if spec.header is not None and not needs_list(spec):
        part.deny, part.permit = EVERYBODY, spec.networks
    elif spec.header is not None or clears_acl:
        part.deny = part.permit = None
    return part


def has_acl(spec: Allowance, endpoint: Endpoint) -> bool:
    """Tell whether the endpoint's ACL is the one that this library writes for a header."""
    return (
        bool(endpoint.permit)
        and all_known(endpoint.permit or (), known_networks(spec))
        and set(endpoint.deny or ()) == set(EVERYBODY)
    )


def was_pinned(rows: Sequence[Base], endpoint: Endpoint) -> bool:
    """Tell whether the endpoint's ACL belongs to a header that is removed now."""
    pinned = any(isinstance(row, Identify) and row.match_header for row in rows)
    return pinned and set(endpoint.deny or ()) == set(EVERYBODY)


def refuse_pinned(spec: Allowance, kept: list[Identify]) -> None:
    """Refuse addresses that would let requests in without the header of a pinned endpoint."""
    for row in kept:
        for criterion in criteria(row):
            raise ConflictError(
                f"addresses alone for endpoint {spec.endpoint!r}",
                f"its identify row {row.id!r}, which also requires {str(criterion)!r}",
                "give the allowance that header to change the networks; to end the pin, call "
                f"delete(session, Allowance, {spec.endpoint!r}) first, or give prune=True, which "
                "removes the row and its access list",
            )


def refuse_mixture(spec: Allowance, endpoint: Endpoint, kept: list[Identify]) -> None:
    """Refuse a header if rows or an ACL that a person made would let requests in without it."""
    for row in kept:
        raise ConflictError(
            f"endpoint {spec.endpoint!r} by {spec.header}",
            f"its identify row {row.id!r}",
            "that row would let requests in without the header; delete it first",
        )
    if spec.prune:
        return
    theirs = [net for net in endpoint.deny or () if net not in EVERYBODY]
    if theirs or not all_known(endpoint.permit or (), known_networks(spec)):
        raise ConflictError(
            f"the ACL that goes with {spec.header}",
            f"deny and permit that endpoint {spec.endpoint!r} has",
            "set both to None first",
        )
