"""The ``switch`` that lets a dialplan context look into the ``extensions`` table."""

from __future__ import annotations

import attrs

from asterisk_realtime.conf import checks


@attrs.frozen(kw_only=True)
class RealtimeContext:
    """
    A context of extensions.conf whose extensions come from the database.

    Attributes:
        name: The context, in extensions.conf and in the table.
        family: Family of extconfig.conf that holds the rows.
        patterns: Whether rows whose extension begins with ``_`` count. Without them each step
            of a call costs one statement less.

    Raises:
        InvalidValueError: A name holds more than letters, digits and ``_ . + -``.

    Source: ``pbx/pbx_realtime.c`` and ``extconfig.conf.sample`` of Asterisk.
    """

    name: str = checks.checked(checks.name)
    family: str = checks.checked(checks.name, default="extensions")
    patterns: bool = checks.checked(checks.boolean, default=True)

    def __attrs_post_init__(self) -> None:
        checks.check_fields(self)

    @property
    def switch(self) -> str:
        """What follows ``switch =>``."""
        return f"Realtime/{self.name}@{self.family}{'' if self.patterns else '/p'}"
