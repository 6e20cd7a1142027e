"""Routes: rows of ``extensions`` that lead calls out to a trunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import phonenumbers

from asterisk_realtime.errors import InvalidValueError, NotFoundError
from asterisk_realtime.models import Endpoint, Extension
from asterisk_realtime.provision import engine, neighbours
from asterisk_realtime.provision.kinds import Key, Kind
from asterisk_realtime.provision.records import Rows, Wanted, described
from asterisk_realtime.provision.scopes import Question, Scope, scope
from asterisk_realtime.specs.routes import OutboundRoute
from asterisk_realtime.values.patterns import DialPattern, dial_pattern, dialled_as
from asterisk_realtime.values.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.plans import Plan
    from asterisk_realtime.provision.view import View
    from asterisk_realtime.values.caller_id import CallerId

_SET_CALLER: Final = "CALLERID(all)="


def outbound_rows(route: OutboundRoute, caller_id: str | None = None) -> tuple[Extension, ...]:
    """
    Return the steps that *route* means, unsaved.

    They set the caller ID, put the calling endpoint into the account code of the call's records,
    dial, and hang up with the trunk's cause. The last step matters: Asterisk would go on with a
    pattern's later steps if this extension had none (``pbx/pbx_realtime.c``).

    Args:
        route: The route.
        caller_id: Who calls, if the route itself does not say: the trunk's ``callerid``.

    Raises:
        InvalidValueError: The trunk's caller ID holds what the dialplan would run as code.
    """
    chosen = str(route.caller) if route.caller else caller_id and plain_text(caller_id, "callerid")
    return tuple(numbered(route.context, route.pattern.text, _outbound_steps(route, chosen)))


def _outbound_steps(route: OutboundRoute, caller_id: str | None) -> list[tuple[str, str]]:
    steps = [("Set", f"{_SET_CALLER}{caller_id}")] if caller_id else []
    account = len(steps) + 2
    # CHANNEL(endpoint) exists on PJSIP channels only; others would log an error for it.
    only_pjsip = f'$["${{CHANNEL(channeltype)}}" = "PJSIP"]?{account}:{account + 1}'
    return [
        *steps,
        ("GotoIf", only_pjsip),
        ("Set", "CHANNEL(accountcode)=${CHANNEL(endpoint)}"),
        ("Dial", f"PJSIP/{route.dialled}@{route.trunk}"),
        ("Hangup", "${HANGUPCAUSE}"),
    ]


def numbered(context: str, exten: str, steps: Iterable[tuple[str, str]]) -> Iterator[Extension]:
    """Return *steps* as rows, unsaved, one after the other."""
    for priority, (app, appdata) in enumerate(steps, start=1):
        yield Extension(context=context, exten=exten, priority=priority, app=app, appdata=appdata)


class _Outbound(Kind[OutboundRoute]):
    word = "outbound route"

    def key(self, spec: OutboundRoute) -> Key:
        return (spec.context, spec.pattern.text)

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        context, exten = key
        return (scope(Extension, context=context, exten=exten),)

    def reads(self, spec: OutboundRoute) -> tuple[Scope, ...]:
        return (Scope(Endpoint, (("id", spec.trunk),), surely=True),)

    def questions(self, spec: OutboundRoute) -> tuple[Question, ...]:
        return (neighbours.entrances(spec.context),)

    def rows(self, spec: OutboundRoute, found: Rows, view: View) -> Iterable[Wanted]:
        endpoint = view.get(Endpoint, spec.trunk)
        if endpoint is None:
            raise NotFoundError("endpoint", spec.trunk, "create the trunk first")
        return map(Wanted, outbound_rows(spec, endpoint.callerid))

    def check(self, spec: OutboundRoute, view: View) -> None:
        neighbours.refuse_entrance(
            view,
            f"outbound route {spec.pattern.text!r}",
            None,
            spec.context,
            "put the route into a context of your phones",
        )

    def foreign(self, key: Key, found: Rows) -> str | None:
        steps = found.all(Extension)
        return None if any(map(_calls_trunk, steps)) else own_dialplan(steps)

    def read(self, key: Key, found: Rows) -> OutboundRoute:
        steps = found.all(Extension)
        dial = next(row.appdata for row in steps if _calls_trunk(row))
        callers = [row.appdata for row in steps if row.appdata.startswith(_SET_CALLER)]
        return OutboundRoute(
            context=key[0],
            pattern=key[1],
            trunk=dial.rpartition("@")[2],
            caller_id=callers[0].removeprefix(_SET_CALLER) if callers else None,
            region=_region(dial_pattern(key[1]), dial),
        )


OUTBOUND: Final = _Outbound()


def _calls_trunk(step: Extension) -> bool:
    return step.app == "Dial" and step.appdata.startswith("PJSIP/") and "@" in step.appdata


def own_dialplan(steps: list[Extension]) -> str:
    """Return how a message calls steps that no spec means."""
    return f"{described(steps[0])}, which is another dialplan's"


def _region(pattern: DialPattern, dial: str) -> str | None:
    """Return a country in whose national form *pattern* means what *dial* calls; None without."""
    main = {codes[0] for codes in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.values()}
    for region in (None, *sorted(phonenumbers.SUPPORTED_REGIONS, key=lambda c: (c not in main, c))):
        try:
            if dial.startswith(f"PJSIP/{dialled_as(pattern, region)}@"):
                return region
        except InvalidValueError:
            continue
    raise InvalidValueError("pattern", pattern.text, f"nobody dials {dial} for it", "mend the rows")


def create_outbound_route(
    session: Session,
    *,
    context: str,
    pattern: str,
    trunk: str,
    caller_id: str | CallerId | None = None,
    region: str | None = None,
) -> tuple[Extension, ...]:
    """
    Lead calls from a context out to a trunk. The caller commits.

    Whatever the form in which callers dial, the trunk is sent ``+`` and E.164; emergency numbers
    (911, 933, 112, 999) go out as they are.
    The rows serve every dialplan whose context holds ``switch => Realtime/<context>``.

    Args:
        session: The caller's session.
        context: Where the callers are; not a context that a trunk's calls enter.
        pattern: What they dial: a number, or a pattern of one form such as ``_1NXXNXXXXXX``,
            ``_NXXNXXXXXX``, ``_011Z.`` (with region ``US``) or ``_+X.``.
        trunk: Id of the trunk's endpoint.
        caller_id: ``"Name" <+12025550123>`` or the number alone; None takes the trunk's, and
            without one the caller's own.
        region: Country in whose national form they dial (``US``, ``GB``); None takes only
            patterns and numbers that begin with ``+``.

    Returns:
        The rows, flushed, in the order of their priorities.

    Raises:
        InvalidValueError: One parameter is wrong; InvalidValuesError if several are.
        NotFoundError: There is no such trunk.
        ConflictError: The extension is there already, or the context is one that calls enter
            without authentication.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``pbx/pbx_realtime.c`` and ``main/pbx.c``.
    """
    route = OutboundRoute(
        context=context, pattern=pattern, trunk=trunk, caller_id=caller_id, region=region
    )
    return tuple(engine.create(session, OUTBOUND, route).all(Extension))


def ensure_outbound_route(session: Session, route: OutboundRoute) -> Plan:
    """
    Bring a route to what *route* says, or add it; return what changed. The caller commits.

    Raises:
        NotFoundError: There is no such trunk.
        ConflictError: The extension is another dialplan's, or the context is one that calls enter
            without authentication.
        SchemaError: The database's tables are missing or too old.
    """
    return engine.ensure(session, OUTBOUND, route)


def find_outbound_route(session: Session, *, context: str, pattern: str) -> OutboundRoute | None:
    """
    Return the route of a pattern in a context as its rows have it, or None if there is none.

    Its ``region`` is one in whose national form the pattern means what the route dials, the first
    of several; its ``caller_id`` is what the rows set, also where that was the trunk's.

    Raises:
        ConflictError: The extension is another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return engine.find(session, OUTBOUND, context, pattern)


def delete_outbound_route(session: Session, *, context: str, pattern: str) -> Plan:
    """
    Delete the route of a pattern in a context; return what was removed. The caller commits.

    Raises:
        NotFoundError: There is none.
        ConflictError: The extension is another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return engine.delete(session, OUTBOUND, context, pattern)
