"""Two databases with phones and what Asterisk looks up with them: one of many, one of few."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import String, cast, create_engine, literal, text
from sqlalchemy.orm import Session

from asterisk_realtime import TwilioAllowance, TwilioTrunk, apply, migrations
from asterisk_realtime.models import Base, Contact, FollowMe, FollowMeNumber, IaxFriend
from benchmarks.scale import FEW, fill, inserted, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from benchmarks.databases import Database

NEVER: Final = 2_100_000_000
"""When registrations end at the earliest, in seconds since 1970."""

TRUNK: Final = "provider"


@attrs.frozen
class Filled:
    """
    Two databases of one kind.

    Attributes:
        name: The kind of database.
        many: The large one.
        few: The small one, of `FEW` phones.
        phones: Phones of the large one.
    """

    name: str
    many: Engine
    few: Engine
    phones: int


@contextmanager
def filled(database: Database, phones: int) -> Iterator[Filled]:
    """Yield two new databases, and remove them afterwards."""
    with ExitStack() as stack:
        few, many = (_of(stack, database, count) for count in (FEW, phones))
        yield Filled(database.name, many, few, phones)


def _of(stack: ExitStack, database: Database, phones: int) -> Engine:
    engine = create_engine(stack.enter_context(database.new()))
    stack.callback(engine.dispose)
    migrations.upgrade(engine)
    with Session(engine) as session:
        trunk = TwilioTrunk(name=TRUNK, termination_uri="b.pstn.twilio.com", context="from-outside")
        apply(session, trunk, TwilioAllowance(endpoint=TRUNK))
        session.commit()
    fill_others(engine, phones)
    fill(engine, phones)  # it counts the rows of all tables on PostgreSQL, so it comes last
    return engine


def fill_others(engine: Engine, phones: int) -> None:
    """Write a registration, a follow-me profile and an IAX peer for each phone."""
    number = numbers(phones)
    name = literal("p") + cast(number.c.n, String)
    rows: list[tuple[type[Base], dict[str, Any]]] = [
        (
            Contact,
            {
                "id": name + literal("^3B@5f4dcc3b5aa765d61d8327deb882cf99"),
                "uri": literal("sip:") + name + literal("@192.0.2.7:5060"),
                "expiration_time": number.c.n + NEVER,
                "qualify_frequency": literal(60),
                "user_agent": literal("A phone 1.0"),
                "via_addr": literal("192.0.2.7"),
                "via_port": literal(5060),
                "endpoint": name,
            },
        ),
        (FollowMe, {"name": name}),
        (
            FollowMeNumber,
            {"name": name, "ordinal": literal("01"), "phonenumber": cast(number.c.n, String)},
        ),
        (IaxFriend, {"name": name, "host": literal("dynamic"), "secret": literal("Secret-12345")}),
    ]
    with engine.begin() as connection:
        for model, cells in rows:
            connection.execute(inserted(model, cells, number))
    if engine.dialect.name not in {"postgresql", "sqlite"}:
        tables = ", ".join(model.__tablename__ for model, _cells in rows)
        with engine.connect() as connection:
            connection.execute(text(f"ANALYZE TABLE {tables}"))
