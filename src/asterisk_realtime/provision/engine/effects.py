"""What Asterisk still needs when a change is committed (``res/res_sorcery_realtime.c``, ...)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import func, select

from asterisk_realtime.models import (
    Aor,
    Auth,
    Endpoint,
    Extension,
    MusicOnHold,
    MusicOnHoldEntry,
    NamedAcl,
    QueueRule,
    Registration,
)
from asterisk_realtime.provision.engine.plans import Action, CachedObject, Note, Reload, RowChange
from asterisk_realtime.provision.engine.records import identity
from asterisk_realtime.provision.engine.references import namers
from asterisk_realtime.provision.engine.scopes import Question
from asterisk_realtime.values.caching import CACHED, WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from asterisk_realtime.provision.engine.view import View

Changed = tuple[RowChange, Any]
"""A change, and the row as it will be, or as it was if it is removed."""

_RELOADS: Final = {
    Registration.__tablename__: Reload(
        "res_pjsip_outbound_registration.so", "it starts and stops registrations"
    ),
    QueueRule.__tablename__: Reload("app_queue.so", "queue rules are read only then"),
}

_DIALPLAN: Final = Reload(
    "pbx_config.so",
    "the dialplan is held in memory until then, unless its context has a switch",
)
_STATIC: Final = Reload("res_pjsip.so", "static contacts are qualified from then on")
_DYNAMIC: Final = Reload(
    "res_pjsip.so",
    "a registered phone is qualified at the new interval from then on, or when it registers again",
)
_LAMP: Final = Reload("res_pjsip_mwi.so", "a phone's lamp shows another mailbox from then on")
_MUSIC: Final = Reload("res_musiconhold.so", "a class that was played is kept until then")

_MUSIC_TABLES: Final = frozenset({MusicOnHold.__tablename__, MusicOnHoldEntry.__tablename__})
_SECRETS: Final = frozenset({"password", "md5_cred", "password_digest", "username", "realm"})
_SAFE: Final = re.compile(r"[\w.+-]+")


# Asterisk keeps contacts without reading the rows again (res/res_pjsip_registrar.c).
_GONE: Final = (
    "a registered device stays registered until its registration ends; if a phone is added under "
    "the same id before that, calls to it ring that device"
)
_COPIED: Final = (
    "outbound routes send the caller ID that they were written with, until they are applied again"
)
_STALE: Final = (
    "a device that registered with the old password still receives calls until its registration "
    "ends"
)


# -- Reloads ---------------------------------------------------------------------------------------


def reloads(rows: Iterable[Changed], view: View) -> tuple[Reload, ...]:
    """Return the modules that must reload before all of *rows* are in force, each once."""
    rows = tuple(rows)
    whys: dict[str, dict[str, None]] = {}
    for reload in (*filter(None, (_reload(*row) for row in rows)), *_new_contexts(rows, view)):
        whys.setdefault(reload.module, {})[reload.why] = None
    return tuple(Reload(module, "; ".join(whys[module])) for module in sorted(whys))


def _reload(change: RowChange, row: Any) -> Reload | None:
    names = {column.name for column in change.columns}
    changed = change.action is Action.CHANGE
    if change.table == Aor.__tablename__:
        return _qualified(row, names, changed=changed)
    if change.table == Endpoint.__tablename__:
        return _LAMP if changed and "mailboxes" in names else None
    if change.table in _MUSIC_TABLES:
        return None if change.action is Action.ADD else _MUSIC
    if change.table == Extension.__tablename__:
        return _DIALPLAN
    return _RELOADS.get(change.table)


def _qualified(aor: Any, names: set[str], *, changed: bool) -> Reload | None:
    """Return the reload by which Asterisk qualifies the contacts of an AOR as it says now."""
    if "contact" in names or (changed and "qualify_frequency" in names and aor.contact):
        return _STATIC
    # A phone that registers for the first time is qualified from then on.
    return _DYNAMIC if changed and "qualify_frequency" in names else None


def beginning(context: str) -> Question:
    """Ask for the first extension of a context; without one, the context is new in the table."""
    first = select(func.min(Extension.exten)).where(Extension.context == context)
    return Question(
        ("beginning", context),
        Extension,
        (),
        lambda: [(Extension.context == context) & (Extension.exten == first.scalar_subquery())],
        lambda row: bool(row.context == context),
    )


def _new_contexts(rows: Iterable[Changed], view: View) -> Iterator[Reload]:
    """Return the reload for each context that had no row in the table before."""
    added = [
        str(change.key["context"])
        for change, _row in rows
        if change.table == Extension.__tablename__ and change.action is Action.ADD
    ]
    if not added:
        return
    old = {row.context for row in view.stored(Extension)}
    unsure = [context for context in dict.fromkeys(added) if context not in old]
    view.look(questions=map(beginning, unsure))
    for context in unsure:
        if not view.had(beginning(context)):
            yield Reload(
                "pbx_config.so",
                f"context {context!r} is new in the table; a dialplan without memory needs "
                f"[{context}] in extensions.conf, with switch => Realtime/{context}@extensions",
            )


# -- Notes -----------------------------------------------------------------------------------------


def notes(rows: Iterable[Changed], view: View) -> tuple[Note, ...]:
    """Return what stays in force for a while although *rows* change it."""
    changed = list(rows)
    return (*_registered(changed, view), *_copied(changed, view))


def _copied(rows: Iterable[Changed], view: View) -> Iterator[Note]:
    """Return notes about trunks whose caller ID was copied to routes."""
    for change, row in rows:
        names = {column.name for column in change.columns}
        is_changed = change.table == Endpoint.__tablename__ and change.action is Action.CHANGE
        if is_changed and "callerid" in names:
            users = [user for user in namers(view, row) if identity(user)[0] is Extension]
            if any("@" in (user.appdata or "") for user in users):
                yield Note(f"endpoint {row.id!r}", _COPIED)


def _registered(rows: Iterable[Changed], view: View) -> tuple[Note, ...]:
    removed, secrets = _touched(rows)
    if not removed and not secrets:
        return ()
    aors = {row.id for row in view.ever(Aor) if row.max_contacts}
    stale = [row for row in view.known(Endpoint) if secrets & set(row.auth or ())]
    texts = ((removed, _GONE), (stale, _STALE))
    return tuple(
        _note(endpoint, text, view)
        for endpoints, text in texts
        for endpoint in endpoints
        if _registers(endpoint, aors)
    )


def _touched(rows: Iterable[Changed]) -> tuple[list[Endpoint], set[str]]:
    """Return the removed endpoints, and the ids of the auths whose password changes."""
    removed, secrets = [], set()
    for change, row in rows:
        names = {column.name for column in change.columns}
        if change.table == Endpoint.__tablename__ and change.action is Action.REMOVE:
            removed.append(row)
        elif change.table == Auth.__tablename__ and change.action is Action.CHANGE:
            secrets |= {row.id} if names & _SECRETS else set()
    return removed, secrets


def _registers(endpoint: Endpoint, aors: Collection[str]) -> bool:
    """Tell whether devices register at one of the *aors* with a password."""
    return bool(endpoint.auth) and any(name in aors for name in endpoint.aors or ())


def _note(endpoint: Endpoint, text: str, view: View) -> Note:
    return Note(f"endpoint {endpoint.id!r}", text, _end(endpoint, view))


def _end(endpoint: Endpoint, view: View) -> str | None:
    """Return the command that ends the registrations of an endpoint."""
    if not all(map(_SAFE.fullmatch, (endpoint.id, *(endpoint.aors or ())))):
        return None
    if view.dialect(Endpoint) != "sqlite":
        return f"SQL: DELETE FROM ps_contacts WHERE endpoint = '{endpoint.id}'"  # noqa: S608 - shown to a person, and the id is one word
    keys = (f"'/registrar/contact/{name};@*'" for name in endpoint.aors or ())
    where = " OR ".join(f"key GLOB {key}" for key in keys)
    return f'in Asterisk: database query "DELETE FROM astdb WHERE {where}"'  # noqa: S608 - as above


# -- Caches ----------------------------------------------------------------------------------------


@attrs.frozen(order=True)
class CachedTable(CachedObject):
    """All objects of a cache."""

    @property
    def command(self) -> str:
        """What to type at Asterisk's prompt."""
        return f"sorcery memory cache expire {self.cache}"


def cached(rows: Iterable[RowChange]) -> tuple[CachedObject, ...]:
    """
    Return the objects that a memory cache may hold in their old form.

    A new row counts only if its cache holds a whole table, since other caches do not hold it.
    If an access list changes, all endpoints are returned: each has a copy of the lists that it
    names (``main/acl.c``), and a statement more would have to find out which ones they are.
    """
    rows = tuple(rows)
    whole = _whole_caches(rows)
    single = (row for row in rows if row.table in CACHED and row.table not in whole)
    return (
        *(
            CachedObject(_cache(row.table), str(row.key["id"]))
            for row in single
            if row.action is not Action.ADD
        ),
        *(CachedTable(_cache(table), "") for table in whole),
    )


def _whole_caches(rows: Iterable[RowChange]) -> list[str]:
    """Return the tables whose caches must be emptied, each once."""
    copied = {NamedAcl.__tablename__: Endpoint.__tablename__}
    tables = (copied.get(row.table, row.table) for row in rows if row.table in {*WHOLE, *copied})
    return list(dict.fromkeys(tables))


def _cache(table: str) -> str:
    # All modules of PJSIP share one instance of sorcery, whose name stands first.
    return f"res_pjsip/{CACHED[table]}"
