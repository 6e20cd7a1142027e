"""What a setting must be like to survive in one line of a configuration file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs
import netaddr

from asterisk_realtime.errors import HIDDEN, InvalidValueError, InvalidValuesError
from asterisk_realtime.values.cells import check_text

if TYPE_CHECKING:
    from collections.abc import Callable

_CHECK: Final = "asterisk_realtime.conf.check"
_LINE_BYTES: Final = 4096
_NAME: Final = re.compile(r"[A-Za-z0-9_.+-]+")
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_HOST_LENGTH: Final = 253


def checked(check: Callable[[Any, str], object], *, secret: bool = False, **kwargs: Any) -> Any:
    """Describe a field whose value *check* looks at; a default of ``None`` is left alone."""
    if secret:
        kwargs["repr"] = lambda value: HIDDEN if value is not None else "None"
    return attrs.field(metadata={_CHECK: check}, **kwargs)


def check_fields(instance: attrs.AttrsInstance) -> None:
    """
    Run the check of each field of *instance*.

    Raises:
        InvalidValueError: One field is wrong.
        InvalidValuesError: Several are.
    """
    name = type(instance).__name__
    errors = []
    for field in attrs.fields(type(instance)):
        check, value = field.metadata.get(_CHECK), getattr(instance, field.name)
        if check is None or (value is None and field.default is None):
            continue
        try:
            check(value, f"{name}.{field.name}")
        except InvalidValueError as error:
            errors.append(error)
    if len(errors) > 1:
        raise InvalidValuesError(f"{name} has {len(errors)} wrong fields", errors)
    if errors:
        raise errors[0]


def line(value: object, field: str, *, secret: bool = False) -> None:
    """Take text that stands in one line: no control character, no blank at either end."""
    text = check_text(value, field, length=None, secret=secret)
    if text != text.strip():
        problem, way_out = "the reader of the file cuts blanks at its ends", "leave them out"
        raise InvalidValueError(field, value, problem, way_out, secret=secret)
    if len(text.encode()) > _LINE_BYTES:
        problem, way_out = "it is too long for one line", f"give at most {_LINE_BYTES} bytes"
        raise InvalidValueError(field, value, problem, way_out, secret=secret)


def secret_line(value: object, field: str) -> None:
    """Take a password, and never show it."""
    line(value, field, secret=True)


def ini_line(value: object, field: str) -> None:
    """Take text for odbc.ini and odbcinst.ini, which have no way to escape anything."""
    line(value, field)
    if set(str(value)) & set(";#[]{}=\"'"):
        raise InvalidValueError(
            field, value, "an ODBC ini file cannot hold it", "leave out ; # [ ] { } = and quotes"
        )


def name(value: object, field: str) -> None:
    """Take a name of a section, a context or a family."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise InvalidValueError(
            field, value, "it is no plain name", "use letters, digits and _ . + - only"
        )


def absolute_path(value: object, field: str) -> None:
    """Take a path that means the same file wherever Asterisk was started."""
    line(value, field)
    if not str(value).startswith("/"):
        raise InvalidValueError(
            field, value, "Asterisk's working directory is not yours", "give an absolute path"
        )


def boolean(value: object, field: str) -> None:
    """Take True or False."""
    if not isinstance(value, bool):
        raise InvalidValueError(field, value, "it is neither True nor False", "give a bool")


def port(value: object, field: str) -> None:
    """Take a port number."""
    number(1, 65535)(value, field)


def number(lowest: int, highest: int) -> Callable[[object, str], None]:
    """Return a check for a whole number between *lowest* and *highest*."""

    def check(value: object, field: str) -> None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not lowest <= value <= highest:  # type: ignore[operator]  # whole says int
            raise InvalidValueError(
                field, value, "it is out of range", f"give a whole number, {lowest} to {highest}"
            )

    return check


def address(value: str) -> netaddr.IPAddress | None:
    """Return the address that *value* spells, without the short forms of ``inet_aton``."""
    try:
        return netaddr.IPAddress(value, flags=netaddr.INET_PTON)
    except (netaddr.AddrFormatError, ValueError):
        return None


def host(value: object, field: str) -> None:
    """Take an IP address or a host name."""
    line(value, field)
    text = str(value)
    if address(text) is not None:
        return
    labels = text.removesuffix(".").split(".")
    if (
        len(text) > _HOST_LENGTH
        or not all(_LABEL.fullmatch(label) for label in labels)
        or labels[-1].isdigit()
    ):
        raise InvalidValueError(
            field, value, "it is neither an IP address nor a host name", "give one of them"
        )


def host_or_socket(value: object, field: str) -> None:
    """Take an IP address, a host name, or the directory of a Unix socket."""
    if isinstance(value, str) and value.startswith("/"):
        absolute_path(value, field)
    else:
        host(value, field)


def bind(value: object, field: str) -> None:
    """Take a listening address: ``0.0.0.0``, ``0.0.0.0:5060``, ``::``, ``[::]:5060``."""
    line(value, field)
    text = str(value)
    bracketed = re.fullmatch(r"\[([^]]*)](?::(\d+))?", text)
    match = bracketed or re.fullmatch(r"([^:]*):(\d+)", text)
    where, number_ = match.groups() if match else (text, None)
    found = address(where)
    bad_port = number_ is not None and not 1 <= int(number_) <= 65535  # noqa: PLR2004 - a port
    if found is None or bad_port or (bracketed and found.version != 6):  # noqa: PLR2004 - IPv6
        raise InvalidValueError(
            field, value, "it is no listening address", "write it as 0.0.0.0:5060 or [::]:5060"
        )
