"""Follow-me profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.models import FollowMe, FollowMeNumber, FollowMeRows
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.followme import SEPARATOR, FollowMeProfile, FollowMeStep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.provision.engine.view import View

DEFAULT_TIMEOUT: Final = 25
"""Seconds that a step rings where the row does not say (``apps/app_followme.c``)."""


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


class _FollowMe(Kind[FollowMeProfile, FollowMeRows]):
    word = "follow-me profile"
    listing = Listing(FollowMe, ("name",), {"context": ("context", None)})

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        (name,) = key
        return (scope(FollowMe, name=name), scope(FollowMeNumber, name=name))

    def rows(self, spec: FollowMeProfile, found: Rows, view: View) -> Iterable[Wanted]:
        rows = followme_rows(spec)
        yield Wanted(rows.profile)
        yield from map(Wanted, rows.steps)

    def group(self, key: KeyValues, rows: Rows) -> FollowMeRows:
        return FollowMeRows(profile=rows.one(FollowMe), steps=tuple(rows.all(FollowMeNumber)))

    def read(self, key: KeyValues, found: Rows) -> FollowMeProfile:
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
