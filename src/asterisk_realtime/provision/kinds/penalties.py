"""Penalty rules of queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.models import QueueRule
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.penalties import PenaltyRule, PenaltyStep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.provision.engine.view import View

UNCHANGED: Final = "+0"
"""A penalty change without effect; the columns accept no NULL."""


def penalty_rows(spec: PenaltyRule) -> tuple[QueueRule, ...]:
    """Return the rows that *spec* means, unsaved, in the order of their times."""
    return tuple(
        QueueRule(
            rule_name=spec.name,
            time=str(step.after),
            min_penalty=UNCHANGED if step.min_penalty is None else str(step.min_penalty),
            max_penalty=UNCHANGED if step.max_penalty is None else str(step.max_penalty),
            raise_penalty=None if step.raise_penalty is None else str(step.raise_penalty),
        )
        for step in spec.steps
    )


class _PenaltyRule(Kind[PenaltyRule, tuple[QueueRule, ...]]):
    word = "queue rule"
    listing = Listing(QueueRule, ("rule_name",))

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        (name,) = key
        return (scope(QueueRule, rule_name=name),)

    def rows(self, spec: PenaltyRule, found: Rows, view: View) -> Iterable[Wanted]:
        return map(Wanted, penalty_rows(spec))

    def group(self, key: KeyValues, rows: Rows) -> tuple[QueueRule, ...]:
        return tuple(rows.all(QueueRule))

    def read(self, key: KeyValues, found: Rows) -> PenaltyRule:
        return PenaltyRule(name=key[0], steps=[_step(row) for row in found.all(QueueRule)])


PENALTY_RULE: Final = _PenaltyRule()


def _step(row: QueueRule) -> PenaltyStep:
    return PenaltyStep(
        after=int(row.time) if row.time.isdecimal() else -1,  # no step may have -1
        min_penalty=_change(row.min_penalty),
        max_penalty=_change(row.max_penalty),
        raise_penalty=_change(row.raise_penalty),
    )


def _change(cell: str | None) -> str | None:
    """Return a change as a spec writes it: without leading zeros, and None for +0."""
    sign, digits = (cell[:1], cell[1:]) if cell and cell[0] in "+-" else ("", cell or "")
    if not (digits.isascii() and digits.isdecimal()):
        return cell
    number = digits.lstrip("0")
    return f"{sign}{number or '0'}" if number or not sign else None
