"""TODO."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint

from asterisk_realtime.models.base import AstBool, Base, Mapped, YesnoBool, key, option, serial
from asterisk_realtime.models.types import AstString, CommaList, NumberBool
from asterisk_realtime.values.choices import QueueAutopause, QueueStrategy


class Queue(Base):
    """TODO."""

    __tablename__ = "queues"

    name: Mapped[str] = key(
        "TODO.",
        AstString(128),
        primary_key=True,
    )
    musiconhold: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    announce: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    context: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    timeout: Mapped[int | None] = option(
        "TODO.",
    )
    ringinuse: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    setinterfacevar: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    setqueuevar: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    setqueueentryvar: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    monitor_format: Mapped[str | None] = option(
        "TODO.",
        AstString(8),
    )
    membermacro: Mapped[str | None] = option(
        "TODO.",
        AstString(512),
    )
    membergosub: Mapped[str | None] = option(
        "TODO.",
        AstString(512),
    )
    queue_youarenext: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_thereare: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_callswaiting: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_quantity1: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_quantity2: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_holdtime: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_minutes: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_minute: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_seconds: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_thankyou: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_callerannounce: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    queue_reporthold: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    announce_frequency: Mapped[int | None] = option(
        "TODO.",
    )
    announce_to_first_user: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    min_announce_frequency: Mapped[int | None] = option(
        "TODO.",
    )
    announce_round_seconds: Mapped[int | None] = option(
        "TODO.",
    )
    announce_holdtime: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    announce_position: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    announce_position_limit: Mapped[int | None] = option(
        "TODO.",
    )
    periodic_announce: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(1024),
    )
    periodic_announce_frequency: Mapped[int | None] = option(
        "TODO.",
    )
    relative_periodic_announce: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    random_periodic_announce: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    retry: Mapped[int | None] = option(
        "TODO.",
    )
    wrapuptime: Mapped[int | None] = option(
        "TODO.",
    )
    penaltymemberslimit: Mapped[int | None] = option(
        "TODO.",
    )
    autofill: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    monitor_type: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    autopause: Mapped[QueueAutopause | None] = option(
        "TODO.",
    )
    autopausedelay: Mapped[int | None] = option(
        "TODO.",
    )
    autopausebusy: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    autopauseunavail: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    maxlen: Mapped[int | None] = option(
        "TODO.",
    )
    servicelevel: Mapped[int | None] = option(
        "TODO.",
    )
    strategy: Mapped[QueueStrategy | None] = option(
        "TODO.",
    )
    joinempty: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(128),
    )
    leavewhenempty: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(128),
    )
    reportholdtime: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    memberdelay: Mapped[int | None] = option(
        "TODO.",
    )
    weight: Mapped[int | None] = option(
        "TODO.",
    )
    timeoutrestart: Mapped[YesnoBool | None] = option(
        "TODO.",
    )
    defaultrule: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    timeoutpriority: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    log_restricted_caller_id: Mapped[AstBool | None] = option(
        "TODO.",
    )


class QueueMember(Base):
    """TODO."""

    __tablename__ = "queue_members"
    __table_args__ = (
        UniqueConstraint("uniqueid"),
    )

    queue_name: Mapped[str] = key(
        "TODO.",
        AstString(80),
        primary_key=True,
    )
    interface: Mapped[str] = key(
        "TODO.",
        AstString(80),
        primary_key=True,
    )
    membername: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    state_interface: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    penalty: Mapped[int | None] = option(
        "TODO.",
    )
    paused: Mapped[bool | None] = option(
        "TODO.",
        NumberBool(),
    )
    uniqueid: Mapped[int] = option(
        "TODO.",
    )
    wrapuptime: Mapped[int | None] = option(
        "TODO.",
    )
    ringinuse: Mapped[AstBool | None] = option(
        "TODO.",
    )
    reason_paused: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )


class QueueRule(Base):
    """TODO."""

    __tablename__ = "queue_rules"

    rule_name: Mapped[str] = key(
        "TODO.",
        AstString(80),
    )
    time: Mapped[str] = key(
        "TODO.",
        AstString(32),
    )
    min_penalty: Mapped[str] = key(
        "TODO.",
        AstString(32),
    )
    max_penalty: Mapped[str] = key(
        "TODO.",
        AstString(32),
    )
    id: Mapped[int] = serial(
        "TODO.",
        big=True,
    )
