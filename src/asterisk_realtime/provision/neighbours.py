"""What the rows of one thing must not do to the things beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, func, literal_column, or_, type_coerce

from asterisk_realtime.errors import ConflictError
from asterisk_realtime.models import Aor, Auth, Endpoint, Extension, Transport
from asterisk_realtime.provision.engine.records import described
from asterisk_realtime.provision.engine.scopes import Question

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from asterisk_realtime.provision.engine.records import Rows
    from asterisk_realtime.provision.engine.view import View

DEFAULT_CONTEXT: Final = "default"
"""Where calls of an endpoint without a context enter (``res/res_pjsip/pjsip_configuration.c``)."""


_EMPTY: Final[ColumnElement[str]] = literal_column("''")
"""What a person may have written for Asterisk's default."""

_BLANK: Final[ColumnElement[str]] = literal_column("' '")


def _enters(endpoint: Any, context: str) -> bool:
    return _same_context(endpoint.context or DEFAULT_CONTEXT, context)


def _same_context(one: str, other: str) -> bool:
    """Tell whether rows of one may serve the other: MariaDB and Asterisk's look-up fold case."""
    return one.lower() == other.lower()


def _entering(context: str) -> ColumnElement[bool]:
    cell = type_coerce(Endpoint.context, String())
    found = func.coalesce(func.nullif(func.trim(cell), _EMPTY), DEFAULT_CONTEXT)
    return or_(func.lower(found) == context.lower(), _is_coded(cell))


def _is_coded(cell: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell whether Asterisk's drivers read a cell otherwise than it is written."""
    return or_(cell.like("%;%"), cell.like("%^%"))


def _unauthenticated() -> ColumnElement[bool]:
    """Tell, roughly, of endpoints whether they ask for no credentials."""
    cell = type_coerce(Endpoint.auth, String())
    # Commas and blanks alone name no auth either.
    names = func.replace(func.replace(cell, literal_column("','"), _EMPTY), _BLANK, _EMPTY)
    return or_(func.nullif(names, _EMPTY).is_(None), _is_coded(cell))


def entrances(context: str) -> Question:
    """Ask which endpoints let anybody who is taken for them into *context*."""
    return Question(
        ("entrances", context),
        Endpoint,
        ("context", "auth"),
        _entering(context) & _unauthenticated(),
        lambda row: _enters(row, context) and not row.auth,
    )


def insiders(context: str) -> Question:
    """Ask which endpoints that authenticate call out from *context*."""
    return Question(
        ("insiders", context),
        Endpoint,
        ("context", "auth"),
        _entering(context) & Endpoint.auth.is_not(None),
        lambda row: _enters(row, context) and bool(row.auth),
    )


def ways_out(context: str) -> Question:
    """Ask which steps of *context* call numbers at a trunk."""
    return Question(
        ("ways out", context),
        Extension,
        ("app", "appdata"),
        (func.lower(Extension.context) == context.lower())
        & or_(func.lower(Extension.app) == "dial", _is_coded(type_coerce(Extension.app, String())))
        & or_(
            Extension.appdata.like("PJSIP/%@%"),
            _is_coded(type_coerce(Extension.appdata, String())),
        ),
        lambda row: _same_context(row.context, context) and calls_trunk(row),
    )


def calls_trunk(step: Any) -> bool:
    """Tell whether a step of the dialplan calls a number at a trunk."""
    appdata = step.appdata or ""
    return step.app.lower() == "dial" and appdata.startswith("PJSIP/") and "@" in appdata


def borrowers() -> Question:
    """Ask which endpoints have AORs that are called otherwise than they."""
    return Question(
        ("borrowers",),
        Endpoint,
        ("aors",),
        Endpoint.aors.is_not(None) & (Endpoint.aors != Endpoint.id),
        lambda row: bool(row.aors) and row.aors != (row.id,),
    )


def wildcards() -> Question:
    """Ask which AORs have ids that Asterisk's search for contacts takes for patterns."""
    return Question(
        ("wildcards",),
        Aor,
        (),
        Aor.id.contains("_", autoescape=True) | Aor.id.contains("%", autoescape=True),
        lambda row: "_" in row.id or "%" in row.id,
    )


def auth_users() -> Question:
    """Ask which endpoints have auths that are called otherwise than they."""
    return Question(
        ("auth users",),
        Endpoint,
        ("auth", "outbound_auth"),
        (Endpoint.auth != Endpoint.id) | (Endpoint.outbound_auth != Endpoint.id),
        lambda row: any(name != row.id for name in auths(row)),
    )


def auths(endpoint: Any) -> tuple[str, ...]:
    """Return the ids of all auths that an endpoint names, for either direction."""
    return (*(endpoint.auth or ()), *(endpoint.outbound_auth or ()))


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


def refuse_lookalike(view: View, name: str) -> None:
    """
    Refuse an AOR whose contacts a neighbour would ring too: Asterisk looks them up by ``LIKE``.

    Raises:
        ConflictError: The neighbour's id holds ``_`` or ``%`` and means this one as well.
    """
    for row in view.answers(wildcards()):
        pattern = re.escape(row.id).replace("_", ".").replace("%", ".*")
        if re.fullmatch(pattern, name, re.IGNORECASE):
            raise ConflictError(
                f"AOR {name!r}",
                f"{described(row)}, as whose contacts Asterisk would take those of {name!r} too",
                "give that one an id without '_' and '%', or choose another name",
            )


def refuse_taken_auth(view: View, name: str, found: Rows) -> None:
    """
    Refuse to take over an auth that another endpoint has and the thing's own does not.

    Raises:
        ConflictError: Its password would change for that one.
    """
    own = found.get(Endpoint, name)
    if found.get(Auth, name) is None or (own is not None and name in auths(own)):
        return
    for row in view.answers(auth_users()):
        if row.id != name and name in auths(row):
            raise ConflictError(
                f"auth {name!r} of endpoint {name!r}",
                f"{described(row)}, which has it already",
                "give that endpoint an auth of its own, or choose another name",
            )
