"""Run the migrations; the code is in `asterisk_realtime.migrations.environment`."""

from asterisk_realtime.migrations.environment import run

run()
