"""Voicemail boxes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import Voicemail
from asterisk_realtime.models.types import SecretText
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.mailboxes import Mailbox, pin
from asterisk_realtime.values.mail import SEPARATOR
from asterisk_realtime.values.secret import Secret
from asterisk_realtime.values.words import GENERATE, KEEP, Keep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.provision.engine.view import View

PIN_DIGITS: Final = 6
"""Digits of a generated PIN."""

_PIN: Final = frozenset({"password"})


def mailbox_row(spec: Mailbox) -> Voicemail:
    """Return the row that *spec* means, unsaved; without a PIN if the spec gives none."""
    row = Voicemail(  # type: ignore[call-arg]  # a PIN may be generated when the row is written
        context=spec.context,
        mailbox=spec.number,
        fullname=spec.full_name,
        email=SEPARATOR.join(spec.emails) or None,
        attach=spec.attach,
        deletevoicemail=spec.delete,
        tz=spec.timezone,
        maxmsg=spec.max_messages,
    )
    if isinstance(spec.pin, Secret):
        row.password = spec.pin.reveal()
    return row


def generated_pin(number: str) -> SecretText:
    """Return six random digits that are not the mailbox's *number*."""
    while (found := f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}") == number:
        continue
    return SecretText(found)


class _Mailbox(Kind[Mailbox, Voicemail]):
    word = "mailbox"
    fields = ("number", "context")
    text = "{word} '{0}@{1}'"
    listing = Listing(Voicemail, ("mailbox", "context"), {"full_name": ("fullname", None)})

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        number, context = key
        return (scope(Voicemail, mailbox=number, context=context),)

    def with_secret(self, spec: Mailbox, secret: Secret) -> Mailbox:
        return attrs.evolve(spec, pin=secret)

    def new_secret(self, spec: Mailbox) -> Secret:
        return Secret(generated_pin(spec.number))

    @property
    def password_kind(self) -> Kind[Mailbox, Voicemail]:
        """The kind that writes an existing mailbox's PIN, which `Mailbox` keeps."""
        return _PIN_ALONE

    def rows(self, spec: Mailbox, found: Rows, view: View) -> Iterable[Wanted]:
        row, known = mailbox_row(spec), found.first(Voicemail)
        if known is None and spec.pin is KEEP:
            problem = "the mailbox is new and has no PIN to keep"
            raise ValidationError("pin", KEEP, problem, "give one, or GENERATE")
        generates = spec.pin is GENERATE
        generated: Any = {"password": lambda: generated_pin(spec.number)} if generates else {}
        if known is not None and known.deletevoicemail is None and not spec.delete:
            row.deletevoicemail = None  # None means no: voicemail.conf has no default for it
        yield Wanted(row, initial=_PIN, generated=generated)

    def group(self, key: KeyValues, rows: Rows) -> Voicemail:
        return rows.one(Voicemail)

    def read(self, key: KeyValues, found: Rows) -> Mailbox:
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


class _Pin(_Mailbox):
    """The PIN of an existing mailbox."""

    word = "PIN of mailbox"

    def rows(self, spec: Mailbox, found: Rows, view: View) -> Iterable[Wanted]:
        row = Voicemail(
            context=spec.context,
            mailbox=spec.number,
            password=spec.pin.reveal() if isinstance(spec.pin, Secret) else "",
        )
        yield Wanted(row, part=True)


_PIN_ALONE: Final = _Pin()
MAILBOX: Final = _Mailbox()


def _known_pin(row: Voicemail) -> Secret | Keep:
    """Return the PIN if a spec may have it, else `KEEP`: its owner may have set a weaker one."""
    try:
        found = pin(Secret(row.password))
    except ValidationError:
        return KEEP
    return KEEP if found == row.mailbox else found
