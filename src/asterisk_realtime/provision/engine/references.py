"""Which rows name which: nothing that is still named is deleted."""

from __future__ import annotations

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
from asterisk_realtime.models.conditions import begins, equals, is_name
from asterisk_realtime.models.rare import CONDITIONS as RARE
from asterisk_realtime.models.rare import CONTACTS, Rare
from asterisk_realtime.models.spelling import may_be_decoded
from asterisk_realtime.provision.engine import forms
from asterisk_realtime.provision.engine.applications import CALLING, GOING
from asterisk_realtime.provision.engine.records import identity, same_name
from asterisk_realtime.provision.engine.scopes import MARIADB, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement

    from asterisk_realtime.provision.engine.forms import Form
    from asterisk_realtime.provision.engine.view import View


@attrs.frozen
class Reference:
    """
    A column whose cells name rows of another table.

    Attributes:
        source: The table with the column.
        column: The column.
        target: The table whose rows it names.
        form: How its cells have the names that may be the target's.
        name: How a row of the target is named there.
        apps: The dialplan applications, in lower case, whose arguments they are, where the column
            is ``appdata``; Asterisk finds applications in any case.
        rough: Text that each cell that names it has, where that is not the name itself.
        cells: Returns the whole cells that name a name in rows that are not rare; where the cell
            holds arguments, others may follow.
        own: Whether a row that is not rare names only the row of its own id.
    """

    source: type[Base]
    column: str
    target: type[Base]
    form: Form
    name: Callable[[Any], str]
    apps: tuple[str, ...] = ()
    rough: Callable[[Any], str] | None = None
    cells: Callable[[str], Sequence[str]] = attrs.field(default=lambda _name: ())
    own: bool = False

    def question(self, view: View, row: Base) -> Question:
        """Return which rows name *row*."""
        return Question(
            ("refers", self.source, self.column, self.apps, identity(row)),
            self.source,
            (self.column, "app") if self.apps else (self.column,),
            lambda: [*self._ordinary(row), self._rare(row)],
            lambda other: bool(self.spellings(view, row, other)),
        )

    def _ordinary(self, row: Base) -> Iterator[ColumnElement[bool]]:
        """Return the conditions for rows that are not rare, each served by an index."""
        name = self.name(row)
        column = getattr(self.source, self.column)
        if self.own:
            yield is_name(Endpoint.id, name) & column.is_not(None)
        for cell in self.cells(name):
            if not self.apps:
                yield equals(column, cell)
                continue
            runs = func.lower(Extension.app).in_(self.apps)
            yield runs & equals(column, cell)
            yield runs & begins(column, f"{cell},")

    def _rare(self, row: Base) -> ColumnElement[bool]:
        """Return the condition for rare rows, or for all of a table that has no index of these."""
        column = getattr(self.source, self.column)
        rough = (self.rough or self.name)(row)
        where: ColumnElement[bool]
        where = column.contains(rough, autoescape=True) | may_be_decoded(column)
        if self.apps:
            where &= func.lower(Extension.app).in_(self.apps) | may_be_decoded(Extension.app)
        table = self.source.__tablename__
        return Rare(table) & where if table in RARE else where

    def spellings(self, view: View, row: Base, other: Any) -> list[str]:
        """Return how *other* spells the name of *row*; MariaDB finds a name in any case."""
        wanted = self.name(row)
        names = list(dict.fromkeys(self.named_by(other)))
        if view.dialect(self.target) in MARIADB:
            return [name for name in names if same_name(name, wanted)]
        return [name for name in names if name == wanted]

    def named_by(self, row: Any) -> Iterable[str]:
        """Return the names of the target's rows that *row* has."""
        if self.apps and row.app.lower() not in self.apps:
            return ()
        return self.form.names(self._argument(row))

    def renamed(self, row: Any, old: str, new: str) -> Any:
        """Return the value of the column with one of its names replaced."""
        return self.form.renamed(self._argument(row), old, new)

    def _argument(self, row: Any) -> Any:
        return row if self.form.placed else getattr(row, self.column)


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


def _device(name: str) -> Sequence[str]:
    return (f"PJSIP/{name}",)


def _called(name: str) -> Sequence[str]:
    # PJSIP_DIAL_CONTACTS may have an AOR and a request URI after the endpoint.
    return f"PJSIP/{name}", f"{CONTACTS}{name})}}", f"{CONTACTS}{name}"


def _itself(name: str) -> Sequence[str]:
    return (name,)


def _default_music(name: str) -> Sequence[str]:
    # All endpoints have it on SQLite, where it is the column's default.
    return (name,) if name.lower() == "default" else ()


def _boxes(name: str) -> Sequence[str]:
    number, _at, context = name.partition("@")
    return (name, number) if context.lower() == "default" else (name,)


REFERENCES: Final = (
    Reference(Endpoint, "aors", Aor, forms.LISTED, _id, own=True),
    Reference(Endpoint, "auth", Auth, forms.LISTED, _id, own=True),
    Reference(Endpoint, "outbound_auth", Auth, forms.LISTED, _id, own=True),
    Reference(Registration, "outbound_auth", Auth, forms.LISTED, _id),
    Reference(OutboundPublish, "outbound_auth", Auth, forms.LISTED, _id),
    Reference(Registration, "endpoint", Endpoint, forms.ALONE, _id),
    Reference(QueueMember, "interface", Endpoint, forms.DEVICE, _id, cells=_device),
    Reference(QueueMember, "state_interface", Endpoint, forms.DEVICE, _id),
    Reference(Extension, "appdata", Endpoint, forms.DIALLED, _id, CALLING, cells=_called),
    Reference(Extension, "appdata", Extension, forms.DIALLED_PLACES, _start, CALLING),
    Reference(
        *(Extension, "appdata", Extension, forms.PLACES, _place),
        apps=GOING,
        rough=_end_of_place,
        cells=_itself,
    ),
    Reference(QueueMember, "interface", Extension, forms.LOCAL, _start),
    *(
        Reference(Extension, "appdata", model, forms.FIRST_ARGUMENT, _name, (app,), cells=_itself)
        for model, app in ((Queue, "queue"), (FollowMe, "followme"), (MusicOnHold, "musiconhold"))
    ),
    Reference(
        *(Extension, "appdata", Voicemail, forms.BOXES, _box),
        apps=("voicemail", "voicemailmain"),
        rough=_number,
        cells=_boxes,
    ),
    Reference(Endpoint, "mailboxes", Voicemail, forms.MAILBOXES, _box, rough=_number, cells=_boxes),
    Reference(Aor, "mailboxes", Voicemail, forms.MAILBOXES, _box, rough=_number),
    Reference(Queue, "musiconhold", MusicOnHold, forms.ALONE, _name),
    Reference(FollowMe, "musicclass", MusicOnHold, forms.ALONE, _name),
    Reference(Endpoint, "moh_suggest", MusicOnHold, forms.ALONE, _name, cells=_default_music),
    Reference(Queue, "defaultrule", QueueRule, forms.ALONE, lambda row: str(row.rule_name)),
    Reference(Endpoint, "acl", NamedAcl, forms.LISTED, _name),
    Reference(Endpoint, "contact_acl", NamedAcl, forms.LISTED, _name),
)


def questions_about(view: View, row: Base) -> list[Question]:
    """Return who may name *row*."""
    return [item.question(view, row) for item in REFERENCES if item.target is type(row)]


def namers(view: View, row: Base) -> list[Any]:
    """Return the rows that name *row* after the changes so far."""
    return [other for question in questions_about(view, row) for other in view.answers(question)]


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
        for other in view.answers(item.question(view, row))
        if not _goes_on(view, row, item)
    ]


def _goes_on(view: View, row: Base, reference: Reference) -> bool:
    name = reference.name(row)
    return any(reference.name(left) == name for left in view.known(type(row)))
