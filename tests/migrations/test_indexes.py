"""The indexes are used: no statement reads a whole table."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from asterisk_realtime import migrations
from asterisk_realtime.reports import (
    agent_totals,
    calls_of_account,
    calls_of_endpoint,
    calls_of_number,
    events_of_call,
    missed_calls,
    queue_calls,
    queue_service_level,
    records_of_call,
    totals_by_day,
    totals_by_endpoint,
)
from tests.conftest import new_database, opened
from tests.migrations.declared import DECLARED
from tests.migrations.test_look_ups import LOOK_UPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine

ROWS: Final = 20_000
NUMBERS: Final = {
    "postgresql": f"generate_series(1, {ROWS}) AS numbers (seq)",
    "mysql": f"seq_1_to_{ROWS}",
}

# One row for each number. What is rare in life is rare here: contacts that have run out, AORs with
# contacts of their own, patterns of the dialplan.
FILLED: Final = {
    "ps_contacts": {
        "id": "concat('phone', seq % 10000, '^3B@', seq)",
        "uri": "concat('sip:phone@10.0.0.1:', seq)",
        "expiration_time": "1700000000 + seq",
        "qualify_frequency": "60",
        "endpoint": "concat('phone', seq % 10000)",
    },
    "ps_aors": {
        "id": "concat('phone', seq)",
        "contact": "CASE WHEN seq % 1000 = 0 THEN 'sip:10.0.0.1' END",
        "max_contacts": "1",
    },
    "ps_endpoint_id_ips": {"id": "concat('identify', seq)", "endpoint": "concat('phone', seq)"},
    "cdr": {
        "start": "{moment}",
        "accountcode": "concat('account', seq % 500)",
        "linkedid": "concat('1700000000.', seq)",
        "disposition": "'ANSWERED'",
        "channel": "concat('PJSIP/phone', seq % 500, '-00000001')",
    },
    "cel": {"eventtime": "{moment}", "linkedid": "concat('1700000000.', seq)"},
    "queue_log": {
        "time": "{moment}",
        "queuename": "concat('queue', seq % 20)",
        "callid": "concat('1700000000.', seq)",
        "event": "'ENTERQUEUE'",
    },
    "extensions": {
        "context": "concat('context', seq % 50)",
        "exten": "concat(CASE WHEN seq % 1000 < 50 THEN '_' ELSE '' END, seq)",
        "priority": "1",
        "app": "'NoOp'",
        "appdata": "''",
    },
    "queue_members": {
        "queue_name": "concat('queue', seq % 500)",
        "interface": "concat('PJSIP/phone', seq)",
    },
    "voicemail": {
        "context": "concat('context', seq % 50)",
        "mailbox": "concat('1', seq)",
        "password": "'4711'",
    },
}
_MOMENTS: Final = {
    "postgresql": "timestamp '2026-01-01 00:00:00' + seq * interval '10 minutes'",
    "mysql": "timestamp '2026-01-01 00:00:00' + INTERVAL seq * 10 MINUTE",
}

DAY: Final = "'2026-03-01 00:00:00' AND {} < '2026-03-02 00:00:00'"
WHOLE: Final = "whole table"
LIKE: Final = {"postgresql": "LIKE '{}' ESCAPE '\\'", "mysql": "LIKE '{}'"}
"""As res_config_pgsql and res_config_odbc write it."""

STATEMENTS: Final = {
    "contacts of an AOR": (
        "ps_contacts",
        "id [phone7^3B@%] ORDER BY id",
        "ps_contacts_id_prefix PRIMARY",
    ),
    "contacts that have run out": (
        "ps_contacts",
        "expiration_time <= '1700000030' ORDER BY expiration_time",
        "ps_contacts_expiration_time",
    ),
    "an AOR": ("ps_aors", "id = 'phone7'", "ps_aors_pkey PRIMARY"),
    "AORs with contacts": ("ps_aors", "contact != '' ORDER BY contact", "ps_aors_contact"),
    "identify rows of an endpoint": (
        "ps_endpoint_id_ips",
        "endpoint = 'phone7' ORDER BY endpoint",
        "ps_endpoint_id_ips_endpoint",
    ),
    "a step of the dialplan": (
        "extensions",
        "context = 'context7' AND exten = '107' AND priority = '1'",
        "extensions_context_exten_priority_key context",
    ),
    "patterns of a context": (
        "extensions",
        "exten [\\_%] AND context = 'context7' AND priority = '1' ORDER BY exten",
        "extensions_context_exten_priority_key context",
    ),
    "extensions that begin so": (
        "extensions",
        "exten [10%] AND context = 'context7' AND priority = '1' ORDER BY exten",
        "extensions_context_exten_priority_key context",
    ),
    "members of a queue": (
        "queue_members",
        "interface [%] AND queue_name = 'queue7' ORDER BY interface",
        "queue_members_pkey PRIMARY",
    ),
    "a mailbox": (
        "voicemail",
        "mailbox = '17' AND context = 'context7'",
        "voicemail_mailbox_context_key mailbox",
    ),
    "call records by time": ("cdr", f"start >= {DAY.format('start')}", "cdr_start"),
    "call records by account": (
        "cdr",
        f"accountcode = 'account7' AND start >= {DAY.format('start')}",
        "cdr_accountcode_start",
    ),
    "records of a call": ("cdr", "linkedid = '1700000000.7'", "cdr_linkedid"),
    "events of a call": ("cel", "linkedid = '1700000000.7'", "cel_linkedid"),
    "events by time": ("cel", f"eventtime >= {DAY.format('eventtime')}", "cel_eventtime"),
    "queue log by time and queue": (
        "queue_log",
        f"time >= {DAY.format('time')} AND queuename = 'queue7'",
        "queue_log_time_queuename",
    ),
}
"""What is asked: the table, the condition, and its index.

Where PostgreSQL and MariaDB call it by different names, it is the one of PostgreSQL first.
"""


PERIOD: Final = (datetime(2026, 3, 1), datetime(2026, 3, 2))  # noqa: DTZ001 - as stored
QUESTIONS: Final[dict[str, Any]] = {
    "calls of an endpoint": calls_of_endpoint("phone7", *PERIOD),
    "calls of an account": calls_of_account("account7", *PERIOD),
    "calls of a number": calls_of_number("+12025550123", *PERIOD),
    "missed calls": missed_calls("phone7", *PERIOD),
    "records of a call": records_of_call("1700000000.7"),
    "events of a call": events_of_call("1700000000.7"),
    "totals by day": totals_by_day(*PERIOD),
    "totals by endpoint": totals_by_endpoint(*PERIOD),
    "calls of a queue": queue_calls("queue7", *PERIOD),
    "service level": queue_service_level("queue7", *PERIOD),
    "agents": agent_totals(*PERIOD),
}


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def filled(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A server's database at head with 20,000 rows in each table, and its statistics."""
    server: URL = request.getfixturevalue(f"{request.param}_url")
    with new_database(server, options=_options(server)) as url, opened(url) as engine:
        migrations.upgrade(engine)
        with engine.begin() as connection:
            name = engine.dialect.name
            for table, cells in FILLED.items():
                values = ", ".join(cells.values()).format(moment=_MOMENTS[name])
                connection.exec_driver_sql(
                    f"INSERT INTO {table} ({', '.join(cells)}) "
                    f"SELECT {values} FROM {NUMBERS[name]}".replace("%", "%%")
                )
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in FILLED:
                word = "ANALYZE" if name == "postgresql" else "ANALYZE TABLE"
                connection.exec_driver_sql(f"{word} {table}")
        yield engine


def _options(server: URL) -> str:
    """Return the collation of a language: under the plain one any index serves a prefix."""
    if server.get_backend_name() != "postgresql":
        return ""
    return "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'"


def _used(engine: Engine, statement: str) -> set[str]:
    """Return the indexes that a statement goes by; ``whole table`` where it uses none."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}").scalar_one()
            return set(_of_postgresql(plan[0]["Plan"]))
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}").mappings()
        # "index" is the whole table too, in the order of an index; what is in angle brackets is
        # the result of another line.
        return {
            row["key"] if row["key"] and row["type"] not in {"ALL", "index"} else WHOLE
            for row in rows
            if not str(row["table"]).startswith("<")
        }


def _of_postgresql(node: dict[str, Any]) -> Iterator[str]:
    if "Index Name" in node:
        # Without a condition the index is only walked from end to end.
        yield node["Index Name"] if "Index Cond" in node or "Filter" not in node else WHOLE
    elif "Relation Name" in node and "Plans" not in node:
        yield WHOLE
    for inner in node.get("Plans", ()):
        yield from _of_postgresql(inner)


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_statement_goes_by_its_index(filled: Engine, what: str) -> None:
    """With 20,000 rows the server takes the index that was made for it."""
    table, condition, index = STATEMENTS[what]
    name = filled.dialect.name
    condition = re.sub(r"\[(.*)\]", lambda pattern: LIKE[name].format(pattern[1]), condition)
    expected = index.split()[-1 if name == "mysql" else 0]

    statement = f"SELECT * FROM {table} WHERE {condition}".replace("%", "%%")

    assert _used(filled, statement) == {expected}


@pytest.mark.parametrize("what", QUESTIONS)
def test_a_question_reads_no_whole_table(filled: Engine, what: str) -> None:
    """What this library asks of calls and queues goes by indexes too."""
    compiled = QUESTIONS[what].compile(filled, compile_kwargs={"literal_binds": True})
    used = _used(filled, str(compiled))

    assert used
    assert WHOLE not in used


def test_each_index_of_ours_has_its_statement() -> None:
    """An index that no statement goes by would cost each INSERT, for nothing."""
    ours = {
        place for server in DECLARED.values() for kind, place, _ in server if kind == "index added"
    }

    asterisks = {word for _, _, index in STATEMENTS.values() for word in index.split()}
    assert ours - asterisks - {what.partition(" ")[0] for what in LOOK_UPS} == set()
