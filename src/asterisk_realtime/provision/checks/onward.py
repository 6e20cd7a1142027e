"""
Contexts that receive dialled numbers from steps of another context.

Specs do not write such steps, but people and other tools do: ``Goto(out,${EXTEN},1)`` at ``_X.``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func

from asterisk_realtime.models import Extension
from asterisk_realtime.models.conditions import is_name
from asterisk_realtime.models.rare import Rare
from asterisk_realtime.models.spelling import may_be_decoded
from asterisk_realtime.provision.engine.applications import GOING, RUNNING
from asterisk_realtime.provision.engine.records import same_name
from asterisk_realtime.provision.engine.scopes import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import ColumnElement

    from asterisk_realtime.provision.engine.view import View

_PLACE: Final = re.compile(r"([\w.+-]+),[^,]*\$\{", re.ASCII)
"""The context before an extension that holds a variable, in the arguments of Goto."""

_TRANSFERRED: Final = re.compile(r"\$\{.*?\},\s*([\w.+-]+)", re.ASCII)
"""The context after an extension that holds a variable, in the arguments of BlindTransfer."""

_LOCAL: Final = re.compile(r"local/[^@&]*\$\{[^@]*@([\w.+-]+)", re.ASCII | re.IGNORECASE)
"""The context of a Local channel whose extension holds a variable, in the arguments of Dial."""

_DISA: Final = "disa"
"""The application that asks the caller for a number; also its default context."""

_PASSING: Final = {
    **dict.fromkeys((*GOING, "originate"), _PLACE),
    "blindtransfer": _TRANSFERRED,
}
"""Applications that pass the dialled number on, and how their arguments name the context."""

_RUN: Final = re.compile(rf"\b({'|'.join((*_PASSING, _DISA))})\(", re.ASCII | re.IGNORECASE)
"""One of them in the arguments of an application that runs it."""

_FULL_LENGTH: Final = 7
"""Fewest digits of a telephone number; shorter ones are internal extensions."""


def targets(step: Any) -> set[str]:
    """Return the contexts, in lower case, to which a step passes a number that a caller dials."""
    app, appdata = step.app.lower(), step.appdata or ""
    passes = _takes_numbers(step.exten) and app != "hangup"
    found = {*_LOCAL.findall(appdata)} if passes else set()
    for name, arguments in _applications(app, appdata):
        if name == _DISA:
            found.add(_asked_in(arguments))
        elif passes and name in _PASSING:
            found.update(_PASSING[name].findall(arguments))
    return {name.lower() for name in found}


def _applications(app: str, appdata: str) -> Iterator[tuple[str, str]]:
    """Yield the application of a step and those that it runs, each with its arguments."""
    yield app, appdata
    for match in _RUN.finditer(appdata) if app in RUNNING else ():
        yield match[1].lower(), appdata[match.end() :]


def _asked_in(arguments: str) -> str:
    """Return the context in which DISA looks up what a caller dials (``apps/app_disa.c``)."""
    _password, _comma, rest = arguments.partition(")")[0].partition(",")
    return rest.partition(",")[0].strip() or _DISA


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
        lambda: [is_name(Extension.context, context) & Rare("extensions")],
        lambda row: same_name(row.context, context) and bool(targets(row)),
    )


def to_context(context: str) -> Question:
    """Ask which steps pass the dialled number to *context*."""
    name = context.lower()
    return Question(
        ("onward to", context),
        Extension,
        ("app", "appdata"),
        lambda: [Rare("extensions") & (_may_name(name) | _may_ask())],
        lambda row: name in targets(row),
    )


def _may_name(context: str) -> ColumnElement[bool]:
    appdata = func.lower(Extension.appdata)
    return appdata.contains(context, autoescape=True) | may_be_decoded(Extension.appdata)


def _may_ask() -> ColumnElement[bool]:
    """Return the condition for steps that may run DISA."""
    runs = func.lower(Extension.appdata).contains(f"{_DISA}(")
    return (func.lower(Extension.app) == _DISA) | runs


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


def _closure(context: str, links: Callable[[str], set[str]]) -> list[str]:
    found = {context.lower(): context}
    for name in (queue := [context]):
        for other in sorted(links(name)):
            if other.lower() not in found:
                found[other.lower()] = other
                queue.append(other)
    return list(found.values())
