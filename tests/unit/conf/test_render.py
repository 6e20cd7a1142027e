"""Which files there are, and what connects them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from asterisk_realtime import models
from asterisk_realtime.conf import (
    ALSO,
    FAMILIES,
    ConfFiles,
    Driver,
    Odbc,
    Pgsql,
    PjsipTransport,
    RealtimeContext,
    Sqlite3,
    render,
)
from asterisk_realtime.conf.families import OPTIONAL_FAMILIES, OPTIONAL_SORCERY, SORCERY
from asterisk_realtime.errors import ValidationError

SQLITE = Sqlite3(dbfile="/var/lib/asterisk/a.db")
PGSQL = Pgsql(dbname="asterisk", user="asterisk", password="word")
ODBC = Odbc(kind="mariadb", database="asterisk", user="asterisk", password="word")
DRIVERS = [SQLITE, PGSQL, ODBC]
UDP = PjsipTransport(name="udp")


def sections(text: str) -> dict[str, list[str]]:
    """Return section -> lines."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if match := re.fullmatch(r"\[(.+)\]", line):
            found[match[1]] = []
        elif line and not line.startswith(";"):
            found[[*found][-1]].append(line)
    return found


@pytest.mark.parametrize("driver", DRIVERS)
def test_every_file_says_where_it_goes(driver: Driver) -> None:
    """A person who opens one finds its name and its place in the first lines."""
    for name, text in render(driver, transports=[UDP]).items():
        assert text.startswith(f"; {name}: ")
        assert "; Goes into " in text or name == "modules.conf"


def test_files_of_sqlite3() -> None:
    """The files and no more."""
    files = render(SQLITE, transports=[UDP])

    assert isinstance(files, Mapping)
    assert set(files) == {
        "extconfig.conf",
        "sorcery.conf",
        "modules.conf",
        "res_config_sqlite3.conf",
        "pjsip.conf",
        "extensions.conf",
    }
    assert files.secret == frozenset()


def test_nothing_wanted_nothing_rendered() -> None:
    """Without transports and contexts there is neither pjsip.conf nor extensions.conf."""
    files = render(PGSQL, contexts=())

    assert set(files) == {"extconfig.conf", "sorcery.conf", "modules.conf", "res_pgsql.conf"}
    assert files.secret == {"res_pgsql.conf"}


def test_every_table_has_a_family() -> None:
    """Each table of the models is mapped, but for those that Asterisk reads by other files."""
    others = {
        "asterisk_realtime_lock",
        "cdr",
        "cel",
        "voicemail_messages",
        "ast_config",
        "sippeers",
        *OPTIONAL_FAMILIES,
    }

    assert set(FAMILIES.values()) | others == set(models.Base.metadata.tables)


@pytest.mark.parametrize(
    ("driver", "value"),
    [
        (SQLITE, "sqlite3,asterisk,ps_endpoints"),
        (PGSQL, "pgsql,general,ps_endpoints"),
        (ODBC, "odbc,asterisk,ps_endpoints"),
    ],
)
def test_extconfig(driver: Driver, value: str) -> None:
    """The middle word is the section of the driver's file."""
    lines = sections(render(driver)["extconfig.conf"])["settings"]

    assert f"ps_endpoints => {value}" in lines
    assert len(lines) == len(FAMILIES)


def test_sqlite3_leaves_contacts_to_asterisk() -> None:
    """Its driver cannot delete them; the servers' drivers can."""
    assert "contact" not in render(SQLITE)["sorcery.conf"]
    assert "contact = realtime,ps_contacts" in render(PGSQL)["sorcery.conf"]


@pytest.mark.parametrize("driver", [PGSQL, ODBC])
def test_also(driver: Driver) -> None:
    """Each optional object is mapped on request, and only then."""
    plain, full = render(driver), render(driver, also=ALSO)

    for section, name, family in OPTIONAL_SORCERY:
        assert f"{name} = realtime,{family}" not in plain["sorcery.conf"]
        assert f"{name} = realtime,{family}" in sections(full["sorcery.conf"])[section]
    for family in OPTIONAL_FAMILIES:
        assert family not in plain["extconfig.conf"]
        assert f"{family} => " in full["extconfig.conf"]


def test_sorcery_names_mapped_families() -> None:
    """A sorcery line for a family without a line in extconfig.conf would be an error."""
    assert {family for *_rest, family in (*SORCERY, *OPTIONAL_SORCERY)} <= set(FAMILIES)


def test_keep_pjsip_conf() -> None:
    """The second line comes after the database's, for what pjsip.conf can hold."""
    lines = sections(render(PGSQL, keep_pjsip_conf=True)["sorcery.conf"])

    assert lines["res_pjsip"][:2] == [
        "endpoint = realtime,ps_endpoints",
        "endpoint = config,pjsip.conf,criteria=type=endpoint",
    ]
    assert "contact = realtime,ps_contacts" in lines["res_pjsip"]
    assert not any("type=contact" in line for line in lines["res_pjsip"])


def test_contexts() -> None:
    """Each context has its switch; one without patterns says so."""
    internal = RealtimeContext(name="internal", family="plan", patterns=False)
    files = render(SQLITE, contexts=["from-twilio", internal])

    assert sections(files["extensions.conf"]) == {
        "from-twilio": ["switch => Realtime/from-twilio@extensions"],
        "internal": ["switch => Realtime/internal@plan/p"],
    }


def test_one_context() -> None:
    """One name is one context."""
    assert list(sections(render(SQLITE, contexts="from-twilio")["extensions.conf"])) == [
        "from-twilio"
    ]


@pytest.mark.parametrize("driver", DRIVERS)
def test_modules(driver: Driver) -> None:
    """The driver's modules are preloaded."""
    lines = sections(render(driver)["modules.conf"])["modules"]

    assert [line for line in lines if line.startswith("preload")] == [
        f"preload = {module}" for module in driver.modules
    ]


def test_refuses_unknown_words() -> None:
    """A word that is not in `ALSO` is refused, with those that are."""
    with pytest.raises(ValidationError, match="resource_list"):
        render(SQLITE, also=["endpoints"])


@pytest.mark.parametrize("word", ["subscription_persistence", "voicemail_data"])
def test_refuses_what_sqlite3_cannot(word: str) -> None:
    """Subscriptions and facts of messages would never go away again."""
    with pytest.raises(ValidationError, match="cannot delete"):
        render(SQLITE, also=[word])


def test_refuses_transports_in_two_places() -> None:
    """Mapped to the database, those of pjsip.conf would be dead."""
    with pytest.raises(ValidationError, match="either"):
        render(SQLITE, also=["transport"], transports=[UDP])


def test_refuses_twins() -> None:
    """One name twice is a mistake."""
    with pytest.raises(ValidationError, match="twice"):
        render(SQLITE, transports=[UDP, UDP])
    with pytest.raises(ValidationError, match="twice"):
        render(SQLITE, contexts=["a", "a"])


@pytest.mark.parametrize("name", ["", "a b", "a@b", "a/p", "a,b", "a]", "a\nb", "${X}"])
def test_refuses_contexts(name: str) -> None:
    """A context's name cannot carry anything else into extensions.conf."""
    with pytest.raises(ValidationError):
        render(SQLITE, contexts=[name])


def test_pure() -> None:
    """The same settings give the same files."""
    first, second = render(ODBC, transports=[UDP]), render(ODBC, transports=[UDP])

    assert isinstance(first, ConfFiles)
    assert dict(first) == dict(second)
