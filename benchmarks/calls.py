"""
What a call costs Asterisk: files of `conf.render` and a database, beside the same in static files.

Run by ``python -m benchmarks.calls``. SIPp is the caller and the callee, on loopback.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.call_ways import WAYS, Running, Traffic, Way, started
from tests.servers import postgresql
from tools.asterisk_lab import prefix as prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import URL

    from benchmarks.sipp_load import Load
    from tools.asterisk_lab.prefix import Prefix

STATIC: Final = WAYS[0]
GENERATED: Final = tuple(way for way in WAYS if not way.options)
COUNTED: Final = 40
"""Calls for which the statements are counted."""

LEGEND: Final = """\
ms: CPU of the Asterisk process for a call, median of the rounds, with the least and the most.
of static: calls per CPU second as a share of the same calls from static files, median of the
ratios of each round. SQL: statements for a call. failed, resent: calls and SIP messages, of all
rounds."""


@dataclass(frozen=True)
class Sample:
    """One round of one way: CPU seconds of Asterisk for a call, and what SIPp saw."""

    cpu: float
    load: Load


Samples = dict[Way, list[Sample]]


def sample(running: Running, traffic: Traffic) -> Sample:
    """Measure one round."""
    before = running.cpu
    load = traffic.place(running.site)
    time.sleep(0.3)  # the last calls are being hung up
    return Sample((running.cpu - before) / traffic.calls, load)


def measured(running: Mapping[Way, Running], traffic: Traffic, rounds: int) -> Samples:
    """Return the samples of each way; each has one turn in each round, in another order."""
    ways = list(running)
    for one in running.values():
        Traffic(traffic.name, 20, 20).place(one.site)
    found: Samples = {way: [] for way in ways}
    for turn in range(rounds):
        for step in range(len(ways)):
            way = ways[(turn + step) % len(ways)]
            found[way].append(sample(running[way], traffic))
    return found


def counted(way: Way, traffic: Traffic, prefix: Prefix, server: URL | None) -> float:
    """Return the SQL statements for a call, after a first one that fills caches."""
    with started(way.counting, prefix, server) as running:
        Traffic(traffic.name, 1, 1).place(running.site)
        before = running.statements()
        Traffic(traffic.name, COUNTED, 20).place(running.site)
        return (running.statements() - before) / COUNTED


def line(name: str, way: Way, samples: Samples, statements: float | None) -> str:
    """Return one line of the table."""
    own, beside = ([one.cpu for one in samples[each]] for each in (way, STATIC))
    ratio = median(b / a for a, b in zip(own, beside, strict=True))
    ms = [1000 * cpu for cpu in (median(own), min(own), max(own))]
    sql = "" if statements is None else f"{statements:.1f}"
    failed = sum(one.load.failed for one in samples[way])
    resent = sum(one.load.retransmissions for one in samples[way])
    return (
        f"{name:9} {way.driver:8} {way.title:20} {ms[0]:6.2f} {ms[1]:6.2f}-{ms[2]:<6.2f}"
        f" {ratio:9.2f} {sql:>6} {failed:7} {resent:7}"
    )


def table(
    ways: Sequence[Way], traffics: Sequence[Traffic], rounds: int, server: URL | None
) -> list[str]:
    """Measure, and return the lines."""
    prefix = prefixes.ensure()
    heads = f"{'ms':>6} {'min-max':13} {'of static':>9} {'SQL':>6} {'failed':>7} {'resent':>7}"
    lines = [f"{'':9} {'':8} {'':20} {heads}"]
    with ExitStack() as stack:
        running = {way: stack.enter_context(started(way, prefix, server)) for way in ways}
        found = [(traffic, measured(running, traffic, rounds)) for traffic in traffics]
    for traffic, samples in found:
        for way in ways:
            sql = counted(way, traffic, prefix, server) if way.driver else None
            lines.append(line(f"{traffic.name} {traffic.rate}/s", way, samples, sql))
    return lines


def main() -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    parser.add_argument("--defaults", action="store_true", help="no options of conf.render")
    parser.add_argument("--quick", action="store_true", help="the same, and few calls")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in-rate", type=int, default=100, help="calls a second, in")
    parser.add_argument("--out-rate", type=int, default=60, help="calls a second, out")
    options = parser.parse_args()
    ways = GENERATED if options.defaults or options.quick else WAYS
    seconds, rounds = (1, 1) if options.quick else (6, options.rounds)
    traffics = [
        Traffic(name, seconds * rate, rate)
        for name, rate in (("in", options.in_rate), ("out", options.out_rate))
    ]
    with postgresql() as server:
        print(*table(ways, traffics, rounds, server), "", LEGEND, sep="\n")


if __name__ == "__main__":
    main()
