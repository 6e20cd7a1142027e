"""Where calls come in: rows of ``extensions`` that lead them to a phone, a queue, a mailbox."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, TypeVar

from asterisk_realtime.errors import InvalidValueError, InvalidValuesError, NotFoundError
from asterisk_realtime.models import Endpoint, Extension, FollowMe, Queue, Voicemail
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.engine.kinds import Key, Kind
from asterisk_realtime.provision.engine.records import TABLES, Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.provision.routes import numbered, own_dialplan
from asterisk_realtime.specs.destinations import (
    Destination,
    Target,
    chain,
    read_destination,
)
from asterisk_realtime.specs.routes import InboundRoute, InternalExtension

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.engine.view import View

E = TypeVar("E", InboundRoute, InternalExtension)

_NEEDED: Final[dict[str, type[Base]]] = {
    "endpoint": Endpoint,
    "queue": Queue,
    "mailbox": Voicemail,
    "follow-me profile": FollowMe,
}
"""The tables of what a destination names."""


def entrance_rows(entrance: InboundRoute | InternalExtension) -> tuple[Extension, ...]:
    """Return the steps that *entrance* means, unsaved."""
    steps = entrance.destination.steps()
    return tuple(numbered(entrance.context, entrance.exten, steps))


def _needs(entrance: InboundRoute | InternalExtension) -> Iterator[tuple[str, str]]:
    for item in chain(entrance.destination):
        if isinstance(item, Target):
            yield from item.needs


def _key_of(word: str, name: str) -> tuple[type[Base], tuple[str, ...]]:
    return _NEEDED[word], tuple(name.split("@")) if word == "mailbox" else (name,)


class _Entrance(Kind[E]):
    text = "{word} {1!r} in context {0!r}"

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        context, exten = key
        return (scope(Extension, context=context, exten=exten),)

    def reads(self, spec: E) -> tuple[Scope, ...]:
        wanted = [_key_of(*need) for need in _needs(spec)]
        return tuple(
            Scope(model, tuple(zip(TABLES[model].key, key, strict=True)), surely=True)
            for model, key in wanted
        )

    def rows(self, spec: E, found: Rows, view: View) -> Iterable[Wanted]:
        return map(Wanted, entrance_rows(spec))

    def check(self, spec: E, view: View) -> None:
        for word, name in _needs(spec):
            model, key = _key_of(word, name)
            if view.get(model, *key) is None:
                raise NotFoundError(word, name, "create it first, or check its name")

    def foreign(self, key: Key, found: Rows) -> str | None:
        try:
            self.read(key, found)
        except (InvalidValueError, InvalidValuesError):
            return own_dialplan(found.all(Extension))
        return None

    def read(self, key: Key, found: Rows) -> E:
        steps = [(row.app, row.appdata) for row in found.all(Extension)]
        context, exten = key
        return self.spec(context, exten, read_destination(steps))

    @abstractmethod
    def spec(self, context: str, exten: str, leads_to: Destination | Target) -> E:
        """Return the spec of an extension that leads there."""


class _Inbound(_Entrance[InboundRoute]):
    word = "inbound route"
    fields = ("context", "number")

    def spec(self, context: str, exten: str, leads_to: Destination | Target) -> InboundRoute:
        return InboundRoute(context=context, number=exten, destination=leads_to)


class _Internal(_Entrance[InternalExtension]):
    word = "extension"
    fields = ("context", "exten")

    def spec(self, context: str, exten: str, leads_to: Destination | Target) -> InternalExtension:
        return InternalExtension(context=context, exten=exten, destination=leads_to)


INBOUND: Final = _Inbound()
INTERNAL: Final = _Internal()


def create_inbound_route(
    session: Session,
    number: str,
    *,
    context: str = "from-twilio",
    destination: str | Destination | Target,
) -> tuple[Extension, ...]:
    """
    Lead calls to a number on. The caller commits.

    The row serves every dialplan whose context holds ``switch => Realtime/<context>``.

    Args:
        session: The caller's session.
        number: The number that was called, in E.164 as the provider sends it.
        context: Where the provider's calls enter the dialplan: ``context`` of the trunk.
        destination: A phone, queue, mailbox or follow-me profile that is there (`ToPhone`,
            `ToQueue`, `ToMailbox`, `ToFollowMe`), or a place in the dialplan:
            ``"context,extension,1"`` or a `Destination`.

    Returns:
        The rows, flushed, in the order of their priorities.

    Raises:
        InvalidValueError: One parameter is wrong; InvalidValuesError if several are.
        NotFoundError: What the destination names is not there.
        ConflictError: The number has a route in that context already.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``pbx/pbx_realtime.c``.
    """
    route = InboundRoute(number=number, context=context, destination=destination)
    return tuple(verbs.create(session, INBOUND, route).all(Extension))


def ensure_inbound_route(session: Session, route: InboundRoute) -> Plan:
    """
    Bring a number's route to what *route* says, or add it; return what changed. The caller commits.

    Raises:
        NotFoundError: What its destination names is not there.
        ConflictError: The number has steps in that context that are another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, INBOUND, route)


def find_inbound_route(
    session: Session, number: str, *, context: str = "from-twilio"
) -> InboundRoute | None:
    """
    Return the route of a number in a context as its rows have it, or None if there is none.

    Raises:
        ConflictError: The number's steps are another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, INBOUND, context, number)


def delete_inbound_route(session: Session, number: str, *, context: str = "from-twilio") -> Plan:
    """
    Delete the route of a number in a context; return what was removed. The caller commits.

    Raises:
        NotFoundError: There is none.
        ConflictError: The number's steps are another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, INBOUND, context, number)


def create_internal_extension(
    session: Session, extension: InternalExtension
) -> tuple[Extension, ...]:
    """
    Lead those who dial a short number in a context on. The caller commits.

    The rows serve every dialplan whose context holds ``switch => Realtime/<context>``.

    Returns:
        The rows, flushed, in the order of their priorities.

    Raises:
        NotFoundError: What its destination names is not there.
        ConflictError: The extension is there.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``pbx/pbx_realtime.c``.
    """
    return tuple(verbs.create(session, INTERNAL, extension).all(Extension))


def ensure_internal_extension(session: Session, extension: InternalExtension) -> Plan:
    """
    Bring an extension to what *extension* says, or add it; return what changed.

    Flushes; the caller commits.

    Raises:
        NotFoundError: What its destination names is not there.
        ConflictError: The extension has steps that are another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, INTERNAL, extension)


def find_internal_extension(
    session: Session, exten: str, *, context: str
) -> InternalExtension | None:
    """
    Return the extension as its rows have it, or None if there is none.

    Raises:
        ConflictError: Its steps are another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, INTERNAL, context, exten)


def delete_internal_extension(session: Session, exten: str, *, context: str) -> Plan:
    """
    Delete an extension; return what was removed. The caller commits.

    Raises:
        NotFoundError: There is none.
        ConflictError: Its steps are another dialplan's.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, INTERNAL, context, exten)
