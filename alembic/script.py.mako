<%
from asterisk_realtime.migrations.environment import refuse_new_revision

refuse_new_revision()
%>\
"""${message}: say why the database changes."""

from __future__ import annotations

from sqlalchemy import MetaData, Table

from asterisk_realtime.migrations.planning.revisions import reconcile, take_back
from asterisk_realtime.migrations.reading.upstream import UpstreamHead
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}

tables = MetaData()


def upgrade() -> None:
    reconcile(tables, revision)


def downgrade() -> None:
    take_back(tables, revision)
