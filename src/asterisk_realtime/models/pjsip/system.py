"""TODO."""

from __future__ import annotations


from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString


class System(Base):
    """TODO."""

    __tablename__ = "ps_systems"

    id: Mapped[str] = key(
        "TODO.",
        AstString(40),
        primary_key=True,
    )
    timer_t1: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=500,
    )
    timer_b: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=32000,
    )
    compact_headers: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    threadpool_initial_size: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=4,
    )
    threadpool_auto_increment: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=1,
    )
    threadpool_idle_timeout: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=60,
    )
    threadpool_max_size: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.7.0",
        default=50,
    )
    disable_tcp_switch: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.1.0",
        default=True,
    )
    follow_early_media_fork: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.22.0", "15.5.0"),
        default=True,
    )
    accept_multiple_sdp_answers: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.22.0", "15.5.0"),
    )
    disable_rport: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.35.0", "16.12.0", "17.6.0"),
    )
    taskpool_minimum_size: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=4,
    )
    taskpool_initial_size: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=4,
    )
    taskpool_auto_increment: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=1,
    )
    taskpool_idle_timeout: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=60,
    )
    taskpool_max_size: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=50,
    )
