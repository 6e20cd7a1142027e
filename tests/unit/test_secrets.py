"""Secrets show nowhere: not in specs, errors, or the frames that a traceback keeps."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import traceback
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from asterisk_realtime import (
    AccessList,
    AccessRule,
    AsteriskRealtimeError,
    Credentials,
    Mailbox,
    Phone,
    RegistrationTrunk,
    Secret,
    TelnyxTrunk,
    Trunk,
    ValidationError,
    WebRtcPhone,
    Within,
    aio,
    apply,
    create,
    create_twilio_trunk,
    find,
    set_password,
)
from asterisk_realtime.models import Auth, Base
from asterisk_realtime.provision.kinds.accounts import phone_rows
from asterisk_realtime.showing import HIDDEN
from tests.property.good_specs import GOOD, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from asterisk_realtime.values.checked import Checked

PIN: Final = "8046213"
NOBODY: Final = Session()


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{:>40}".format, "%s".__mod__])
def test_a_secret_does_not_show(show: Callable[[object], str]) -> None:
    """In no way that a log or a page writes it."""
    assert show(Secret(PASSWORD)).strip() == HIDDEN


def test_a_secret_is_revealed_on_purpose() -> None:
    """By one word, and by no arithmetic of texts."""
    secret: Any = Secret(PASSWORD)

    assert secret.reveal() == PASSWORD
    with pytest.raises(TypeError):
        secret + "x"
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(AttributeError):
        secret.text = "other"


def test_secrets_compare_by_their_texts() -> None:
    """With each other and with a text; a hash fits."""
    assert Secret("ä") == Secret("ä") == "ä"
    assert Secret("a") not in {Secret("b"), "b", None, 5}
    assert {Secret("a"), "a"} == {"a"}


def pickled(value: Any) -> Any:
    """Return a copy by way of a pickle."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - its own


@pytest.mark.parametrize("made", [copy.copy, copy.deepcopy, pickled])
def test_specs_with_secrets_are_copied(made: Callable[[Any], Any]) -> None:
    """Whole, with the secret."""
    spec = Phone(id="100", context="phones", password=PASSWORD)

    assert made(spec) == spec
    assert made(spec).password.reveal() == PASSWORD


@pytest.mark.parametrize("spec", GOOD, ids=lambda spec: spec.__name__)
def test_a_spec_shows_no_secret(spec: type[Checked]) -> None:
    """Neither itself, nor as the dictionary that attrs makes of it."""
    made: Any = spec(**GOOD[spec])
    shown = repr(made) + str(made) + repr(attrs.asdict(made)) + repr(attrs.astuple(made))

    assert PASSWORD not in shown
    assert "4711" not in shown


# -- Errors ----------------------------------------------------------------------------------------


def frames(trace: TracebackType | None) -> list[str]:
    """Return what the library's frames of a traceback hold, as a report of errors writes it."""
    found = []
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_globals.get("__name__", "").startswith("asterisk_realtime"):
            found += [
                f"{frame.f_code.co_name}: {name}={value!r}"
                for name, value in frame.f_locals.items()
            ]
        trace = trace.tb_next
    return found


def everything_of(error: BaseException) -> str:
    """Return all that an error carries, with its causes."""
    parts = [str(error), repr(error), repr(error.args), *frames(error.__traceback__)]
    parts += traceback.format_exception(error)
    if isinstance(error, ValidationError):
        parts += [repr(part) for part in error.errors]
    parts += [everything_of(other) for other in (error.__cause__, error.__context__) if other]
    return "\n".join(parts)


def phone(**fields: Any) -> Phone:
    """Return a phone of *fields*."""
    return Phone(**{"id": "100", "context": "phones", "password": WORD, **fields})


def trunk(**fields: Any) -> Trunk:
    """Return a trunk of *fields*."""
    usual = {"name": "one", "contact": "sip:a.example", "transport": "tls", "context": "from-one"}
    return Trunk(**{**usual, "codecs": ["ulaw"], **fields})


LIST: Final = AccessList(name="100", rules=[AccessRule.permit("192.0.2.1")])


def at_another_place(*arguments: Any) -> None:
    """Give the arguments of `set_password` in the order of the other verbs."""
    call: Any = set_password
    call(NOBODY, *arguments)


def changed(password: Any, kind: Any, name: str | None = "100") -> None:
    """Change the password of a phone or a mailbox in a database of its own."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    try:
        with Session(engine) as session:
            apply(session, phone(), Mailbox(number="100"), LIST)
            set_password(session, password, kind, name)
    finally:
        engine.dispose()


WORD: Final = "Sekret-One-4711"
FAULTS: Final[dict[str, Callable[[], object]]] = {
    "another field of a phone": lambda: phone(context="a b"),
    "two fields of a phone": lambda: phone(context="a b", codecs=()),
    "a password with a line break": lambda: phone(password=f"{WORD}\n"),
    "a password that is too long": lambda: phone(password=WORD * 300),
    "a weak password": lambda: phone(password=PIN[:7]),
    "a digest without a realm": lambda: phone(storage="md5"),
    "an unknown field": lambda: phone(contxt="phones"),
    "a missing field": lambda: WebRtcPhone(password=WORD),  # type: ignore[call-arg]  # as by mistake
    "a changed phone": lambda: attrs.evolve(phone(), context="a b"),
    "a digest of no password": lambda: phone_rows(
        phone(password=None, storage="digest", realm="asterisk")
    ),
    "a pair": lambda: trunk(credentials=("a:b", WORD)),
    "three of a pair": lambda: trunk(credentials=("a", WORD, WORD)),
    "a pair as a text": lambda: trunk(credentials=f"a:{WORD}"),
    "a pair as a dict": lambda: trunk(credentials={"username": "a", "password": WORD}),
    "a password in a set": lambda: phone(password={WORD}),
    "a password as bytes": lambda: phone(password=WORD.encode()),
    "a misspelt password": lambda: phone(pasword=WORD),
    "a contact as a dict": lambda: trunk(contact={f"sip:u:{WORD}@a.example": 1}),
    "a pair beside another fault": lambda: trunk(credentials=("a", WORD), context="a b"),
    "credentials": lambda: Credentials("a:b", WORD),
    "credentials with a bad password": lambda: Credentials("a", f"{WORD}\0"),
    "a weak inbound password": lambda: trunk(inbound_credentials=("a", PIN)),
    "a URI with a password": lambda: trunk(contact=f"sip:u:{WORD}@a.example"),
    "a list of such URIs": lambda: trunk(contact=["sip:a.example", f"sips:u:{WORD}@a.example"]),
    "a proxy with a password": lambda: trunk(outbound_proxy=f"sip:u:{WORD}@a.example;lr"),
    "no URI with a password": lambda: trunk(contact=f"u:{WORD}@a.example"),
    "a password with a sign of a URI": lambda: trunk(contact=f"sip:u:a@{WORD}:b@a.example"),
    "a registrar with a password": lambda: RegistrationTrunk(
        name="one",
        server_uri=f"sip:u:{WORD}@a.example",
        client_uri=f"sip:u:{WORD}@a.example",
        credentials=("u", WORD),
        transport="udp",
        context="from-one",
        codecs=["ulaw"],
    ),
    "a mailbox's PIN": lambda: Mailbox(number="100", pin=f"{PIN}x"),
    "a mailbox's other field": lambda: Mailbox(number="x", pin=PIN),
    "a new PIN": lambda: changed(f"{PIN}x", Mailbox),
    "a new PIN that is not text": lambda: changed(PIN.encode(), Mailbox),
    "a new PIN that is a number": lambda: changed(int(PIN), Mailbox),
    "a new password that is weak": lambda: changed(PIN, Phone),
    "a new password with a line break": lambda: changed(f"{WORD}\n", Phone),
    "a new password of what has none": lambda: changed(WORD, AccessList),
    "a new password of what is not there": lambda: changed(WORD, WebRtcPhone, "101"),
    "a new password without a name": lambda: changed(WORD, Phone, None),
    "a new password where the key stands": lambda: at_another_place(Phone, "100", WORD),
    "a new password where the class stands": lambda: at_another_place(Phone, WORD),
    "a search by a password": lambda: find(NOBODY, Phone, password=WORD),
    "a scope by a PIN": lambda: Within(Mailbox, pin=PIN),
    "Twilio's trunk": lambda: create_twilio_trunk(
        NOBODY, termination_uri="x", username="u", password=WORD
    ),
    "Twilio's weak password": lambda: create_twilio_trunk(
        NOBODY, termination_uri="a.pstn.twilio.com", username="u", password=WORD.lower()
    ),
    "Telnyx' trunk": lambda: create(
        NOBODY, TelnyxTrunk(host="x.example", context="a", username="u", password=WORD)
    ),
    "a row": lambda: Auth(id="a", password=f"{WORD}\n"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_error_carries_no_secret(name: str) -> None:
    """Neither its message nor its causes, nor the values in our frames of its traceback."""
    with pytest.raises((AsteriskRealtimeError, TypeError)) as caught:
        FAULTS[name]()
    held = everything_of(caught.value)

    for secret in (WORD, WORD.lower(), PIN):
        assert secret not in held


def sync_call(*arguments: Any, **named: Any) -> None:
    """Give `set_password` its arguments after a session."""
    call: Any = set_password
    with Session(create_engine("sqlite://")) as session:
        Base.metadata.create_all(session.connection())
        call(session, *arguments, **named)


def async_call(*arguments: Any, **named: Any) -> None:
    """Give them to that of `aio`."""
    call: Any = aio.set_password

    async def work() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        try:
            async with AsyncSession(engine) as session:
                connection = await session.connection()
                await connection.run_sync(Base.metadata.create_all)
                await call(session, *arguments, **named)
        finally:
            await engine.dispose()

    asyncio.run(work())


@pytest.mark.parametrize("call", [sync_call, async_call], ids=["sync", "aio"])
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((Phone, "100", WORD), {}),
        ((Phone, WORD, "100"), {}),
        (("100", WORD, Phone), {}),
        ((WORD, "100", Phone), {}),
        ((Phone, WORD), {}),
        ((Phone, WORD), {"id": "100"}),
        ((Phone, "100"), {"id": WORD}),
        (("100", WORD), {"id": Phone}),
        ((WORD, WORD, WORD), {}),
        ((Phone, Phone, WORD), {}),
        ((Mailbox, "100", PIN), {}),
        ((Mailbox, PIN, "100"), {"context": "acme"}),
        ((Phone, "100"), {"password": WORD}),
        ((Phone, "100"), {"new_password": WORD}),
        ((PIN, "100", Mailbox), {}),
        ((WORD, Phone, "100", WORD), {}),
        ((WORD, Phone), {"id": "100", "password": WORD}),
    ],
    ids=str,
)
def test_arguments_in_another_order_show_no_password(
    call: Callable[..., None], arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    """Whichever of them is the password."""
    with pytest.raises(ValidationError) as caught:
        call(*arguments, **named)
    held = everything_of(caught.value)

    assert len(caught.value.errors) == 1
    assert WORD not in held
    assert PIN not in held


def test_a_masked_uri_is_still_shown() -> None:
    """Its user and host show, so that it can be found."""
    with pytest.raises(ValidationError) as caught:
        trunk(contact="sip:u:word@a.example")

    assert f"'sip:u:{HIDDEN}@a.example'" in str(caught.value)
    assert caught.value.value == f"sip:u:{HIDDEN}@a.example"


def test_messages_are_short() -> None:
    """However long the value, and however many fields are wrong."""
    long = "x" * 100_000
    with pytest.raises(ValidationError) as one:
        phone(context=long)
    with pytest.raises(ValidationError) as many:
        phone(context=long, id=10**5000, codecs=[long] * 9000, mailbox=[[long]], username=long)

    assert len(str(one.value)) < 300
    assert len(str(many.value)) < 4000
    assert "a whole number of" in str(many.value)


@pytest.mark.parametrize("stars", [HIDDEN, Secret(HIDDEN)])
def test_masked_secrets_are_refused(stars: str | Secret) -> None:
    """Otherwise the asterisks would become the password."""
    for make in (
        lambda: phone(password=stars),
        lambda: trunk(credentials=("a", stars)),
        lambda: trunk(inbound_credentials=("a", stars)),
        lambda: Mailbox(number="100", pin=stars),
    ):
        with pytest.raises(ValidationError, match="the text shown instead of a secret"):
            make()
