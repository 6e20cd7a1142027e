"""What an Asterisk needs that shares its database with other Asterisk hosts."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from asterisk_realtime.conf import syntax
from asterisk_realtime.conf.drivers import ConfFile
from asterisk_realtime.conf.views import create_view, script
from asterisk_realtime.values.names import plain_name

if TYPE_CHECKING:
    from asterisk_realtime.conf.drivers import Driver

LONGEST: Final = 60
"""With more, ``queue_log.callid`` would not hold the ids of calls, which begin with the name."""

_TABLE: Final = "acls"


class Host:
    """
    One of several hosts.

    Attributes:
        name: Its ``systemname``; None for a host that is alone.

    Raises:
        ValidationError: The name is wrong.
    """

    def __init__(self, name: str | None) -> None:
        self.name = None if name is None else plain_name(name, "system_name", most=LONGEST)

    @property
    def family(self) -> dict[str, str]:
        """The line of extconfig.conf that differs: family and table."""
        return {} if self.name is None else {_TABLE: _view(self.name)}

    def files(self, driver: Driver) -> dict[str, ConfFile]:
        """Return asterisk.conf and acls.sql, if the host has a name."""
        if self.name is None:
            return {}
        options = syntax.section("options", {"systemname": self.name})
        return {
            "asterisk.conf": ConfFile(syntax.comment(_ASTERISK_HELP) + "\n" + options),
            "acls.sql": ConfFile(script(_SQL_HELP, access_list_view(driver, self.name))),
        }


def access_list_view(driver: Driver, system_name: str) -> tuple[str, ...]:
    """
    Return the SQL statements that make the view through which a host sees access lists.

    An Asterisk with a ``systemname`` sees only rows of ``acls`` with that name, and keeps everybody
    out of an endpoint whose list it does not see (``main/named_acl.c``). Through the view it sees
    those without a name too, such as all of `AccessList`.

    The statements are those of the file ``acls.sql``, which `render` returns. Run them once for
    each host, after ``migrations.upgrade``, as the owner of the tables; running them again does no
    harm.

    Args:
        driver: How Asterisk reaches the database.
        system_name: As for `render`.

    Raises:
        ValidationError: The name is wrong.
    """
    name = plain_name(system_name, "system_name", most=LONGEST)
    select = (
        f"SELECT id, name, CAST('{name}' AS CHAR({len(name)})) AS systemname,\n"
        "    rule_order, sense, rule\n"
        f"FROM {_TABLE} WHERE COALESCE(systemname, '') IN ('', '{name}')"
    )
    return create_view(driver, _view(name), select)


def _view(name: str) -> str:
    """Return the name of the view; res_config_pgsql does not quote it."""
    if re.fullmatch("[a-z0-9]{1,40}", name):
        return f"{_TABLE}_{name}"
    # Two hosts must not share a view: pbx-1 and pbx.1.
    digest = sha256(name.encode()).hexdigest()[:8]
    return f"{_TABLE}_{re.sub('[^a-z0-9]', '_', name.lower())[:40]}_{digest}"


_ASTERISK_HELP: Final = """
asterisk.conf: the name of this host among those that share the database.
Have one already (you do)? Put the line below its own [options], and restart Asterisk.
"""
_SQL_HELP: Final = """
acls.sql: the view through which this host sees access lists that are for all hosts.
Goes into the database, once, as the owner of its tables, by psql -f, sqlite3 or mariadb.
"""
