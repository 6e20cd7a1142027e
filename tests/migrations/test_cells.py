"""What stands in the cells of old tables is taken for what Asterisk takes it, on each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.models import Cdr, Endpoint, Voicemail, VoicemailMessage
from asterisk_realtime.models import QueueMember as MemberRow
from tests.migrations.tools import mostly_long, run

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_empty_texts_become_null(empty_engine: Engine) -> None:
    """An empty text is "not set" to Asterisk's drivers; no trigger of the owner's runs for it."""
    run(
        empty_engine,
        "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL PRIMARY KEY, dtmf_mode VARCHAR(20),"
        " dtls_verify VARCHAR(40) NOT NULL, identify_by VARCHAR(80) DEFAULT '',"
        " accountcode VARCHAR(80))",
        "INSERT INTO ps_endpoints VALUES ('100', '', '', '', ''),"
        " ('101', 'info', 'yes', 'ip', 'a')",
    )
    said = "\n".join(map(str, migrations.plan(empty_engine)))
    migrations.upgrade(empty_engine)

    assert "ps_endpoints.dtls_verify" in said
    assert migrations.check(empty_engine) == ()
    with Session(empty_engine) as session:
        empty, filled = session.scalars(select(Endpoint).order_by(Endpoint.id))
        assert (empty.dtmf_mode, empty.accountcode) in ((None, None), ("rfc4733", None))
        assert (filled.dtmf_mode, filled.accountcode) == ("info", "a")
        session.add(Endpoint(id="102"))
        session.commit()
    with empty_engine.connect() as connection:
        query = "SELECT DISTINCT dtls_verify FROM ps_endpoints WHERE id <> '101'"
        assert connection.scalars(text(query)).all() in ([None], ["no"])


def test_a_default_of_somebody_else_is_taken_away(empty_engine: Engine) -> None:
    """A row that leaves a column out means Asterisk's default; the plan says what changes."""
    run(
        empty_engine,
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, transport VARCHAR(40)"
        " DEFAULT 'transport-udp', send_pai VARCHAR(5) DEFAULT 'yes', own VARCHAR(9) DEFAULT 'x',"
        " dtmf_mode VARCHAR(20) DEFAULT 'magic', rtp_timeout INTEGER DEFAULT 30)",
        "INSERT INTO ps_endpoints (id, dtmf_mode) VALUES ('a', 'info')",
        "CREATE TABLE cdr (src VARCHAR(80) DEFAULT '', billsec INTEGER DEFAULT 0)",
    )
    said = "\n".join(map(str, migrations.plan(empty_engine)))
    migrations.upgrade(empty_engine)

    assert "column ps_endpoints.transport" in said
    assert "transport-udp" in said
    assert migrations.check(empty_engine) == ()
    with Session(empty_engine) as session:
        session.add(Endpoint(id="b"))
        session.commit()
        old, new = session.scalars(select(Endpoint).order_by(Endpoint.id))
        assert (old.transport, old.send_pai, old.rtp_timeout) == ("transport-udp", True, 30)
        assert new.transport is None
        assert not new.send_pai
        assert new.rtp_timeout in {None, 0}
        assert session.scalars(text("SELECT own FROM ps_endpoints")).all() == ["x", "x"]
        session.execute(text("INSERT INTO cdr (dst) VALUES ('1')"))
        assert session.execute(text("SELECT src, billsec FROM cdr")).one() == ("", 0)


@pytest.mark.parametrize("start", ["", "start TIMESTAMP NULL,"])
def test_times_of_an_older_name(empty_engine: Engine, start: str) -> None:
    """Calls that were recorded under calldate are in the reports, and a new one can be added."""
    run(
        empty_engine,
        f"CREATE TABLE cdr ({start} calldate TIMESTAMP NOT NULL, src VARCHAR(80))",
        "INSERT INTO cdr (calldate, src) VALUES ('2020-01-02 03:04:05', '1')",
    )
    if empty_engine.dialect.name == "mysql":  # it gives the first TIMESTAMP a default
        run(empty_engine, "ALTER TABLE cdr MODIFY calldate DATETIME NOT NULL")
    said = "\n".join(map(str, migrations.plan(empty_engine)))
    migrations.upgrade(empty_engine)

    assert "calldate" in said
    assert migrations.check(empty_engine) == ()
    with Session(empty_engine) as session:
        assert str(session.scalars(select(Cdr.start)).one()) == "2020-01-02 03:04:05"
        session.add(Cdr(src="2"))
        session.flush()
        assert session.scalar(text("SELECT count(*) FROM cdr")) == 2


NUMBERS = {
    "1700000000": 1700000000,
    "-5": -5,
    "0060": 60,
    " 7": 7,
    "+8": 8,
    "2147483647": 2**31 - 1,
}


def test_numbers_in_text(empty_engine: Engine) -> None:
    """Each number that the column can hold is taken, with blanks, a sign or zeros before it."""
    run(
        empty_engine,
        "CREATE TABLE voicemail_messages (dir VARCHAR(80), msgnum INTEGER, origtime VARCHAR(40))",
        *(
            f"INSERT INTO voicemail_messages VALUES ('d', {at}, '{number}')"
            for at, number in enumerate([*NUMBERS, ""])
        ),
    )
    migrations.upgrade(empty_engine)

    assert migrations.check(empty_engine) == ()
    with Session(empty_engine) as session:
        query = select(VoicemailMessage.origtime).order_by(VoicemailMessage.msgnum)
        assert session.scalars(query).all() == [*NUMBERS.values(), None]


@pytest.mark.parametrize("word", mostly_long(["many", "1-2", "--1", "1.5.2", "0x10", "²", "."]))
def test_what_is_no_number_is_named(empty_engine: Engine, word: str) -> None:
    """A word in a column of numbers is shown, and can be set to NULL by its row."""
    run(
        empty_engine,
        "CREATE TABLE ps_aors (id VARCHAR(40) PRIMARY KEY, max_contacts VARCHAR(40))",
        f"INSERT INTO ps_aors VALUES ('a', '{word}')",
    )
    with pytest.raises(SchemaIrreconcilableError, match=r"ps_aors\.max_contacts has values"):
        migrations.upgrade(empty_engine)
    run(empty_engine, "UPDATE ps_aors SET max_contacts = NULL")
    migrations.upgrade(empty_engine)

    assert migrations.check(empty_engine) == ()


YES = ("yes", "YES", "true", "on", "y", "t", "1")
NO = ("no", "False", "off", "n", "f", "0")


@pytest.mark.parametrize("type_", ["VARCHAR(5)", "BOOLEAN"])
def test_yes_and_no_become_numbers(empty_engine: Engine, type_: str) -> None:
    """Where a number means yes or no, each spelling of them is taken."""
    boolean = type_ == "BOOLEAN"
    yes, no = (("true",), ("false",)) if boolean else (map(repr, YES), map(repr, NO))
    run(
        empty_engine,
        "CREATE TABLE queue_members (queue_name VARCHAR(80), interface VARCHAR(80),"
        f" paused {type_})",
        "CREATE TABLE voicemail (context VARCHAR(80), mailbox VARCHAR(80), password VARCHAR(80),"
        f" sayduration {type_})",
        *(
            f"INSERT INTO queue_members VALUES ('{queue}', 'i{at}', {word})"
            for queue, words in (("yes", yes), ("no", no))
            for at, word in enumerate(words)
        ),
        "INSERT INTO voicemail SELECT 'c', interface, queue_name, paused FROM queue_members"
        " WHERE queue_name = 'yes'",
    )
    migrations.upgrade(empty_engine)

    assert migrations.check(empty_engine) == ()
    with Session(empty_engine) as session:
        for member in session.scalars(select(MemberRow)):
            assert member.paused is (member.queue_name == "yes")
        assert {*session.scalars(select(Voicemail.sayduration))} == {True}
