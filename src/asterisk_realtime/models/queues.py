"""
Call queues: ``queues``, ``queue_members`` and ``queue_rules``, which ``apps/app_queue.c`` reads.

app_queue also writes some columns of ``queue_members``.
"""

from __future__ import annotations

from sqlalchemy import FetchedValue, Index, UniqueConstraint
from sqlalchemy.orm import foreign, mapped_column

from asterisk_realtime.models.base import (
    AstBool,
    Base,
    Mapped,
    YesnoBool,
    key,
    option,
    related,
    serial,
)
from asterisk_realtime.models.indexes import in_lower_case, of_rare_rows
from asterisk_realtime.models.types import (
    AstString,
    Choice,
    ChoiceList,
    CommaList,
    FirstString,
    Name,
    NumberBool,
)
from asterisk_realtime.values.choices import (
    QueueAnnounceHoldtime,
    QueueAnnouncePosition,
    QueueAutopause,
    QueueEmpty,
    QueueStrategy,
    QueueTimeoutPriority,
)


class Queue(Base):
    """
    A call queue, read each time somebody enters it.

    Asterisk only reads these rows.
    A queue of the same name in queues.conf wins, and the row is then ignored. Asterisk reads
    numbers leniently and ignores unknown words silently, so a mistake shows as odd behaviour, not
    as an error. To mute one of the sounds, name a file that does not exist.
    """

    __tablename__ = "queues"
    __table_args__ = (in_lower_case("queues_lower_name", "name"),)

    name: Mapped[str] = key(
        "Name of the queue, as in Queue().",
        Name(128),
        primary_key=True,
    )
    musiconhold: Mapped[str | None] = option(
        "Music class that waiting callers hear; None leaves it to the caller's channel.",
        AstString(128),
    )
    announce: Mapped[str | None] = option(
        "Sound file played to the member who answers, before the caller is connected, to tell "
        "which queue it is.",
        AstString(128),
    )
    context: Mapped[str | None] = option(
        "Context that a caller leaves the queue for by dialling one of its extensions; None "
        "ignores digits.",
        AstString(128),
    )
    timeout: Mapped[int | None] = option(
        "Seconds that a member rings before the next attempt; 0 for no limit.",
        default=15,
    )
    ringinuse: Mapped[YesnoBool | None] = option(
        "Ring members whose device is already in use; a member's own ``ringinuse`` overrides it.",
        default=True,
    )
    setinterfacevar: Mapped[YesnoBool | None] = option(
        "Set MEMBERINTERFACE, MEMBERNAME, MEMBERCALLS and the like on both channels before they "
        "are connected.",
    )
    setqueuevar: Mapped[YesnoBool | None] = option(
        "Set QUEUENAME, QUEUECALLS, QUEUEHOLDTIME and the like on both channels before they are "
        "connected.",
    )
    setqueueentryvar: Mapped[YesnoBool | None] = option(
        "Set QEHOLDTIME and QEORIGINALPOS on both channels before they are connected.",
    )
    monitor_format: Mapped[str | None] = option(
        "File format of recordings, such as ``wav``, of at most 7 characters; None records "
        "nothing.",
        AstString(8),
    )
    membermacro: Mapped[str | None] = option(
        "Macro to run on the member's channel; only Asterisk 20 with app_macro reads it, so use "
        "``membergosub``.",
        AstString(512),
    )
    membergosub: Mapped[str | None] = option(
        "Gosub to run on the member's channel when it answers, as ``context`` or "
        "``context,arg1,...``; runs dialplan code.",
        AstString(512),
    )
    queue_youarenext: Mapped[str | None] = option(
        "Sound file that says that the caller is next.",
        AstString(128),
        default="queue-youarenext",
    )
    queue_thereare: Mapped[str | None] = option(
        "Sound file that says the words before the number of waiting calls.",
        AstString(128),
        default="queue-thereare",
    )
    queue_callswaiting: Mapped[str | None] = option(
        "Sound file that says the words after the number of waiting calls.",
        AstString(128),
        default="queue-callswaiting",
    )
    queue_quantity1: Mapped[str | None] = option(
        "Sound file before the limit, where ``announce_position`` is ``more`` and the caller is "
        "beyond it.",
        AstString(128),
        default="queue-quantity1",
    )
    queue_quantity2: Mapped[str | None] = option(
        "Sound file after the limit, where ``announce_position`` is ``more`` and the caller is "
        "beyond it.",
        AstString(128),
        default="queue-quantity2",
    )
    queue_holdtime: Mapped[str | None] = option(
        "Sound file that says the words before the estimated hold time.",
        AstString(128),
        default="queue-holdtime",
    )
    queue_minutes: Mapped[str | None] = option(
        "Sound file that says the unit after a number of minutes above one.",
        AstString(128),
        default="queue-minutes",
    )
    queue_minute: Mapped[str | None] = option(
        "Sound file that says the unit after one minute.",
        AstString(128),
        default="queue-minute",
    )
    queue_seconds: Mapped[str | None] = option(
        "Sound file that says the unit after the seconds; they are said only with "
        "``announce_round_seconds``.",
        AstString(128),
        default="queue-seconds",
    )
    queue_thankyou: Mapped[str | None] = option(
        "Sound file that ends each announcement of position or hold time.",
        AstString(128),
        default="queue-thankyou",
    )
    queue_callerannounce: Mapped[str | None] = option(
        "Sound file played to the caller just before a member is connected; None plays nothing.",
        AstString(128),
    )
    queue_reporthold: Mapped[str | None] = option(
        "Sound file before the hold time that ``reportholdtime`` tells the member.",
        AstString(128),
        default="queue-reporthold",
    )
    announce_frequency: Mapped[int | None] = option(
        "Seconds between announcements to one caller whose position stays the same; 0 announces "
        "nothing.",
    )
    announce_to_first_user: Mapped[YesnoBool | None] = option(
        "Announce to the first caller too, which may delay the connection to a free member.",
    )
    min_announce_frequency: Mapped[int | None] = option(
        "Fewest seconds between two announcements to one caller, however fast the position "
        "changes.",
        default=15,
    )
    announce_round_seconds: Mapped[int | None] = option(
        "Step to which seconds of the hold time are rounded: 5, 10, 15, 20 or 30; 0 says "
        "minutes only.",
    )
    announce_holdtime: Mapped[QueueAnnounceHoldtime | None] = option(
        "Whether callers hear the estimated hold time, ``once`` in the first announcement only.",
        Choice(QueueAnnounceHoldtime, length=128),
        default="yes",
    )
    announce_position: Mapped[QueueAnnouncePosition | None] = option(
        "Whether callers hear their position; ``limit`` and ``more`` go by "
        "``announce_position_limit``.",
        Choice(QueueAnnouncePosition, length=128),
        default="yes",
    )
    announce_position_limit: Mapped[int | None] = option(
        "Last position that is said: beyond it ``limit`` is silent and ``more`` says ``more "
        "than`` this number.",
        default=10,
    )
    periodic_announce: Mapped[tuple[str, ...] | None] = option(
        "Up to 10 sound files played in turn while callers wait, every "
        "``periodic_announce_frequency`` seconds.",
        CommaList(1024),
        default="queue-periodic-announce",
    )
    periodic_announce_frequency: Mapped[int | None] = option(
        "Seconds between periodic announcements; 0 plays none, whatever ``periodic_announce`` "
        "holds.",
    )
    relative_periodic_announce: Mapped[YesnoBool | None] = option(
        "Count the seconds from the end of the last periodic announcement instead of from its "
        "start.",
    )
    random_periodic_announce: Mapped[YesnoBool | None] = option(
        "Play the periodic announcements in random order.",
    )
    retry: Mapped[int | None] = option(
        "Seconds to wait after all chosen members failed to answer before ringing again; 0 and "
        "below mean 5.",
        default=5,
    )
    wrapuptime: Mapped[int | None] = option(
        "Seconds of rest that a member gets after a call; a member's own ``wrapuptime`` above 0 "
        "overrides it.",
    )
    penaltymemberslimit: Mapped[int | None] = option(
        "Ignore penalties while the queue has no more than this many members; 0 never ignores "
        "them.",
    )
    autofill: Mapped[YesnoBool | None] = option(
        "Serve several callers at once while members are free; None takes ``autofill`` of "
        "queues.conf, which is no unless set there.",
    )
    monitor_type: Mapped[str | None] = option(
        "``mixmonitor`` or ``monitor``; only Asterisk 20 reads it, later ones always use "
        "MixMonitor.",
        AstString(128),
    )
    autopause: Mapped[QueueAutopause | None] = option(
        "Pause a member that lets a call ring out, in this queue (``yes``) or in each of its "
        "queues (``all``).",
    )
    autopausedelay: Mapped[int | None] = option(
        "Seconds after a member's last call during which ``autopause`` does not pause it.",
    )
    autopausebusy: Mapped[YesnoBool | None] = option(
        "Let ``autopause`` also act when the member's device says busy.",
    )
    autopauseunavail: Mapped[YesnoBool | None] = option(
        "Let ``autopause`` also act when the member's device cannot be reached (congestion).",
    )
    maxlen: Mapped[int | None] = option(
        "Most callers who may wait; 0 sets no limit, and a refused caller finds FULL in "
        "QUEUESTATUS.",
    )
    servicelevel: Mapped[int | None] = option(
        "Seconds within which an answer counts as in time, for the queue's statistics only.",
    )
    strategy: Mapped[QueueStrategy | None] = option(
        "Whom to ring next; a change to ``linear`` works only once the queue is out of "
        "Asterisk's memory.",
        default="ringall",
    )
    joinempty: Mapped[tuple[QueueEmpty, ...] | None] = option(
        "Which members do not count when a caller wants to enter; with none left the caller is "
        "refused (``yes``: never).",
        ChoiceList(QueueEmpty, 128),
    )
    leavewhenempty: Mapped[tuple[QueueEmpty, ...] | None] = option(
        "Which members do not count while a caller waits; with none left the caller is removed "
        "(``no``: never).",
        ChoiceList(QueueEmpty, 128),
    )
    reportholdtime: Mapped[YesnoBool | None] = option(
        "Tell the member who answers how many minutes the caller has waited.",
    )
    memberdelay: Mapped[int | None] = option(
        "Seconds after a member's answer before the member hears anything.",
    )
    weight: Mapped[int | None] = option(
        "A member of several queues is offered the caller of the queue with the higher number "
        "first.",
    )
    timeoutrestart: Mapped[YesnoBool | None] = option(
        "Start a member's ``timeout`` again after a busy or congestion signal.",
    )
    defaultrule: Mapped[str | None] = option(
        "Penalty rule for callers whose Queue() names none: a ``rule_name`` of ``queue_rules`` "
        "or a section of queuerules.conf.",
        AstString(128),
    )
    timeoutpriority: Mapped[QueueTimeoutPriority | None] = option(
        "Whose limit ends the last ring: the time given to Queue() (``app``) or ``timeout`` of "
        "this row (``conf``).",
        Choice(QueueTimeoutPriority, length=128),
        default="app",
    )
    log_restricted_caller_id: Mapped[AstBool | None] = option(
        "Write withheld caller numbers to the queue log; None takes "
        "``log-restricted-caller-id`` of queues.conf, yes unless set.",
        since=("20.9.0", "21.4.0", "22.0.0"),
    )
    # -- Read by Asterisk, but not in its scripts --------------------------------------------------

    announce_position_only_up: Mapped[YesnoBool | None] = option(
        "Say a position only if it is better than the one said last.",
    )
    periodic_announce_startdelay: Mapped[int | None] = option(
        "Seconds of waiting before the first periodic announcement; None waits as long as between "
        "two of them.",
    )
    # -- Rows that name it -------------------------------------------------------------------------

    members: Mapped[list[QueueMember]] = related(
        "The members, in the order of their interfaces.",
        lambda: QueueMember,
        lambda: Queue.name == foreign(QueueMember.queue_name),
        order_by=lambda: QueueMember.interface,
    )


class QueueMember(Base):
    """
    A member of a queue.

    Asterisk reads all rows of a queue each time the queue is used, ordered by ``interface`` on
    the servers. It writes ``paused``, ``reason_paused``, ``penalty`` and ``ringinuse`` of the row
    with the member's ``uniqueid``, so update named columns only, and never change a ``uniqueid``.
    """

    __tablename__ = "queue_members"
    __table_args__ = (
        UniqueConstraint("uniqueid"),
        Index("queue_members_interface", "interface"),
        of_rare_rows("queue_members", "queue_name", "interface"),
    )

    queue_name: Mapped[str] = key(
        "Queue it belongs to; may also be a queue of queues.conf.",
        Name(80),
        primary_key=True,
    )
    interface: Mapped[str] = key(
        "What is dialled, ``technology/name`` as in Dial(): ``PJSIP/100`` or "
        "``Local/100@agents``; a second row of a queue needs another one.",
        Name(80),
        primary_key=True,
    )
    membername: Mapped[str | None] = option(
        "Name in logs, events and MEMBERNAME; None shows ``interface``.",
        FirstString(80),
    )
    state_interface: Mapped[str | None] = option(
        "Device whose state counts instead of ``interface``, or ``hint:exten@context``; needed "
        "for Local channels.",
        FirstString(80),
    )
    penalty: Mapped[int | None] = option(
        "Members with a lower one ring first; below 0 counts as 0, or as logged off with "
        "``negative_penalty_invalid``; written by Asterisk.",
    )
    paused: Mapped[bool | None] = option(
        "Whether it is paused, stored as 1 or 0; written by Asterisk, so do not change it once "
        "set.",
        NumberBool(),
    )
    # The one column that is NOT NULL and yet need not be given.
    uniqueid: Mapped[int | None] = mapped_column(
        nullable=False,
        server_default=FetchedValue(),
        doc="Number by which Asterisk knows the member and updates its row; given by the database.",
    )
    wrapuptime: Mapped[int | None] = option(
        "Seconds of rest after a call, for this member; None or 0 takes that of the queue.",
    )
    ringinuse: Mapped[AstBool | None] = option(
        "Ring it although its device is in use; None takes that of the queue, with a warning at "
        "each read on SQLite; written by Asterisk.",
    )
    reason_paused: Mapped[str | None] = option(
        "Why it is paused, as given to PauseQueueMember() or AMI; written by Asterisk, on the "
        "servers only if some row had a reason when app_queue was loaded.",
        AstString(80),
    )
    # -- Rows that it names ------------------------------------------------------------------------

    queue: Mapped[Queue | None] = related(
        "The queue; None for one of queues.conf.",
        lambda: Queue,
        lambda: Queue.name == foreign(QueueMember.queue_name),
    )


class QueueRule(Base):
    """
    One change of the penalty limits of a waiting caller.

    Asterisk only reads these rows, all at once when app_queue loads or reloads, and only with
    ``realtime_rules = yes`` in queuerules.conf. A caller keeps the rules as they were on entering.
    """

    __tablename__ = "queue_rules"

    rule_name: Mapped[str] = key(
        "Rule that this change is part of; rows of one name are applied in order of ``time``.",
        Name(80),
    )
    time: Mapped[str] = key(
        "Seconds of waiting after which the change is made; text that is not a number drops the "
        "row with a notice.",
        Name(32),
    )
    min_penalty: Mapped[str] = key(
        "New QUEUE_MIN_PENALTY, or a step with ``+`` or ``-`` before it; ``+0`` leaves it as it "
        "is.",
        FirstString(32),
    )
    max_penalty: Mapped[str] = key(
        "New QUEUE_MAX_PENALTY, or a step with ``+`` or ``-`` before it; ``+0`` leaves it as it "
        "is.",
        FirstString(32),
    )
    id: Mapped[int] = serial(
        "Row number, which the database needs; Asterisk does not read it.",
        big=True,
    )
    # -- Read by Asterisk, but not in its scripts --------------------------------------------------

    raise_penalty: Mapped[str | None] = option(
        "New QUEUE_RAISE_PENALTY, or a step with ``+`` or ``-`` before it; None leaves it as it "
        "is.",
        AstString(32),
    )
