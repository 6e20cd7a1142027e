"""Settings of pjproject: ``ps_systems`` (``res/res_pjsip/config_system.c``)."""

from __future__ import annotations

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import Name


class System(Base):
    """
    Settings of pjproject, read once (``type=system``).

    Asterisk only reads the table, when res_pjsip is loaded: a reload keeps the old values.
    It expects one row.
    The ``threadpool_`` columns are older names of the ``taskpool_`` ones, for releases before
    20.18, 22.8 and 23.2.
    """

    __tablename__ = "ps_systems"

    id: Mapped[str] = key(
        "Any name: Asterisk reads all rows of type system, and expects one.",
        Name(40),
        primary_key=True,
    )
    timer_t1: Mapped[Unsigned | None] = option(
        "SIP timer T1 in milliseconds, the first retransmission interval over UDP; less than "
        "100 is raised to it.",
        since="12.0.0",
        default=500,
    )
    timer_b: Mapped[Unsigned | None] = option(
        "SIP timer B in milliseconds, after which an unanswered INVITE fails; raised to 64 "
        "times timer_t1 if less.",
        since="12.0.0",
        default=32000,
    )
    compact_headers: Mapped[AstBool | None] = option(
        "Write header names in their short forms, such as 'v' for Via, to keep packets small.",
        since="12.0.0",
    )
    threadpool_initial_size: Mapped[Unsigned | None] = option(
        "Threads for SIP work at start; newer releases prefer taskpool_initial_size.",
        since="12.0.0",
        default=4,
    )
    threadpool_auto_increment: Mapped[Unsigned | None] = option(
        "Threads added at a time when more are needed; newer releases prefer "
        "taskpool_auto_increment.",
        since="12.0.0",
        default=1,
    )
    threadpool_idle_timeout: Mapped[Unsigned | None] = option(
        "Seconds without work after which a thread ends; newer releases prefer "
        "taskpool_idle_timeout.",
        since="12.0.0",
        default=60,
    )
    threadpool_max_size: Mapped[Unsigned | None] = option(
        "Most threads for SIP work, 0 for no limit; newer releases prefer taskpool_max_size.",
        since="13.7.0",
        default=50,
    )
    disable_tcp_switch: Mapped[AstBool | None] = option(
        "Keep large requests on UDP; RFC 3261 18.1.1 would move them to TCP, where many peers "
        "do not listen.",
        since="13.1.0",
        default=True,
    )
    follow_early_media_fork: Mapped[AstBool | None] = option(
        "Follow new SDP in a later response with another To tag (a forked call), where the "
        "endpoint allows it too.",
        since=("13.22.0", "15.5.0"),
        default=True,
    )
    accept_multiple_sdp_answers: Mapped[AstBool | None] = option(
        "Follow new SDP in a later unreliable response with the same To tag, where the endpoint "
        "allows it too.",
        since=("13.22.0", "15.5.0"),
    )
    disable_rport: Mapped[AstBool | None] = option(
        "Leave rport (RFC 3581) out of Via, for peers that cannot handle it; replies are then "
        "lost behind NAT.",
        since=("13.35.0", "16.12.0", "17.6.0"),
    )
    taskpool_minimum_size: Mapped[Unsigned | None] = option(
        "Workers for SIP tasks that are kept even without work.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=4,
    )
    taskpool_initial_size: Mapped[Unsigned | None] = option(
        "Workers for SIP tasks at start.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=4,
    )
    taskpool_auto_increment: Mapped[Unsigned | None] = option(
        "Workers added at a time when there are too few.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=1,
    )
    taskpool_idle_timeout: Mapped[Unsigned | None] = option(
        "Seconds without tasks after which a worker is removed.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=60,
    )
    taskpool_max_size: Mapped[Unsigned | None] = option(
        "Most workers for SIP tasks; 0 sets no limit.",
        since=("23.2.0", "22.8.0", "20.18.0"),
        default=50,
    )
