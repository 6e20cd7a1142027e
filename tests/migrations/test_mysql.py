"""MySQL, which parts from MariaDB in small things: the schema, and what is written into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    CallQueue,
    ConflictError,
    Mailbox,
    Member,
    Phone,
    Plan,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    apply,
    create_twilio_trunk,
    migrations,
    plan,
)
from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.models import Aor, Endpoint, QueueMember
from tests.conftest import new_database, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine

# They start a server of their own.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("mysql")]

URI = "grable.pstn.twilio.com"
PASSWORD = "Semi;Caret^ Zoë 77"


@pytest.fixture
def engine(mysql_url: URL) -> Iterator[Engine]:
    """An engine for an empty database."""
    with new_database(mysql_url) as url, opened(url) as engine:
        yield engine


def test_up_down_and_up_again(engine: Engine) -> None:
    """Head is what the models say, each time."""
    migrations.upgrade(engine)
    tables = set(inspect(engine).get_table_names())
    migrations.upgrade(engine)
    assert migrations.check(engine) == ()
    migrations.downgrade(engine, "asterisk_22_10")
    migrations.upgrade(engine)

    assert migrations.check(engine) == ()
    assert set(inspect(engine).get_table_names()) == tables
    migrations.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"asterisk_realtime_version"}


def test_a_hand_made_table_is_taken_over(engine: Engine) -> None:
    """Its rows stay, and its columns become what they must be."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE ps_aors (id VARCHAR(40) PRIMARY KEY, contact VARCHAR(100),"
                " qualify_frequency VARCHAR(10), mine INT)"
            )
        )
        connection.execute(text("INSERT INTO ps_aors VALUES ('a', 'sip:a.example', '60', 7)"))
    migrations.upgrade(engine)

    assert migrations.check(engine) == ()
    with Session(engine) as session:
        aor = session.get_one(Aor, "a")
        assert (aor.contact, aor.qualify_frequency) == (("sip:a.example",), 60)
        assert session.scalar(text("SELECT mine FROM ps_aors")) == 7


def test_provisioning(engine: Engine) -> None:
    """Plan and rows agree, cells are spelled for Asterisk's driver, and all of it goes again."""
    migrations.upgrade(engine)
    wanted = (
        TwilioTrunk(termination_uri=URI, username="u", password=PASSWORD),
        TwilioAllowance(),
        Mailbox(number="101"),
        Phone(id="101", context="phones", mailbox="101"),
        CallQueue(name="sales", members=(Member(phone="101"),)),
    )
    with Session(engine) as session:
        expected = plan(session, *wanted)
        assert apply(session, *wanted) == expected
        session.commit()
        assert plan(session, *wanted) == Plan()
        with pytest.raises(ConflictError, match="endpoint 'twilio'"):
            create_twilio_trunk(session, "TWILIO", termination_uri=URI)
        (member,) = session.query(QueueMember)
        cell = session.scalar(text("SELECT password FROM ps_auths WHERE id = 'twilio'"))
        apply(session, Absent(CallQueue, "sales"), Absent(Phone, "101"), Absent(Trunk, "twilio"))
        assert session.query(Endpoint).all() == []
        session.commit()

    assert member.uniqueid is not None
    assert cell == "Semi^3BCaret^5E Zoë 77"


def test_hand_made_tables_keep_what_they_have(engine: Engine) -> None:
    """Checks, comments, expressions, indexes, partitions and triggers, spelled as MySQL does."""
    statements = (
        (
            "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL PRIMARY KEY COMMENT 'who',"
            " callerid VARCHAR(20) DEFAULT (concat('a', 'b')) INVISIBLE COMMENT 'it''s',"
            " webrtc VARCHAR(20) COMMENT 'w', own INT, rtp_timeout VARCHAR(10),"
            " changed TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,"
            " CONSTRAINT words CHECK (webrtc IN ('1', '0')),"
            " KEY both_of (webrtc(10), own) COMMENT 'x')"
        ),
        (
            "INSERT INTO ps_endpoints (id, webrtc, rtp_timeout, changed)"
            " VALUES ('a', '1', '', '2020-01-01')"
        ),
        (
            "CREATE TRIGGER refusing BEFORE UPDATE ON ps_endpoints FOR EACH ROW"
            " SIGNAL SQLSTATE '45000'"
        ),
        (
            "CREATE TABLE cdr (calldate DATETIME NOT NULL, src VARCHAR(80))"
            " PARTITION BY RANGE (TO_DAYS(calldate)) (PARTITION pm VALUES LESS THAN MAXVALUE)"
        ),
        "INSERT INTO cdr VALUES ('2025-01-01', '1')",
        "CREATE TABLE queue_log (time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE=MyISAM",
    )
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    migrations.upgrade(engine)

    assert migrations.check(engine) == ()
    with engine.connect() as connection:
        made = str(connection.exec_driver_sql("SHOW CREATE TABLE ps_endpoints").one()[1])
        row = connection.exec_driver_sql(
            "SELECT webrtc, rtp_timeout, changed FROM ps_endpoints"
        ).one()
        assert connection.scalar(text("SELECT start FROM cdr")) is not None
    assert (row[0], row[1], str(row[2])) == ("1", None, "2020-01-01 00:00:00")
    for part in (
        "DEFAULT (concat(_utf8mb4'a',_utf8mb4'b')) /*!80023 INVISIBLE */ COMMENT 'it''s'",
        "COMMENT 'w'",
        "KEY `both_of` (`webrtc`,`own`) COMMENT 'x'",
        "CONSTRAINT `words` CHECK ((`webrtc` in (_utf8mb4'1',_utf8mb4'0')))",
    ):
        assert part in made


def test_the_right_to_refer_to_a_table(engine: Engine) -> None:
    """MySQL asks for it where a foreign key is added, and the statement given grants it."""
    database = engine.url.database
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE musiconhold (name VARCHAR(80) PRIMARY KEY)",
            "DROP USER IF EXISTS small",
            "CREATE USER small",
            (
                "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP"
                f" ON {database}.* TO small"
            ),
        ):
            connection.exec_driver_sql(statement)
    with opened(engine.url.set(username="small")) as account:
        with account.begin() as connection, pytest.raises(DBAPIError, match="REFERENCES command"):
            connection.exec_driver_sql(
                "CREATE TABLE own (name VARCHAR(80),"
                " FOREIGN KEY (name) REFERENCES musiconhold (name))"
            )
        [told] = [
            str(each)
            for each in migrations.plan(account, families={"musiconhold"})
            if isinstance(each, migrations.Obstacle)
        ]
        with pytest.raises(SchemaIrreconcilableError) as caught:
            migrations.upgrade(account, families={"musiconhold"})
        assert [*caught.value.problems] == [told]
        assert "account small@% lacks REFERENCES in database" in told
        with engine.begin() as connection:
            connection.exec_driver_sql(
                told.partition("administrator: ")[2],
                execution_options={"no_parameters": True},
            )
        migrations.upgrade(account, families={"musiconhold"})
        assert migrations.check(account) == ()
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP USER small")


def test_indexes_of_columns_that_are_longer_than_asterisks(engine: Engine) -> None:
    """A unique index holds whole texts on MySQL; any other holds the beginning of each."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE iaxfriends (id INT AUTO_INCREMENT PRIMARY KEY,"
            " name VARCHAR(1000) NOT NULL, host VARCHAR(1000))"
        )
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(engine, families={"iax"})
    [problem] = caught.value.problems
    assert "table iaxfriends needs a key (name), which would take more than" in problem
    with engine.begin() as connection:
        connection.exec_driver_sql(problem.partition("Asterisk's: ")[2])
    migrations.upgrade(engine, families={"iax"})

    assert migrations.check(engine) == ()
    with engine.connect() as connection:
        made = str(connection.exec_driver_sql("SHOW CREATE TABLE iaxfriends").one()[1])
    assert "UNIQUE KEY `name` (`name`)" in made
    assert "KEY `iaxfriends_host_port` (`host`(767),`port`)" in made
