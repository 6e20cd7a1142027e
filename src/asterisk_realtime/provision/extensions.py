"""Numbers inside the house: rows of ``extensions`` that ring phones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import NotFoundError
from asterisk_realtime.models import Endpoint, Extension
from asterisk_realtime.provision import engine
from asterisk_realtime.provision.kinds import Key, Kind
from asterisk_realtime.provision.records import Rows, Wanted, described
from asterisk_realtime.provision.scopes import Scope, scope
from asterisk_realtime.specs.extensions import LocalExtension

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.plans import Plan
    from asterisk_realtime.provision.view import View

_DIAL: Final = re.compile(
    r"(?P<phones>PJSIP/[A-Za-z0-9.+-]+(?:&PJSIP/[A-Za-z0-9.+-]+)*),(?P<s>\d+)"
)
_VOICEMAIL: Final = re.compile(r"(?P<box>[^,&]+),u")
_REASON: Final = "$[${HANGUPCAUSE} | 19]"
"""The phone's reason, or where that is 0, as after the time to ring: nobody answered (Q.850)."""

_FORMS: Final = (["Dial", "Hangup"], ["Dial", "VoiceMail", "Hangup"])


def extension_rows(spec: LocalExtension) -> tuple[Extension, ...]:
    """
    Return the steps that *spec* means, unsaved.

    The last one hangs up, with the phone's reason, or that nobody answered: the caller gets 486 or
    480, and not the 603 that stops every other attempt. Without that step Asterisk would go on
    with the later ones of a pattern that matches the number too (``pbx/pbx_realtime.c``).
    """
    dialled = "&".join(f"PJSIP/{name}" for name in spec.phones)
    message = [("VoiceMail", f"{spec.voicemail},u")] if spec.voicemail else []
    steps = [("Dial", f"{dialled},{spec.ring_seconds}"), *message, ("Hangup", _REASON)]
    return tuple(
        Extension(
            context=spec.context, exten=spec.exten, priority=priority, app=app, appdata=appdata
        )
        for priority, (app, appdata) in enumerate(steps, start=1)
    )


class _Local(Kind[LocalExtension]):
    word = "extension"

    def key(self, spec: LocalExtension) -> Key:
        return (spec.context, spec.exten)

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        context, exten = key
        return (scope(Extension, context=context, exten=exten),)

    def reads(self, spec: LocalExtension) -> tuple[Scope, ...]:
        return tuple(Scope(Endpoint, (("id", name),), surely=True) for name in spec.phones)

    def rows(self, spec: LocalExtension, found: Rows, view: View) -> Iterable[Wanted]:
        return map(Wanted, extension_rows(spec))

    def check(self, spec: LocalExtension, view: View) -> None:
        for name in spec.phones:
            if view.get(Endpoint, name) is None:
                raise NotFoundError("endpoint", name, "create the phone first, or check its name")

    def foreign(self, key: Key, found: Rows) -> str | None:
        steps = found.all(Extension)
        return None if _is_ours(steps) else f"{described(steps[0])}, which is another dialplan's"

    def read(self, key: Key, found: Rows) -> LocalExtension:
        context, exten = key
        dial, *message, _hangup = (row.appdata for row in found.all(Extension))
        dialled, _comma, seconds = dial.partition(",")
        return LocalExtension(
            context=context,
            exten=exten,
            phones=[name.removeprefix("PJSIP/") for name in dialled.split("&")],
            ring_seconds=int(seconds),
            voicemail=message[0].partition(",")[0] if message else None,
        )


LOCAL: Final = _Local()


def _is_ours(steps: list[Extension]) -> bool:
    """Tell whether the steps are such as `extension_rows` returns."""
    apps = [row.app for row in steps]
    numbers = [row.priority for row in steps]
    if apps not in _FORMS or numbers != list(range(1, len(steps) + 1)):
        return False
    dial, *message, _hangup = (row.appdata for row in steps)
    return bool(_DIAL.fullmatch(dial)) and all(map(_VOICEMAIL.fullmatch, message))


def create_local_extension(session: Session, extension: LocalExtension) -> tuple[Extension, ...]:
    """
    Have a number ring phones. The caller commits.

    The rows serve every dialplan whose context holds ``switch => Realtime/<context>``.

    Returns:
        The rows, flushed, in the order of their priorities.

    Raises:
        ConflictError: The number has steps in that context already.
        NotFoundError: There is no such phone.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``pbx/pbx_realtime.c``, ``apps/app_dial.c`` and ``apps/app_voicemail.c``.
    """
    return tuple(engine.create(session, LOCAL, extension).all(Extension))


def ensure_local_extension(session: Session, extension: LocalExtension) -> Plan:
    """
    Bring a number to what *extension* says, or add it; return what changed. The caller commits.

    Raises:
        ConflictError: The number's steps are another dialplan's.
        NotFoundError: There is no such phone.
        SchemaError: The database's tables are missing or too old.
    """
    return engine.ensure(session, LOCAL, extension)


def find_local_extension(session: Session, *, context: str, exten: str) -> LocalExtension | None:
    """
    Return the extension of a number in a context as its rows have it, or None if there is none.

    Raises:
        ConflictError: The number's steps are another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return engine.find(session, LOCAL, context, exten)


def delete_local_extension(session: Session, *, context: str, exten: str) -> Plan:
    """
    Delete the extension of a number in a context; return what was removed. The caller commits.

    Raises:
        NotFoundError: There is none.
        ConflictError: The number's steps are another dialplan's; or a route or a queue member
            leads there.
        SchemaError: The database's tables are missing or too old.
    """
    return engine.delete(session, LOCAL, context, exten)
