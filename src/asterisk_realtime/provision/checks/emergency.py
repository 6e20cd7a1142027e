"""Emergency numbers: no extension may have one of a country that its context dials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func

from asterisk_realtime.errors import ConflictError
from asterisk_realtime.models import Extension
from asterisk_realtime.models.conditions import is_name
from asterisk_realtime.models.rare import NOTE, Rare
from asterisk_realtime.provision.checks import conflicts
from asterisk_realtime.provision.checks.dialled import MAIN_REGIONS
from asterisk_realtime.provision.engine.records import described, same_name
from asterisk_realtime.provision.engine.scopes import Question
from asterisk_realtime.values.numbering import emergency_numbers
from asterisk_realtime.values.numbers import REGIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.provision.engine.view import View
    from asterisk_realtime.specs.endings import Step
    from asterisk_realtime.specs.routes import InternalExtension, OutboundRoute

MARK: Final[Step] = ("NoOp", "in place of an emergency number")
"""First step of an extension that may be an emergency number."""

_LONGEST: Final = 6
"""Digits of the longest emergency number."""

_NATIONAL: Final = re.compile(r"PJSIP/\+(?P<code>[0-9]+)\$\{FILTER")
_RINGING: Final = frozenset({"answer", "dial", "followme", "queue", "voicemail", "voicemailmain"})
"""Applications that answer a call; a Goto may lead to the emergency service."""


def _shadows(context: str, region: str) -> Question:
    """Ask which extensions of a context are emergency numbers of a region."""
    numbers = emergency_numbers(region)
    return Question(
        ("emergency", context, region),
        Extension,
        ("app", "appdata"),
        lambda: [is_name(Extension.context, context) & Extension.exten.in_(numbers)],
        lambda row: same_name(row.context, context) and row.exten in numbers,
    )


def questions(route: OutboundRoute) -> tuple[Question, ...]:
    """Return the questions of `refuse_shadowed`."""
    regions = {route.region, _region(f"PJSIP/{route.dialled}")}
    return tuple(_shadows(route.context, region) for region in sorted(filter(None, regions)))


def refuse_shadowed(view: View, route: OutboundRoute) -> None:
    """
    Refuse a route to a country if an extension of its context takes an emergency number there.

    Raises:
        ConflictError: An extension takes one, and does not have ``replaces_emergency``.
    """
    steps: dict[str, list[Any]] = {}
    for question in questions(route):
        for row in view.answers(question):
            steps.setdefault(row.exten, []).append(row)
    for rows in steps.values():
        first = min(rows, key=lambda row: int(row.priority))
        if first.app.lower() in _RINGING and not any(map(conflicts.calls_trunk, rows)):
            raise ConflictError(
                f"outbound route {route.pattern.text!r}",
                f"{described(first)}, an emergency number of that country",
                "give that extension another number, or replaces_emergency=True",
            )


def questions_of(extension: InternalExtension) -> tuple[Question, ...]:
    """Return the questions of `refuse_emergency`."""
    exten = extension.exten
    if extension.replaces_emergency or not exten.isdigit() or len(exten) > _LONGEST:
        return ()
    return conflicts.outbound_steps(extension.context), notes(extension.context)


def refuse_emergency(view: View, extension: InternalExtension) -> None:
    """
    Refuse an extension that is an emergency number of a country that its context dials.

    Raises:
        ConflictError: It is one, and does not have ``replaces_emergency``.
    """
    for question in questions_of(extension):
        refuse_rows(extension, view.answers(question))


def refuse_rows(extension: InternalExtension, rows: Iterable[Any]) -> None:
    """
    Refuse an extension that is an emergency number of a country whose numbers *rows* dial.

    Raises:
        ConflictError: It is one, and does not have ``replaces_emergency``.
    """
    for row in () if extension.replaces_emergency else rows:
        region = noted_region(row) or _region(row.appdata or "")
        if region is not None and extension.exten in emergency_numbers(region):
            raise ConflictError(
                f"extension {extension.exten!r}, an emergency number of {region},",
                f"{described(row)}, whose callers dial as in {region}",
                "choose another number, or give replaces_emergency=True",
            )


def note(route: OutboundRoute) -> tuple[Step, ...]:
    """Return a step that names the region of *route*, if its Dial does not show it."""
    region = route.region
    shown = _region(f"PJSIP/{route.dialled}")
    if region is None or emergency_numbers(region) <= emergency_numbers(shown):
        return ()
    return (("NoOp", f"{NOTE}{region}"),)


def noted_region(step: Any) -> str | None:
    """Return the region that a step names, or None for any other step."""
    appdata = step.appdata or ""
    region = appdata.removeprefix(NOTE)
    noted = step.app.lower() == "noop" and region != appdata and region in REGIONS
    return region if noted else None


def notes(context: str) -> Question:
    """Ask which steps of *context* name the region of a route."""
    return Question(
        ("regions", context),
        Extension,
        ("app", "appdata"),
        lambda: [
            is_name(Extension.context, context)
            & Rare("extensions")
            & (func.lower(Extension.app) == "noop")
            & Extension.appdata.startswith(NOTE)
        ],
        lambda row: same_name(row.context, context) and noted_region(row) is not None,
    )


def _region(dial: str) -> str | None:
    """Return the country whose numbers a step of a route calls, if it is only one."""
    match = _NATIONAL.match(dial)
    codes = (match["code"][:size] for size in (1, 2, 3)) if match else ()
    return next((MAIN_REGIONS[code] for code in codes if code in MAIN_REGIONS), None)
