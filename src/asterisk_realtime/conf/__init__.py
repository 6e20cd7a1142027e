"""
What Asterisk needs beside the database: its configuration files, rendered in memory.

::

    files = render(
        Sqlite3(dbfile="/var/lib/asterisk/realtime.sqlite3"),
        transports=[PjsipTransport(name="udp", bind="0.0.0.0:5060")],
    )
    write(files, "/etc/asterisk/realtime")

Each file says in its first lines where it belongs in an Asterisk that is already configured.
"""

from asterisk_realtime.conf.dialplan import RealtimeContext
from asterisk_realtime.conf.drivers import Driver, Odbc, OdbcKind, Pgsql, Sqlite3
from asterisk_realtime.conf.families import ALSO, FAMILIES
from asterisk_realtime.conf.files import ConfFiles, write
from asterisk_realtime.conf.render import render
from asterisk_realtime.conf.transports import PjsipTransport

__all__ = [
    "ALSO",
    "FAMILIES",
    "ConfFiles",
    "Driver",
    "Odbc",
    "OdbcKind",
    "Pgsql",
    "PjsipTransport",
    "RealtimeContext",
    "Sqlite3",
    "render",
    "write",
]
