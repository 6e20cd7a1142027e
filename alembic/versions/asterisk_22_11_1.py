"""
Add the lock row for changes of provisioned tables, and a column that Asterisk 20 needs.

Transactions lock the row before they change provisioned tables, and so run one after another.

Asterisk 20 writes ``voicemail_messages.macrocontext`` with every message, and cannot store one
without this column; Asterisk 22 and 23 ignore it.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Integer, MetaData, String, Table

from asterisk_realtime.migrations.planning.revisions import reconcile, take_back
from asterisk_realtime.migrations.schema import columns, key, required

revision = "asterisk_22_11_1"
down_revision = "asterisk_22_11"
branch_labels = None
depends_on = None

tables = MetaData()

Table(
    "asterisk_realtime_lock",
    tables,
    *key(Integer(), "id"),
    *required(BigInteger(), "version"),
)

Table("voicemail_messages", tables, *columns(String(80), "macrocontext"))

# Grant the right to lock the row to each role that may change provisioned tables.
GRANTS = """
DO $$ DECLARE who text; BEGIN FOR who IN
SELECT DISTINCT CASE entry.grantee WHEN 0 THEN 'PUBLIC'
ELSE quote_ident(pg_get_userbyid(entry.grantee)) END
FROM pg_class there, aclexplode(there.relacl) entry
WHERE there.relnamespace = quote_ident(current_schema())\\:\\:regnamespace
AND there.relname IN ('acls', 'extensions', 'followme', 'musiconhold', 'ps_endpoints', 'queues',
'queue_rules', 'voicemail')
AND entry.privilege_type IN ('INSERT', 'UPDATE', 'DELETE') AND entry.grantee <> there.relowner
LOOP EXECUTE 'GRANT SELECT, UPDATE ON asterisk_realtime_lock TO ' || who; END LOOP; END $$
"""


def upgrade() -> None:
    """Add the missing table, its only row, and the missing column."""
    reconcile(tables, revision)
    if op.get_context().dialect.name == "postgresql":
        op.execute(GRANTS)
    op.execute(
        "INSERT INTO asterisk_realtime_lock (id, version) SELECT 1, 0 FROM (SELECT 1 AS one) seed"
        " WHERE NOT EXISTS (SELECT 1 FROM asterisk_realtime_lock)"
    )


def downgrade() -> None:
    """Drop what `upgrade` added."""
    take_back(tables, revision)
