"""Refuse rows of a thing that would conflict with the rows of others."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, or_

from asterisk_realtime.errors import ConflictError
from asterisk_realtime.models import Aor, Auth, Endpoint, Extension, Transport
from asterisk_realtime.models.conditions import Folded, is_name
from asterisk_realtime.models.rare import Rare
from asterisk_realtime.models.spelling import may_be_decoded, may_be_unset
from asterisk_realtime.provision.checks import onward
from asterisk_realtime.provision.engine.applications import CALLING
from asterisk_realtime.provision.engine.records import described, same_name
from asterisk_realtime.provision.engine.scopes import Question

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from asterisk_realtime.provision.engine.records import Rows
    from asterisk_realtime.provision.engine.view import View

DEFAULT_CONTEXT: Final = "default"
"""Where calls of an endpoint without a context enter (``res/res_pjsip/pjsip_configuration.c``)."""


_CONTEXTS: Final = 256
"""Number of contexts whose questions are cached, since many things of a call ask the same."""


def _enters(endpoint: Any, context: str) -> bool:
    return same_name(endpoint.context or DEFAULT_CONTEXT, context)


def _entering(context: str) -> list[ColumnElement[bool]]:
    """Return the conditions for endpoints that may enter a context."""
    found = [is_name(Endpoint.context, context)]
    if same_name(DEFAULT_CONTEXT, context):
        found += [Endpoint.context.is_(None), Endpoint.context == ""]
    return [*found, Rare("ps_endpoints") & may_be_decoded(Endpoint.context)]


@lru_cache(_CONTEXTS)
def unauthenticated_in(context: str) -> Question:
    """Ask which endpoints let unauthenticated calls into *context*."""
    return Question(
        ("unauthenticated_in", context),
        Endpoint,
        ("context", "auth"),
        lambda: [Rare("ps_endpoints") & or_(*_entering(context)) & may_be_unset(Endpoint.auth)],
        lambda row: _enters(row, context) and not row.auth,
    )


@lru_cache(_CONTEXTS)
def authenticated_in(context: str) -> Question:
    """Ask which endpoints that authenticate their calls have *context*."""
    return Question(
        ("authenticated_in", context),
        Endpoint,
        ("context", "auth"),
        lambda: [condition & Endpoint.auth.is_not(None) for condition in _entering(context)],
        lambda row: _enters(row, context) and bool(row.auth),
    )


@lru_cache(_CONTEXTS)
def outbound_steps(context: str) -> Question:
    """Ask which steps of *context* call numbers at a trunk, with any channel technology."""
    return Question(
        ("outbound steps", context),
        Extension,
        ("app", "appdata"),
        lambda: [is_name(Extension.context, context) & Rare("extensions") & _may_call_out()],
        lambda row: same_name(row.context, context) and is_outbound(row),
    )


def _may_call_out() -> ColumnElement[bool]:
    app, appdata = func.lower(Extension.app), func.lower(Extension.appdata)
    technologies = or_(*(appdata.contains(name) for name in _TECHNOLOGIES))
    return (app.in_(CALLING) | may_be_decoded(Extension.app)) & (
        technologies | may_be_decoded(Extension.appdata)
    )


_TECHNOLOGIES: Final = ("sip/", "iax2/", "dahdi/")

_AT_A_TRUNK: Final = re.compile(
    r"pjsip/.*@|pjsip/[^&,/@]+/sips?:|\b(?:sip|iax2)/[^&,/]+/|\bsip/.*@|\bdahdi/", re.ASCII
)
"""A number at a peer; Asterisk ignores case in channel technologies and applications."""


def is_outbound(step: Any) -> bool:
    """Tell whether a step calls a number at a trunk, with any technology and application."""
    called = (step.appdata or "").lower()
    return step.app.lower() in CALLING and _AT_A_TRUNK.search(called) is not None


def calls_trunk(step: Any) -> bool:
    """Tell whether a step calls a number at a trunk as this library does: by Dial and PJSIP."""
    appdata = step.appdata or ""
    return step.app.lower() == "dial" and appdata.startswith("PJSIP/") and "@" in appdata


@cache
def aors_of_others() -> Question:
    """Ask which endpoints name other AORs than the one with their own id."""
    return Question(
        ("named_aors",),
        Endpoint,
        ("aors",),
        lambda: [Rare("ps_endpoints") & (Endpoint.aors != Endpoint.id)],
        lambda row: bool(row.aors) and row.aors != (row.id,),
    )


@cache
def wildcards() -> Question:
    """Ask which AORs have an id with a wildcard, for Asterisk's search for contacts."""
    return Question(
        ("wildcards",),
        Aor,
        (),
        lambda: [
            Rare("ps_aors")
            & (Aor.id.contains("_", autoescape=True) | Aor.id.contains("%", autoescape=True))
        ],
        lambda row: "_" in row.id or "%" in row.id,
    )


def matching_names(name: str) -> tuple[Question, ...]:
    """Ask for AORs whose contacts Asterisk would confuse with those of *name*."""
    return wildcards(), *([_matched_by(name)] if "_" in name else [])


def _matched_by(name: str) -> Question:
    """Ask which other AORs' ids match *name*, where each ``_`` matches any character."""
    return Question(
        ("matched by", name),
        Aor,
        (),
        lambda: [Folded(Aor.id).like(name.lower()) & (Aor.id != name)],
        lambda row: row.id != name and _matches(name, row.id),
    )


def _matches(pattern: str, name: str) -> bool:
    """Tell whether Asterisk's search for the contacts of AOR *pattern* finds those of *name*."""
    found = re.escape(pattern).replace("_", ".").replace("%", ".*")
    return re.fullmatch(found, name, re.IGNORECASE) is not None


@cache
def auth_users() -> Question:
    """Ask which endpoints name other auths than the one with their own id."""
    return Question(
        ("auth users",),
        Endpoint,
        ("auth", "outbound_auth"),
        lambda: [
            Rare("ps_endpoints")
            & ((Endpoint.auth != Endpoint.id) | (Endpoint.outbound_auth != Endpoint.id))
        ],
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
        lambda: [Transport.id == name],
        lambda row: row.id == name,
    )


def refuse_outbound(view: View, name: str, context: str) -> None:
    """
    Refuse a trunk whose unauthenticated calls enter a context that leads out.

    Raises:
        ConflictError: Endpoints call out from the context, or it has a route to a trunk.
    """
    entering = f"trunk {name!r}, whose calls enter context {context!r} unauthenticated"
    hint = "give the trunk a context of its own"
    for row in view.answers(authenticated_in(context)):
        if row.id != name:
            raise ConflictError(
                entering, f"{described(row)}, which calls out from the same context", hint
            )
    for place in onward.reached_from(view, context):
        for row in view.answers(outbound_steps(place)):
            raise ConflictError(entering, f"{described(row)}, which calls a trunk", hint)


def refuse_unauthenticated(
    view: View, what: str, name: str | None, context: str, hint: str
) -> None:
    """
    Refuse *what* in a context that unauthenticated calls enter.

    Args:
        view: The rows as they will be.
        what: What would be there, for the error.
        name: The endpoint that is *what* and so does not count; None if *what* is no endpoint.
        context: The context.
        hint: What to do instead.

    Raises:
        ConflictError: An endpoint without authentication has that context.
    """
    for row in view.answers(unauthenticated_in(context)):
        if row.id != name:
            raise ConflictError(
                f"{what} in context {context!r}",
                f"{described(row)}, whose calls enter that context without authentication",
                hint,
            )


def refuse_reached(view: View, what: str, context: str, hint: str) -> None:
    """
    Refuse *what* in a context that gets dialled numbers from unauthenticated calls.

    Raises:
        ConflictError: A step of a context that such calls enter passes their numbers to *context*.
    """
    for place in onward.reaching(view, context)[1:]:
        for row in view.answers(unauthenticated_in(place)):
            raise ConflictError(
                f"{what} in context {context!r}",
                f"{described(row)}, whose calls enter context {place!r} without authentication, "
                f"which passes the numbers that they dial to {context!r}",
                hint,
            )


def refuse_aor_of_others(view: View, name: str) -> None:
    """
    Refuse an AOR that another endpoint also names: calls to it would ring there too.

    Raises:
        ConflictError: Another endpoint names it.
    """
    for row in view.answers(aors_of_others()):
        if row.id != name and name in row.aors:
            raise ConflictError(
                f"AOR {name!r} of endpoint {name!r}",
                f"{described(row)}, which has it in its aors",
                "take it out of that endpoint's aors, or choose another name",
            )


def refuse_matching_name(view: View, name: str) -> None:
    """
    Refuse an AOR if calls to another AOR would ring its contacts too, or the other way round.

    Asterisk looks up contacts by ``LIKE``, to which ``_`` and ``%`` are wildcards.

    Raises:
        ConflictError: One id, as a pattern, matches the other.
    """
    for row in view.answers(wildcards()):
        if row.id != name and _matches(row.id, name):
            raise ConflictError(
                f"AOR {name!r}",
                f"{described(row)}, which would also ring the contacts of {name!r}",
                "give that one an id without '_' and '%', or choose another name",
            )
    refuse_wide_name(view, name)


def refuse_wide_name(view: View, name: str) -> None:
    """
    Refuse an AOR with ``_`` in its id that would ring another AOR's contacts.

    Raises:
        ConflictError: The id of another AOR differs from *name* only where *name* has ``_``.
    """
    if "_" not in name:
        return
    for row in view.answers(_matched_by(name)):
        raise ConflictError(
            f"AOR {name!r}",
            f"{described(row)}, whose contacts it would also ring, since '_' matches"
            " any character there",
            "choose another name, without '_'",
        )


def refuse_taken_auth(view: View, name: str, found: Rows, auth: str | None = None) -> None:
    """
    Refuse to take over an auth that another endpoint names and this one does not.

    Args:
        view: The rows as they will be.
        name: The endpoint's id.
        found: The rows of its thing.
        auth: The auth's id; None for that of the endpoint.

    Raises:
        ConflictError: The other endpoint's password would change.
    """
    auth = auth or name
    own = found.get(Endpoint, name)
    if found.get(Auth, auth) is None or (own is not None and auth in auths(own)):
        return
    namesake = view.get(Endpoint, auth)
    for row in (*view.answers(auth_users()), *([namesake] if namesake else [])):
        if row.id != name and auth in auths(row):
            raise ConflictError(
                f"auth {auth!r} of endpoint {name!r}",
                f"{described(row)}, which has it already",
                "give that endpoint an auth of its own, or choose another name",
            )
