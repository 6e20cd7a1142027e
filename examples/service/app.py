"""A small hosting service: tenants with a trunk and a queue, their phones and their calls."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, Final

import attrs
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from asterisk_realtime import (
    Absent,
    CallQueue,
    ConflictError,
    InboundRoute,
    Item,
    Member,
    New,
    NotFoundError,
    OutboundRoute,
    Phone,
    QueueMembership,
    Spec,
    ToQueue,
    TwilioAllowance,
    TwilioTrunk,
    ValidationError,
    Within,
    aio,
)
from asterisk_realtime.models import Cdr, Endpoint
from asterisk_realtime.reports import totals_by_day
from examples.service.database import Session, TransactionRoute, new_engine
from examples.service.tables import Tenant

DIALLED: Final = ("_1NXXNXXXXXX", "911", "933")

router = APIRouter(route_class=TransactionRoute)
of_tenant = APIRouter(prefix="/tenants/{slug}", route_class=TransactionRoute)


# -- Tenants -----------------------------------------------------------------------------------


class NewTenant(BaseModel):
    """A customer with an account at Twilio, and a number there."""

    model_config = ConfigDict(extra="forbid")

    slug: str = Field(pattern="^[a-z][a-z0-9]{1,19}$")
    name: str = Field(max_length=80)
    number: str
    termination_uri: str
    account_sid: str
    username: str
    password: SecretStr


async def _tenant(session: Session, slug: str) -> Tenant:
    tenant = await session.get(Tenant, slug)
    if tenant is None:
        raise NotFoundError("tenant", slug, "check its slug")
    return tenant


async def _locked_tenant(session: Session, slug: str) -> Tenant:
    await aio.lock(session)  # or another request might change what this one reads
    return await _tenant(session, slug)


TenantRead = Annotated[Tenant, Depends(_tenant)]
TenantLocked = Annotated[Tenant, Depends(_locked_tenant)]


def wanted(tenant: Tenant, new: NewTenant) -> list[Item]:
    """Return the specs of a new tenant. Those with its name must not exist yet."""
    return [
        New(
            TwilioTrunk(
                name=tenant.slug,
                termination_uri=new.termination_uri,
                username=new.username,
                password=new.password.get_secret_value(),
                context=tenant.calls_in,
                caller_id=new.number,
            )
        ),
        TwilioAllowance(endpoint=tenant.slug, account_sid=new.account_sid),
        New(CallQueue(name=tenant.slug)),
        New(
            InboundRoute(
                number=new.number, context=tenant.calls_in, destination=ToQueue(tenant.slug)
            )
        ),
        *(
            New(OutboundRoute(context=tenant.slug, pattern=pattern, trunk=tenant.slug, region="US"))
            for pattern in DIALLED
        ),
    ]


@router.post("/tenants", status_code=201)
async def onboard(session: Session, new: NewTenant) -> dict[str, Any]:
    """Add a tenant; return the changes, which name what Asterisk must reload."""
    tenant = Tenant(slug=new.slug, name=new.name)
    changes = await aio.apply(session, *wanted(tenant, new))
    trunk = await session.get_one(Endpoint, tenant.slug)
    trunk.tenantid = tenant.slug  # Asterisk writes it into the records of calls
    session.add(tenant)
    return changes.to_dict()


@of_tenant.delete("")
async def offboard(session: Session, tenant: TenantLocked) -> dict[str, Any]:
    """Remove a tenant and all its objects; return the changes."""
    done = await aio.apply(
        session,
        Absent(CallQueue, tenant.slug),
        Absent(TwilioTrunk, tenant.slug),
        prune=[
            Within(context=tenant.slug),
            Within(InboundRoute, context=tenant.calls_in),
        ],
    )
    await session.delete(tenant)
    return done.to_dict()


@of_tenant.get("/calls")
async def calls_per_day(
    session: Session, tenant: TenantRead, start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """Report how many calls a tenant had on each day."""
    statement = totals_by_day(start, end, where=Cdr.tenantid == tenant.slug)
    return [dict(day) for day in (await session.execute(statement)).mappings()]


# -- Phones ------------------------------------------------------------------------------------


class PhoneFields(BaseModel):
    """Fields of a phone that a tenant may set."""

    model_config = ConfigDict(extra="forbid")

    caller_id: str | None = None
    max_contacts: int = 1


class NewPhone(PhoneFields):
    """A phone to add."""

    id: str


class PhoneChanges(PhoneFields):
    """Changes of a phone; fields that are left out keep their values."""

    id: str | None = None


async def _phone(session: Session, tenant: Tenant, phone_id: str) -> Phone:
    phone = await aio.get(session, Phone, phone_id)
    if phone is None or phone.context != tenant.slug:
        raise NotFoundError("phone", phone_id, "check its id")
    return phone


@of_tenant.post("/phones", status_code=201)
async def add_phone(session: Session, tenant: TenantLocked, new: NewPhone) -> Phone:
    """Add a phone; its id must be free, also at other tenants."""
    phone = Phone(context=tenant.slug, **new.model_dump())
    rows = await aio.create(session, phone)
    rows.endpoint.tenantid = tenant.slug
    return phone


@of_tenant.get("/phones")
async def list_phones(
    session: Session, tenant: TenantRead, limit: int = 100, after: str | None = None
) -> dict[str, Any]:
    """Return a page of phones, and the devices that are registered as each of them."""
    page = await aio.find(session, Phone, context=tenant.slug, limit=limit, after=after)
    found = await aio.registrations(session, *(phone.id for phone in page))
    devices = {phone: [device.to_dict() for device in found[phone]] for phone in found}
    return {**page.to_dict(), "devices": devices}


@of_tenant.get("/phones/{phone_id}")
async def read_phone(session: Session, tenant: TenantRead, phone_id: str) -> Phone:
    """Return one phone."""
    return await _phone(session, tenant, phone_id)


@of_tenant.patch("/phones/{phone_id}")
async def change_phone(
    session: Session, tenant: TenantLocked, phone_id: str, changes: PhoneChanges
) -> Phone:
    """Change what is given; another id renames the phone wherever it is named."""
    phone = await _phone(session, tenant, phone_id)
    if changes.id is not None and changes.id != phone_id:
        await aio.rename(session, Phone.key(phone_id), Phone.key(changes.id))
        phone = await _phone(session, tenant, changes.id)
    given = changes.model_dump(exclude_unset=True, exclude={"id"})
    changed = attrs.evolve(phone, **given)
    await aio.ensure(session, changed)
    return changed


@of_tenant.delete("/phones/{phone_id}")
async def remove_phone(session: Session, tenant: TenantLocked, phone_id: str) -> dict[str, Any]:
    """Remove a phone; the changes say how to end its registration."""
    await _phone(session, tenant, phone_id)
    return (await aio.delete(session, Phone, phone_id)).to_dict()


@of_tenant.post("/phones/{phone_id}/password")
async def rotate(session: Session, tenant: TenantLocked, phone_id: str) -> dict[str, str]:
    """Give a phone a new password. No other answer shows it."""
    phone = await _phone(session, tenant, phone_id)
    password = await aio.rotate_password(session, Phone, phone_id)
    return {"username": phone.user, "password": password.reveal()}


@of_tenant.put("/queue/members/{phone_id}")
async def add_member(session: Session, tenant: TenantLocked, phone_id: str) -> dict[str, Any]:
    """Add a phone to the tenant's queue."""
    phone = await _phone(session, tenant, phone_id)
    membership = QueueMembership(queue=tenant.slug, member=Member(phone=phone.id))
    return (await aio.ensure(session, membership)).to_dict()


@of_tenant.delete("/queue/members/{phone_id}")
async def remove_member(session: Session, tenant: TenantLocked, phone_id: str) -> dict[str, Any]:
    """Remove a phone from the tenant's queue."""
    return (await aio.delete(session, QueueMembership, tenant.slug, phone=phone_id)).to_dict()


# -- Dry runs and errors -----------------------------------------------------------------------


@router.post("/plan")
async def dry_run(session: Session, specs: list[Spec]) -> dict[str, Any]:
    """Return what applying some specs would change."""
    return (await aio.plan(session, *specs)).to_dict()


async def _invalid(_request: Request, error: ValidationError) -> JSONResponse:
    return JSONResponse(error.to_dict(), 422)


async def _invalid_body(_request: Request, error: RequestValidationError) -> JSONResponse:
    # Without the input, which may be a body with passwords.
    errors = [
        {"field": ".".join(map(str, part["loc"][1:])), "problem": part["msg"]}
        for part in error.errors()
    ]
    return JSONResponse({"errors": errors}, 422)


async def _not_found(_request: Request, error: NotFoundError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 404)


async def _conflict(_request: Request, error: ConflictError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 409)


@asynccontextmanager
async def _lifespan(service: FastAPI) -> AsyncGenerator[None]:
    service.state.engine = new_engine()
    yield
    await service.state.engine.dispose()


app = FastAPI(
    title="Hosting service",
    lifespan=_lifespan,
    exception_handlers={
        ValidationError: _invalid,
        RequestValidationError: _invalid_body,
        NotFoundError: _not_found,
        ConflictError: _conflict,
    },
)
app.include_router(router)
app.include_router(of_tenant)
