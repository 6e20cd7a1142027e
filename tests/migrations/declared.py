"""
Each place where our tables are not as Asterisk's own scripts make them, and why.

``tests/data/departures.json`` has the places, as ``python -m tests.migrations.departures`` found
them; the reasons are here. Tests hold both against real databases, and the documentation prints
them.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

Departure = tuple[str, str, str]
"""What is different: its kind, the place, and what it has here, or had there and has here."""

FILE: Final = Path(__file__).parents[1] / "data" / "departures.json"

DECLARED: Final[dict[str, frozenset[Departure]]] = {
    server: frozenset(
        (kind, place, change) for kind, places in kinds.items() for place, change in places.items()
    )
    for server, kinds in json.loads(FILE.read_text()).items()
}
"""All of them, for each server."""

REASONS: Final[dict[str, dict[str, str]]] = {
    "column wider": {
        "ps_endpoint_id_ips.match": (
            "Twilio's eight ranges take 134 characters, and Asterisk reads the whole table for "
            "each new call: one row is better than eight"
        ),
        "ps_endpoints.*deny ps_endpoints.*permit": (
            "The same ranges as the ACL of a trunk that is pinned to one account"
        ),
        "ps_endpoints.*acl": "A list of names",
        "ps_endpoints.callerid": "A name of 79 bytes and a number",
        "ps_endpoints.*context": "Asterisk takes 79 characters",
        "*.mailboxes": "A list of mailboxes",
        "ps_endpoints.from_domain ps_endpoints.media_address ps_transports.domain "
        "ps_transports.external_*": "A host name",
        "*.transport": "It names a row whose id has 255",
        "ps_aors.contact": "A list of URIs",
        "ps_auths.*": "Providers give longer ones, and an encoded character takes three",
        "ps_registrations.contact_user": "An encoded character takes three",
        "ps_subscription_persistence.endpoint": (
            "It holds the id of an endpoint, which has 255; Asterisk writes it"
        ),
        "ps_subscription_persistence.packet": (
            "A SUBSCRIBE may be longer, and an encoded character takes three"
        ),
        "ps_transports.bind": "An IPv6 address with its port",
        "ps_transports.local_net": "A list of networks",
        "extensions.context extensions.exten extensions.app": "Asterisk takes 79 characters",
        "extensions.appdata": (
            "Asterisk expands it into 512, and an encoded character takes three"
        ),
        "queues.periodic_announce": "A list of up to ten files",
        "queue_log.data*": "Asterisk writes longer ones, and the row would fail",
        "voicemail.email": "The longest address that there is",
    },
    "type": {
        "ps_subscription_persistence.expires": (
            "Seconds since 1970 do not fit into 32 bits from 2038 on"
        ),
        "*.qualify_timeout": "As on PostgreSQL, with all digits of a number",
    },
    "label added": {
        "ps_auths.auth_type": "Asterisk reads it since 20.12, 21.7 and 22.2",
        "ps_endpoints.callerid_privacy": (
            "Asterisk's words; it refuses the four of its scripts that end in ``screened``, and "
            "with them the whole endpoint"
        ),
        "ps_endpoints.dtmf_mode ps_endpoints.timers musiconhold.mode": "Asterisk takes it",
        "queues.strategy": "Asterisk takes it as another name of ``rrmemory``",
    },
    "primary key": {"*": "An ORM and replication need one"},
    "refuses NULL": {"*": "It is the key, as on PostgreSQL"},
    "numbered": {
        "*": "An INSERT without it would fail, and Asterisk ignores a member that has none"
    },
    "unique added": {"*": "Of two rows of one box either would answer"},
    "unique missing": {"*": "The primary key says it already"},
    "column added": {
        "*.asterisk_realtime_rare": (
            "It is 1 in a row of the index of the table's name and ``_rare``, since MariaDB has no "
            "partial indexes; it is generated, and invisible to Asterisk's ``SELECT *``"
        ),
        "cdr.id queue_rules.id": "The primary key; Asterisk takes no notice of it",
        "cdr.*tenantid": "CDR fields since 18.25, 20.10, 21.5 and 22.0",
        "iaxfriends.*": "chan_iax2 reads it",
        "musiconhold.*": "res_musiconhold reads it",
        "ps_transports.external_signaling_hostname": (
            "Of Asterisk's development branch, whose scripts have it"
        ),
        "ps_transports.ca_list_path ps_transports.websocket_write_timeout": (
            "An option of the transport"
        ),
        "queue_rules.raise_penalty queues.*": "app_queue reads it",
        "voicemail_messages.macrocontext": "Asterisk 20 names it in every INSERT",
        "stir_tn.*": "An option of the telephone number",
        "voicemail.*": "app_voicemail reads it",
    },
    "table added": {
        "acls": "Named ACLs, which Asterisk can read from a table",
        "ast_config": "Any of Asterisk's static files as rows",
        "cel": "cel_pgsql and cel_odbc write it",
        "followme*": (
            "app_followme reads it; ``followme_numbers.ordinal`` is text, since it asks by LIKE"
        ),
        "voicemail_data": "app_voicemail keeps what it knows of a message there, if it is mapped",
        "asterisk_realtime_version": "The revision of this library's migrations",
        "asterisk_realtime_changes": "What these migrations made themselves",
        "asterisk_realtime_lock": "The row that lets two changes at once wait for each other",
    },
    "index added": {
        "cdr_start cdr_accountcode_start": "People ask for calls by time, and by account",
        "cdr_linkedid": "People ask for all records of a call",
        "ps_aors_contact": "Asterisk asks for AORs that have contacts",
        "ps_contacts_endpoint": "People ask where a phone is registered",
        "ps_contacts_expiration_time": "Every 30 seconds Asterisk asks for what has run out",
        "ps_contacts_id_prefix": (
            "Asterisk asks for the contacts of an AOR by LIKE, which an index of another collation "
            "than C does not serve"
        ),
        "ps_endpoint_id_ips_endpoint": "Asterisk's CLI and AMI ask for those of an endpoint",
        "queue_log_time_queuename": "People ask for what a queue did in a period",
        "*_lower_*": (
            "This library looks names up in upper and lower case; MariaDB's columns ignore case"
        ),
        "extensions_appdata ps_endpoints_context ps_endpoints_mailboxes queue_members_interface": (
            "This library looks up which rows name a phone, a context, a mailbox or a queue"
        ),
        "*_rare": (
            "The few rows that this library must read for each name: those that name others in a "
            "list or an expression, or that have a cell that Asterisk decodes"
        ),
    },
    "index missing": {"*": "A key, or a longer index, does its work"},
}
"""
Why: for each kind, the places (patterns, blanks between them) and their reason.

A place is explained by the first pattern that it meets.
"""


def reason_for(kind: str, place: str) -> str | None:
    """Return why *place* is different, None if nobody has said so."""
    name = place.partition(" ")[0]
    for patterns, reason in REASONS.get(kind, {}).items():
        if any(fnmatchcase(name, pattern) for pattern in patterns.split()):
            return reason
    return None
