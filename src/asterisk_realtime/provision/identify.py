"""Which addresses, or which header from which addresses, are an endpoint's peer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from netaddr import IPNetwork
from sqlalchemy import select, true, update

from asterisk_realtime.errors import ConflictError, NotFoundError
from asterisk_realtime.models import Endpoint, Identify
from asterisk_realtime.provision.session import all_or_nothing
from asterisk_realtime.values.networks import overlap, source_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from asterisk_realtime.specs.identify import AllowSpec

EVERYBODY: Final = (IPNetwork("0.0.0.0/0"), IPNetwork("::/0"))
"""What an endpoint's ACL denies first. Both families: a rule of one says nothing of the other."""

MATCH_LENGTH: Final = 1024
"""Characters that ``ps_endpoint_id_ips.match`` holds."""


@attrs.frozen
class _Found:
    """What the database holds: the endpoint's ACL, its identify rows, and everybody else's."""

    deny: tuple[IPNetwork | str, ...]
    permit: tuple[IPNetwork | str, ...]
    own: list[Identify]
    others: list[Identify]


def pack(networks: Iterable[IPNetwork], length: int = MATCH_LENGTH) -> list[tuple[IPNetwork, ...]]:
    """Return *networks* in as few groups as fit, joined by commas, into *length* characters."""
    groups: list[list[IPNetwork]] = []
    room = 0
    for net in networks:
        size = len(str(net)) + 1
        if size > room:
            groups.append([])
            room = length + 1
        groups[-1].append(net)
        room -= size
    return [tuple(group) for group in groups]


def identify_rows(spec: AllowSpec, taken: Iterable[str] = ()) -> tuple[Identify, ...]:
    """
    Return the identify rows that *spec* means, unsaved, under ids that are not *taken*.

    Host names are never looked up for them (``srv_lookups=no``).
    """
    ids = _free_ids(spec.endpoint, {name.lower() for name in taken})  # MariaDB folds case
    if spec.header is not None:
        return (Identify(id=next(ids), endpoint=spec.endpoint, match_header=str(spec.header)),)
    return tuple(
        Identify(id=next(ids), endpoint=spec.endpoint, match=group, srv_lookups=False)
        for group in pack(spec.networks)
    )


def _free_ids(endpoint: str, taken: set[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if (name := f"{endpoint}-{number}").lower() not in taken:
            yield name


def allow(session: Session, spec: AllowSpec) -> tuple[Identify, ...]:
    """
    Bring an endpoint's identify rows, and its ACL where *spec* has a header, to *spec*.

    Rows of the endpoint that hold only addresses known as the peer's are replaced; others that
    a person made stay. Nothing is written if nothing changes. Flushes; the caller commits.

    Returns:
        The identify rows that now let the peer in, in the order of their ids.

    Raises:
        NotFoundError: There is no such endpoint.
        ConflictError: A row of another endpoint matches one of the addresses or the header, or
            the endpoint has rows or an ACL that a person made and a header would contradict.
        SchemaError: The database's tables are missing or too old.
    """
    with all_or_nothing(session):
        found = _read(session, spec.endpoint)
        for row in found.others:
            _check_other(spec, row)
        ours = [row for row in found.own if _is_peers(row, spec)]
        kept = [row for row in found.own if row not in ours]
        _check_own(spec, found, kept)
        rows = _bring(session, spec, ours, [*kept, *found.others])
        _bring_acl(session, spec, found)
    return rows


def _read(session: Session, endpoint: str) -> _Found:
    """Read the endpoint's ACL and the whole identify table in one statement."""
    statement = (
        select(Endpoint.id, Endpoint.deny, Endpoint.permit, Identify)
        .join_from(Endpoint, Identify, true(), isouter=True)
        .where(Endpoint.id == endpoint)
    )
    found = session.execute(statement).all()
    if not found or found[0].id != endpoint:  # MariaDB folds case
        raise NotFoundError("endpoint", endpoint, "create the trunk first, or check its name")
    rows: list[Identify] = [row.Identify for row in found if row.Identify is not None]
    return _Found(
        found[0].deny or (),
        found[0].permit or (),
        sorted((row for row in rows if row.endpoint == endpoint), key=lambda row: row.id),
        [row for row in rows if row.endpoint != endpoint],
    )


def _networks(row: Identify) -> list[IPNetwork]:
    return [net for element in row.match or () if (net := source_network(element)) is not None]


def _all_known(elements: Sequence[IPNetwork | str], known: Iterable[IPNetwork]) -> bool:
    return all(
        isinstance(element, IPNetwork) and any(element in net for net in known)
        for element in elements
    )


def _is_peers(row: Identify, spec: AllowSpec) -> bool:
    """Tell whether a row of the endpoint names nothing but the peer."""
    if row.match_request_uri is not None:
        return False
    if row.match_header is not None:
        return row.match is None and row.match_header.startswith(f"{spec.header_name}:")
    return bool(row.match) and _all_known(row.match or (), spec.known)


def _check_other(spec: AllowSpec, row: Identify) -> None:
    """Refuse addresses or a header that another endpoint claims: the lowest id would win."""
    for net in _networks(row):
        for wanted in spec.networks:
            if overlap(net, wanted):
                raise ConflictError(
                    f"{wanted} for endpoint {spec.endpoint!r}",
                    f"identify row {row.id!r}, which gives {net} to endpoint {row.endpoint!r}",
                    "only one endpoint can be told by an address; delete one of the two, or pin "
                    "both to an account",
                )
    pinned_by = row.match_header or ""
    if spec.header is None and pinned_by.startswith(f"{spec.header_name}:"):
        raise ConflictError(
            f"addresses alone for endpoint {spec.endpoint!r}",
            f"identify row {row.id!r}, which gives {pinned_by!r} from there to endpoint "
            f"{row.endpoint!r}",
            "addresses are looked at before headers: pin both endpoints to an account, or none",
        )
    if spec.header is not None and pinned_by == str(spec.header):
        raise ConflictError(
            f"{spec.header} for endpoint {spec.endpoint!r}",
            f"identify row {row.id!r}, which gives it to endpoint {row.endpoint!r}",
            "pin each account to one endpoint",
        )


def _check_own(spec: AllowSpec, found: _Found, kept: list[Identify]) -> None:
    """Refuse a header where a person's own rows or ACL would go around or against it."""
    if spec.header is None:
        return
    for row in kept:
        raise ConflictError(
            f"endpoint {spec.endpoint!r} by {spec.header}",
            f"its identify row {row.id!r}",
            "that row would let requests in without the header; delete it first",
        )
    theirs = [net for net in found.deny if net not in EVERYBODY]
    if theirs or not _all_known(found.permit, spec.known):
        raise ConflictError(
            f"the ACL that goes with {spec.header}",
            f"deny and permit that endpoint {spec.endpoint!r} has",
            "set both to None first",
        )


def _bring(
    session: Session, spec: AllowSpec, ours: list[Identify], others: list[Identify]
) -> tuple[Identify, ...]:
    """Make *ours* what *spec* means, reusing rows from the first on."""
    wanted = identify_rows(spec, taken=[row.id for row in others])
    result: list[Identify] = []
    by_id = {row.id: row for row in ours}
    for row in wanted:
        present = by_id.pop(row.id, None)
        if present is None:
            session.add(row)
            result.append(row)
        else:
            _copy(row, present)
            result.append(present)
    for row in by_id.values():
        session.delete(row)
    return tuple(result)


def _copy(wanted: Identify, present: Identify) -> None:
    for name in ("match", "match_header"):
        value = getattr(wanted, name)
        if getattr(present, name) != value:
            setattr(present, name, value)


def _bring_acl(session: Session, spec: AllowSpec, found: _Found) -> None:
    """Set the endpoint's ACL for a header, or take back the one that a header had."""
    pinned = spec.header is not None
    ours = (
        bool(found.permit)
        and _all_known(found.permit, spec.known)
        and set(found.deny) == set(EVERYBODY)
    )
    if not pinned and not ours:
        return
    deny, permit = (EVERYBODY, spec.networks) if pinned else (None, None)
    if (found.deny or None, found.permit or None) == (deny, permit):
        return
    statement = update(Endpoint).where(Endpoint.id == spec.endpoint)
    session.execute(statement.values(deny=deny, permit=permit))
