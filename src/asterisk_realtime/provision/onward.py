"""
Contexts that receive dialled numbers from steps of another context.

Specs do not write such steps, but people and other tools do: ``Goto(out,${EXTEN},1)`` at ``_X.``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func

from asterisk_realtime.models import Extension
from asterisk_realtime.models.spelling import may_be_decoded
from asterisk_realtime.provision.engine.applications import GOING, RUNNING
from asterisk_realtime.provision.engine.scopes import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from asterisk_realtime.provision.engine.view import View

_PLACE: Final = re.compile(r"([\w.+-]+),[^,]*\$\{", re.ASCII)
"""The context before an extension that holds a variable, in the arguments of Goto."""

_GOES: Final = re.compile(r"\bgo(?:to|sub)\w*\(", re.ASCII | re.IGNORECASE)
"""Goto or Gosub that another application runs."""

_OTHER_PLACES: Final = {
    "blindtransfer": re.compile(r"\$\{.*,([\w.+-]+)$", re.ASCII),
    "disa": re.compile(r"^[^,]*,([\w.+-]+)", re.ASCII),
}
"""The context in the arguments of applications that name it after the extension or a password."""

_LOCAL: Final = re.compile(r"local/[^@&]*\$\{[^@]*@([\w.+-]+)", re.ASCII | re.IGNORECASE)
"""The context of a Local channel whose extension holds a variable, in the arguments of Dial."""

_DISA: Final = "disa"
"""The application that asks the caller for the number itself, whatever was dialled before."""

_FULL_LENGTH: Final = 7
"""Fewest digits of a telephone number; shorter ones are internal extensions."""


def targets(step: Any) -> set[str]:
    """Return the contexts, in lower case, to which a step passes the dialled number."""
    app, appdata = step.app.lower(), step.appdata or ""
    if app != _DISA and not _takes_numbers(step.exten):
        return set()
    goes = app in GOING or (app in RUNNING and _GOES.search(appdata))
    pattern = _OTHER_PLACES.get(app, _PLACE if goes else _LOCAL)
    return {name.lower() for name in pattern.findall(appdata)}


def _takes_numbers(exten: str) -> bool:
    """Tell whether an extension is a pattern that whole telephone numbers match."""
    places = re.sub(r"\[[^]]*\]", "X", exten.removeprefix("_"))
    return exten.startswith("_") and (places.endswith((".", "!")) or len(places) >= _FULL_LENGTH)


def from_context(context: str) -> Question:
    """Ask which steps of *context* pass the dialled number to another context."""
    return Question(
        ("onward from", context),
        Extension,
        ("app", "appdata"),
        (func.lower(Extension.context) == context.lower())
        & (
            Extension.appdata.contains("${")
            | may_be_decoded(Extension.appdata)
            | (func.lower(Extension.app) == _DISA)
        ),
        lambda row: row.context.lower() == context.lower() and bool(targets(row)),
    )


def to_context(context: str) -> Question:
    """Ask which steps pass the dialled number to *context*."""
    name = context.lower()
    return Question(
        ("onward to", context),
        Extension,
        ("app", "appdata"),
        func.lower(Extension.appdata).contains(name, autoescape=True)
        | may_be_decoded(Extension.appdata),
        lambda row: name in targets(row),
    )


def reached_from(view: View, context: str) -> list[str]:
    """Return *context* and the contexts to which it passes dialled numbers, directly or not."""
    return _closure(context, lambda name: _after(view, name))


def reaching(view: View, context: str) -> list[str]:
    """Return *context* and the contexts that pass dialled numbers to it, directly or not."""
    return _closure(context, lambda name: _before(view, name))


def _after(view: View, context: str) -> set[str]:
    return {name for row in view.answers(from_context(context)) for name in targets(row)}


def _before(view: View, context: str) -> set[str]:
    return {row.context for row in view.answers(to_context(context))}


def _closure(context: str, neighbours: Callable[[str], set[str]]) -> list[str]:
    found = {context.lower(): context}
    for name in (queue := [context]):
        for other in sorted(neighbours(name)):
            if other.lower() not in found:
                found[other.lower()] = other
                queue.append(other)
    return list(found.values())
