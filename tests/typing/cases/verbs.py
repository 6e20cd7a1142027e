"""The verbs take any spec, and any class of specs with its key; each line with "error" is wrong."""

from typing import assert_type

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    Allowance,
    CallQueue,
    CommandMusicClass,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Item,
    Mailbox,
    Member,
    MusicClass,
    New,
    OutboundRoute,
    Page,
    PenaltyRule,
    PenaltyStep,
    Phone,
    Plan,
    QueueMembership,
    RegisteredDevice,
    RegistrationTrunk,
    Rename,
    Replace,
    Secret,
    Spec,
    ToPhone,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    WebRtcPhone,
    Within,
    aio,
    apply,
    create,
    delete,
    ensure,
    find,
    get,
    plan,
    registrations,
    rename,
    rotate_password,
    rows,
    set_password,
)
from asterisk_realtime.models import (
    Extension,
    FollowMeRows,
    Identify,
    MusicOnHold,
    MusicRows,
    NamedAcl,
    PhoneRows,
    QueueMember,
    QueueRows,
    QueueRule,
    TrunkRows,
    Voicemail,
)

PHONE = Phone(id="101", context="phones")
TRUNK = TwilioTrunk(termination_uri="grable.pstn.twilio.com")


def created(session: Session) -> None:
    """`create` returns the rows of what it created."""
    assert_type(create(session, PHONE), PhoneRows)
    assert_type(create(session, WebRtcPhone(id="102", context="phones")), PhoneRows)
    assert_type(create(session, TRUNK), TrunkRows)
    assert_type(create(session, CallQueue(name="sales")), QueueRows)
    membership = QueueMembership(queue="sales", member=Member(phone="101"))
    assert_type(create(session, membership), QueueMember)
    assert_type(create(session, Mailbox(number="101")), Voicemail)
    assert_type(create(session, MusicClass(name="soft", directory="moh")), MusicRows)
    assert_type(create(session, CommandMusicClass(name="radio", command="/bin/x")), MusicOnHold)
    ada = FollowMeProfile(name="ada", context="phones", steps=[FollowMeStep(numbers=["101"])])
    assert_type(create(session, ada), FollowMeRows)
    penalties = PenaltyRule(name="later", steps=[PenaltyStep(after=10, max_penalty=2)])
    assert_type(create(session, penalties), tuple[QueueRule, ...])
    rule = AccessRule.permit("192.0.2.0/24")
    assert_type(create(session, AccessList(name="office", rules=[rule])), tuple[NamedAcl, ...])
    assert_type(create(session, TwilioAllowance()), tuple[Identify, ...])
    ringing = InternalExtension(exten="101", context="phones", destination=ToPhone("101"))
    assert_type(create(session, ringing), tuple[Extension, ...])


def brought(session: Session) -> None:
    """All other changes return a plan."""
    assert_type(ensure(session, PHONE), Plan)
    assert_type(plan(session, PHONE, TRUNK), Plan)
    assert_type(apply(session, New(PHONE), Replace(TRUNK), Absent(Mailbox, "101")), Plan)
    wanted: list[Item] = [PHONE, Absent(Phone, id="102")]
    assert_type(apply(session, *wanted, prune=Within(Phone, context="phones")), Plan)
    renamed = Rename(Phone.key("101"), Phone.key("201"))
    assert_type(plan(session, renamed), Plan)
    assert_type(rename(session, Phone.key("101"), Phone.key("201")), Plan)
    assert_type(delete(session, Phone, "101"), Plan)
    assert_type(delete(session, Mailbox, "101", context="acme"), Plan)


def found(session: Session) -> None:
    """What is found is of the class that was asked for."""
    assert_type(get(session, Phone, "101"), Phone | None)
    assert_type(get(session, Phone, id="101"), Phone | None)
    assert_type(get(session, WebRtcPhone, "102"), WebRtcPhone | None)
    assert_type(get(session, Trunk, "twilio"), Trunk | None)
    assert_type(get(session, RegistrationTrunk, name="one"), RegistrationTrunk | None)
    assert_type(get(session, TwilioTrunk, "twilio"), TwilioTrunk | None)
    assert_type(get(session, Mailbox, "101", context="acme"), Mailbox | None)
    assert_type(get(session, OutboundRoute, "_X.", context="phones"), OutboundRoute | None)
    assert_type(get(session, InboundRoute, "+12025550123", context="in"), InboundRoute | None)
    assert_type(get(session, Allowance, endpoint="twilio"), Allowance | None)
    assert_type(find(session, Phone, context="phones", limit=10), Page[Phone])
    assert_type(find(session, Spec), Page[Spec])
    assert_type(registrations(session, "101"), dict[str, tuple[RegisteredDevice, ...]])
    assert_type(find(session, Trunk).items, tuple[Trunk, ...])
    find(session, int)  # error
    find(session, Phone, limit="10")  # error
    assert_type(rows(session, Phone, "101"), PhoneRows | None)
    assert_type(rows(session, TwilioTrunk, "twilio"), TrunkRows | None)
    assert_type(rows(session, Mailbox, "101"), Voicemail | None)
    assert_type(rows(session, CallQueue, "sales"), QueueRows | None)
    assert_type(rows(session, OutboundRoute, "_X.", context="in"), tuple[Extension, ...] | None)


def passwords(session: Session) -> None:
    """Of phones and mailboxes."""
    assert_type(rotate_password(session, Phone, "101"), Secret)
    assert_type(set_password(session, "46213", Mailbox, "101", context="acme"), Plan)
    assert_type(set_password(session, Secret("46213"), Mailbox, number="101"), Plan)
    set_password(session, Mailbox, "101", "46213")  # error
    set_password(session, b"46213", Mailbox, "101")  # error
    set_password(session, "46213", Mailbox)  # error
    rotate_password(session, Phone)  # error


async def in_async(session: AsyncSession, other: Session) -> None:
    """The same with an AsyncSession."""
    assert_type(await aio.create(session, PHONE), PhoneRows)
    assert_type(await aio.create(session, TRUNK), TrunkRows)
    assert_type(await aio.ensure(session, PHONE), Plan)
    assert_type(await aio.plan(session, PHONE, Absent(Phone, "102")), Plan)
    assert_type(await aio.apply(session, New(PHONE), Replace(TRUNK)), Plan)
    assert_type(await aio.get(session, Phone, "101"), Phone | None)
    assert_type(await aio.get(session, Mailbox, "101", context="acme"), Mailbox | None)
    assert_type(await aio.find(session, Phone, context="phones"), Page[Phone])
    assert_type(await aio.rename(session, Phone.key("101"), Phone.key("201")), Plan)
    assert_type(await aio.rows(session, TwilioTrunk, "twilio"), TrunkRows | None)
    assert_type(await aio.delete(session, Phone, id="101"), Plan)
    assert_type(await aio.rotate_password(session, Phone, "101"), Secret)
    assert_type(await aio.set_password(session, "46213", Mailbox, "101"), Plan)
    await aio.get(session, Phone, name="1")  # error
    await aio.get(session, Phone)  # error
    await aio.delete(session, int, "x")  # error
    await aio.create(session, "101")  # error
    await aio.get(other, Phone, "101")  # error
    aio.create(session, PHONE).endpoint  # error


def wrong_keys(session: Session) -> None:
    """A key has the parts that its class asks for."""
    get(session, Phone, name="1")  # error
    get(session, Phone)  # error
    get(session, Phone, 101)  # error
    get(session, Phone, "101", "phones")  # error
    get(session, OutboundRoute, "_X.")  # error
    get(session, InboundRoute, "+12025550123")  # error
    rows(session, Mailbox, pin="4711")  # error
    delete(session, Trunk)  # error
    Absent(Phone, exten="101")  # error
    Absent(Phone)  # error
    Absent(Mailbox, 100)  # error
    get(session, QueueMembership, phone="101")  # error
    rename(session, "101", "201")  # error
    Rename(Phone.key(101), Phone.key("201"))  # error
    registrations(session, 101)  # error


def wrong_classes(session: Session, in_async: AsyncSession) -> None:
    """Some classes have no key, and a spec is not a class."""
    get(session, TwilioAllowance, "x")  # error
    get(session, int, "x")  # error
    get(session, "Phone", "101")  # error
    rows(session, PhoneRows, "101")  # error
    delete(session, PHONE)  # error
    Absent(int, "x")  # error
    Absent(PHONE)  # error
    Within(PHONE)  # error
    apply(session, PHONE, prune=Phone)  # error
    get(in_async, Phone, "101")  # error


def wrong_things(session: Session) -> None:
    """A verb takes specs, each by itself."""
    create(session, "101")  # error
    create(session, Phone)  # error
    create(session, New(PHONE))  # error
    create(session, PHONE).queue  # error
    ensure(session, [PHONE])  # error
    ensure(session, Absent(Phone, "101"))  # error
    apply(session, [PHONE])  # error
    plan(session, "101")  # error
    New("101")  # error
    Replace(Absent(Phone, "101"))  # error
