"""What is stored of a phone's password, on every database: as it is, or a digest of it."""

from __future__ import annotations

from hashlib import md5, sha256
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from asterisk_realtime import (
    KEEP,
    ConflictError,
    PasswordStorage,
    Phone,
    ValidationError,
    create,
    delete,
    ensure,
    get,
    plan,
)
from asterisk_realtime.models import Aor, Auth, Endpoint
from tests.db.tools import PASSWORD, everything, rows, written
from tests.examples import phone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def digest(hash_: Any, user: str = "100", realm: str = "asterisk", password: str = PASSWORD) -> str:
    """Return what is stored of a password."""
    return str(hash_(f"{user}:{realm}:{password}".encode()).hexdigest())


def test_a_generated_password_is_new_each_time_and_stays(session: Session) -> None:
    """It is made when the phone is added, can be read once more, and is never changed."""
    first = create(session, phone())
    second = create(session, phone(id="101"))
    session.commit()
    words = [str(made.auth.password) for made in (first, second)]
    shown = str(plan(session, phone(id="102")))

    assert len(set(words)) == 2
    assert all(len(word) == 24 and word.isalnum() for word in words)
    assert not ensure(session, phone())
    found = get(session, Phone, "100")
    assert found is not None
    assert found.password == words[0]
    assert words[0] not in repr(found)
    assert "password='**********'" in shown
    delete(session, Phone, "100")
    delete(session, Phone, "101")
    session.commit()


@pytest.mark.parametrize(
    ("fields", "cells"),
    [
        (
            {"storage": "md5"},
            {
                "auth_type": "md5",
                "md5_cred": digest(md5),
                "supported_algorithms_uas": "MD5",
                "supported_algorithms_uac": "MD5",
            },
        ),
        (
            {"storage": "digest"},
            {
                "auth_type": "digest",
                "password_digest": f"SHA-256:{digest(sha256)},MD5:{digest(md5)}",
                "supported_algorithms_uas": "SHA-256,MD5",
                "supported_algorithms_uac": "SHA-256,MD5",
            },
        ),
        (
            {"storage": "digest", "algorithms": ["SHA-256"], "username": "ann"},
            {
                "auth_type": "digest",
                "username": "ann",
                "password_digest": f"SHA-256:{digest(sha256, 'ann')}",
                "supported_algorithms_uas": "SHA-256",
                "supported_algorithms_uac": "SHA-256",
            },
        ),
    ],
    ids=["md5", "digest", "sha-256"],
)
def test_a_password_kept_as_a_digest(
    session: Session, fields: dict[str, Any], cells: dict[str, str]
) -> None:
    """The password itself is nowhere, and what is found keeps its digest."""
    spec = phone(password=PASSWORD, realm="asterisk", **fields)
    create(session, spec)
    (auth,) = written(session, "ps_auths")
    found = get(session, Phone, "100")

    assert auth == {"id": "100", "username": "100", "realm": "asterisk", **cells}
    assert found is not None
    assert (found.password, found.storage) == (KEEP, fields["storage"])
    assert not plan(session, found)
    assert not plan(session, spec)


def test_another_storage(session: Session) -> None:
    """A known password becomes a digest; a digest becomes nothing else without the password."""
    create(session, phone(password=PASSWORD))
    ensure(session, phone(storage="digest", realm="asterisk"))
    (auth,) = rows(session, "ps_auths")
    assert (auth["password"], auth["auth_type"]) == (None, "digest")
    assert auth["password_digest"] == f"SHA-256:{digest(sha256)},MD5:{digest(md5)}"

    before = everything(session)
    for fields in (
        {},
        {"storage": "md5", "realm": "asterisk"},
        {"storage": "digest", "realm": "other-words"},
        {"storage": "digest", "realm": "asterisk", "username": "ann"},
        {"storage": "digest", "realm": "asterisk", "algorithms": ["SHA-256"]},
    ):
        with pytest.raises(ValidationError, match="give the password") as caught:
            ensure(session, phone(**fields))
        assert caught.value.field == "password"
    assert everything(session) == before
    ensure(session, phone(password="other-words", storage="md5", realm="asterisk"))
    ensure(session, phone(password="other-words"))

    (auth,) = written(session, "ps_auths")
    assert (auth["password"], auth.get("md5_cred"), auth.get("password_digest")) == (
        "other-words",
        None,
        None,
    )
    assert get(session, Phone, "100") == phone(password="other-words")


def test_a_digest_of_a_generated_password_is_refused(session: Session) -> None:
    """Nobody would ever know it."""
    with pytest.raises(ValidationError, match="a generated one cannot be read") as caught:
        create(session, phone(storage="md5", realm="asterisk"))

    assert caught.value.field == "password"
    assert everything(session) == {}


def test_an_auth_of_another_name_is_kept(session: Session) -> None:
    """A phone made by hand keeps its password, and its auth goes with it."""
    session.add_all(
        [
            Endpoint(id="100", aors=("100",), auth=("100-auth",), allow=("ulaw",)),
            Aor(id="100", max_contacts=1),
            Auth(id="100-auth", username="100", password=PASSWORD),
        ]
    )
    session.flush()
    ensure(session, phone())
    (auth,) = rows(session, "ps_auths")

    assert (auth["id"], auth["password"]) == ("100-auth", PASSWORD)
    delete(session, Phone, "100")
    assert everything(session) == {}


def test_an_auth_of_two_endpoints_is_not_changed(session: Session) -> None:
    """Whoever else has it would lose its password."""
    session.add_all(
        [
            Endpoint(id="100", aors=("100",), auth=("office",), allow=("ulaw",)),
            Endpoint(id="101", aors=("101",), auth=("office",), allow=("ulaw",)),
            Auth(id="office", username="office", password=PASSWORD),
        ]
    )
    session.flush()

    with pytest.raises(ConflictError, match=r"auth 'office' of endpoint '100'.*endpoint '101'"):
        ensure(session, phone())


def test_a_digest_without_its_hash_is_not_shown(session: Session) -> None:
    """A row that a person made wrong must not tell its secret in an error."""
    create(session, phone(storage="digest", realm="asterisk", password=PASSWORD))
    session.execute(text("UPDATE ps_auths SET password_digest = '0123456789abcdef'"))

    with pytest.raises(ConflictError, match="it names no hash") as caught:
        get(session, Phone, "100")
    assert "0123456789abcdef" not in str(caught.value).lower()


def test_storages_are_words() -> None:
    """They can be written as text."""
    assert phone(storage="plain").storage is PasswordStorage.PLAIN
