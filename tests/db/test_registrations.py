"""Where phones are registered, from rows as Asterisk writes them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from asterisk_realtime import RegisteredDevice, ValidationError, aio, apply, registrations
from asterisk_realtime.models import Contact
from tests.db.tools import insert, on_servers, statements
from tests.examples import phone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

NOW = datetime.now(UTC).replace(microsecond=0)
SOON = NOW + timedelta(hours=1)
LATER = NOW + timedelta(hours=2)
PAST = NOW - timedelta(minutes=5)


@pytest.fixture(autouse=True)
def emptied(engine: Engine) -> Iterator[None]:
    """Have no contact stay after a test that commits."""
    yield
    with engine.begin() as connection:
        connection.execute(delete(Contact))


def register(
    source: Session, aor: str, uri: str, expires: datetime | int | None = SOON, **cells: Any
) -> None:
    """Write a row as the registrar does."""
    stamp = int(expires.timestamp()) if isinstance(expires, datetime) else expires
    digest = hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest()
    usual = {
        "uri": uri,
        "expiration_time": stamp,
        "qualify_frequency": 60,
        "qualify_timeout": 3.0,
        "authenticate_qualify": "no",
        "outbound_proxy": "",
        "path": "",
        "user_agent": "Snom/10.1",
        "reg_server": "pbx1",
        "via_addr": "10.0.0.7",
        "via_port": 5060,
        "call_id": "b4f@10.0.0.7",
        "endpoint": aor,
        "prune_on_boot": "no",
        "qualify_2xx_only": "no",
    }
    insert(source, "ps_contacts", **{"id": f"{aor}^3B@{digest}", **usual, **cells})


def device(uri: str, expires: datetime | None = SOON, **fields: Any) -> RegisteredDevice:
    """Return the device of such a row."""
    usual = {
        "phone": "101",
        "user_agent": "Snom/10.1",
        "host": "10.0.0.7",
        "port": 5060,
        "server": "pbx1",
    }
    return RegisteredDevice(**{"uri": uri, "expires": expires, **usual, **fields})


def test_a_phone_that_is_registered(session: Session) -> None:
    """As its row says."""
    register(session, "101", "sip:101@10.0.0.7:5060")

    assert registrations(session, "101") == {"101": (device("sip:101@10.0.0.7:5060"),)}


def test_nobody_is_registered(session: Session) -> None:
    """For each given id, in their order; without any no statement is sent."""
    apply(session, phone(id="101"))
    register(session, "102", "sip:102@10.0.0.8")

    assert list(registrations(session, "9", "101", "9")) == ["9", "101"]
    assert registrations(session, "9", "101") == {"9": (), "101": ()}
    assert registrations(session) == {}


NAMES = ("", " ", "a\0", "a\n", "\ud800", "x" * 300, ";", "%", "1_1")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_ids_that_nobody_has(session: Session, name: str) -> None:
    """They are registered nowhere, and no error is raised; the others are found."""
    register(session, "101", "sip:101@10.0.0.7")
    found = registrations(session, name, "101")

    assert {key: len(devices) for key, devices in found.items()} == {name: 0, "101": 1}


def test_several_devices(session: Session) -> None:
    """The one that ends last is the first, and those that never end are the last."""
    register(session, "101", "sip:101@10.0.0.1", SOON)
    register(session, "101", "sip:101@10.0.0.2", LATER)
    register(session, "101", "sip:101@10.0.0.3", None)
    register(session, "101", "sip:101@10.0.0.5", SOON)
    register(session, "101", "sip:101@10.0.0.4", 0)
    register(session, "102", "sip:102@10.0.0.9", LATER)
    found = registrations(session, "102", "101")

    assert [item.uri[-1] for item in found["101"]] == ["2", "1", "5", "3", "4"]
    assert [item.expires for item in found["101"]] == [LATER, SOON, SOON, None, None]
    assert [item.uri for item in found["102"]] == ["sip:102@10.0.0.9"]


def test_what_has_expired(session: Session) -> None:
    """Asterisk sweeps such rows later; they are shown only to those who ask."""
    register(session, "101", "sip:101@10.0.0.1", PAST)
    register(session, "101", "sip:101@10.0.0.2", SOON)
    register(session, "102", "sip:102@10.0.0.3", PAST)

    assert registrations(session, "101", "102") == {"101": (device("sip:101@10.0.0.2"),), "102": ()}
    everything = registrations(session, "101", "102", include_expired=True)
    assert [item.expires for item in everything["101"]] == [SOON, PAST]
    assert [item.expires for item in everything["102"]] == [PAST]


def test_cells_without_values(session: Session) -> None:
    """None for what is not known."""
    cells: dict[str, Any] = {"user_agent": "", "reg_server": None, "via_addr": "", "via_port": None}
    register(session, "101", "sip:101@10.0.0.7", **cells)
    register(session, "102", "", **dict.fromkeys(cells))
    unknown = {"user_agent": None, "host": None, "port": None, "server": None}

    assert registrations(session, "101", "102") == {
        "101": (device("sip:101@10.0.0.7", **unknown),),
        "102": (device("", phone="102", **unknown),),
    }


@on_servers
def test_cells_that_the_drivers_encode(session: Session) -> None:
    """They are decoded, as Asterisk does."""
    register(
        session,
        "101",
        "sip:101@10.0.0.7:5060^3Btransport=TLS^3Bob",
        user_agent="t^3Best ^5E1",
        reg_server="pbx^3B1",
    )
    (found,) = registrations(session, "101")["101"]

    assert found.uri == "sip:101@10.0.0.7:5060;transport=TLS;ob"
    assert (found.user_agent, found.server) == ("t;est ^1", "pbx;1")


def test_the_endpoint_tells_whose_it_is(session: Session) -> None:
    """Not the AOR's name, which another endpoint may share or resemble."""
    register(session, "1_1", "sip:a@10.0.0.1")
    register(session, "101", "sip:b@10.0.0.2", endpoint="102")
    register(session, "103", "sip:c@10.0.0.3", endpoint=None)

    assert registrations(session, "101", "1_1", "102", "103") == {
        "101": (),
        "1_1": (device("sip:a@10.0.0.1", phone="1_1"),),
        "102": (device("sip:b@10.0.0.2", phone="102"),),
        "103": (),
    }


def test_many_phones(engine: Engine, session: Session) -> None:
    """With a statement for each five hundred."""
    names = [f"{number:04}" for number in range(1201)]
    for name in names[::100]:
        register(session, name, f"sip:{name}@10.0.0.1")
    with statements(engine) as sent:
        found = registrations(session, *names)

    assert list(found) == names
    assert [name for name, devices in found.items() if devices] == names[::100]
    assert len([text for text in sent if "FROM ps_contacts" in text]) == 3


@pytest.mark.parametrize("wrong", [101, None, b"101", ["101"], phone(id="101")], ids=str)
def test_what_is_no_id(wrong: Any) -> None:
    """One error, and no statement is sent."""
    nothing: Any = None
    with pytest.raises(ValidationError, match=r"^phones=.*it is not text") as caught:
        registrations(nothing, "101", wrong)

    assert len(caught.value.errors) == 1


def test_a_device_writes_itself(session: Session) -> None:
    """As JSON takes it, with the time in UTC."""
    register(session, "101", "sip:101@10.0.0.7", datetime(2040, 1, 2, 3, 4, 5, tzinfo=UTC))
    register(session, "102", "sip:102@10.0.0.7", None)
    found = registrations(session, "101", "102")

    assert json.loads(json.dumps(found["101"][0].to_dict())) == {
        "phone": "101",
        "uri": "sip:101@10.0.0.7",
        "expires": "2040-01-02T03:04:05+00:00",
        "user_agent": "Snom/10.1",
        "host": "10.0.0.7",
        "port": 5060,
        "server": "pbx1",
    }
    assert found["102"][0].to_dict()["expires"] is None


@pytest.mark.parametrize(
    ("filled_engine", "driver"),
    [
        ("sqlite", "sqlite+aiosqlite"),
        ("postgresql", "postgresql+psycopg"),
        ("postgresql", "postgresql+asyncpg"),
        ("mariadb", "mysql+aiomysql"),
    ],
    indirect=["filled_engine"],
)
def test_asynchronously(engine: Engine, session: Session, driver: str) -> None:
    """The same devices, and the same choice of those that expired."""
    register(session, "101", "sip:101@10.0.0.1", SOON)
    register(session, "101", "sip:101@10.0.0.2", PAST)
    session.commit()

    async def work() -> tuple[Any, Any]:
        async_engine = create_async_engine(engine.url.set(drivername=driver))
        try:
            async with AsyncSession(async_engine) as found:
                return (
                    await aio.registrations(found, "101", "102"),
                    await aio.registrations(found, "101", include_expired=True),
                )
        finally:
            await async_engine.dispose()

    current, everything = asyncio.run(work())
    assert current == registrations(session, "101", "102")
    assert current == {"101": (device("sip:101@10.0.0.1"),), "102": ()}
    assert everything == registrations(session, "101", include_expired=True)
    assert len(everything["101"]) == 2
