"""Run by Alembic; all of it is in the library."""

from asterisk_realtime.migrations.environment import run

run()
