"""Routes: rows of ``extensions`` that lead calls out to a trunk and in from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from asterisk_realtime.errors import ConflictError, NotFoundError
from asterisk_realtime.models import Endpoint, Extension
from asterisk_realtime.provision.session import all_or_nothing
from asterisk_realtime.specs.routes import Destination, InboundRoute, OutboundRoute
from asterisk_realtime.values.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from asterisk_realtime.values.caller_id import CallerId


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
    return tuple(_numbered(route.context, route.pattern.text, _outbound_steps(route, chosen)))


def _outbound_steps(route: OutboundRoute, caller_id: str | None) -> list[tuple[str, str]]:
    steps = [("Set", f"CALLERID(all)={caller_id}")] if caller_id else []
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


def inbound_rows(route: InboundRoute) -> tuple[Extension, ...]:
    """Return the step that *route* means, unsaved."""
    return tuple(_numbered(route.context, route.number, [("Goto", str(route.destination))]))


def _numbered(context: str, exten: str, steps: list[tuple[str, str]]) -> Iterator[Extension]:
    for priority, (app, appdata) in enumerate(steps, start=1):
        yield Extension(context=context, exten=exten, priority=priority, app=app, appdata=appdata)


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
    with all_or_nothing(session, Extension):
        endpoint = session.execute(
            select(Endpoint.id, Endpoint.callerid).where(Endpoint.id == route.trunk)
        ).one_or_none()
        if endpoint is None or endpoint.id != route.trunk:  # MariaDB folds case
            raise NotFoundError("endpoint", route.trunk, "create the trunk first")
        _refuse_open_context(session, route)
        _refuse_existing(session, route.context, route.pattern.text)
        rows = outbound_rows(route, endpoint.callerid)
        session.add_all(rows)
    return rows


def create_inbound_route(
    session: Session,
    number: str,
    *,
    context: str = "from-twilio",
    destination: str | Destination,
) -> tuple[Extension, ...]:
    """
    Send calls to a number on to a place in the dialplan. The caller commits.

    Args:
        session: The caller's session.
        number: The number that was called, in E.164, as providers send it.
        context: Where the trunk's calls enter the dialplan.
        destination: Where they go on: ``"attendant,start,1"`` is context, extension, priority.

    Returns:
        The row, flushed, in a tuple.

    Raises:
        InvalidValueError: One parameter is wrong; InvalidValuesError if several are.
        ConflictError: The number has a route in that context already.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``pbx/pbx_realtime.c``.
    """
    route = InboundRoute(number=number, context=context, destination=destination)
    with all_or_nothing(session, Extension):
        _refuse_existing(session, route.context, route.number)
        rows = inbound_rows(route)
        session.add_all(rows)
    return rows


def _refuse_open_context(session: Session, route: OutboundRoute) -> None:
    """Refuse a context that calls enter unauthenticated: anybody could call at our cost."""
    statement = select(Endpoint.id).where(
        func.coalesce(Endpoint.context, "default") == route.context, Endpoint.auth.is_(None)
    )
    entrance = session.scalars(statement.limit(1)).first()
    if entrance is not None:
        raise ConflictError(
            f"outbound route {route.pattern.text!r} in context {route.context!r}",
            f"endpoint {entrance!r}, whose calls enter that context without authentication",
            "put the route into a context of your phones",
        )


def _refuse_existing(session: Session, context: str, exten: str) -> None:
    statement = select(Extension.priority).where(
        Extension.context == context, Extension.exten == exten
    )
    priority = session.scalars(statement.limit(1)).first()
    if priority is not None:
        raise ConflictError(
            f"route {exten!r} in context {context!r}",
            f"its step {priority} in the extensions table",
            "delete the extension's rows first",
        )
