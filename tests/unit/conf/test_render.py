"""Which files there are, and what connects them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

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
    access_list_view,
    dialplan_view,
    render,
)
from asterisk_realtime.conf.dialplan import FILE, VIEW
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
        sign = "--" if name.endswith(".sql") else ";"
        assert text.startswith(f"{sign} {name}: ")
        assert f"{sign} Goes into " in text or name == "modules.conf"


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
        "extensions.sql",
    }
    assert files.secret == frozenset()


def test_nothing_wanted_nothing_rendered() -> None:
    """Without transports and contexts there are no pjsip.conf, extensions.conf, extensions.sql."""
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
    assert lines[-1] == f"{FILE} => {value.replace('ps_endpoints', VIEW)}"
    assert len(lines) == len(FAMILIES) + 1


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

    assert lines["res_pjsip"][1:3] == [
        "endpoint = realtime,ps_endpoints",
        "endpoint = config,pjsip.conf,criteria=type=endpoint",
    ]
    assert "contact = realtime,ps_contacts" in lines["res_pjsip"]
    assert not any("type=contact" in line for line in lines["res_pjsip"])


def test_dialplan_in_memory() -> None:
    """Without more, extensions.conf includes the view, and names no context."""
    files = render(PGSQL, contexts=["from-twilio", "internal"])

    assert [
        line for line in files["extensions.conf"].splitlines() if line[:1] not in {"", ";"}
    ] == [f'#include "{FILE}"']
    assert f"{FILE} => pgsql,general,{VIEW}" in files["extconfig.conf"]
    assert 'GRANT SELECT ON extensions_conf TO "asterisk";' in files["extensions.sql"]


def test_looked_up_contexts() -> None:
    """Each context has its switch; one without patterns says so."""
    internal = RealtimeContext(name="internal", family="plan", patterns=False)
    files = render(SQLITE, contexts=["from-twilio", internal], dialplan="switch")

    assert sections(files["extensions.conf"]) == {
        "from-twilio": ["switch => Realtime/from-twilio@extensions"],
        "internal": ["switch => Realtime/internal@plan/p"],
    }
    assert "extensions.sql" not in files
    assert FILE not in files["extconfig.conf"]


def test_one_looked_up_context() -> None:
    """Beside a dialplan in memory it has its switch, and its rows are not in the view."""
    contexts: list[str | RealtimeContext] = ["from-twilio"]
    contexts += [RealtimeContext(name="Annex"), RealtimeContext(name="b", family="x")]
    files = render(ODBC, contexts=contexts)

    assert "[Annex]\nswitch => Realtime/Annex@extensions" in files["extensions.conf"]
    assert "NOT IN ('general', 'globals', 'annex')" in files["extensions.sql"]
    assert files["extensions.sql"].endswith(f"{dialplan_view(ODBC, contexts=contexts)[-1]};\n")


@pytest.mark.parametrize("driver", DRIVERS)
def test_steps_in_the_view(driver: Driver) -> None:
    """Only a driver that escapes cells needs them decoded; the sign of an escape comes last."""
    (view,) = [text for text in dialplan_view(driver) if text.startswith("CREATE")]
    codes = re.findall(r"\^[0-9A-F]{2}", view)

    assert codes == ([] if driver is SQLITE else ["^20", "^3B", "^5E"])
    assert ("CONCAT(" in view) == (driver is ODBC)


def test_caches() -> None:
    """What a call asks for several times is kept; identify rows are kept as a whole table."""
    lines = sections(render(PGSQL, cache=30)["sorcery.conf"])
    kept = "memory_cache,object_lifetime_maximum=30,expire_on_reload=yes"

    assert [line for line in lines["res_pjsip"] if "/cache" in line] == [
        f"{name}/cache = {kept}" for name in ("endpoint", "auth", "aor")
    ]
    assert lines["res_pjsip_endpoint_identifier_ip"][0] == (
        f"identify/cache = {kept},full_backend_cache=yes"
    )
    assert "memory_cache" not in render(PGSQL, cache=0)["sorcery.conf"]


def test_the_cache_of_identify_rows_is_never_empty() -> None:
    """What keeps it filled is in pjsip.conf, and has a type of its own."""
    line = "identify = config,pjsip.conf,criteria=type=no-identify"
    files = render(PGSQL, transports=[UDP])

    assert sections(files["sorcery.conf"])["res_pjsip_endpoint_identifier_ip"][-1] == line
    assert "type = no-identify" in sections(files["pjsip.conf"])["no-identify"]
    assert line in render(PGSQL)["sorcery.conf"]
    uncached = render(PGSQL, transports=[UDP], cache=0)
    assert line not in uncached["sorcery.conf"]
    assert "no-identify" not in uncached["pjsip.conf"]


@pytest.mark.parametrize(
    ("options", "there"),
    [
        ({}, True),
        ({"keep_pjsip_conf": True}, False),
        ({"also": ["global"]}, False),
        ({"also": ["domain_alias"]}, False),
    ],
)
def test_one_global_section(options: dict[str, Any], there: bool) -> None:  # noqa: FBT001 - a parameter
    """Look-ups by domain are off, unless they are wanted or the settings are somebody else's."""
    assert (
        "disable_multi_domain = yes" in render(SQLITE, transports=[UDP], **options)["pjsip.conf"]
    ) == there


def test_refuses_options() -> None:
    """A word or a number that means nothing is refused."""
    with pytest.raises(ValidationError, match="memory or switch"):
        render(SQLITE, dialplan=cast("Any", "file"))
    for seconds in (-1, 86_401):
        with pytest.raises(ValidationError, match="cache"):
            render(SQLITE, cache=seconds)


def test_one_context() -> None:
    """One name is one context."""
    files = render(SQLITE, contexts="from-twilio", dialplan="switch")

    assert list(sections(files["extensions.conf"])) == ["from-twilio"]


@pytest.mark.parametrize("driver", DRIVERS)
def test_modules(driver: Driver) -> None:
    """The driver's modules are preloaded."""
    lines = sections(render(driver)["modules.conf"])["modules"]

    assert [line for line in lines if line.startswith("preload")] == [
        f"preload = {module}" for module in driver.modules
    ]


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, ["res_sorcery_memory_cache.so", "pbx_config.so"]),
        ({"cache": 0}, ["pbx_config.so"]),
        ({"contexts": ()}, ["res_sorcery_memory_cache.so"]),
        (
            {"dialplan": "switch"},
            ["res_sorcery_memory_cache.so", "pbx_config.so", "pbx_realtime.so"],
        ),
    ],
)
def test_modules_that_the_files_need(options: dict[str, Any], more: list[str]) -> None:
    """A module is loaded if a rendered file needs it."""
    lines = sections(render(PGSQL, **options)["modules.conf"])["modules"]

    assert [line.removeprefix("load = ") for line in lines if line.startswith("load")] == [
        "res_sorcery_config.so",
        "res_sorcery_realtime.so",
        *more,
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


# -- Several hosts ---------------------------------------------------------------------------------


def test_without_a_name() -> None:
    """A host that is alone reads the table, and keeps its own asterisk.conf."""
    files = render(PGSQL)

    assert "acls => pgsql,general,acls\n" in files["extconfig.conf"]
    assert {"asterisk.conf", "acls.sql"}.isdisjoint(files)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    ("name", "view"),
    [("pbx1", "acls_pbx1"), ("PBX-1.example.com", "acls_pbx_1_example_com_4e74bc8c")],
)
def test_a_named_host(driver: Driver, name: str, view: str) -> None:
    """It has its name in asterisk.conf, and a view of the access lists that are for it."""
    files = render(driver, system_name=name)

    assert sections(files["asterisk.conf"]) == {"options": [f"systemname = {name}"]}
    assert f"acls => {driver.engine},{driver.section},{view}\n" in files["extconfig.conf"]
    statements = access_list_view(driver, name)
    assert all(statement in files["acls.sql"] for statement in statements)
    assert f"IN ('', '{name}')" in files["acls.sql"]
    assert ("GRANT SELECT" in files["acls.sql"]) == (driver is PGSQL)


def test_each_host_has_a_view_of_its_own() -> None:
    """Also where a database ignores case, and where names differ in what a view's name lacks."""
    names = ["pbx1", "PBX1", "pbx-1", "pbx_1", "pbx.1", "p" * 60, "p" * 59 + "q"]
    views = [access_list_view(PGSQL, name)[0].split()[4].lower() for name in names]

    assert len(set(views)) == len(names)
    assert all(len(view) < 64 for view in views)


@pytest.mark.parametrize("name", ["", "pbx 1", "x'; --", "pbx1\n", "ä", "p" * 61, 7, "a/b"])
def test_wrong_names_of_hosts(name: Any) -> None:
    """The name stands in a file, in SQL and in the ids of calls."""
    with pytest.raises(ValidationError, match="system_name"):
        render(PGSQL, system_name=name)
    with pytest.raises(ValidationError, match="system_name"):
        access_list_view(PGSQL, name)


# -- Many phones -----------------------------------------------------------------------------------


def test_without_preloading() -> None:
    """All rows of the tables with a row for each phone are never asked for."""
    lines = sections(render(PGSQL, preload=False)["sorcery.conf"])["res_pjsip"]
    families = [line.partition("= ")[2] for line in lines if "= realtime," in line]

    assert [line for line in families if line.endswith(",allow_unqualified_fetch=no")] == [
        f"realtime,ps_{name},allow_unqualified_fetch=no"
        for name in ("endpoints", "auths", "aors", "contacts")
    ]
    assert "allow_unqualified_fetch" not in render(PGSQL)["sorcery.conf"]


@pytest.mark.parametrize("value", ["no", 0, None])
def test_preload_is_a_flag(value: Any) -> None:
    """Other values are refused."""
    with pytest.raises(ValidationError, match="preload"):
        render(PGSQL, preload=value)
