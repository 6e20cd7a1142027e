"""Allowances: which addresses, or which header and addresses, identify an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from netaddr import IPNetwork

from asterisk_realtime.errors import NotFoundError, ValidationError
from asterisk_realtime.models import Endpoint, Identify, NamedAcl
from asterisk_realtime.provision.engine.criteria import criteria
from asterisk_realtime.provision.engine.identification import (
    IDENTIFY_ROWS,
    Identification,
    addresses_of,
    check_widening,
    open_names,
)
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.provision.engine.session import all_or_nothing
from asterisk_realtime.provision.engine.view import View
from asterisk_realtime.provision.kinds.access import access_rows, list_of
from asterisk_realtime.provision.kinds.pins import (
    acl_of,
    all_known,
    has_acl,
    is_pin,
    known_networks,
    needs_list,
    refuse_list,
    refuse_mixture,
    refuse_pinned,
    was_pinned,
)
from asterisk_realtime.specs.access import AccessList, AccessRule
from asterisk_realtime.specs.identify import Allowance, Header
from asterisk_realtime.values.address_sets import AddressSet
from asterisk_realtime.values.choices import AclSense
from asterisk_realtime.values.networks import pack, source_network, wide_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.identification_problems import IdentificationProblem

MATCH_LENGTH: Final = 1024
"""Characters that ``ps_endpoint_id_ips.match`` holds."""


_UNUSED: Final = frozenset({"srv_lookups"})
"""Columns without a meaning for addresses, which keep their values."""


def identify_rows(
    spec: Allowance, taken: Iterable[str] = (), own: Iterable[Identify] = ()
) -> tuple[Identify, ...]:
    """
    Return the identify rows that *spec* means, unsaved.

    Asterisk never looks up SRV records for them (``srv_lookups=no``).

    Args:
        spec: The addresses to allow.
        taken: Ids of other rows.
        own: The rows that these replace; one with the same content keeps its id.
    """
    kept = {_content(row): row.id for row in own}
    wanted = _wanted(spec)
    known = [kept.get((frozenset(match or ()), header, None)) for match, header in wanted]
    used = {name.lower() for name in (*taken, *known) if name}  # MariaDB folds case
    free = _free_ids(spec.endpoint, used)
    return tuple(
        Identify(
            id=name or next(free),
            endpoint=spec.endpoint,
            match=match,
            match_header=header,
            srv_lookups=False if match else None,
        )
        for (match, header), name in zip(wanted, known, strict=True)
    )


def _wanted(spec: Allowance) -> list[tuple[tuple[IPNetwork, ...] | None, str | None]]:
    """Return the addresses and the header of each row."""
    if spec.header is not None:
        return [(None, str(spec.header))]
    return [(group, None) for group in pack(spec.networks, MATCH_LENGTH)]


def _content(row: Identify) -> tuple[object, ...]:
    return frozenset(row.match or ()), row.match_header, row.match_request_uri


def _free_ids(endpoint: str, taken: set[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if (name := f"{endpoint}-{number}").lower() not in taken:
            yield name


class _Allowance(Kind[Allowance, tuple[Identify, ...]]):
    word = "allowed addresses of endpoint"
    fields = ("endpoint",)
    listing = Listing(Identify, ("endpoint",))
    named_by_others = True

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        (endpoint,) = key
        return (
            Scope(Identify, (("endpoint", endpoint),), is_usual=True),
            Scope(Endpoint, (("id", endpoint),), is_usual=True),  # its ACL goes with a header
        )

    def depends_on(self, spec: Allowance) -> tuple[Scope, ...]:
        listed = (scope(NamedAcl, name=list_of(spec.endpoint)),) if needs_list(spec) else ()
        return (IDENTIFY_ROWS, *listed)

    def related(self, key: KeyValues, found: Rows) -> tuple[Scope, ...]:
        endpoint = found.get(Endpoint, *key)
        if endpoint is None or list_of(endpoint.id) not in (endpoint.acl or ()):
            return ()
        return (scope(NamedAcl, name=list_of(endpoint.id)),)

    def rows(self, spec: Allowance, found: Rows, view: View) -> Iterable[Wanted]:
        endpoint = view.get(Endpoint, spec.endpoint)
        if endpoint is None:
            raise NotFoundError(
                "endpoint", spec.endpoint, "create the trunk first, or check its name"
            )
        ours = list(self.owned(spec, found))
        kept = [row for row in found.all(Identify) if row not in ours]
        if spec.header is not None:
            refuse_mixture(spec, endpoint, kept)
        else:
            refuse_pinned(spec, kept)
        taken = [row.id for row in view.found([IDENTIFY_ROWS]).all(Identify) if row not in ours]
        own = [row for row in ours if isinstance(row, Identify)]
        for row in identify_rows(spec, taken, own):
            yield Wanted(row, initial=_UNUSED)
        if needs_list(spec):
            refuse_list(endpoint, view)
            rules = [AccessRule(AclSense.PERMIT, spec.networks)]
            yield from map(Wanted, access_rows(AccessList(name=list_of(endpoint.id), rules=rules)))
        clears_acl = was_pinned(ours, endpoint) and (spec.prune or has_acl(spec, endpoint))
        yield Wanted(acl_of(spec, endpoint, clears_acl=clears_acl), part=True)

    def owned(self, spec: Allowance | None, found: Rows) -> Iterable[Base]:
        rows = [row for row in found.all(Identify) if spec is None or _is_peers(row, spec)]
        yield from rows
        if spec is None or is_pin(spec, rows):
            yield from found.all(NamedAcl)

    def when_removed(self, key: KeyValues, found: Rows) -> Iterable[Wanted]:
        """Take back the ACL that went with a header."""
        endpoint = found.get(Endpoint, *key)
        if endpoint is None:
            return
        part = Endpoint(id=endpoint.id)
        name = list_of(endpoint.id)
        if name in (endpoint.acl or ()):
            part.acl = tuple(item for item in endpoint.acl or () if item != name) or None
        if was_pinned(found.all(Identify), endpoint):
            part.deny = part.permit = None
        yield Wanted(part, part=True)

    def check(self, spec: Allowance, view: View) -> None:
        """Refuse to widen another pinned endpoint, or to make a network that is too wide."""
        check_widening(view, list_of(spec.endpoint), owner=spec.endpoint)
        if spec.wide:
            return
        after = _addresses_of(spec, view.known(Identify))
        before = _addresses_of(spec, view.stored(Identify))
        new = [net for net in after.networks() if not AddressSet.of([net]) <= before]
        for error in wide_errors(new):
            raise error

    def group(self, key: KeyValues, rows: Rows) -> tuple[Identify, ...]:
        return tuple(rows.all(Identify))

    def read(self, key: KeyValues, found: Rows) -> Allowance:
        rows = found.all(Identify)
        endpoint = found.get(Endpoint, *key)
        pinned = next((row.match_header for row in rows if row.match_header), None)
        if pinned and len(rows) > 1:
            raise ValidationError(
                "header", pinned, "other identify rows let requests in without it", "delete them"
            )
        listed = [net for rule in found.all(NamedAcl)[1:] for net in rule.rule]
        permit = listed or (endpoint.permit if endpoint is not None else None) or ()
        header = _header(pinned) if pinned else None
        networks = [net for row in rows for net in _networks(row)]
        return Allowance(
            endpoint=key[0],
            networks=[net for net in permit if isinstance(net, IPNetwork)] if pinned else networks,
            header=header,
            header_name=header.name if header else None,
            wide=True,  # any existing network is accepted
        )


def _addresses_of(spec: Allowance, rows: Iterable[Identify]) -> AddressSet:
    return addresses_of(row for row in rows if row.endpoint == spec.endpoint)


ALLOWANCE: Final = _Allowance()


def _header(text: str) -> Header:
    name, _colon, value = text.partition(":")
    return Header(name.strip(" "), value.strip(" "))


def _networks(row: Identify) -> list[IPNetwork]:
    return [net for element in row.match or () if (net := source_network(element)) is not None]


def _is_peers(row: Identify, spec: Allowance) -> bool:
    """Tell whether a row of the endpoint names nothing but the peer."""
    if spec.prune:
        return True
    if row.match_request_uri is not None:
        return False
    if row.match_header is not None:
        return row.match is None and _has_header(row, spec)
    return bool(row.match) and all_known(row.match or (), known_networks(spec))


def _has_header(row: Identify, spec: Allowance) -> bool:
    """Tell whether a row matches by the header of the provider's pin."""
    name = (spec.pinned_by or "").lower()
    return any(item.header == name for item in criteria(row))


def check_identification(session: Session) -> tuple[IdentificationProblem, ...]:
    """
    Return each place where Asterisk may take the wrong sender for an endpoint.

    This includes rows that other programs wrote. Changes through this library add no such place,
    except for networks that ``wide`` allows.

    Reads all identify rows, the endpoints that they name by a header or Request-URI, those without
    credentials, and the access lists of these; writes nothing.

    Raises:
        SchemaError: The database's tables are missing or too old.
    """

    def look() -> tuple[IdentificationProblem, ...]:
        view = View(session)
        found = Identification.of(view)
        return (*open_names(view), *found.problems(), *found.wide_networks())

    return all_or_nothing(session, [Identify], look)
