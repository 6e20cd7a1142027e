"""The ``switch`` that lets a dialplan context look into the ``extensions`` table."""

from __future__ import annotations

import attrs

from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.plain import flag


@attrs.frozen(kw_only=True, field_transformer=gather)
class RealtimeContext(Checked):
    """
    A context of extensions.conf whose extensions come from the database.

    Attributes:
        name: The context, in extensions.conf and in the table.
        family: Family of extconfig.conf that holds the rows.
        patterns: Whether rows whose extension begins with ``_`` count. Without them each step
            of a call costs one statement less.

    Raises:
        ValidationError: A field is wrong.

    Source: ``pbx/pbx_realtime.c`` and ``extconfig.conf.sample`` of Asterisk.
    """

    name: str = attrs.field(converter=plain_name)
    family: str = attrs.field(converter=plain_name, default="extensions")
    patterns: bool = attrs.field(converter=flag, default=True)

    @property
    def switch(self) -> str:
        """What follows ``switch =>``."""
        return f"Realtime/{self.name}@{self.family}{'' if self.patterns else '/p'}"
