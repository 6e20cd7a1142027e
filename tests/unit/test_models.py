"""The models are all of Asterisk's tables, each column described and checked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from netaddr import IPNetwork

from asterisk_realtime import MediaEncryption, ValidationError
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Cdr,
    Endpoint,
    Extension,
    IaxFriend,
    Identify,
    IdentifyBy,
    Queue,
    Voicemail,
)
from asterisk_realtime.models.types import Bool, Cell, Choice, NativeBool, SecretString
from asterisk_realtime.showing import HIDDEN

if TYPE_CHECKING:
    from sqlalchemy import Table

ROOT = Path(__file__).parents[2]
UPSTREAM = json.loads((ROOT / "tests/data/upstream-columns.json").read_text("utf-8"))["tables"]
REFLECTED = ROOT.parent / "shared/schema/master-postgresql.json"

# What Asterisk reads and its scripts lack: whole tables, and columns of the other tables.
ADDED_TABLES = {
    "acls",
    "ast_config",
    "asterisk_realtime_lock",
    "cel",
    "followme",
    "followme_numbers",
    "voicemail_data",
}
ADDED_COLUMNS = {
    "cdr": "id tenantid peertenantid",
    "iaxfriends": "description deny permit acl outkey forceencryption connectedline immediate "
    "peercontext parkinglot maxcallnumbers",
    "musiconhold": "announcement answeredonly kill_escalation_delay kill_method",
    "ps_transports": "ca_list_path websocket_write_timeout",
    "queue_rules": "id raise_penalty",
    "queues": "announce_position_only_up periodic_announce_startdelay",
    "stir_tn": "check_tn_cert_public_url",
    "voicemail_messages": "macrocontext",
    "voicemail": "attachextrecs backupdeleted emailbody emailsubject fromstring hidefromdir "
    "imapfolder imapvmshareid leaveurgent locale maxsecs messagewrap minsecs moveheard "
    "nextaftercmd options passwordlocation saydurationm",
}

TABLES = Base.metadata.tables
COLUMNS = [column for table in TABLES.values() for column in table.columns]
every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def test_every_table_is_there() -> None:
    """29 tables with 659 columns are upstream's; none is missing and none has another name."""
    assert set(TABLES) - ADDED_TABLES == set(UPSTREAM)
    assert len(UPSTREAM) == 29
    assert sum(map(len, UPSTREAM.values())) == 659


@every_table
def test_columns_stand_in_upstreams_order(table: Table) -> None:
    """Asterisk reads some columns in the order of the table: deny before permit."""
    names = UPSTREAM.get(table.name, [])

    assert [column.name for column in table.columns if column.name in names] == names


def test_what_upstream_lacks_is_declared() -> None:
    """Each column beyond upstream's is listed."""
    added = {
        name: " ".join(each for each in TABLES[name].columns.keys() if each not in names)  # noqa: SIM118 - a column collection, not a dict
        for name, names in UPSTREAM.items()
    }

    assert {name: columns for name, columns in added.items() if columns} == ADDED_COLUMNS


@pytest.mark.parametrize("name", ["deny", "contact_deny"])
def test_deny_stands_before_permit(name: str) -> None:
    """The last rule that matches wins, so with `permit` first nobody would get in."""
    for table in TABLES.values():
        names = list(table.columns.keys())
        # Upstream's order for chan_sip, which is gone, is the other one.
        if name in names and table.name != "sippeers":
            assert names.index(name) < names.index(name.replace("deny", "permit"))


@every_table
def test_every_table_has_a_primary_key(table: Table) -> None:
    """Without one a row could not be changed or deleted by itself."""
    assert list(table.primary_key)


def test_upstreams_columns_are_as_reflected() -> None:
    """What the tests compare with is what Asterisk's own scripts make."""
    if not REFLECTED.exists():
        pytest.skip(f"there is no {REFLECTED}")
    tables = json.loads(REFLECTED.read_text("utf-8"))["tables"]

    assert {
        name: [column["name"] for column in table["columns"]] for name, table in tables.items()
    } == UPSTREAM


# -- Words -----------------------------------------------------------------------------------------


def is_sentence(text: str | None) -> bool:
    """Tell whether *text* is one sentence of some substance."""
    return bool(text and re.fullmatch(r"\S.{10,}\.", text))


def test_every_column_is_described() -> None:
    """A sentence, which ends as one."""
    assert [str(column) for column in COLUMNS if not is_sentence(column.doc)] == []


def test_no_two_columns_are_described_alike() -> None:
    """A sentence that fits two columns says too little of each."""
    docs: dict[str, list[str]] = {}
    for column in COLUMNS:
        docs.setdefault(column.doc or "", []).append(str(column))

    assert {doc: names for doc, names in docs.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    "model", [mapper.class_ for mapper in sorted(Base.registry.mappers, key=str)]
)
def test_every_model_is_described(model: type[Base]) -> None:
    """A class says what its rows are."""
    assert model.__doc__
    assert "TODO" not in model.__doc__


def test_dates_are_releases() -> None:
    """``since`` is a tuple of releases with three numbers each."""
    dates = {str(column): column.info.get("since", ()) for column in COLUMNS}

    assert {
        column: since
        for column, since in dates.items()
        if not isinstance(since, tuple)
        or not all(re.fullmatch(r"\d+\.\d+\.\d+", release) for release in since)
    } == {}


def test_defaults_are_of_the_columns_own_type() -> None:
    """Booleans for booleans, and words of the set for sets."""
    for column in COLUMNS:
        default = column.info.get("default")
        if default is not None and isinstance(column.type, Bool | NativeBool | Choice):
            column.type.check(default, str(column))


# -- Types -----------------------------------------------------------------------------------------


def test_only_keys_are_required() -> None:
    """Every other column may be left out of an INSERT, and then Asterisk's default holds."""
    assert [
        str(column) for column in COLUMNS if column.nullable and column.server_default is None
    ] == []


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (Endpoint(id="a"), "direct_media", "yes"),
        (Endpoint(id="a"), "aors", "a"),
        (Endpoint(id="a"), "aors", ("a,b",)),
        (Endpoint(id="a"), "media_encryption", "srtp"),
        (Endpoint(id="a"), "identify_by", ("address",)),
        (Endpoint(id="a"), "rtp_timeout", "60"),
        (Endpoint(id="a"), "context", ""),
        (Endpoint(id="a"), "context", "x" * 81),
        (Aor(id="a"), "qualify_frequency", -1),
        (Identify(id="a"), "match", "54.172.60.0/30"),
        (Auth(id="a"), "password", "a\nb"),
        (Auth(id="a"), "auth_type", "plain"),
    ],
)
def test_a_wrong_value_is_refused_where_it_is_assigned(row: Base, column: str, value: Any) -> None:
    """The error names table and column, before any database is asked."""
    with pytest.raises(ValidationError) as caught:
        setattr(row, column, value)

    assert caught.value.field == f"{row.__tablename__}.{column}"


def test_a_wrong_value_is_refused_by_the_constructor() -> None:
    """As by an assignment."""
    with pytest.raises(ValidationError) as caught:
        Endpoint(id="a", direct_media="no")  # type: ignore[arg-type]  # as by mistake

    assert caught.value.field == "ps_endpoints.direct_media"


def test_an_assignment_makes_the_value_the_columns_own() -> None:
    """Lists become tuples, words members, texts networks: before and after the flush alike."""
    endpoint = Endpoint(id="a", aors=["a"], identify_by=["ip"])  # type: ignore[arg-type]  # lists and words are taken too
    endpoint.media_encryption = "sdes"  # type: ignore[assignment]  # as above
    row = Identify(id="a", match=["54.172.60.0/30"])  # type: ignore[arg-type]  # as above

    assert endpoint.aors == ("a",)
    assert endpoint.identify_by == (IdentifyBy.IP,)
    assert endpoint.media_encryption is MediaEncryption.SDES
    assert row.match == (IPNetwork("54.172.60.0/30"),)


def test_none_can_always_be_assigned() -> None:
    """It means Asterisk's default."""
    endpoint = Endpoint(id="a", direct_media=False)
    endpoint.direct_media = None

    assert endpoint.direct_media is None


def test_every_option_is_checked() -> None:
    """No option of the tables that provisioning writes takes whatever comes."""
    models = (Endpoint, Aor, Auth, Identify, Extension)
    unchecked = [
        str(column)
        for model in models
        for column in model.__table__.columns
        if not isinstance(column.type, Cell) and not column.primary_key
    ]

    assert unchecked == ["ps_aors.qualify_timeout"]


# -- Secrets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Auth, "password"),
        (Auth, "md5_cred"),
        (Auth, "password_digest"),
        (Auth, "refresh_token"),
        (Auth, "oauth_secret"),
        (IaxFriend, "secret"),
        (Voicemail, "password"),
    ],
)
def test_secrets_are_hidden(model: type[Base], column: str) -> None:
    """A row with a secret can be logged."""
    row = model()
    setattr(row, column, "0" * 31 + "f")

    assert isinstance(model.__table__.columns[column].type, SecretString)
    assert f"{column}={HIDDEN}" in repr(row)
    assert "000" not in repr(row)


def test_every_column_that_sounds_secret_is_one() -> None:
    """A password by any name."""
    words = ("password", "secret", "md5_cred", "refresh_token")
    open_ones = [
        str(column)
        for column in COLUMNS
        if any(word in column.name for word in words)
        and not isinstance(column.type, SecretString | Choice)
    ]

    assert open_ones == []


def test_repr_shows_what_is_set() -> None:
    """And nothing else, so that a row of 147 columns can be read."""
    endpoint = Endpoint(id="twilio", direct_media=False, aors=("twilio",))

    assert repr(endpoint) == "Endpoint(id='twilio', aors=('twilio',), direct_media=False)"


@pytest.mark.parametrize("model", [Cdr, Queue, Extension])
def test_repr_of_an_empty_row(model: type[Base]) -> None:
    """A row without anything is shown without anything."""
    assert repr(model()) == f"{model.__name__}()"
