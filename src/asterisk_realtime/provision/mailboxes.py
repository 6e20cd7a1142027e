"""Voicemail boxes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.models import Voicemail
from asterisk_realtime.models.types import SecretText
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.engine.kinds import Key, Kind
from asterisk_realtime.provision.engine.records import Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.mailboxes import Mailbox, pin
from asterisk_realtime.values.mail import SEPARATOR
from asterisk_realtime.values.plain import secret_text
from asterisk_realtime.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.engine.view import View

PIN_DIGITS: Final = 6
"""Digits of a PIN that is drawn."""

_PIN: Final = frozenset({"password"})


def mailbox_row(spec: Mailbox) -> Voicemail:
    """Return the row that *spec* means, unsaved; without a PIN if it names none."""
    row = Voicemail(  # type: ignore[call-arg]  # a PIN may be drawn when the row is written
        context=spec.context,
        mailbox=spec.number,
        fullname=spec.full_name,
        email=SEPARATOR.join(spec.emails) or None,
        attach=spec.attach,
        deletevoicemail=spec.delete,
        tz=spec.timezone,
        maxmsg=spec.max_messages,
    )
    if spec.pin is not None:
        row.password = spec.pin.reveal()
    return row


def drawn_pin(number: str) -> SecretText:
    """Return six random digits that are not the mailbox's *number*."""
    while (found := f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}") == number:
        continue
    return SecretText(found)


class _Mailbox(Kind[Mailbox]):
    word = "mailbox"
    fields = ("number", "context")
    text = "{word} '{0}@{1}'"

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        number, context = key
        return (scope(Voicemail, mailbox=number, context=context),)

    def rows(self, spec: Mailbox, found: Rows, view: View) -> Iterable[Wanted]:
        generated: Any = {"password": lambda: drawn_pin(spec.number)} if spec.pin is None else {}
        row, known = mailbox_row(spec), found.maybe(Voicemail)
        if known is not None and known.deletevoicemail is None and not spec.delete:
            row.deletevoicemail = None  # None means no: voicemail.conf has no default for it
        yield Wanted(row, initial=_PIN, generated=generated)

    def read(self, key: Key, found: Rows) -> Mailbox:
        row = found.one(Voicemail)
        return Mailbox(
            number=row.mailbox,
            context=row.context,
            pin=_known_pin(row),
            full_name=row.fullname,
            emails=tuple(row.email.split(SEPARATOR)) if row.email else (),
            attach=row.attach,
            delete=bool(row.deletevoicemail),
            timezone=row.tz,
            max_messages=row.maxmsg,
        )


MAILBOX: Final = _Mailbox()


def _known_pin(row: Voicemail) -> Secret | None:
    """Return the PIN, if it is one that a spec may have: its owner is free to choose worse ones."""
    try:
        found = pin(Secret(row.password))
    except InvalidValueError:
        return None
    return None if found == row.mailbox else found


class _Pin(Kind[Mailbox]):
    """The PIN of a mailbox that is there."""

    word = "PIN of mailbox"
    fields = MAILBOX.fields
    text = MAILBOX.text

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        return MAILBOX.scopes(key)

    def rows(self, spec: Mailbox, found: Rows, view: View) -> Iterable[Wanted]:
        row = Voicemail(
            context=spec.context,
            mailbox=spec.number,
            password=spec.pin.reveal() if spec.pin else "",
        )
        yield Wanted(row, part=True)

    def read(self, key: Key, found: Rows) -> Mailbox:
        return MAILBOX.read(key, found)


_SET_PIN: Final = _Pin()


def create_mailbox(session: Session, mailbox: Mailbox) -> Voicemail:
    """
    Add a mailbox. The caller commits.

    Callers reach it by a route, such as an `InboundRoute` to `ToMailbox`, and its owner by one to
    `ToVoicemailMain`.

    Returns:
        The row, flushed; its ``password`` is the PIN, also one that was drawn.

    Raises:
        ConflictError: The mailbox is there.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``apps/app_voicemail.c``.
    """
    return verbs.create(session, MAILBOX, mailbox).one(Voicemail)


def ensure_mailbox(session: Session, mailbox: Mailbox) -> Plan:
    """
    Create a mailbox, or change it to match *mailbox*; return the changes. The caller commits.

    The PIN of a mailbox that is there stays, since its owner may have changed it.

    Raises:
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, MAILBOX, mailbox)


def set_mailbox_pin(
    session: Session, number: str, new_pin: str | Secret, *, context: str = "default"
) -> Plan:
    """
    Give a mailbox another PIN, as for an owner who forgot it; return what changed.

    Flushes; the caller commits.

    Args:
        session: The caller's session.
        number: The mailbox.
        new_pin: 4 to 20 digits, not the mailbox's number.
        context: Its voicemail context.

    Raises:
        InvalidValueError: One parameter is wrong; InvalidValuesError if several are.
        NotFoundError: There is no such mailbox.
        SchemaError: The database's tables are missing or too old.
    """
    # None would have one drawn, which nobody would get to know.
    new_pin = Secret("") if new_pin is None else secret_text(new_pin, "pin")
    wanted = Mailbox(number=number, context=context, pin=new_pin)
    return verbs.ensure(session, _SET_PIN, wanted)


def find_mailbox(session: Session, number: str, *, context: str = "default") -> Mailbox | None:
    """
    Return the mailbox, or None if it does not exist.

    Its ``pin`` is None if the owner has chosen one that no `Mailbox` may have.

    Raises:
        ConflictError: Its row cannot be read as a `Mailbox`.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, MAILBOX, number, context)


def delete_mailbox(session: Session, number: str, *, context: str = "default") -> Plan:
    """
    Delete a mailbox; return what was removed. The caller commits. Its messages stay on the server.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: An endpoint, AOR or extension still uses it.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, MAILBOX, number, context)
