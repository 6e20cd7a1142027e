"""What costs Asterisk more with each row: tables that it reads whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.models import Identify
from asterisk_realtime.provision.engine.identification import IDENTIFY_ROWS
from asterisk_realtime.provision.engine.plans import Action, PlanWarning, RowChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.provision.engine.view import View

MANY: Final = 300
"""Identify rows from which a plan warns; 300 make a call in dearer by about a tenth."""


def warnings(changed: Iterable[tuple[RowChange, Any]], view: View) -> tuple[PlanWarning, ...]:
    """Return a warning if identify rows are added, and there are many when all is done."""
    added = [row for change, row in changed if change.action is Action.ADD]
    if not any(isinstance(row, Identify) for row in added):
        return ()
    count = len(view.found([IDENTIFY_ROWS]))
    if count < MANY:
        return ()
    text = (
        f"it will have {count:,} rows, and Asterisk reads all of them to see who sends a request: "
        "a call costs twice as much with 1,000 rows, ten times as much with 3,000, and calls fail "
        "with 10,000; join networks, or have devices authenticate by password"
    )
    return (PlanWarning(f"table {Identify.__tablename__!r}", text),)
