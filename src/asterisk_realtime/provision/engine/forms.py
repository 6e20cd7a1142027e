"""How cells name rows of other tables, and how a name in a cell is replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs

from asterisk_realtime.values.cells import BLANKS, ESCAPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@attrs.frozen
class Form:
    """
    A form in which cells name rows.

    Attributes:
        names: Returns the names in a cell's value.
        renamed: Returns the value with an old name replaced by a new one.
        placed: Whether both take the whole row instead of the value, since a name may be relative
            to the row's place in the dialplan.
    """

    names: Callable[[Any], Iterable[str]]
    renamed: Callable[[Any, str, str], Any]
    placed: bool = False


# -- Lists and single names ------------------------------------------------------------------------


def _listed(value: tuple[str, ...] | None) -> Iterable[str]:
    return value or ()


def _relisted(value: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in value)


def _alone(value: str | None) -> Iterable[str]:
    return (value,) if value else ()


def _replaced(_value: str, _old: str, new: str) -> str:
    return new


def _whole_box(box: str) -> str:
    return box if "@" in box else f"{box}@default"


def _mailboxes(value: tuple[str, ...] | None) -> Iterable[str]:
    return map(_whole_box, value or ())


def _moved_boxes(value: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    # A box without a context stays one where it can.
    short = new.removesuffix("@default")
    return tuple((new if "@" in box else short) if _whole_box(box) == old else box for box in value)


# -- Arguments of dialplan applications ------------------------------------------------------------


def _places(row: Any) -> Iterable[str]:
    """Return where Goto, GotoIf, Gosub and GosubIf lead, also relative to their own context."""
    _head, branches = _branches(row)
    return [_place(row, branch) for branch in branches]


def _branches(row: Any) -> tuple[str, list[str]]:
    """Return the condition with its ``?``, and the places."""
    if "if" not in row.app.lower():
        return "", [row.appdata]
    head, mark, tail = row.appdata.rpartition("?")
    return head + mark, tail.split(":")


def _place(row: Any, branch: str) -> str:
    parts = branch.strip(BLANKS).partition("(")[0].split(",")
    return ",".join(parts if len(parts) != 2 else [row.context, *parts])  # noqa: PLR2004 - a pair


def _moved_places(row: Any, old: str, new: str) -> str:
    head, branches = _branches(row)
    moved = [
        "".join([new, *branch.strip(BLANKS).partition("(")[1:]])
        if _place(row, branch) == old
        else branch
        for branch in branches
    ]
    return head + ":".join(moved)


def _first_argument(value: str) -> Iterable[str]:
    return (value.partition(",")[0],)


def _other_argument(value: str, _old: str, new: str) -> str:
    return "".join([new, *value.partition(",")[1:]])


def _boxes(value: str) -> Iterable[str]:
    return _mailboxes(tuple(value.partition(",")[0].split("&")))


def _other_boxes(value: str, old: str, new: str) -> str:
    boxes, *rest = value.partition(",")
    return "".join(["&".join(_moved_boxes(tuple(boxes.split("&")), old, new)), *rest])


_BRANCHES: Final = re.compile(
    r"(?i:PJSIP)[\"\\]*/[\s\"\\]*([\w.+-]+)[\s\"\\]*(?=[&,/:)]|$)", re.ASCII
)
_CONTACTS: Final = re.compile(r"(?i:PJSIP_DIAL_CONTACTS)\([\s\"\\]*([\w.+-]+)", re.ASCII)
# What is dialled at a trunk may hold ${...} with any characters, but no end of the argument.
_NUMBER: Final = r"(?:\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[^&/,():@])*?"
_AT_TRUNKS: Final = re.compile(rf"(?i:PJSIP)[\"\\]*/{_NUMBER}@[\"\\]*([\w.+-]+)", re.ASCII)
_ENDPOINTS: Final = (_BRANCHES, _CONTACTS, _AT_TRUNKS)
_QUOTES: Final = dict.fromkeys(map(ord, '"\\'))
_LOCAL: Final = re.compile(r"(?i:Local)[\"\\]*/[\"\\]*([^&,/\"\\]+@[^&,/)\"\\]+)")


def _dialled(value: str) -> list[str]:
    """
    Return the endpoints that the arguments of Dial call.

    As in ``PJSIP/100&PJSIP/+1...@trunk``, and ``${PJSIP_DIAL_CONTACTS(100)}``. Asterisk ignores the
    case of technologies, blanks around each channel, quotes and backslashes.
    """
    # A comma within ${...} ends no argument, so the whole text is searched.
    plain = value.translate(_QUOTES)
    return [name for form in _ENDPOINTS for name in form.findall(plain)]


def _redialled(value: str, old: str, new: str) -> str:
    for form in _ENDPOINTS:
        value = _in_groups(form, value, old, new)
    return value


def _in_groups(form: re.Pattern[str], value: str, old: str, new: str) -> str:
    """Return *value* with *old* replaced where it is the group of a match."""

    def put(match: re.Match[str]) -> str:
        if match[1].strip(BLANKS) != old:
            return match[0]
        start, end = (place - match.start() for place in match.span(1))
        return match[0][:start] + new + match[0][end:]

    return form.sub(put, value)


def _dialled_places(value: str) -> list[str]:
    """Return the extensions that the arguments of Dial call: ``Local/100@phones``."""
    return [place.strip(BLANKS) for place in _LOCAL.findall(value.translate(_QUOTES))]


def _moved_dialled_places(value: str, old: str, new: str) -> str:
    return _in_groups(_LOCAL, value, old, new)


# -- Devices ---------------------------------------------------------------------------------------


def _local(value: str) -> Iterable[str]:
    """Return the extension that a device stands for: ``Local/100@phones/n``."""
    return _dialled_places(_read_cell(value))


def _device(value: str | None) -> Iterable[str]:
    """Return the endpoints of a device: ``PJSIP/100``, ``PJSIP/+1...@trunk``."""
    return _dialled(_read_cell(value or ""))


def _read_cell(cell: str) -> str:
    """Return the value of a key's cell, as Asterisk's drivers for PostgreSQL and ODBC decode it."""
    return next(iter(ESCAPED.values(cell)), "").strip(BLANKS)


LISTED: Final = Form(_listed, _relisted)
ALONE: Final = Form(_alone, _replaced)
MAILBOXES: Final = Form(_mailboxes, _moved_boxes)
PLACES: Final = Form(_places, _moved_places, placed=True)
FIRST_ARGUMENT: Final = Form(_first_argument, _other_argument)
BOXES: Final = Form(_boxes, _other_boxes)
DIALLED: Final = Form(_dialled, _redialled)
DIALLED_PLACES: Final = Form(_dialled_places, _moved_dialled_places)
LOCAL: Final = Form(_local, _moved_dialled_places)
DEVICE: Final = Form(_device, _redialled)
