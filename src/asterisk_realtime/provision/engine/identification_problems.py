"""The problems that `asterisk_realtime.provision.engine.identification` reports."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from asterisk_realtime.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asterisk_realtime.provision.engine.claims import Claim
    from asterisk_realtime.provision.engine.criteria import Criterion
    from asterisk_realtime.values.address_sets import AddressSet

    CriterionRow = tuple[Criterion, Any]


class IdentificationFault(StrEnum):
    """Which rule of identification is broken."""

    OPEN_HEADER = "open header"
    """A header or Request-URI identifies the endpoint, and no access list keeps others out."""

    SHARED_ADDRESS = "shared address"
    """An address belongs to two endpoints."""

    SHARED_HEADER = "shared header"
    """A header's value, or a Request-URI, belongs to two endpoints."""

    OPEN_NAME = "open name"
    """The endpoint's id in From identifies it without credentials, and no list keeps others out."""

    WIDE_NETWORK = "wide network"
    """An endpoint has a network wider than /8, or /16 in IPv6, which may be intended."""


@attrs.frozen
class IdentificationProblem:
    """
    One place where Asterisk may take the wrong sender for an endpoint.

    Attributes:
        fault: Which rule is broken.
        endpoints: Ids of the endpoints concerned.
        rows: Ids of the identify rows concerned.
        wanted: What one row or endpoint says.
        existing: What contradicts it.
        hint: What to do about it.
    """

    fault: IdentificationFault
    endpoints: tuple[str, ...]
    rows: tuple[str, ...]
    wanted: str
    existing: str
    hint: str

    def __str__(self) -> str:
        """Return it as one sentence."""
        return str(self.conflict())

    def conflict(self) -> ConflictError:
        """Return the error for a change that would cause this problem."""
        return ConflictError(self.wanted, self.existing, self.hint)


def open_header(row: Any, criterion: Criterion) -> IdentificationProblem:
    """Report that a header or Request-URI alone identifies an endpoint."""
    return IdentificationProblem(
        IdentificationFault.OPEN_HEADER,
        (row.endpoint,),
        (row.id,),
        f"identify row {row.id!r}, which matches any sender of {str(criterion)!r},",
        f"endpoint {row.endpoint!r}, which has no access list that lets in certain networks only",
        "delete the identify row, or set deny of the endpoint to 0.0.0.0/0,::/0 and "
        "permit to the peer's networks",
    )


def open_name(endpoint: Any) -> IdentificationProblem:
    """Report that an endpoint's id alone identifies it."""
    return IdentificationProblem(
        IdentificationFault.OPEN_NAME,
        (endpoint.id,),
        (),
        f"identify_by of endpoint {endpoint.id!r}, which has no auth,",
        "any sender who writes its id into From, since no access list keeps others out",
        "set identify_by to 'ip' or 'header', give it an auth, or close it by deny and permit",
    )


def wide_network(
    endpoint: str, addresses: AddressSet, rows: tuple[str, ...]
) -> Iterator[IdentificationProblem]:
    """Report a network that is wider than one peer needs, if an endpoint has one."""
    net = addresses.widest()
    if net is not None:
        yield IdentificationProblem(
            IdentificationFault.WIDE_NETWORK,
            (endpoint,),
            rows,
            f"{net} for endpoint {endpoint!r}",
            "the width of a network that one peer sends from",
            "name the peer's networks, unless the width is intended",
        )


def shared_address(one: Claim, other: Claim) -> IdentificationProblem:
    """Report that an address belongs to two endpoints."""
    hint = (
        "Asterisk compares addresses before headers: pin both endpoints to an account, or neither"
        if one.is_pin or other.is_pin
        else "an address can identify one endpoint only: delete one of the two rows, or pin both "
        "endpoints to an account"
    )
    return IdentificationProblem(
        IdentificationFault.SHARED_ADDRESS,
        (one.endpoint, other.endpoint),
        (one.row, other.row),
        f"{one.network} for endpoint {one.endpoint!r} by {one.source}",
        f"{other.source}, which gives {other.network} to endpoint {other.endpoint!r}",
        hint,
    )


def shared_criterion(one: CriterionRow, other: CriterionRow) -> IdentificationProblem:
    """Report that a header's value, or a Request-URI, belongs to two endpoints."""
    (criterion, row), (_criterion, existing) = one, other
    return IdentificationProblem(
        IdentificationFault.SHARED_HEADER,
        (row.endpoint, existing.endpoint),
        (row.id, existing.id),
        f"{str(criterion)!r} for endpoint {row.endpoint!r} by identify row {row.id!r}",
        f"identify row {existing.id!r}, which gives it to endpoint {existing.endpoint!r}",
        "pin each account to one endpoint",
    )
