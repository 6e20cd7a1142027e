"""What tests of warnings start from, and how a warning is spelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime import AccessRule, FollowMeProfile, FollowMeStep, PlanWarning
from tests.db.tools import insert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

STEPS: Final = [FollowMeStep(numbers=["1"])]
FOLLOWING: Final = FollowMeProfile(name="ann", steps=STEPS, context="phones")
RULES: Final = [AccessRule.permit("10.0.0.0/8")]
STEP: Final = "step 1 of extension '5' in context 'phones'"


def about(row: str, name: str, file: str) -> PlanWarning:
    """Return the warning of a name in a row."""
    return PlanWarning(row, f"it names {name}, which no row has; create it, unless {file} has it")


def two_contexts(session: Session) -> Session:
    """Return the session, whose dialplan has the contexts of phones and of a trunk, committed."""
    for context in ("phones", "from-peer"):
        step = {"exten": "_X.", "priority": 1, "app": "Hangup", "appdata": ""}
        insert(session, "extensions", context=context, **step)
    session.commit()
    return session
