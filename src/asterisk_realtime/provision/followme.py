"""Follow-me profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.models import FollowMe, FollowMeNumber
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.engine.kinds import Key, Kind
from asterisk_realtime.provision.engine.records import Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.followme import SEPARATOR, FollowMeProfile, FollowMeStep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.engine.view import View

DEFAULT_TIMEOUT: Final = 25
"""Seconds that a step rings where the row does not say (``apps/app_followme.c``)."""


@attrs.frozen(kw_only=True)
class FollowMeRows:
    """
    The rows of a follow-me profile.

    They are models in the caller's session: set rarer columns on them before you commit.

    Attributes:
        profile: Its settings.
        steps: The places, in their order.
    """

    profile: FollowMe
    steps: tuple[FollowMeNumber, ...]


def followme_rows(spec: FollowMeProfile) -> FollowMeRows:
    """
    Return the rows that *spec* means, unsaved.

    Asterisk sorts the steps by ``ordinal`` as text, so it has two digits.
    """
    profile = FollowMe(
        name=spec.name,
        active=spec.active,
        context=spec.context,
        musicclass=spec.music_class,
        takecall=spec.take_call,
        declinecall=spec.decline_call,
        enable_callee_prompt=spec.ask,
    )
    steps = tuple(
        FollowMeNumber(
            name=spec.name,
            ordinal=f"{number:02}",
            phonenumber=SEPARATOR.join(step.numbers),
            timeout=step.timeout,
        )
        for number, step in enumerate(spec.steps, start=1)
    )
    return FollowMeRows(profile=profile, steps=steps)


class _FollowMe(Kind[FollowMeProfile]):
    word = "follow-me profile"

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        (name,) = key
        return (scope(FollowMe, name=name), scope(FollowMeNumber, name=name))

    def rows(self, spec: FollowMeProfile, found: Rows, view: View) -> Iterable[Wanted]:
        rows = followme_rows(spec)
        yield Wanted(rows.profile)
        yield from map(Wanted, rows.steps)

    def read(self, key: Key, found: Rows) -> FollowMeProfile:
        row = found.one(FollowMe)
        return FollowMeProfile(
            name=row.name,
            steps=[_step(item) for item in found.all(FollowMeNumber)],
            context=row.context or "",
            ask=row.enable_callee_prompt,
            take_call=row.takecall,
            decline_call=row.declinecall,
            music_class=row.musicclass,
            active=row.active is not False,
        )


FOLLOWME: Final = _FollowMe()


def _step(row: FollowMeNumber) -> FollowMeStep:
    return FollowMeStep(numbers=row.phonenumber, timeout=row.timeout or DEFAULT_TIMEOUT)


def create_followme(session: Session, profile: FollowMeProfile) -> FollowMeRows:
    """
    Add a follow-me profile. The caller commits.

    Callers reach it by a route, such as an `InboundRoute` to `ToFollowMe`.

    Returns:
        The rows, flushed.

    Raises:
        ConflictError: The profile is there, also under a name that differs only in case.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``apps/app_followme.c``.
    """
    rows = verbs.create(session, FOLLOWME, profile)
    return FollowMeRows(profile=rows.one(FollowMe), steps=tuple(rows.all(FollowMeNumber)))


def ensure_followme(session: Session, profile: FollowMeProfile) -> Plan:
    """
    Create a profile, or change it to match *profile*; return the changes. The caller commits.

    Raises:
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, FOLLOWME, profile)


def find_followme(session: Session, name: str) -> FollowMeProfile | None:
    """
    Return the profile of that name, or None if it does not exist.

    Raises:
        ConflictError: Its rows cannot be read as a `FollowMeProfile`; they may lack a context.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, FOLLOWME, name)


def delete_followme(session: Session, name: str) -> Plan:
    """
    Delete a profile with its steps; return what was removed. The caller commits.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: An extension still leads to it.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, FOLLOWME, name)
