"""What Asterisk still needs when a change is committed (``res/res_sorcery_realtime.c``, ...)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.models import (
    Aor,
    Auth,
    Endpoint,
    Identify,
    MusicOnHold,
    MusicOnHoldEntry,
    QueueRule,
    Registration,
)
from asterisk_realtime.provision.engine.plans import Action, CachedObject, Reload, RowChange

if TYPE_CHECKING:
    from collections.abc import Iterable

_CACHES: Final = {
    Endpoint.__tablename__: "res_pjsip/endpoint",
    Aor.__tablename__: "res_pjsip/aor",
    Auth.__tablename__: "res_pjsip/auth",
    Identify.__tablename__: "res_pjsip_endpoint_identifier_ip/identify",
    Registration.__tablename__: "res_pjsip_outbound_registration/registration",
}

_RELOADS: Final = {
    Registration.__tablename__: Reload(
        "res_pjsip_outbound_registration.so", "registrations are started and stopped by it"
    ),
    QueueRule.__tablename__: Reload("app_queue.so", "queue rules are read then alone"),
}

_QUALIFY: Final = Reload("res_pjsip.so", "static contacts are qualified from then on")
_MUSIC: Final = Reload("res_musiconhold.so", "a class that was played is kept until then")

_QUALIFYING: Final = frozenset({"contact", "qualify_frequency"})
_MUSIC_TABLES: Final = frozenset({MusicOnHold.__tablename__, MusicOnHoldEntry.__tablename__})


def reloads(rows: Iterable[RowChange]) -> tuple[Reload, ...]:
    """Return the modules that must reload before all of *rows* are in force, each once."""
    return tuple(sorted({found for row in rows if (found := _reload(row)) is not None}))


def _reload(row: RowChange) -> Reload | None:
    names = {column.name for column in row.columns}
    if row.table == Aor.__tablename__:
        # Phones' contacts are qualified when they register.
        static = "contact" in names or (row.action is Action.CHANGE and names & _QUALIFYING)
        return _QUALIFY if static else None
    if row.table in _MUSIC_TABLES:
        return None if row.action is Action.ADD else _MUSIC
    return _RELOADS.get(row.table)


def cached(rows: Iterable[RowChange]) -> tuple[CachedObject, ...]:
    """Return the objects that a memory cache may hold in their old form."""
    return tuple(
        CachedObject(_CACHES[row.table], str(row.key["id"]))
        for row in rows
        if row.table in _CACHES and row.action is not Action.ADD
    )
