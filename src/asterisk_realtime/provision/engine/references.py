"""Which rows name which: nothing that is still named is deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import func

from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Extension,
    FollowMe,
    MusicOnHold,
    NamedAcl,
    OutboundPublish,
    Queue,
    QueueMember,
    QueueRule,
    Registration,
    Voicemail,
)
from asterisk_realtime.models.spelling import may_be_decoded
from asterisk_realtime.provision.engine.applications import CALLING, GOING
from asterisk_realtime.provision.engine.records import identity
from asterisk_realtime.provision.engine.scopes import Question
from asterisk_realtime.values.cells import ESCAPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import ColumnElement

    from asterisk_realtime.provision.engine.view import View


@attrs.frozen
class Reference:
    """
    A column whose cells name rows of another table.

    Attributes:
        source: The table with the column.
        column: The column.
        target: The table whose rows it names.
        names: The names in a cell's value that may be the target's.
        name: How a row of the target is named there.
        apps: The dialplan applications, in lower case, whose arguments they are, where the column
            is ``appdata``; Asterisk finds applications in any case.
        placed: Whether *names* needs the whole row, since a name may be relative to its place.
        rough: Text that each cell that names it has, where that is not the name itself.
    """

    source: type[Base]
    column: str
    target: type[Base]
    names: Callable[[Any], Iterable[str]]
    name: Callable[[Any], str]
    apps: tuple[str, ...] = ()
    placed: bool = False
    rough: Callable[[Any], str] | None = None

    def question(self, row: Base) -> Question:
        """Return which rows name *row*."""
        wanted = self.name(row)
        column = getattr(self.source, self.column)
        rough = (self.rough or self.name)(row)
        where: ColumnElement[bool]
        where = column.contains(rough, autoescape=True) | may_be_decoded(column)
        columns: tuple[str, ...] = (self.column,)
        if self.apps:
            where &= func.lower(Extension.app).in_(self.apps) | may_be_decoded(Extension.app)
            columns = (*columns, "app")
        return Question(
            ("refers", self, identity(row)),
            self.source,
            columns,
            where,
            lambda other: wanted in self._named_by(other),
        )

    def _named_by(self, row: Any) -> Iterable[str]:
        if self.apps and row.app.lower() not in self.apps:
            return ()
        return self.names(row if self.placed else getattr(row, self.column))


def _listed(value: tuple[str, ...] | None) -> Iterable[str]:
    return value or ()


def _alone(value: str | None) -> Iterable[str]:
    return (value,) if value else ()


def _mailboxes(value: tuple[str, ...] | None) -> Iterable[str]:
    return (box if "@" in box else f"{box}@default" for box in value or ())


def _places(row: Any) -> Iterable[str]:
    """Return where Goto, GotoIf, Gosub and GosubIf lead, also relative to their own context."""
    branches = row.appdata.rpartition("?")[2].split(":") if "if" in row.app.lower() else []
    for branch in branches or [row.appdata]:
        parts = branch.strip().partition("(")[0].split(",")
        yield ",".join(parts if len(parts) != 2 else [row.context, *parts])  # noqa: PLR2004 - a pair


def _first_argument(value: str) -> Iterable[str]:
    return (value.partition(",")[0],)


def _boxes(value: str) -> Iterable[str]:
    return _mailboxes(tuple(value.partition(",")[0].split("&")))


_BRANCHES: Final = re.compile(r"(?i:PJSIP)/\s*([\w.+-]+)\s*(?=[&,/:)]|$)")
_CONTACTS: Final = re.compile(r"(?i:PJSIP_DIAL_CONTACTS)\(\s*([\w.+-]+)")
_AT_TRUNKS: Final = re.compile(r"(?i:PJSIP)/[^&]*?@([\w.+-]+)")
_QUOTES: Final = dict.fromkeys(map(ord, '"\\'))
_LOCAL: Final = re.compile(r"(?i:Local)/([^&,/]+@[^&,/)]+)")


def _dialled(value: str) -> list[str]:
    """
    Return the endpoints that the arguments of Dial call.

    As in ``PJSIP/100&PJSIP/+1...@trunk``, and ``${PJSIP_DIAL_CONTACTS(100)}``. Asterisk ignores the
    case of technologies, blanks around each channel, quotes and backslashes.
    """
    # A comma within ${...} ends no argument, so the whole text is searched.
    plain = value.translate(_QUOTES)
    forms = (_BRANCHES, _CONTACTS, _AT_TRUNKS)
    return [name for form in forms for name in form.findall(plain)]


def _dialled_places(value: str) -> list[str]:
    """Return the extensions that the arguments of Dial call: ``Local/100@phones``."""
    return [place.strip() for place in _LOCAL.findall(value.translate(_QUOTES))]


def _local(value: str) -> Iterable[str]:
    """Return the extension that a device stands for: ``Local/100@phones/n``."""
    return _dialled_places(_read_cell(value))


def _device(value: str | None) -> Iterable[str]:
    """Return the endpoints of a device: ``PJSIP/100``, ``PJSIP/+1...@trunk``."""
    return _dialled(_read_cell(value or ""))


def _read_cell(cell: str) -> str:
    """Return the value of a key's cell, as Asterisk's drivers for the servers decode it."""
    return next(iter(ESCAPED.values(cell)), "").strip()


def _id(row: Any) -> str:
    return str(row.id)


def _name(row: Any) -> str:
    return str(row.name)


def _place(row: Any) -> str:
    return f"{row.context},{row.exten},{row.priority}"


def _end_of_place(row: Any) -> str:
    return f"{row.exten},{row.priority}"


def _start(row: Any) -> str:
    # Who names an extension means its first step; the others come and go with it.
    start = f"{row.exten}@{row.context}"
    return start if row.priority == 1 else f"{start}/{row.priority}"


def _box(row: Any) -> str:
    return f"{row.mailbox}@{row.context}"


def _number(row: Any) -> str:
    return str(row.mailbox)


REFERENCES: Final = (
    Reference(Endpoint, "aors", Aor, _listed, _id),
    Reference(Endpoint, "auth", Auth, _listed, _id),
    Reference(Endpoint, "outbound_auth", Auth, _listed, _id),
    Reference(Registration, "outbound_auth", Auth, _listed, _id),
    Reference(OutboundPublish, "outbound_auth", Auth, _listed, _id),
    Reference(Registration, "endpoint", Endpoint, _alone, _id),
    Reference(QueueMember, "interface", Endpoint, _device, _id),
    Reference(QueueMember, "state_interface", Endpoint, _device, _id),
    Reference(Extension, "appdata", Endpoint, _dialled, _id, CALLING),
    Reference(Extension, "appdata", Extension, _dialled_places, _start, CALLING),
    Reference(
        *(Extension, "appdata", Extension, _places, _place),
        apps=GOING,
        placed=True,
        rough=_end_of_place,
    ),
    Reference(QueueMember, "interface", Extension, _local, _start),
    Reference(Extension, "appdata", Queue, _first_argument, _name, ("queue",)),
    Reference(Extension, "appdata", FollowMe, _first_argument, _name, ("followme",)),
    Reference(Extension, "appdata", MusicOnHold, _first_argument, _name, ("musiconhold",)),
    Reference(
        *(Extension, "appdata", Voicemail, _boxes, _box),
        apps=("voicemail", "voicemailmain"),
        rough=_number,
    ),
    Reference(Endpoint, "mailboxes", Voicemail, _mailboxes, _box, rough=_number),
    Reference(Aor, "mailboxes", Voicemail, _mailboxes, _box, rough=_number),
    Reference(Queue, "musiconhold", MusicOnHold, _alone, _name),
    Reference(FollowMe, "musicclass", MusicOnHold, _alone, _name),
    Reference(Endpoint, "moh_suggest", MusicOnHold, _alone, _name),
    Reference(Queue, "defaultrule", QueueRule, _alone, lambda row: str(row.rule_name)),
    Reference(Endpoint, "acl", NamedAcl, _listed, _name),
    Reference(Endpoint, "contact_acl", NamedAcl, _listed, _name),
)


def questions_about(row: Base) -> list[Question]:
    """Return who may name *row*."""
    return [item.question(row) for item in REFERENCES if item.target is type(row)]


def namers(view: View, row: Base) -> list[Any]:
    """Return the rows that name *row* after the changes so far."""
    return [other for question in questions_about(row) for other in view.answers(question)]


def referrers(view: View, row: Base) -> list[Any]:
    """
    Return the rows that name *row*, which is to go, after the changes so far.

    Where several rows are one thing, such as the rules of an access list, nobody misses one of
    them while another is left.
    """
    return [
        other
        for item in REFERENCES
        if item.target is type(row)
        for other in view.answers(item.question(row))
        if not _goes_on(view, row, item)
    ]


def _goes_on(view: View, row: Base, reference: Reference) -> bool:
    name = reference.name(row)
    return any(reference.name(left) == name for left in view.known(type(row)))
