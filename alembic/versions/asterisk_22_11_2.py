"""
Add the indexes by which this library looks names and registrations up; Asterisk uses none of them.

A name is looked up in upper and lower case. PostgreSQL and SQLite need an index of names in lower
case for it; MariaDB's columns ignore case.

A name can also stand in a list, in an expression, or in a form that Asterisk decodes. Few rows have
such a cell, and an index holds these rare rows alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Index, MetaData, String, Table

from asterisk_realtime.migrations.planning.revisions import reconcile, take_back
from asterisk_realtime.migrations.schema import existing

if TYPE_CHECKING:
    from collections.abc import Iterable

revision = "asterisk_22_11_2"
down_revision = "asterisk_22_11_1"
branch_labels = None
depends_on = None

# -- Rare rows -------------------------------------------------------------------------------------
# A server uses an index of these rows only if a query has the same condition, to the letter. So
# this is a copy of what `models/rare.py` had at this revision; a later one needs a new revision.

DECODED: Final = (";", "^", " ", "\t", "\n", "\v", "\f", "\r")
BACKSLASH: Final = "{backslash}"


def has(text: str, characters: Iterable[str]) -> str:
    """Return the condition for texts with one of these characters."""
    return " OR ".join(f"{text} LIKE '%{character}%'" for character in characters)


ENDPOINTS: Final = f"""\
coalesce(auth, '') <> id OR aors <> id OR outbound_auth <> id
OR acl IS NOT NULL OR contact_acl IS NOT NULL OR moh_suggest <> 'default'
OR {has("mailboxes", (",", *DECODED))} OR {has("context", DECODED)}"""

AORS: Final = """\
replace(replace(id, '_', ''), '%', '') <> id OR mailboxes IS NOT NULL"""

DEVICE: Final = ("&", "@", "$", ",", "(", ")", '"', ":", "/%/", *DECODED)
QUEUE_MEMBERS: Final = f"""\
state_interface IS NOT NULL OR substr(interface, 1, 6) <> 'PJSIP/' OR {has("interface", DEVICE)}
OR replace(interface, {BACKSLASH}, '') <> interface"""

PLAIN: Final = "replace(replace(appdata, '${PJSIP_DIAL_CONTACTS(', 'PJSIP/'), ')}', '')"
ARGUMENTS: Final = ("&", "$", "(", ")", '"', ":", "/%/", *DECODED)
COMPLEX: Final = (
    *("gotoif", "gotoiftime", "gosub", "gosubif", "exec", "tryexec", "execif"),
    *("originate", "page", "retrydial", "disa", "blindtransfer"),
)
EXTENSIONS: Final = f"""\
lower(app) IN ({", ".join(f"'{name}'" for name in COMPLEX)})
OR {has("app", DECODED)}
OR lower(app) <> 'hangup' AND ({has(PLAIN, ARGUMENTS)}
OR replace(appdata, {BACKSLASH}, '') <> appdata)
OR lower(app) = 'dial' AND (substr({PLAIN}, 1, 6) <> 'PJSIP/' OR appdata LIKE '%@%')
OR lower(app) = 'goto' AND appdata NOT LIKE '%,%,%'
OR lower(app) = 'noop' AND appdata LIKE 'emergency numbers of %'"""


def rare(condition: str) -> dict[str, str]:
    """Return the condition for each dialect; a backslash is written in two ways."""
    plain, escaped = (condition.replace(BACKSLASH, word) for word in (r"'\'", r"'\\'"))
    return {"postgresql": plain, "sqlite": plain, "mysql": escaped, "mariadb": escaped}


# -- Indexes ---------------------------------------------------------------------------------------

MARIADB: Final = ("mysql", "mariadb")

tables = MetaData()

Table(
    "extensions",
    tables,
    *existing(String(80), "context", "exten"),
    *existing(String(1024), "appdata"),
    Index("extensions_appdata", "appdata", info={"beginning": ("appdata",)}),
    Index(
        "extensions_lower_context",
        *("context", "exten"),
        # Its unique key begins with the context.
        info={"lower": ("context",), "absent_on": MARIADB},
    ),
    Index("extensions_rare", "context", info={"rare": rare(EXTENSIONS), "lower": ("context",)}),
)

Table(
    "followme",
    tables,
    *existing(String(80), "name"),
    Index("followme_lower_name", "name", info={"lower": ("name",), "absent_on": MARIADB}),
)

Table(
    "ps_aors",
    tables,
    *existing(String(255), "id"),
    Index("ps_aors_lower_id", "id", info={"lower": ("id",), "absent_on": MARIADB}),
    Index("ps_aors_rare", "id", info={"rare": rare(AORS)}),
)

Table(
    "ps_auths",
    tables,
    *existing(String(255), "id"),
    Index("ps_auths_lower_id", "id", info={"lower": ("id",), "absent_on": MARIADB}),
)

Table(
    "ps_contacts",
    tables,
    *existing(String(255), "endpoint"),
    Index("ps_contacts_endpoint", "endpoint"),
)

Table(
    "ps_endpoints",
    tables,
    *existing(String(255), "id"),
    *existing(String(80), "context"),
    *existing(String(512), "mailboxes"),
    Index("ps_endpoints_context", "context", "id", info={"lower": ("context",)}),
    Index("ps_endpoints_lower_id", "id", info={"lower": ("id",), "absent_on": MARIADB}),
    Index("ps_endpoints_mailboxes", "mailboxes", info={"beginning": ("mailboxes",)}),
    Index("ps_endpoints_rare", "id", info={"rare": rare(ENDPOINTS)}),
)

Table(
    "queue_members",
    tables,
    *existing(String(80), "queue_name", "interface"),
    Index("queue_members_interface", "interface"),
    Index("queue_members_rare", "queue_name", "interface", info={"rare": rare(QUEUE_MEMBERS)}),
)

Table(
    "queues",
    tables,
    *existing(String(128), "name"),
    Index("queues_lower_name", "name", info={"lower": ("name",), "absent_on": MARIADB}),
)


def upgrade() -> None:
    """Add the missing indexes, and on MariaDB the generated columns of some."""
    reconcile(tables, revision)


def downgrade() -> None:
    """Drop what `upgrade` added."""
    take_back(tables, revision)
