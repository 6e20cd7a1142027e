"""Follow-me profiles are written as they are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from asterisk_realtime import (
    ConflictError,
    FollowMeProfile,
    FollowMeStep,
    InternalExtension,
    ToFollowMe,
    apply,
    create,
    delete,
    ensure,
    get,
)
from tests.db.services import PROFILE
from tests.db.tools import rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def test_a_profile(session: Session) -> None:
    """Its steps are numbered as text that sorts as numbers do."""
    many = [FollowMeStep(numbers=str(number)) for number in range(1, 12)]
    create(session, attrs.evolve(PROFILE, steps=many))
    (row,) = rows(session, "followme")
    ordinals = [step["ordinal"] for step in rows(session, "followme_numbers")]

    assert (row["context"], row["takecall"], row["enable_callee_prompt"]) == ("phones", "1", "no")
    assert ordinals == [f"{number:02}" for number in range(1, 12)]
    assert ordinals == sorted(ordinals)
    found = get(session, FollowMeProfile, "alice")
    assert found is not None
    assert [step.numbers for step in found.steps] == [(str(number),) for number in range(1, 12)]
    ensure(session, PROFILE)
    assert [step["phonenumber"] for step in rows(session, "followme_numbers")] == [
        "101&102",
        "+12025550123",
    ]


def test_a_profile_that_an_extension_names_stays(session: Session) -> None:
    """The error names the extension."""
    apply(
        session,
        PROFILE,
        InternalExtension(exten="8", context="phones", destination=ToFollowMe("alice")),
    )
    with pytest.raises(ConflictError, match="extension '8'"):
        delete(session, FollowMeProfile, "alice")
