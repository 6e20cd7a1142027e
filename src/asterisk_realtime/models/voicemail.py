"""
Voicemail: boxes (``voicemail``) and messages (``voicemail_messages``, ``voicemail_data``).

``apps/app_voicemail.c`` reads them and writes to them; ``apps/app_directory.c`` reads the boxes.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
)

from asterisk_realtime.models.base import (
    Base,
    Mapped,
    Unsigned,
    YesNoBool,
    key,
    option,
    serial,
)
from asterisk_realtime.models.types import AstString, Choice, Name, NumberBool, SecretString
from asterisk_realtime.values.choices import VoicemailPasswordLocation


class Voicemail(Base):
    """
    A voicemail box, found by ``mailbox`` and ``context`` at each use.

    Asterisk writes ``password`` when its owner changes it.
    A box of the same name in voicemail.conf wins, and an option that is None takes the value of
    its ``[general]`` section.
    """

    __tablename__ = "voicemail"
    __table_args__ = (
        # With two rows of one box, either would answer, and a new password would go into both.
        UniqueConstraint("mailbox", "context"),
        Index("voicemail_context", "context"),
        Index("voicemail_imapuser", "imapuser"),
    )

    uniqueid: Mapped[int] = serial(
        "Row number; Asterisk reads it but finds and changes rows by ``context`` and ``mailbox``.",
    )
    context: Mapped[str] = key(
        "Voicemail context, the part after ``@`` of a mailbox; not a dialplan context.",
        Name(80),
    )
    mailbox: Mapped[str] = key(
        "Box number, digits only, as callers key it in.",
        Name(80),
    )
    password: Mapped[str] = key(
        "PIN in plain text: digits, not beginning with ``*``; ``-`` before it keeps the owner "
        "from changing it; written by Asterisk.",
        SecretString(80),
    )
    fullname: Mapped[str | None] = option(
        "Name in mails and in Directory(), which searches it.",
        AstString(80),
    )
    alias: Mapped[str | None] = option(
        "A further name under which Directory() finds the box.",
        AstString(80),
    )
    email: Mapped[str | None] = option(
        "Address that gets a mail for each new message; several with ``|`` between them.",
        AstString(254),
    )
    pager: Mapped[str | None] = option(
        "Address that gets a short mail without the recording for each new message.",
        AstString(80),
    )
    attach: Mapped[YesNoBool | None] = option(
        "Attach the recording to the mail that goes to ``email``.",
    )
    attachfmt: Mapped[str | None] = option(
        "File format of the attached recording; one of those listed as ``format`` in "
        "voicemail.conf.",
        AstString(10),
    )
    serveremail: Mapped[str | None] = option(
        "Sender address of the mails.",
        AstString(80),
    )
    language: Mapped[str | None] = option(
        "Language of the prompts that the owner hears, as a sound folder's name such as ``en``.",
        AstString(20),
    )
    tz: Mapped[str | None] = option(
        "Name of a zone in section ``[zonemessages]`` of voicemail.conf, for the spoken and "
        "mailed time.",
        AstString(30),
    )
    deletevoicemail: Mapped[YesNoBool | None] = option(
        "Delete each message right after its notification, for owners who read mail only; needs "
        "``attach`` or the recording is lost.",
    )
    saycid: Mapped[YesNoBool | None] = option(
        "Say the caller's number before a message is played.",
    )
    sendvoicemail: Mapped[YesNoBool | None] = option(
        "Let the owner record and send messages to other boxes from the menu.",
    )
    review: Mapped[YesNoBool | None] = option(
        "Let callers listen to their message and record it again before it is kept.",
    )
    tempgreetwarn: Mapped[YesNoBool | None] = option(
        "Remind the owner that a temporary greeting is on.",
    )
    operator: Mapped[YesNoBool | None] = option(
        "Let callers leave for extension ``o`` with 0; ``exitcontext`` or the caller's context "
        "must have it.",
    )
    envelope: Mapped[YesNoBool | None] = option(
        "Say date and time before a message is played.",
    )
    sayduration: Mapped[bool | None] = option(
        "Say a message's length before it is played; stored as 1 or 0, and any other number "
        "means no.",
        NumberBool(),
    )
    forcename: Mapped[YesNoBool | None] = option(
        "Make a new owner record a name; new means that the PIN is still the mailbox number.",
    )
    forcegreetings: Mapped[YesNoBool | None] = option(
        "Make a new owner record greetings; new means that the PIN is still the mailbox number.",
    )
    callback: Mapped[str | None] = option(
        "Dialplan context for calling a message's sender back from the menu; None does not "
        "offer it.",
        AstString(80),
    )
    dialout: Mapped[str | None] = option(
        "Dialplan context for calling out from the menu; None does not offer it, and its routes "
        "decide the costs.",
        AstString(80),
    )
    exitcontext: Mapped[str | None] = option(
        "Dialplan context for callers who leave with 0 or ``*``; None keeps the one they came "
        "from.",
        AstString(80),
    )
    maxmsg: Mapped[int | None] = option(
        "Most messages in one folder, 0 to 9999; 0 plays greetings and takes no message.",
    )
    volgain: Mapped[Decimal | None] = option(
        "Volume factor for the mailed copy, such as 2.0; the server needs ``sox``.",
        Numeric(5, 2),
    )
    imapuser: Mapped[str | None] = option(
        "Login at the IMAP server; only app_voicemail_imap reads it.",
        AstString(80),
    )
    imappassword: Mapped[str | None] = option(
        "Password at the IMAP server, in plain text; only app_voicemail_imap reads it.",
        SecretString(80),
    )
    imapserver: Mapped[str | None] = option(
        "Host name or address of the IMAP server; only app_voicemail_imap reads it.",
        AstString(80),
    )
    imapport: Mapped[str | None] = option(
        "TCP port of the IMAP server; only app_voicemail_imap reads it.",
        AstString(8),
    )
    imapflags: Mapped[str | None] = option(
        "Flags of the c-client library for the connection, such as ``ssl``; only "
        "app_voicemail_imap reads it.",
        AstString(80),
    )
    stamp: Mapped[datetime | None] = option(
        "Time of the mailbox's last change, for your own use; Asterisk does not read it.",
    )
    # -- Read by Asterisk, but not in its scripts --------------------------------------------------

    attachextrecs: Mapped[YesNoBool | None] = option(
        "Attach recordings that other programs put into the box to their mails too.",
    )
    backupdeleted: Mapped[Unsigned | None] = option(
        "How many deleted messages are kept in folder Deleted, up to 9999; 0 keeps none.",
    )
    emailbody: Mapped[str | None] = option(
        "Text of the mails, with variables such as ``${VM_NAME}`` and with ``\\n`` for a new line.",
        AstString(),
    )
    emailsubject: Mapped[str | None] = option(
        "Subject of the mails, with variables such as ``${VM_MSGNUM}``.",
        AstString(255),
    )
    fromstring: Mapped[str | None] = option(
        "Name beside the sender address of the mails.",
        AstString(100),
    )
    hidefromdir: Mapped[YesNoBool | None] = option(
        "Keep the box out of Directory().",
    )
    imapfolder: Mapped[str | None] = option(
        "Folder on the IMAP server that new messages go to; only app_voicemail_imap reads it.",
        AstString(64),
    )
    imapvmshareid: Mapped[str | None] = option(
        "Id of the IMAP mailbox that several boxes share; only app_voicemail_imap reads it.",
        AstString(80),
    )
    leaveurgent: Mapped[YesNoBool | None] = option(
        "Let callers mark a message as urgent.",
    )
    locale: Mapped[str | None] = option(
        "Locale for the dates in mails, such as ``de_DE.UTF-8``; the server must have it.",
        AstString(20),
    )
    maxsecs: Mapped[Unsigned | None] = option(
        "Longest message in seconds; 0 is refused with a warning and takes that of voicemail.conf.",
    )
    messagewrap: Mapped[YesNoBool | None] = option(
        "Let next and previous go on from the last message to the first and back.",
    )
    minsecs: Mapped[Unsigned | None] = option(
        "Messages shorter than this many seconds are thrown away.",
    )
    moveheard: Mapped[YesNoBool | None] = option(
        "Move a message to folder Old once it has been heard.",
    )
    nextaftercmd: Mapped[YesNoBool | None] = option(
        "Go on to the next message after one has been deleted or saved.",
    )
    options: Mapped[str | None] = option(
        "Any of these options as ``name=value`` with ``|`` between them; they override the "
        "columns.",
        AstString(1024),
    )
    passwordlocation: Mapped[VoicemailPasswordLocation | None] = option(
        "Where a PIN that the owner changed is kept: in this row, or in a file of the box's spool "
        "folder.",
        Choice(VoicemailPasswordLocation, length=20),
    )
    saydurationm: Mapped[Unsigned | None] = option(
        "Fewest minutes that a message must have for ``sayduration`` to say its length.",
    )


class VoicemailMessage(Base):
    """
    A message or greeting, kept in the database by app_voicemail_odbc.

    Asterisk inserts, renumbers and deletes these rows; read them, and write none.
    voicemail.conf must name the table, since ``odbctable`` is ``voicemessages`` otherwise.
    All text is stored as it is, without the ``^3B`` of realtime tables.
    """

    __tablename__ = "voicemail_messages"

    dir: Mapped[str] = key(
        "Folder that the message would have on disk, such as "
        "``/var/spool/asterisk/voicemail/default/100/INBOX``.",
        String(255),
        primary_key=True,
    )
    msgnum: Mapped[int] = key(
        "Place in the folder from 0 on, renumbered when messages go; -1 is a greeting, named by "
        "``dir``.",
        primary_key=True,
    )
    context: Mapped[str | None] = option(
        "Dialplan context in which the caller left the message.",
        String(80),
    )
    callerid: Mapped[str | None] = option(
        'Caller as ``"Name" <number>``, cut before a ``;``.',
        String(80),
    )
    origtime: Mapped[int | None] = option(
        "When the message was left, in seconds since 1970 (UTC).",
    )
    duration: Mapped[int | None] = option(
        "Length in seconds.",
    )
    recording: Mapped[bytes | None] = option(
        "The audio file, in the first ``format`` of voicemail.conf; None where "
        "``odbc_audio_on_disk`` keeps it in a file.",
        LargeBinary(2**32 - 1),
    )
    flag: Mapped[str | None] = option(
        "``Urgent``, or empty.",
        String(30),
    )
    category: Mapped[str | None] = option(
        "Value of channel variable VM_CATEGORY when the message was left.",
        String(30),
    )
    mailboxuser: Mapped[str | None] = option(
        "Number of the box that it was left in.",
        String(30),
    )
    mailboxcontext: Mapped[str | None] = option(
        "Voicemail context of the box that it was left in.",
        String(30),
    )
    msg_id: Mapped[str | None] = option(
        "Id that stays with the message when it is moved or renumbered: epoch seconds, ``-``, "
        "eight hex digits.",
        String(40),
    )
    # -- Of earlier releases -----------------------------------------------------------------------

    macrocontext: Mapped[str | None] = option(
        "Context of the macro that was running; empty without one. Asterisk 20 writes it, later "
        "releases do not.",
        String(80),
    )


class VoicemailData(Base):
    """
    Details of a message whose recording is a file, so that they can be queried.

    Asterisk inserts, changes and deletes these rows once extconfig.conf maps ``voicemail_data``,
    and reads them when a message moves. Without that line, the details are in a text file beside
    the recording.
    Not on SQLite, whose driver deletes nothing by the key alone, nor with app_voicemail_odbc, which
    keeps the same details in ``voicemail_messages`` and never deletes these: a row that is left
    behind blocks the next message of that name.
    """

    __tablename__ = "voicemail_data"

    filename: Mapped[str] = key(
        "Path of the recording without its extension; changes when the message is moved.",
        Name(255),
        primary_key=True,
    )
    origmailbox: Mapped[str | None] = option(
        "Number of the box that the message was left in first.",
        AstString(80),
    )
    context: Mapped[str | None] = option(
        "Dialplan context that the caller's channel was in when it left the message.",
        AstString(80),
    )
    macrocontext: Mapped[str | None] = option(
        "Context that a macro was called from; only Asterisk 20 writes it, and fails without it.",
        AstString(80),
    )
    exten: Mapped[str | None] = option(
        "Extension that the caller's channel was at when it left the message.",
        AstString(80),
    )
    priority: Mapped[int | None] = option(
        "Step of that extension.",
    )
    callerchan: Mapped[str | None] = option(
        "Name of the caller's channel.",
        AstString(255),
    )
    callerid: Mapped[str | None] = option(
        'Who left the message, as ``"Name" <number>``.',
        AstString(255),
    )
    origdate: Mapped[str | None] = option(
        "When the message was left, as a text for people.",
        AstString(80),
    )
    origtime: Mapped[int | None] = option(
        "When the message came in, in seconds since 1970 (UTC).",
        BigInteger(),
    )
    category: Mapped[str | None] = option(
        "VM_CATEGORY of the caller's channel.",
        AstString(255),
    )
    duration: Mapped[int | None] = option(
        "Length of the recording in seconds; written once the caller has hung up.",
    )
