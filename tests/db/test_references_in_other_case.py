"""MariaDB finds a name in any case, so a reference in another case follows and keeps the thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from asterisk_realtime import (
    AccessList,
    AccessRule,
    CallQueue,
    ConflictError,
    FollowMeProfile,
    FollowMeStep,
    InternalExtension,
    Mailbox,
    MusicClass,
    PenaltyRule,
    PenaltyStep,
    Phone,
    Rename,
    Trunk,
    apply,
    delete,
    get,
    rename,
)
from tests.db.renaming import refused, values
from tests.db.tools import everything, insert, on
from tests.examples import phone, trunk
from tests.keyed import keyed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ONE: Final = (phone(id="phone1"), Phone.key("two"))
PEER: Final = (trunk("carrier"), Trunk.key("peer"))
DEFAULT: Final = (Mailbox(number="100", context="Default", pin="4711"), Mailbox.key("200"))
BOX: Final = (Mailbox(number="100", context="acme", pin="4711"), Mailbox.key("200", context="beta"))
JAZZ: Final = (MusicClass(name="jazz", directory="/music"), MusicClass.key("blues"))
RULE: Final = (
    PenaltyRule(name="grow", steps=[PenaltyStep(after=5, max_penalty=1)]),
    PenaltyRule.key("shrink"),
)
ANN: Final = (
    FollowMeProfile(name="ann", steps=[FollowMeStep(numbers=["1"])], context="c"),
    FollowMeProfile.key("ben"),
)
LIST: Final = (
    AccessList(name="house", rules=[AccessRule.permit("10.0.0.0/8")]),
    AccessList.key("barn"),
)
SALES: Final = (CallQueue(name="sales"), CallQueue.key("help"))
FIVE: Final = (
    InternalExtension(exten="ann", context="office", destination="a,b,1"),
    InternalExtension.key("ben", context="annex"),
)


def step(app: str, appdata: str) -> tuple[str, dict[str, Any]]:
    """Return a step of the dialplan, its arguments last."""
    cells = {"context": "c", "exten": "1", "priority": 1, "app": app, "appdata": appdata}
    return "extensions", cells


def member(**cells: str) -> tuple[str, dict[str, Any]]:
    """Return a member of a queue."""
    return "queue_members", {"queue_name": "q", "uniqueid": 1, **cells}


def endpoint(**cells: str) -> tuple[str, dict[str, Any]]:
    """Return an endpoint."""
    return "ps_endpoints", {"id": "other", **cells}


CASES: Final[dict[str, tuple[tuple[Any, Any], tuple[str, dict[str, Any]], str]]] = {
    "member": (ONE, member(interface="PJSIP/Phone1"), "PJSIP/two"),
    "state": (ONE, member(interface="SIP/x", state_interface="pjsip/PHONE1"), "pjsip/two"),
    "member at a trunk": (PEER, member(interface="PJSIP/+1202@Carrier"), "PJSIP/+1202@peer"),
    "dialled": (
        ONE,
        step("Dial", "PJSIP/Phone1&PJSIP/Phone11,20"),
        "PJSIP/two&PJSIP/Phone11,20",
    ),
    "registration": (ONE, ("ps_registrations", {"id": "r", "endpoint": "Phone1"}), "two"),
    "mailboxes": (BOX, endpoint(mailboxes="7@acme,100@Acme"), "7@acme,200@beta"),
    "mailboxes without a context": (DEFAULT, endpoint(mailboxes="7@acme,100"), "7@acme,200"),
    "VoiceMail without a context": (DEFAULT, step("VoiceMail", "7@acme&100,u"), "7@acme&200,u"),
    "one mailbox": (DEFAULT, endpoint(mailboxes="100"), "200"),
    "one VoiceMail": (DEFAULT, step("VoiceMail", "100,u"), "200,u"),
    "mailboxes of an AOR": (
        BOX,
        ("ps_aors", {"id": "a", "mailboxes": "100@ACME"}),
        "200@beta",
    ),
    "VoiceMail": (BOX, step("VoiceMail", "7&100@Acme,u"), "7&200@beta,u"),
    "music of a queue": (JAZZ, ("queues", {"name": "q", "musiconhold": "Jazz"}), "blues"),
    "music of a profile": (JAZZ, ("followme", {"name": "f", "musicclass": "Jazz"}), "blues"),
    "music of an endpoint": (JAZZ, endpoint(moh_suggest="JAZZ"), "blues"),
    "MusicOnHold": (JAZZ, step("MusicOnHold", "Jazz,30"), "blues,30"),
    "rule": (RULE, ("queues", {"name": "q", "defaultrule": "Grow"}), "shrink"),
    "ACL": (LIST, endpoint(acl="yard,House"), "yard,barn"),
    "contact ACL": (LIST, endpoint(contact_acl="HOUSE"), "barn"),
    "Queue": (SALES, step("Queue", "Sales,t"), "help,t"),
    "FollowMe": (ANN, step("FollowMe", "Ann,d"), "ben,d"),
    "Goto": (FIVE, step("Goto", "Office,Ann,1"), "annex,ben,1"),
    "Local": (FIVE, step("Dial", "Local/Ann@Office/n"), "Local/ben@annex/n"),
    "member by the dialplan": (FIVE, member(interface="Local/ANN@office"), "Local/ben@annex"),
}
"""A thing and its new key; a row that names it, in the last cell; and the cell afterwards."""
SHARED: Final[dict[str, tuple[tuple[Any, Any], tuple[str, dict[str, Any]], str]]] = {
    "auth": (ONE, endpoint(auth="x,Phone1"), "x,two"),
    "outbound auth": (ONE, endpoint(outbound_auth="PHONE1"), "two"),
    "registration": (ONE, ("ps_registrations", {"id": "r", "outbound_auth": "x,Phone1"}), "x,two"),
}
"""The same for a phone's auth, which stays if others have it."""
EACH: Final = pytest.mark.parametrize(("thing", "row", "after"), CASES.values(), ids=CASES)


@on("mariadb")
@pytest.mark.parametrize(
    ("thing", "row", "after"),
    [*CASES.values(), *SHARED.values()],
    ids=[*CASES, *(f"shared {name}" for name in SHARED)],
)
def test_a_rename(
    session: Session, thing: tuple[Any, Any], row: tuple[str, dict[str, Any]], after: str
) -> None:
    """The reference gets the new name, as the key has it."""
    (spec, new), (table, cells) = thing, row
    apply(session, spec)
    insert(session, table, **cells)
    cls, key = keyed(spec)
    rename(session, cls.key(**key), new)

    found = values(session, table, list(cells)[-1])
    assert after in found
    assert [*cells.values()][-1] not in found


@on("mariadb")
@EACH
def test_a_delete(
    session: Session, thing: tuple[Any, Any], row: tuple[str, dict[str, Any]], after: str
) -> None:
    """It is refused."""
    del after
    (spec, _new), (table, cells) = thing, row
    apply(session, spec)
    insert(session, table, **cells)
    cls, key = keyed(spec)
    before = everything(session)
    with pytest.raises(ConflictError, match="change or delete that first"):
        delete(session, cls, **key)

    assert everything(session) == before


@on("mariadb")
@pytest.mark.parametrize("row", [row for _thing, row, _after in SHARED.values()], ids=SHARED)
def test_a_shared_auth(session: Session, row: tuple[str, dict[str, Any]]) -> None:
    """It stays when the phone goes."""
    table, cells = row
    apply(session, ONE[0])
    insert(session, table, **cells)
    delete(session, Phone, "phone1")

    assert get(session, Phone, "phone1") is None
    assert values(session, "ps_auths", "id") == ["phone1"]


@on("sqlite", "postgresql")
@EACH
def test_where_case_counts(
    session: Session, thing: tuple[Any, Any], row: tuple[str, dict[str, Any]], after: str
) -> None:
    """The other name is another thing's, and stays."""
    del after
    (spec, new), (table, cells) = thing, row
    apply(session, spec)
    insert(session, table, **cells)
    cls, key = keyed(spec)
    rename(session, cls.key(**key), new)

    assert [*cells.values()][-1] in values(session, table, list(cells)[-1])


@on("mariadb")
def test_a_cell_with_both_cases(session: Session) -> None:
    """Each of them follows."""
    apply(session, ONE[0])
    table, cells = step("Dial", "PJSIP/Phone1&pjsip/phone1&PJSIP/PHONE1,20")
    insert(session, table, **cells)
    rename(session, Phone.key("phone1"), Phone.key("two"))

    assert values(session, table, "appdata") == ["PJSIP/two&pjsip/two&PJSIP/two,20"]


@on("mariadb")
def test_addresses(session: Session) -> None:
    """Those that a person gave to the trunk go along."""
    apply(session, trunk("carrier"))
    insert(session, "ps_endpoint_id_ips", id="x", endpoint="Carrier", match="198.51.100.7")
    rename(session, Trunk.key("carrier"), Trunk.key("peer"))

    assert values(session, "ps_endpoint_id_ips", "endpoint") == ["peer"]


# -- Two that differ in case alone -----------------------------------------------------------------


@on("sqlite", "postgresql")
@pytest.mark.parametrize("other", ["PJSIP/100", "PJSIP/200"])
def test_members_of_two_queues(session: Session, other: str) -> None:
    """Each is a member of its own queue."""
    apply(session, phone())
    for number, (queue, interface) in enumerate((("sales", "PJSIP/100"), ("Sales", other))):
        cells = {"queue_name": queue, "interface": interface, "uniqueid": number + 1}
        insert(session, "queue_members", **cells)
    rename(session, Phone.key("100"), Phone.key("200"))

    assert values(session, "queue_members", "interface") == ["PJSIP/200", "PJSIP/200"]


@on("mariadb")
def test_members_of_queues_that_are_one(session: Session) -> None:
    """The database would refuse the second row, so the rename is refused before."""
    apply(session, phone())
    for number, (queue, name) in enumerate((("sales", "PJSIP/100"), ("Sales", "PJSIP/200"))):
        cells = {"queue_name": queue, "interface": name, "uniqueid": number + 1}
        insert(session, "queue_members", **cells)
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "member 'PJSIP/200'")
