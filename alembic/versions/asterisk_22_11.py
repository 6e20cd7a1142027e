"""
Add the host name that a PJSIP transport can announce instead of an address.

Asterisk reads the column since 20.21, 22.11 and 23.5; earlier releases ignore it.
"""

from __future__ import annotations

from sqlalchemy import MetaData, String, Table

from asterisk_realtime.migrations.planning.revisions import reconcile, take_back
from asterisk_realtime.migrations.schema import columns

revision = "asterisk_22_11"
down_revision = "asterisk_22_10"
branch_labels = None
depends_on = None

# The version table of Asterisk's scripts stays at e89e30cee53f, the last revision in a release. The
# scripts' later revision 2285f2ace275 adds this column too, but is not in a release yet.
tables = MetaData()

Table("ps_transports", tables, *columns(String(255), "external_signaling_hostname"))


def upgrade() -> None:
    """Add the column if it is missing."""
    reconcile(tables, revision)


def downgrade() -> None:
    """Drop the column if `upgrade` added it."""
    take_back(tables, revision)
