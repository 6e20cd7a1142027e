"""
The host name that a PJSIP transport may announce instead of an address.

Asterisk reads it from 20.21, 22.11 and 23.5 on; earlier releases take no notice of the column.
"""

from __future__ import annotations

from sqlalchemy import MetaData, String, Table

from asterisk_realtime.migrations.planning.revisions import reconcile, take_back
from asterisk_realtime.migrations.schema import columns

revision = "asterisk_22_11"
down_revision = "asterisk_22_10"
branch_labels = None
depends_on = None

# Asterisk's own version table stays at e89e30cee53f, the last revision that the newest released
# scripts know. Their later 2285f2ace275 adds this column, but is not in a release yet.
tables = MetaData()

Table("ps_transports", tables, *columns(String(255), "external_signaling_hostname"))


def upgrade() -> None:
    """Add the column where it is not there."""
    reconcile(tables, revision)


def downgrade() -> None:
    """Drop the column where `upgrade` added it."""
    take_back(tables, revision)
