"""
How long each name and text may be, and why.

A name is limited by the narrowest column that holds it or refers to it, and by the narrowest buffer
into which Asterisk copies it, whose closing NUL takes one byte. Columns count characters, buffers
count bytes. A test compares each `Limit` with the columns of the models.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

import attrs


class Unit(Enum):
    """What a limit counts."""

    CHARACTERS = auto()
    """Characters of the cell, as it is stored: ``;`` and ``^`` take three."""

    BYTES = auto()
    """Bytes of UTF-8, in Asterisk's memory."""


@attrs.frozen
class Limit:
    """
    The longest text of one kind.

    Attributes:
        most: How long it may be.
        unit: What is counted; in ASCII both are the same.
        columns: Where it is stored or referred to, ``table.column``; each must hold it.
        reason: What limits it, if that is narrower than the columns.
    """

    most: int
    unit: Unit
    columns: tuple[str, ...]
    reason: str = ""


ENDPOINT: Final = Limit(
    40,
    Unit.BYTES,
    (
        *(
            "ps_endpoints.id",
            "ps_endpoints.aors",
            "ps_endpoints.auth",
            "ps_endpoints.outbound_auth",
        ),
        *("ps_aors.id", "ps_auths.id", "ps_registrations.id", "ps_registrations.endpoint"),
        *("ps_registrations.outbound_auth", "ps_endpoint_id_ips.endpoint"),
        *("queue_members.interface", "queue_members.state_interface", "extensions.appdata"),
    ),
    "a channel's name, which begins with it, is cut at 79 bytes (AST_CHANNEL_NAME)",
)
TRANSPORT: Final = Limit(
    40,
    Unit.BYTES,
    ("ps_transports.id", "ps_endpoints.transport", "ps_registrations.transport"),
)
CONTEXT: Final = Limit(
    79,
    Unit.BYTES,
    ("extensions.context", "ps_endpoints.context", "followme.context", "extensions.appdata"),
    "AST_MAX_CONTEXT",
)
EXTENSION: Final = Limit(
    79, Unit.BYTES, ("extensions.exten", "extensions.appdata"), "AST_MAX_EXTENSION"
)
MAILBOX_CONTEXT: Final = Limit(
    79,
    Unit.BYTES,
    ("voicemail.context", "ps_endpoints.mailboxes", "ps_aors.mailboxes", "extensions.appdata"),
    "AST_MAX_CONTEXT",
)
MAILBOX: Final = Limit(
    20,
    Unit.BYTES,
    ("voicemail.mailbox", "ps_endpoints.mailboxes", "ps_aors.mailboxes", "extensions.appdata"),
    "nobody enters more digits",
)
QUEUE: Final = Limit(
    79,
    Unit.BYTES,
    ("queues.name", "queue_members.queue_name", "extensions.appdata", "queue_log.queuename"),
    "AST_MAX_EXTENSION",
)
PENALTY_RULE: Final = Limit(
    79, Unit.BYTES, ("queue_rules.rule_name", "queues.defaultrule"), "rule_list.name in app_queue.c"
)
MUSIC_CLASS: Final = Limit(
    40,
    Unit.BYTES,
    (
        *("musiconhold.name", "musiconhold_entry.name", "queues.musiconhold"),
        *("followme.musicclass", "ps_endpoints.moh_suggest", "extensions.appdata"),
    ),
)
FOLLOW_ME: Final = Limit(
    79,
    Unit.BYTES,
    ("followme.name", "followme_numbers.name", "extensions.appdata"),
    "AST_MAX_EXTENSION",
)
ACCESS_LIST: Final = Limit(
    79, Unit.BYTES, ("acls.name", "ps_endpoints.acl", "ps_endpoints.contact_acl"), "ACL_NAME_LENGTH"
)
INTERFACE: Final = Limit(
    79,
    Unit.BYTES,
    ("queue_members.interface", "queue_members.state_interface"),
    "AST_CHANNEL_NAME",
)
MEMBER_NAME: Final = Limit(
    79, Unit.BYTES, ("queue_members.membername",), "member.membername in app_queue.c"
)
FULL_NAME: Final = Limit(
    79, Unit.BYTES, ("voicemail.fullname",), "ast_vm_user.fullname in app_voicemail.c"
)
ZONE: Final = Limit(30, Unit.BYTES, ("voicemail.tz",))
MAIL: Final = Limit(254, Unit.BYTES, ("voicemail.email",))
PIN: Final = Limit(20, Unit.BYTES, ("voicemail.password",), "nobody enters more digits")
CALLER_NAME: Final = Limit(
    79,
    Unit.BYTES,
    ("ps_endpoints.callerid",),
    "the 80 bytes that callers of ast_callerid_split use",
)
CALLER_ID: Final = Limit(255, Unit.CHARACTERS, ("ps_endpoints.callerid",))
USERNAME: Final = Limit(255, Unit.CHARACTERS, ("ps_auths.username",))
REALM: Final = Limit(255, Unit.CHARACTERS, ("ps_auths.realm",))
PASSWORD: Final = Limit(255, Unit.CHARACTERS, ("ps_auths.password",))
FROM_USER: Final = Limit(
    40, Unit.BYTES, ("ps_endpoints.from_user", "ps_registrations.contact_user")
)
URI: Final = Limit(
    255,
    Unit.BYTES,
    (
        *("ps_aors.contact", "ps_aors.outbound_proxy", "ps_endpoints.outbound_proxy"),
        *("ps_endpoints.from_domain", "ps_registrations.client_uri"),
        *("ps_registrations.server_uri", "ps_registrations.outbound_proxy"),
    ),
    "PJSIP_MAX_URL_SIZE",
)
CONTACTS: Final = Limit(1024, Unit.CHARACTERS, ("ps_aors.contact",))
CODECS: Final = Limit(200, Unit.CHARACTERS, ("ps_endpoints.allow",))
HOST_PATH: Final = Limit(
    200, Unit.CHARACTERS, ("ps_endpoints.dtls_cert_file", "ps_endpoints.dtls_private_key")
)
SOUND: Final = Limit(128, Unit.BYTES, ("queues.announce", "queues.periodic_announce"))
SOUNDS: Final = Limit(1024, Unit.CHARACTERS, ("queues.periodic_announce",))
FOLDER: Final = Limit(
    255, Unit.BYTES, ("musiconhold.directory",), "mohclass.dir in res_musiconhold.c"
)
COMMAND: Final = Limit(
    255, Unit.BYTES, ("musiconhold.application",), "mohclass.args in res_musiconhold.c"
)
PIECE: Final = Limit(1024, Unit.CHARACTERS, ("musiconhold_entry.entry",))
FORMAT: Final = Limit(10, Unit.BYTES, ("musiconhold.format",))
KEYS: Final = Limit(
    19, Unit.BYTES, ("followme.takecall", "followme.declinecall"), "MAX_YN_STRING in app_followme.c"
)
NUMBERS: Final = Limit(255, Unit.CHARACTERS, ("followme_numbers.phonenumber",))
