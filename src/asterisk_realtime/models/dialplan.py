"""
Dialplan in the database: ``extensions``.

Asterisk loads all of it into its memory through a view, or looks each step up during a call
(``pbx/pbx_realtime.c``) where extensions.conf has ``switch => Realtime/...``; see `conf.render`.
"""

from __future__ import annotations

from sqlalchemy import UniqueConstraint

from asterisk_realtime.models.base import Base, Mapped, filled, key, serial
from asterisk_realtime.models.indexes import in_lower_case, of_beginning, of_rare_rows
from asterisk_realtime.models.types import AstString, Name


class Extension(Base):
    """
    One step of the dialplan: what runs for an extension at a priority.

    Asterisk only reads these rows.
    It looks for the number itself first and for patterns only if no row has that number *and*
    that priority, longest pattern text first; so a number with priority 1 alone goes on in
    priority 2 of a pattern. There are no labels, hints, includes or ``n``.
    """

    __tablename__ = "extensions"
    __table_args__ = (
        UniqueConstraint("context", "exten", "priority"),
        in_lower_case("extensions_lower_context", "context", "exten"),
        of_beginning("extensions_appdata", "appdata"),
        of_rare_rows("extensions", "context", lower=("context",)),
    )

    id: Mapped[int] = serial(
        "Row number of the step; Asterisk does not read it.",
        big=True,
    )
    context: Mapped[str] = key(
        "Context of the dialplan; with a ``switch``, as it stands before ``@`` there. "
        "79 characters count.",
        Name(80),
    )
    exten: Mapped[str] = key(
        "Number or name, or a pattern that begins with ``_``; a caller who dials the pattern's "
        "own text runs its row too.",
        Name(80),
    )
    priority: Mapped[int] = key(
        "Step from 1 on without gaps; the first gap ends the call's run through this extension.",
    )
    app: Mapped[str] = key(
        "Name of a loaded application, without parentheses or arguments.",
        AstString(80),
    )
    appdata: Mapped[str] = filled(
        "Arguments of ``app``, commas between them; ``${...}`` is expanded at each call into "
        "511 characters, so it is code; empty for none.",
        AstString(1024, empty=True),
    )
