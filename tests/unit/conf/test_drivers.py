"""Settings of the drivers: what is refused, and what their files say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from asterisk_realtime.conf import Odbc, OdbcKind, Pgsql, Sqlite3, render
from asterisk_realtime.errors import ValidationError
from asterisk_realtime.showing import HIDDEN

SECRET = 'Geheim;\'\\ "wort"'
PGSQL: dict[str, Any] = {"dbname": "asterisk", "user": "asterisk", "password": SECRET}
ODBC: dict[str, Any] = {
    "kind": "postgresql",
    "database": "asterisk",
    "user": "asterisk",
    "password": SECRET,
}


def values(text: str) -> dict[str, str]:
    """Read ``key = value`` lines as Asterisk does: a backslash hides one semicolon."""
    found = {}
    for line in text.splitlines():
        code = re.split(r"(?<!\\);", line)[0].replace("\\;", ";")
        key, equals, value = code.partition("=")
        if equals:
            found[key.strip()] = value.removeprefix(">").strip()
    return found


def test_sqlite3_holds_no_transaction_open() -> None:
    """``batch`` is 0: the one setting without which nobody else can write."""
    text = render(Sqlite3(dbfile="/var/lib/asterisk/a.db"))["res_config_sqlite3.conf"]

    assert values(text) == {
        "dbfile": "/var/lib/asterisk/a.db",
        "requirements": "warn",
        "batch": "0",
        "busy_timeout": "2000",
    }


def test_semicolon_is_no_comment() -> None:
    """A value that holds ``;`` comes back from the file as it was given."""
    text = render(Sqlite3(dbfile="/srv/a;b/x.db"))["res_config_sqlite3.conf"]

    assert r"dbfile => /srv/a\;b/x.db" in text
    assert values(text)["dbfile"] == "/srv/a;b/x.db"


def test_pgsql_quotes_for_libpq() -> None:
    """The driver pastes values into a connection string, so blanks and quotes are quoted there."""
    plain = Pgsql(dbname="asterisk", user="asterisk", password="w;ort")
    special = Pgsql(**PGSQL)

    assert values(render(plain)["res_pgsql.conf"])["dbpass"] == "w;ort"
    assert values(render(special)["res_pgsql.conf"])["dbpass"] == r"""'Geheim;\'\\ "wort"'"""


def test_pgsql_by_socket() -> None:
    """A directory as host means the Unix socket in it."""
    settings = values(render(Pgsql(host="/run/postgresql", **PGSQL))["res_pgsql.conf"])

    assert (settings["dbhost"], settings["dbsock"]) == ("localhost", "/run/postgresql")


def test_odbc_files() -> None:
    """odbcinst.ini is only for a library's path; the password is in one file only."""
    by_name = render(Odbc(**ODBC))
    by_path = render(Odbc(driver="/usr/lib/psqlodbcw.so", dsn="pbx", **ODBC))

    assert "odbcinst.ini" not in by_name
    assert values(by_name["odbc.ini"])["Driver"] == "PostgreSQL Unicode"
    assert values(by_path["odbcinst.ini"])["Driver"] == "/usr/lib/psqlodbcw.so"
    assert f"[{values(by_path['odbc.ini'])['Driver']}]" in by_path["odbcinst.ini"]
    assert values(by_path["res_odbc.conf"])["dsn"] == "pbx"
    assert "odbc,pbx,ps_endpoints" in by_path["extconfig.conf"]
    assert by_path.secret == {"res_odbc.conf"}
    assert "backslash_is_escape" not in values(by_path["res_odbc.conf"])


@pytest.mark.parametrize(("kind", "port"), [("postgresql", 5432), ("mariadb", 3306)])
def test_odbc_port(kind: str, port: int) -> None:
    """Each server has its usual port."""
    driver = Odbc(**{**ODBC, "kind": kind})

    assert driver.port == port
    assert driver.kind is OdbcKind(kind)


def test_mariadb_counts_the_rows_that_it_found() -> None:
    """To Asterisk, an UPDATE that changes nothing is not a failure."""
    mariadb = Odbc(**{**ODBC, "kind": "mariadb"})

    assert values(render(mariadb)["odbc.ini"])["Option"] == "2"
    assert "Option" not in values(render(Odbc(**ODBC))["odbc.ini"])


@pytest.mark.parametrize("driver", [Pgsql(**PGSQL), Odbc(**ODBC)])
def test_password_is_hidden(driver: Pgsql | Odbc) -> None:
    """Neither the settings nor the files show it."""
    assert HIDDEN in repr(driver)
    assert "Geheim" not in repr(driver)
    assert "Geheim" not in repr(render(driver))


def test_wrong_password_is_hidden_too() -> None:
    """The complaint about a password does not quote it."""
    with pytest.raises(ValidationError) as caught:
        Pgsql(dbname="a", user="a", password="Geheim\n")

    assert "Geheim" not in str(caught.value)
    assert caught.value.field == "password"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "no host"),
        ("host", "1.2.3.999"),
        ("host", "1.2.3"),
        ("host", ""),
        ("port", 0),
        ("port", "5432"),
        ("port", True),
        ("dbname", "a\nb"),
        ("user", " a"),
        ("password", ""),
        ("password", None),
    ],
)
def test_pgsql_refuses(field: str, value: object) -> None:
    """A value that the file or the server could not take is refused by its name."""
    with pytest.raises(ValidationError) as caught:
        Pgsql(**{**PGSQL, field: value})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "oracle"),
        ("server", "a;b"),
        ("database", "a;b"),
        ("database", "{a}"),
        ("dsn", "a b"),
        ("driver", "Postgre[SQL]"),
        ("max_connections", 0),
    ],
)
def test_odbc_refuses(field: str, value: object) -> None:
    """The same for ODBC, whose ini files know no escape."""
    with pytest.raises(ValidationError) as caught:
        Odbc(**{**ODBC, field: value})

    assert caught.value.field == field


def test_one_wrong_kind_is_one_complaint() -> None:
    """What depends on the kind does not complain too."""
    with pytest.raises(ValidationError, match="postgresql, mariadb") as caught:
        Odbc(**{**ODBC, "kind": "oracle"})

    assert caught.value.field == "kind"


def test_sqlite3_takes_a_path() -> None:
    """Of either type."""
    assert Sqlite3(dbfile=Path("/a.db")) == Sqlite3(dbfile="/a.db")


def test_sqlite3_needs_an_absolute_path() -> None:
    """A relative path would mean another file to Asterisk."""
    with pytest.raises(ValidationError, match="absolute"):
        Sqlite3(dbfile="asterisk.db")


def test_all_wrong_fields_at_once() -> None:
    """Several wrong fields are reported together."""
    with pytest.raises(ValidationError) as caught:
        Pgsql(host="no host", port=-1, **PGSQL)

    assert [str(error).partition("=")[0] for error in caught.value.errors] == [
        "host",
        "port",
    ]
