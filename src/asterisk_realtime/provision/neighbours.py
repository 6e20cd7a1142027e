"""What the rows of one thing must not do to the things beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func

from asterisk_realtime.errors import ConflictError
from asterisk_realtime.models import Endpoint, Extension, Transport
from asterisk_realtime.provision.engine.records import described
from asterisk_realtime.provision.engine.scopes import Question

if TYPE_CHECKING:
    from asterisk_realtime.provision.engine.view import View

DEFAULT_CONTEXT: Final = "default"
"""Where calls of an endpoint without a context enter (``res/res_pjsip/pjsip_configuration.c``)."""


def _enters(endpoint: Any, context: str) -> bool:
    return (endpoint.context or DEFAULT_CONTEXT) == context


def entrances(context: str) -> Question:
    """Ask which endpoints let anybody who is taken for them into *context*."""
    return Question(
        ("entrances", context),
        Endpoint,
        ("context", "auth"),
        (func.coalesce(Endpoint.context, DEFAULT_CONTEXT) == context) & Endpoint.auth.is_(None),
        lambda row: _enters(row, context) and not row.auth,
    )


def insiders(context: str) -> Question:
    """Ask which endpoints that authenticate call out from *context*."""
    return Question(
        ("insiders", context),
        Endpoint,
        ("context", "auth"),
        (func.coalesce(Endpoint.context, DEFAULT_CONTEXT) == context) & Endpoint.auth.is_not(None),
        lambda row: _enters(row, context) and bool(row.auth),
    )


def ways_out(context: str) -> Question:
    """Ask which steps of *context* call numbers at a trunk."""
    return Question(
        ("ways out", context),
        Extension,
        ("app", "appdata"),
        (Extension.context == context)
        & (Extension.app == "Dial")
        & Extension.appdata.like("PJSIP/%@%"),
        lambda row: row.context == context and row.app == "Dial" and _leads_out(row.appdata),
    )


def _leads_out(appdata: str) -> bool:
    return appdata.startswith("PJSIP/") and "@" in appdata


def borrowers() -> Question:
    """Ask which endpoints have AORs that are called otherwise than they."""
    return Question(
        ("borrowers",),
        Endpoint,
        ("aors",),
        Endpoint.aors.is_not(None) & (Endpoint.aors != Endpoint.id),
        lambda row: bool(row.aors) and row.aors != (row.id,),
    )


def transport(name: str) -> Question:
    """Ask whether a transport is a row of the database, and which protocol it speaks."""
    return Question(
        ("transport", name),
        Transport,
        ("protocol",),
        Transport.id == name,
        lambda row: row.id == name,
    )


def refuse_way_out(view: View, name: str, context: str) -> None:
    """
    Refuse to let calls that nobody authenticated into a context that leads out.

    Raises:
        ConflictError: Endpoints call out from there, or it has a route to a trunk.
    """
    entering = f"trunk {name!r}, whose calls enter context {context!r} unauthenticated"
    way_out = "give the trunk a context of its own"
    for row in view.answers(insiders(context)):
        if row.id != name:
            raise ConflictError(
                entering, f"{described(row)}, which calls out from the same context", way_out
            )
    for row in view.answers(ways_out(context)):
        raise ConflictError(entering, f"{described(row)}, which calls a trunk", way_out)


def refuse_entrance(view: View, what: str, name: str | None, context: str, way_out: str) -> None:
    """
    Refuse to have *what* in a context that calls enter unauthenticated.

    Args:
        view: The rows as they will be.
        what: What would be there, for the error.
        name: An endpoint that does not count, since it is *what*.
        context: The context.
        way_out: What to do instead.

    Raises:
        ConflictError: An endpoint without authentication has that context.
    """
    for row in view.answers(entrances(context)):
        if row.id != name:
            raise ConflictError(
                f"{what} in context {context!r}",
                f"{described(row)}, whose calls enter that context without authentication",
                way_out,
            )


def refuse_borrowed(view: View, name: str) -> None:
    """
    Refuse an AOR that a neighbour's endpoint has among its own: it would ring there too.

    Raises:
        ConflictError: One has.
    """
    for row in view.answers(borrowers()):
        if row.id != name and name in row.aors:
            raise ConflictError(
                f"AOR {name!r} of endpoint {name!r}",
                f"{described(row)}, which has it in its aors",
                "take it out of that endpoint's aors, or choose another name",
            )
