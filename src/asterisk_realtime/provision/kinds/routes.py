"""Outbound routes: rows of ``extensions`` that lead calls out to a trunk."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_

from asterisk_realtime.errors import ConflictError, NotFoundError, ValidationError
from asterisk_realtime.models import Aor, Endpoint, Extension
from asterisk_realtime.provision.checks import conflicts, emergency, onward
from asterisk_realtime.provision.checks.dialled import read_dialling
from asterisk_realtime.provision.engine import effects
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted, described
from asterisk_realtime.provision.engine.scopes import Question, Scope, scope
from asterisk_realtime.provision.kinds.trunks import foreign_auth
from asterisk_realtime.specs.routes import OutboundRoute
from asterisk_realtime.values.patterns import dial_pattern
from asterisk_realtime.values.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from asterisk_realtime.provision.engine.view import View
    from asterisk_realtime.specs.endings import Step

_SET_CALLER: Final = "CALLERID(all)="
_DIAL: Final = re.compile(r"PJSIP/(?P<number>[^@&]+)@(?P<trunk>[A-Za-z0-9.+-]+)")
_FAILED: Final = '$["${DIALSTATUS}" = "CHANUNAVAIL" | "${DIALSTATUS}" = "CONGESTION"]'
"""True if the last trunk did not take the call: not for BUSY or NOANSWER (``apps/app_dial.c``)."""


def outbound_rows(
    route: OutboundRoute, caller_ids: Sequence[str | None] = ()
) -> tuple[Extension, ...]:
    """
    Return the steps that *route* means, unsaved.

    They set the caller ID, dial one trunk after the other, and hang up with the last one's cause.
    Without the last step Asterisk would go on with the later steps of a pattern
    (``pbx/pbx_realtime.c``). They do not set the account code: the trunk's channel would inherit
    it, even if the trunk's endpoint has its own (``main/channel.c``).

    Args:
        route: The route.
        caller_ids: The ``callerid`` of each trunk, used if the route has none.

    Raises:
        ValidationError: A trunk's caller ID holds what the dialplan would run as code.
    """
    if route.caller is not None:
        chosen: list[str | None] = [str(route.caller)]
    else:
        chosen = [name and plain_text(name, "callerid") for name in caller_ids]
    callers = (chosen * len(route.trunk))[: len(route.trunk)] or [None] * len(route.trunk)
    return tuple(numbered(route.context, route.pattern.text, _outbound_steps(route, callers)))


def _outbound_steps(route: OutboundRoute, callers: list[str | None]) -> list[Step]:
    steps = [*emergency.note(route), *_caller(callers[0], None)]
    steps.append(_dial(route, route.trunk[0]))
    changes = [_caller(caller, before) for before, caller in pairwise(callers)]
    last = len(steps) + sum(2 + len(change) for change in changes) + 1
    for trunk, change in zip(route.trunk[1:], changes, strict=True):
        steps += [("GotoIf", f"{_FAILED}?{len(steps) + 2}:{last}"), *change, _dial(route, trunk)]
    return [*steps, ("Hangup", "${HANGUPCAUSE}")]


def _caller(chosen: str | None, previous: str | None) -> list[Step]:
    return [("Set", f"{_SET_CALLER}{chosen}")] if chosen and chosen != previous else []


def _dial(route: OutboundRoute, trunk: str) -> Step:
    return ("Dial", f"PJSIP/{route.dialled}@{trunk}")


def numbered(context: str, exten: str, steps: Iterable[Step]) -> Iterator[Extension]:
    """Return *steps* as rows, unsaved, one after the other."""
    for priority, (app, appdata) in enumerate(steps, start=1):
        yield Extension(context=context, exten=exten, priority=priority, app=app, appdata=appdata)


class _Outbound(Kind[OutboundRoute, tuple[Extension, ...]]):
    word = "outbound route"
    fields = ("context", "pattern")
    listing = Listing(
        Extension,
        ("context", "exten"),
        where=lambda: [or_(is_pattern(), _dials_trunk())],
        is_rest=True,
    )
    text = "{word} {1!r} in context {0!r}"

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        context, exten = key
        return (scope(Extension, context=context, exten=exten),)

    def check_new_key(self, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        if new["pattern"] != old["pattern"]:
            # What is sent to the trunk is derived from the pattern.
            problem, hint = "a route keeps its pattern", "create the new route, and delete this one"
            raise ValidationError("pattern", new["pattern"], problem, hint)

    def depends_on(self, spec: OutboundRoute) -> tuple[Scope, ...]:
        return tuple(Scope(Endpoint, (("id", name),), is_usual=True) for name in spec.trunk)

    def questions(self, spec: OutboundRoute) -> tuple[Question, ...]:
        return (
            conflicts.unauthenticated_in(spec.context),
            onward.to_context(spec.context),
            effects.beginning(spec.context),
            *emergency.questions(spec),
        )

    def rows(self, spec: OutboundRoute, found: Rows, view: View) -> Iterable[Wanted]:
        trunks = [_trunk(view, name) for name in spec.trunk]
        for trunk in trunks:
            _refuse_phone(view, spec, trunk)
        callers = [trunk.callerid for trunk in trunks]
        if spec.caller is None and any(callers) and not all(callers):
            lacking = spec.trunk[callers.index(None)]
            raise ConflictError(
                f"outbound route {spec.pattern.text!r}",
                f"trunk {lacking!r}, which has no caller ID where another of its trunks has one",
                "give the route a caller_id, or each of the trunks",
            )
        return map(Wanted, outbound_rows(spec, callers))

    def check(self, spec: OutboundRoute, view: View) -> None:
        what, hint = f"outbound route {spec.pattern.text!r}", "put it into a context of your phones"
        conflicts.refuse_unauthenticated(view, what, None, spec.context, hint)
        conflicts.refuse_reached(view, what, spec.context, hint)
        emergency.refuse_shadowed(view, spec)

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        steps = found.all(Extension)
        ours = any(map(conflicts.calls_trunk, steps)) and all(map(_is_ours, steps))
        return None if ours else own_dialplan(steps)

    def group(self, key: KeyValues, rows: Rows) -> tuple[Extension, ...]:
        return tuple(rows.all(Extension))

    def read(self, key: KeyValues, found: Rows) -> OutboundRoute:
        steps = found.all(Extension)
        dials = [_DIAL.fullmatch(row.appdata) for row in steps if conflicts.calls_trunk(row)]
        sent = [(match["number"], match["trunk"]) for match in dials if match is not None]
        callers = [row.appdata for row in steps if row.appdata.startswith(_SET_CALLER)]
        region = next(filter(None, map(emergency.noted_region, steps)), None)
        dialling = read_dialling(dial_pattern(key[1]), sent[0][0], region)
        return OutboundRoute(
            context=key[0],
            pattern=key[1],
            trunk=[trunk for _number, trunk in sent],
            # Several are the trunks' own.
            caller_id=callers[0].removeprefix(_SET_CALLER) if len(callers) == 1 else None,
            region=dialling.region,
            strip=dialling.strip,
            prepend=dialling.prepend,
            as_dialled=dialling.as_dialled,
        )


OUTBOUND: Final = _Outbound()


def is_pattern() -> ColumnElement[bool]:
    """Return the condition for extensions that are patterns."""
    return Extension.exten.startswith("_", autoescape=True)


def _dials_trunk() -> ColumnElement[bool]:
    """Return the condition for steps that dial a number at a trunk."""
    return and_(func.lower(Extension.app) == "dial", Extension.appdata.like("PJSIP/%@%"))


def _trunk(view: View, name: str) -> Endpoint:
    endpoint = view.get(Endpoint, name)
    if endpoint is None:
        raise NotFoundError("endpoint", name, "create the trunk first")
    return endpoint


def _refuse_phone(view: View, route: OutboundRoute, endpoint: Endpoint) -> None:
    """Refuse a phone: an endpoint that asks for a password and has no contact of its own."""
    if foreign_auth((endpoint.id,), Rows([endpoint])) is None and not endpoint.webrtc:
        return
    aors = (view.get(Aor, name) for name in endpoint.aors or ())
    peer = endpoint.outbound_auth or any(aor is not None and aor.contact for aor in aors)
    if endpoint.webrtc or not peer:
        raise ConflictError(
            f"outbound route {route.pattern.text!r}",
            f"{described(endpoint)}, which is a phone",
            "give the id of a trunk; an InternalExtension leads to a phone",
        )


def _is_ours(step: Extension) -> bool:
    """Tell whether an outbound route may have such a step; a person's own must not be replaced."""
    appdata = step.appdata or ""
    return (
        step.app == "Hangup"
        or emergency.noted_region(step) is not None
        or (step.app == "Set" and appdata.startswith(_SET_CALLER))
        or (step.app == "GotoIf" and appdata.startswith(_FAILED))
        or (step.app == "Dial" and _DIAL.fullmatch(appdata) is not None)
    )


def own_dialplan(steps: list[Extension]) -> str:
    """Describe steps that cannot be read as a spec."""
    return f"{described(steps[0])}, which is another dialplan's"
