"""Channel variables of an endpoint or a peer, and the names that they may have."""

from __future__ import annotations

import re
from typing import Any, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models.types import ListCell
from asterisk_realtime.values.cells import check_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Dialect

FUNCTIONS: Final = frozenset(
    {
        *("AGC", "CALLERID", "CDR", "CDR_PROP", "CHANNEL", "CONNECTEDLINE", "DENOISE", "FAXOPT"),
        *("GROUP", "HASH", "JITTERBUFFER", "LOCAL", "PJSIP_DTMF_MODE", "PJSIP_HEADER"),
        *("PJSIP_MEDIA_OFFER", "PJSIP_MOH_PASSTHROUGH", "REDIRECTING", "TALK_DETECT", "TIMEOUT"),
        "VOLUME",
    }
)
"""
Dialplan functions that a variable's name may call: they only change the call's own channel.

All others are refused. ``FILE``, ``DB``, ``GLOBAL``, ``ENV``, ``REALTIME``, ``ODBC_...``,
``SHARED``, ``QUEUE_MEMBER``, ``AMI_CLIENT`` and others write files, databases or other calls,
``SHELL`` and ``SYSTEM`` run programs, and functions of other modules may do anything.
"""

_CALL: Final = re.compile(r"(\w+)\((.*)\)", re.ASCII | re.DOTALL)
_RUNS: Final = ("hangup_handler_", "after_bridge_goto")
"""Items of CHANNEL() that run dialplan."""


class VariableList(ListCell):
    """
    Channel variables, each a pair ``NAME=value``: ``tuple[str, ...]``.

    The pairs are separated by ``;``, which only the servers' drivers split: on SQLite a cell holds
    one pair.
    If a name ends in ``)``, Asterisk calls the dialplan function of that name to set it
    (``pbx_builtin_setvar_helper`` in ``main/pbx_variables.c``), so only those of `FUNCTIONS` are
    accepted.

    Args:
        length: Characters that the column holds.
        name: The column's name, for the error on SQLite.
    """

    separator = ";"

    def __init__(self, length: int | None = None, *, name: str = "set_var") -> None:
        super().__init__(length, adds_up=True)
        self.name = name

    def check_item(self, item: object, field: str) -> str:
        text = check_text(item, field, length=None)
        name, equals, _value = text.partition("=")
        if not equals or not name.strip(" "):
            raise ValidationError(field, item, "it is not a NAME=value pair", "write NAME=value")
        if name.rstrip(" ").endswith(")") and not _is_harmless(name.strip(" ")):
            raise ValidationError(
                field,
                item,
                "its name calls a dialplan function that can change more than the call's own "
                "channel",
                f"use a variable, or one of {', '.join(sorted(FUNCTIONS))}; call other "
                "functions in the dialplan",
            )
        return text

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:
        if dialect.name == "sqlite" and value is not None and len(value) > 1:
            raise ValidationError(
                self.name,
                value,
                "res_config_sqlite3 cannot read several variables from one cell",
                "set one here and the others in the dialplan",
            )
        return super().process_bind_param(value, dialect)

    def split(self, text: str) -> Iterable[str]:
        return (text,)  # the driver has split the cell


def _is_harmless(name: str) -> bool:
    called = _CALL.fullmatch(name)
    if called is None or called[1] not in FUNCTIONS:
        return False
    item = called[2].strip().lower()
    return not (called[1] == "CHANNEL" and item.startswith(_RUNS))
