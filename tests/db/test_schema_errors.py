"""A database that is not ready has errors of its own, and the transaction goes on."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from asterisk_realtime import (
    CallQueue,
    InternalExtension,
    Phone,
    SchemaBehindError,
    SchemaMissingError,
    Trunk,
    allow_twilio_ips,
    apply_batches,
    create_inbound_route,
    create_outbound_route,
    create_twilio_trunk,
    delete,
    find,
    get,
    migrations,
    plan,
    registrations,
)
from asterisk_realtime.models import Aor, Base, Cdr
from tests.db.tools import ACCOUNT, PASSWORD, URI, everything, insert, make_tables
from tests.examples import phone

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

CALLS: list[Callable[[Session], object]] = [
    lambda s: create_twilio_trunk(s, termination_uri=URI, username="grable", password=PASSWORD),
    lambda s: allow_twilio_ips(s, account_sid=ACCOUNT),
    lambda s: delete(s, Trunk, "twilio"),
    lambda s: create_outbound_route(s, context="i", pattern="_+X.", trunk="twilio"),
    lambda s: create_inbound_route(s, "+12025550123", destination="a,start,1"),
]


def test_an_empty_database(empty_engine: Engine) -> None:
    """Each function says what is missing and which command makes it; other work is not lost."""
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER PRIMARY KEY)"))
    with Session(empty_engine) as session:
        session.execute(text("INSERT INTO other VALUES (1)"))
        for call in CALLS:
            with pytest.raises(
                SchemaMissingError, match=r"no table .*alembic upgrade head"
            ) as caught:
                call(session)
            assert PASSWORD not in str(caught.value)
            assert PASSWORD not in str(caught.value.__cause__)
        session.commit()

        assert session.scalar(text("SELECT count(*) FROM other")) == 1


def test_a_table_without_a_column(empty_engine: Engine) -> None:
    """What was written before the failing statement is taken back, and nothing else."""
    make_tables(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("ALTER TABLE ps_endpoints DROP COLUMN rtp_timeout"))
    with Session(empty_engine) as session:
        session.add(Aor(id="mine"))
        with pytest.raises(SchemaBehindError, match="ps_endpoints has no column rtp_timeout; run"):
            create_twilio_trunk(session, termination_uri=URI, username="g", password=PASSWORD)
        session.commit()

        assert set(everything(session)) == {"ps_aors"}
        assert len(everything(session)["ps_aors"]) == 1


EARLIER: list[Callable[[Session], object]] = [
    lambda s: plan(s, phone()),
    lambda s: plan(s, InternalExtension(exten="1", context="c", destination="a,start,1")),
    lambda s: plan(s, CallQueue(name="sales")),
    lambda s: apply_batches(s, [phone()]),
    lambda s: get(s, Phone, "100"),
    lambda s: find(s, Phone, context="phones"),
    lambda s: registrations(s, "100"),
]


@pytest.mark.parametrize("revision", ["asterisk_22_10", "asterisk_22_11", "asterisk_22_11_1"])
@pytest.mark.parametrize("call", range(len(EARLIER)))
def test_an_earlier_revision(empty_engine: Engine, revision: str, call: int) -> None:
    """A call works, or says that the database must be upgraded."""
    migrations.upgrade(empty_engine, revision)
    with Session(empty_engine) as session:
        with suppress(SchemaBehindError, SchemaMissingError):
            EARLIER[call](session)
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize("empty_engine", ["postgresql", "mariadb"], indirect=True)
def test_a_column_of_asterisks_own_scripts_is_too_short(empty_engine: Engine) -> None:
    """Upstream's ``match`` holds four ranges of eight; SQLite holds any text."""
    make_tables(empty_engine)
    alter = {
        "postgresql": 'ALTER TABLE ps_endpoint_id_ips ALTER "match" TYPE VARCHAR(80)',
        "mysql": "ALTER TABLE ps_endpoint_id_ips MODIFY `match` VARCHAR(80)",
    }
    with empty_engine.begin() as connection:
        connection.execute(text(alter[empty_engine.dialect.name]))
    with Session(empty_engine) as session:
        create_twilio_trunk(session, termination_uri=URI)
        with pytest.raises(SchemaBehindError, match="too little room in match; run"):
            allow_twilio_ips(session)
        session.commit()

        assert set(everything(session)) == {"ps_endpoints", "ps_aors"}


def test_families_that_are_elsewhere_are_not_missed(empty_engine: Engine) -> None:
    """A database with the tables that a call needs is enough for it."""
    make_tables(empty_engine)
    with empty_engine.begin() as connection:
        Base.metadata.tables["cdr"].drop(connection)
        connection.execute(text("ALTER TABLE ps_systems DROP COLUMN timer_t1"))
    with Session(empty_engine) as session:
        create_twilio_trunk(session, termination_uri=URI)
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT nothing FROM nowhere"))
        session.rollback()
        insert(session, "ps_transports", id="tls", protocol="tls")
        create_twilio_trunk(session, termination_uri=URI)

        assert not inspect(session.connection()).has_table("cdr")


def test_the_callers_own_failing_row_is_the_callers_error(empty_engine: Engine) -> None:
    """It is flushed before the savepoint of a call, and the session says so as ever."""
    with Session(empty_engine) as session:
        session.add(Cdr(accountcode="a"))
        with pytest.raises(DBAPIError, match="cdr"):
            create_twilio_trunk(session, termination_uri=URI)
        session.rollback()

        assert session.scalar(text("SELECT 1")) == 1
