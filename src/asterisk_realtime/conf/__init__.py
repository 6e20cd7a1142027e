"""
Asterisk's configuration files for the database, rendered in memory.

::

    files = render(
        Sqlite3(dbfile="/var/lib/asterisk/realtime.sqlite3"),
        transports=[PjsipTransport(name="udp", bind="0.0.0.0:5060")],
    )
    write(files, "/etc/asterisk/realtime")

The first lines of each file say how to add it to an Asterisk that is already configured.
"""

from asterisk_realtime.conf.dialplan import RealtimeContext, dialplan_view
from asterisk_realtime.conf.drivers import Driver, Odbc, OdbcKind, Pgsql, Sqlite3
from asterisk_realtime.conf.families import ALSO, FAMILIES
from asterisk_realtime.conf.files import ConfFiles, write
from asterisk_realtime.conf.hosts import access_list_view
from asterisk_realtime.conf.render import CACHE_SECONDS, render
from asterisk_realtime.conf.transports import PjsipTransport

__all__ = [
    "ALSO",
    "CACHE_SECONDS",
    "FAMILIES",
    "ConfFiles",
    "Driver",
    "Odbc",
    "OdbcKind",
    "Pgsql",
    "PjsipTransport",
    "RealtimeContext",
    "Sqlite3",
    "access_list_view",
    "dialplan_view",
    "render",
    "write",
]
