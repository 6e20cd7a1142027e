"""Converters for settings that are written into one line of a configuration file."""

from __future__ import annotations

import re
from typing import Final

import netaddr

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.plain import whole_number

_LINE_BYTES: Final = 4096
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_HOST_LENGTH: Final = 253
_MAX_PORT: Final = 65535
_BRACKETED: Final = re.compile(r"\[([^]]*)](?::(\d+))?")
_WITH_PORT: Final = re.compile(r"([^:]*):(\d+)")


def line(value: str, field: str = "text", *, secret: bool = False) -> str:
    """Take text that stands in one line: no control character, no blank at either end."""
    text = check_text(value, field, length=None, secret=secret)
    if text != text.strip():
        problem, hint = "blanks at its ends would be lost", "leave them out"
        raise ValidationError(field, value, problem, hint, secret=secret)
    if len(text.encode()) > _LINE_BYTES:
        problem, hint = "it is too long for one line", f"give at most {_LINE_BYTES} bytes"
        raise ValidationError(field, value, problem, hint, secret=secret)
    return text


def secret_line(value: str, field: str = "password") -> str:
    """Take a password, and never show it."""
    return line(value, field, secret=True)


def ini_line(value: str, field: str = "text") -> str:
    """Take text for odbc.ini and odbcinst.ini, which have no way to escape anything."""
    text = line(value, field)
    if set(text) & set(";#[]{}=\"'"):
        raise ValidationError(
            field, value, "an ODBC ini file cannot hold it", "leave out ; # [ ] { } = and quotes"
        )
    return text


def absolute_path(value: str, field: str = "path") -> str:
    """Take a path that means the same file wherever Asterisk was started."""
    text = line(value, field)
    if not text.startswith("/"):
        raise ValidationError(
            field, value, "Asterisk's working directory is not yours", "give an absolute path"
        )
    return text


def port(value: int, field: str = "port") -> int:
    """Take a port number."""
    return whole_number(value, field, lowest=1, highest=_MAX_PORT)


def host(value: str, field: str = "host") -> str:
    """Take an IP address or a host name."""
    text = line(value, field)
    if _address(text) is None and not _is_host_name(text):
        raise ValidationError(
            field, value, "it is neither an IP address nor a host name", "give one of them"
        )
    return text


def host_or_socket(value: str, field: str = "host") -> str:
    """Take an IP address, a host name, or the directory of a Unix socket."""
    is_path = isinstance(value, str) and value.startswith("/")
    return absolute_path(value, field) if is_path else host(value, field)


def bind(value: str, field: str = "bind") -> str:
    """Take a listening address: ``0.0.0.0``, ``0.0.0.0:5060``, ``::``, ``[::]:5060``."""
    text = line(value, field)
    bracketed = _BRACKETED.fullmatch(text)
    match = bracketed or _WITH_PORT.fullmatch(text)
    where, number = match.groups() if match else (text, None)
    found = _address(where)
    bad_port = number is not None and not 1 <= int(number) <= _MAX_PORT
    if found is None or bad_port or (bracketed and found.version != 6):  # noqa: PLR2004 - IPv6
        raise ValidationError(
            field, value, "it is not a listening address", "write it as 0.0.0.0:5060 or [::]:5060"
        )
    return text


def _address(text: str) -> netaddr.IPAddress | None:
    # Not the short forms of inet_aton(), which Asterisk does not read.
    try:
        return netaddr.IPAddress(text, flags=netaddr.INET_PTON)
    except (netaddr.AddrFormatError, ValueError):
        return None


def _is_host_name(text: str) -> bool:
    labels = text.removesuffix(".").split(".")
    # A name cannot end in a number: 1.2.3 is a misspelt address.
    return (
        len(text) <= _HOST_LENGTH
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )
