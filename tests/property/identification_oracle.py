"""
Who gets in, read from the raw rows by other means than the library's: addresses are tried.

Only for rows as SQLite has them, which nothing encodes. Asterisk's rules in short: a source address
names an endpoint first, then a header; of an access list's rules the last that fits decides, and
each list must let the address in.
"""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.orm import Session

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Net = ipaddress.IPv4Network | ipaddress.IPv6Network
Row = dict[str, Any]

TABLES = ("ps_endpoints", "ps_aors", "ps_auths", "ps_endpoint_id_ips", "acls", "ps_registrations")


def raw(session: Session) -> dict[str, list[Row]]:
    """Return all rows of the tables that identification could touch."""
    return {
        name: [dict(row) for row in session.execute(text(f"SELECT * FROM {name}")).mappings()]
        for name in TABLES
    }


@cache
def nets(cell: str | None) -> tuple[Net, ...]:
    """Return the networks of a cell."""
    return tuple(ipaddress.ip_network(part) for part in (cell or "").split(",") if part)


def probes(rows: Mapping[str, list[Row]]) -> list[Address]:
    """Return addresses at the ends of the networks of the rows, just beyond them, and others."""
    cells = [row["match"] for row in rows["ps_endpoint_id_ips"]]
    cells += [row["rule"] for row in rows["acls"]]
    cells += [row[name] for row in rows["ps_endpoints"] for name in ("deny", "permit")]
    found: set[Address] = {ipaddress.ip_address("8.8.4.4"), ipaddress.ip_address("2a00:1::1")}
    for net in {net for cell in cells for net in (*nets(cell)[:6], *nets(cell)[-2:])}:
        kind = type(net.network_address)
        ends = (int(net.network_address), int(net.broadcast_address))
        for number in (ends[0] - 1, *ends, ends[1] + 1):
            if 0 <= number < 2**net.max_prefixlen:
                found.add(kind(number))
    return sorted(found, key=lambda item: (item.version, int(item)))


def fits(address: Address, cell: str | None) -> bool:
    """Tell whether an address is in one of a cell's networks."""
    return any(address in net for net in nets(cell) if net.version == address.version)


def passes(address: Address, endpoint: Row, lists: Iterable[Row]) -> bool:
    """Tell whether an endpoint's access lists let an address in."""
    own = (fits(address, endpoint["deny"]), fits(address, endpoint["permit"]))
    if own == (True, False):
        return False
    for name in (endpoint["acl"] or "").split(","):
        rules = sorted((row for row in lists if row["name"] == name), key=lambda r: r["rule_order"])
        decided = [row["sense"] == "permit" for row in rules if fits(address, row["rule"])]
        if name and (not rules or (decided and not decided[-1])):
            return False
    return True


def violations(
    rows: Mapping[str, list[Row]], pins: Mapping[str, Iterable[Net]], *, wide: bool
) -> Iterator[str]:
    """
    Return what is wrong, in words.

    Args:
        rows: All rows.
        pins: The networks that the calls so far gave to each pinned endpoint.
        wide: Whether a call said that a wide network is meant.
    """
    endpoints = {row["id"]: row for row in rows["ps_endpoints"]}
    identifies = rows["ps_endpoint_id_ips"]
    by_header = {row["endpoint"] for row in identifies if row["match_header"]} & set(endpoints)
    for address in probes(rows):
        matched = {row["endpoint"] for row in identifies if fits(address, row["match"])}
        if len(matched) > 1:
            yield f"{address} reaches {sorted(matched)}"
        for name in by_header:
            if not passes(address, endpoints[name], rows["acls"]):
                continue
            if not any(address in net for net in pins[name] if net.version == address.version):
                yield f"{address} may send the header of {name}"
            if matched - {name}:
                yield f"{address} reaches {sorted(matched)} and, by a header, {name}"
    yield from _headers(identifies)
    yield from _widths(identifies, wide=wide)


def _headers(identifies: Iterable[Row]) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    for row in identifies:
        if row["match_header"]:
            name, _colon, value = row["match_header"].partition(":")
            key = (name.strip().lower(), value.strip())
            if seen.setdefault(key, row["endpoint"]) != row["endpoint"]:
                yield f"header {key} reaches two endpoints"


def _widths(identifies: Iterable[Row], *, wide: bool) -> Iterator[str]:
    cells: dict[str, list[str]] = {}
    for row in identifies:
        cells.setdefault(row["endpoint"], []).append(row["match"])
    for name, found in cells.items():
        all_nets = [net for cell in found for net in nets(cell)]
        if any(net.version == 6 and net.network_address.ipv4_mapped for net in all_nets):
            yield f"{name} has an IPv4-mapped address"
        for version, shortest in ((4, 8), (6, 16)):
            same: Any = [net for net in all_nets if net.version == version]
            for net in ipaddress.collapse_addresses(same):
                if net.prefixlen == 0 or (net.prefixlen < shortest and not wide):
                    yield f"{name} has {net}"
