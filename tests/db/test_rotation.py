"""New passwords for things that exist: drawn or chosen, and kept as the old ones were."""

from __future__ import annotations

from hashlib import md5, sha256
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from asterisk_realtime import (
    Allowance,
    ConflictError,
    Mailbox,
    MusicClass,
    NotFoundError,
    PasswordStorage,
    Phone,
    Secret,
    TelnyxTrunk,
    Trunk,
    ValidationError,
    WebRtcPhone,
    create,
    get,
    plan,
    rotate_password,
    set_password,
)
from asterisk_realtime import rows as rows_of
from tests.db.services import FILES
from tests.db.tools import PASSWORD, everything, rows
from tests.examples import phone, trunk, web_phone
from tests.keyed import keyed

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

CHOSEN = "Other-Words-42"
STORED: tuple[dict[str, Any], ...] = (
    {},
    {"username": "ann"},
    {"storage": "digest", "realm": "asterisk"},
    {"storage": "digest", "realm": "asterisk", "username": "ann"},
    {"storage": "digest", "realm": "asterisk", "algorithms": ["SHA-256"]},
    {"storage": "md5", "realm": "asterisk"},
)
MAKERS = (phone, web_phone)


def stored(spec: Phone | WebRtcPhone, password: str) -> dict[str, str | None]:
    """Return the columns of an auth in which a password is kept."""
    proof = f"{spec.username or spec.id}:{spec.realm}:{password}".encode()
    digests = {"SHA-256": sha256(proof).hexdigest(), "MD5": md5(proof).hexdigest()}  # noqa: S324 - SIP's
    names = [name.value for name in spec.algorithms or ()] or list(digests)
    several = ",".join(f"{name}:{digests[name]}" for name in names)
    storage = spec.storage
    return {
        "password": password if storage is PasswordStorage.PLAIN else None,
        "password_digest": several if storage is PasswordStorage.DIGEST else None,
        "md5_cred": digests["MD5"] if storage is PasswordStorage.MD5 else None,
    }


def auth(session: Session, spec: Phone | WebRtcPhone) -> dict[str, str | None]:
    """Return what is kept of a phone's password, as another program reads it."""
    (row,) = (row for row in rows(session, "ps_auths") if row["id"] == spec.id)
    return {name: row[name] for name in ("password", "password_digest", "md5_cred")}


def without_secrets(session: Session) -> Any:
    """Return all rows without what is kept of passwords."""
    found = {**everything(session), "voicemail": rows(session, "voicemail")}
    secret = {"password", "password_digest", "md5_cred"}
    return {
        table: [{name: row[name] for name in row if name not in secret} for row in given]
        for table, given in found.items()
    }


# -- Phones ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", STORED, ids=str)
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_phone_gets_a_new_password(
    session: Session, make: Callable[..., Any], fields: dict[str, Any]
) -> None:
    """It is random, is kept as the old one was, and all else of the phone stays."""
    spec = make(password=PASSWORD, **fields)
    cls, key = keyed(spec)
    create(session, spec)
    create(session, make(id="neighbour", password=PASSWORD))
    before, old = without_secrets(session), auth(session, spec)
    first, second = (rotate_password(session, cls, **key) for _ in range(2))

    assert isinstance(first, Secret)
    assert first.reveal() != second.reveal()
    assert len(second.reveal()) == 24
    assert auth(session, spec) == stored(spec, second.reveal()) != old
    assert without_secrets(session) == before
    assert auth(session, attrs.evolve(spec, id="neighbour", **PLAIN)) == {
        **dict.fromkeys(("password_digest", "md5_cred")),
        "password": PASSWORD,
    }


PLAIN: dict[str, Any] = {"storage": "plain", "realm": None, "algorithms": None}


@pytest.mark.parametrize("fields", STORED, ids=str)
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("chosen", [CHOSEN, Secret(CHOSEN)], ids=["text", "secret"])
def test_a_phone_gets_a_chosen_password(
    session: Session, make: Callable[..., Any], fields: dict[str, Any], chosen: Any
) -> None:
    """The plan is of the auth alone and shows neither; the same again changes nothing."""
    spec = make(password=PASSWORD, **fields)
    cls, key = keyed(spec)
    create(session, spec)
    before = without_secrets(session)
    done = set_password(session, chosen, cls, **key)

    assert {row.table for row in done.rows} == {"ps_auths"}
    assert not any(word in str(done) + repr(done) for word in (PASSWORD, CHOSEN))
    assert auth(session, spec) == stored(spec, CHOSEN)
    assert without_secrets(session) == before
    assert not set_password(session, chosen, cls, **key)
    assert not plan(session, attrs.evolve(spec, password=CHOSEN))


def test_a_generated_password_is_replaced(session: Session) -> None:
    """The row that `create` returned shows the new one, too."""
    made = create(session, phone())
    session.commit()
    old = str(made.auth.password)
    secret = rotate_password(session, Phone, "100")

    assert str(made.auth.password) == secret.reveal() != old
    assert secret.reveal() not in repr(secret) + str(secret)
    session.rollback()  # the caller alone commits
    assert rows_of(session, Phone, "100") == made
    assert str(made.auth.password) == old


def test_a_weak_password_that_is_there_is_replaced(session: Session) -> None:
    """That it was allowed once allows no other one."""
    create(session, phone(password="1234", allow_weak_password=True))
    with pytest.raises(ValidationError, match="fewer than 8 characters"):
        set_password(session, "4321", Phone, "100")
    set_password(session, CHOSEN, Phone, "100")
    found = get(session, Phone, "100")

    assert found == phone(password=CHOSEN)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short-1", "fewer than 8 characters"),
        ("long-user-name", "the id or user name"),
        ("the-long-id", "the id or user name"),
        ("two\nlines-of-text", "control"),
        (None, "not text"),
        (47114711, "not text"),
        (b"Correct-Horse-7", "not text"),
    ],
)
def test_a_password_that_is_refused(
    session: Session, make: Callable[..., Any], password: Any, problem: str
) -> None:
    """The message does not show it, and the old one stays."""
    spec = make(id="the-long-id", username="long-user-name", password=PASSWORD)
    cls, key = keyed(spec)
    create(session, spec)
    with pytest.raises(ValidationError, match=problem) as caught:
        set_password(session, password, cls, **key)

    assert caught.value.field == "password"
    assert str(password) not in str(caught.value) or password is None
    assert auth(session, spec)["password"] == PASSWORD


# -- Mailboxes -------------------------------------------------------------------------------------


def test_a_mailbox_gets_a_new_pin(session: Session) -> None:
    """The one of that context alone; a spec leaves it as it is afterwards."""
    acme = Mailbox(number="7", context="acme", pin="4711")
    create(session, acme)
    create(session, attrs.evolve(acme, context="default"))
    before = without_secrets(session)
    secret = rotate_password(session, Mailbox, "7", context="acme")
    pins = {row["context"]: row["password"] for row in rows(session, "voicemail")}

    assert pins == {"acme": secret.reveal(), "default": "4711"}
    assert secret.reveal() != "4711"
    assert (len(secret.reveal()), secret.reveal().isdecimal()) == (6, True)
    assert without_secrets(session) == before
    assert not plan(session, acme)


@pytest.mark.parametrize("chosen", ["998877", Secret("998877")], ids=["text", "secret"])
def test_a_mailbox_gets_a_chosen_pin(session: Session, chosen: Any) -> None:
    """The same again changes nothing."""
    create(session, Mailbox(number="7", pin="4711"))
    done = set_password(session, chosen, Mailbox, number="7")

    assert [column.name for row in done.rows for column in row.columns] == ["password"]
    assert not any(word in str(done) + repr(done) for word in ("4711", "998877"))
    assert rows(session, "voicemail")[0]["password"] == "998877"
    assert not set_password(session, chosen, Mailbox, "7")


@pytest.mark.parametrize("pin", ["123", "4040", "12ab", "1" * 21, None, 4711])
def test_a_pin_that_is_refused(session: Session, pin: Any) -> None:
    """The message does not show it, and the old one stays."""
    create(session, Mailbox(number="4040", pin="4711"))
    with pytest.raises(ValidationError) as caught:
        set_password(session, pin, Mailbox, "4040")

    assert caught.value.field in {"pin", "password"}
    assert f"={pin}" not in str(caught.value)
    assert rows(session, "voicemail")[0]["password"] == "4711"


# -- Kinds without a password ----------------------------------------------------------------------

CALLS: dict[str, Callable[..., object]] = {
    "rotate": rotate_password,
    "set": lambda session, *args, **kwargs: set_password(session, CHOSEN, *args, **kwargs),
}
EACH = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@EACH
@pytest.mark.parametrize(
    ("kind", "key", "shown"),
    [
        (Phone, {"id": "101"}, "'101'"),
        (WebRtcPhone, {"id": "101"}, "'101'"),
        (Mailbox, {"number": "101"}, "'101 in default'"),
        (Mailbox, {"number": "100", "context": "acme"}, "'100 in acme'"),
    ],
)
def test_what_is_not_there(
    session: Session, call: Callable[..., object], kind: Any, key: dict[str, str], shown: str
) -> None:
    """The error names it, and nothing is written."""
    create(session, phone())
    create(session, Mailbox(number="100", pin="998877"))
    before = everything(session), rows(session, "voicemail")
    with pytest.raises(NotFoundError, match=shown):
        call(session, kind, **key)

    assert (everything(session), rows(session, "voicemail")) == before


@EACH
@pytest.mark.parametrize(
    ("kind", "name"),
    [(Trunk, "peer"), (TelnyxTrunk, "telnyx"), (MusicClass, "jazz"), (Allowance, "peer")],
    ids=["trunk", "provider's trunk", "music", "allowance"],
)
def test_what_has_no_password(
    session: Session, call: Callable[..., object], kind: Any, name: str
) -> None:
    """A trunk's credentials are its provider's to change."""
    for spec in (
        trunk(credentials=("grable", PASSWORD)),
        TelnyxTrunk(username="grable", password=PASSWORD),
        Allowance(endpoint="peer", networks=["192.0.2.0/28"]),
        FILES,
    ):
        create(session, spec)
    before = everything(session)
    with pytest.raises(ValidationError, match="no password of its own; give a phone or a mail"):
        call(session, kind, name)

    assert everything(session) == before


@EACH
def test_what_is_another_kind(session: Session, call: Callable[..., object]) -> None:
    """A Phone is not a WebRtcPhone, and a trunk is not a phone."""
    for spec in (phone(), web_phone(), trunk()):
        create(session, spec)
    before = everything(session)
    for kind, name in ((Phone, "200"), (WebRtcPhone, "100"), (Phone, "peer")):
        with pytest.raises(ConflictError, match=f"'{name}'"):
            call(session, kind, name)

    assert everything(session) == before
