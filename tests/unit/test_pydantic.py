"""Specs as fields of pydantic models, and as bodies and responses of FastAPI."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from jsonschema import Draft202012Validator
from pydantic import BaseModel, TypeAdapter, ValidationError

from asterisk_realtime import CallQueue, InboundRoute, Member, Phone, Spec, Trunk
from asterisk_realtime.showing import HIDDEN
from tests.property.good_specs import GOOD, PASSWORD

SPECS = [cls for cls in GOOD if issubclass(cls, Spec)]
PHONE: dict[str, Any] = {"id": "101", "context": "internal", "password": PASSWORD}

app = FastAPI()


class Order(BaseModel):
    """What a customer asks for."""

    customer: str
    phone: Phone
    queues: list[CallQueue] = []


@app.post("/phones")
def _phone(phone: Annotated[Phone, Body()]) -> Phone:
    assert isinstance(phone, Phone)
    return phone


@app.post("/orders")
def _order(order: Order) -> Order:
    return order


@app.post("/specs")
def _specs(specs: list[Spec]) -> list[Spec]:
    return specs


careful = FastAPI()
careful.include_router(app.router)


@careful.exception_handler(RequestValidationError)
def _refuse_body(_request: Request, error: RequestValidationError) -> JSONResponse:
    shown = [{name: item[name] for name in ("loc", "msg", "type")} for item in error.errors()]
    return JSONResponse({"detail": shown}, status_code=422)


def answer(method: str, path: str, data: object = None, *, by: FastAPI = app) -> httpx.Response:
    """Return an application's answer to a request."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=by)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            content = json.dumps(data)  # which writes halves of surrogate pairs, too
            headers = {"content-type": "application/json"}
            return await client.request(method, path, content=content, headers=headers)

    return asyncio.run(ask())


def test_a_body_and_a_response() -> None:
    """The body becomes a spec, and the response has its dictionary without secrets."""
    found = answer("POST", "/phones", PHONE)

    assert found.status_code == httpx.codes.OK
    assert found.json() == Phone(**PHONE).to_dict()
    assert found.json()["password"] == HIDDEN


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/orders", {"phone": PHONE}),
        ("/orders", [PHONE]),
        ("/specs", {"kind": "Phone", **PHONE}),
        ("/specs", {"specs": [PHONE]}),
    ],
)
def test_the_handler_of_the_page_shows_no_password(path: str, data: object) -> None:
    """An error of what is around a spec repeats the body, unless its input is left out."""
    found = answer("POST", path, data, by=careful)

    assert found.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert found.json()["detail"]
    assert str(PHONE["password"]) not in found.text
    assert str(PHONE["password"]) in answer("POST", path, data).text


def test_a_list_of_any_specs() -> None:
    """Each is made by its kind."""
    queue = CallQueue(name="sales", members=[Member(phone="101")])
    found = answer("POST", "/specs", [{"kind": "Phone", **PHONE}, queue.to_dict()])

    assert found.json() == [Phone(**PHONE).to_dict(), queue.to_dict()]


@pytest.mark.parametrize(
    ("path", "data", "places"),
    [
        ("/phones", {**PHONE, "id": "a b", "x": 1}, [["body", "x"], ["body", "id"]]),
        ("/phones", PASSWORD, [["body"]]),
        ("/phones", {"password": PASSWORD}, [["body", "id"], ["body", "context"]]),
        ("/phones", {**PHONE, "id": "\ud800"}, [["body", "id"]]),
        ("/phones", {**PHONE, "\ud800": 1}, [["body", "'\\ud800'"]]),
        (
            "/orders",
            {"customer": "a", "phone": PHONE, "queues": [{"name": "q", "members": [{}]}]},
            [["body", "queues", 0, "members", 0, "interface"]],
        ),
        ("/specs", [{"kind": "Phone", **PHONE}, PHONE], [["body", 1, "kind"]]),
    ],
)
def test_errors_are_pydantics(path: str, data: Any, places: list[list[Any]]) -> None:
    """An answer 422 names the place of each error, and shows no password."""
    found = answer("POST", path, data)

    assert found.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert [error["loc"] for error in found.json()["detail"]] == places
    assert PASSWORD not in found.text


def test_a_model_keeps_a_spec() -> None:
    """Given as a dictionary or as itself; it is written without its secrets."""
    order = Order(customer="Ann", phone=Phone(**PHONE))
    read = Order.model_validate_json(json.dumps({"customer": "Ann", "phone": PHONE}))

    assert order == read
    assert order.model_dump()["phone"] == json.loads(order.model_dump_json())["phone"]
    assert order.model_dump()["phone"] == order.phone.to_dict()


def test_a_validation_error_shows_no_password() -> None:
    """It has the path of the field, and the field's value alone."""
    pair = {"username": "a:b", "password": PASSWORD}
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Trunk).validate_python({**GOOD[Trunk], "credentials": pair})

    assert [error["loc"] for error in caught.value.errors()] == [("credentials", "username")]
    assert PASSWORD not in str(caught.value) + repr(caught.value.errors())


@pytest.mark.parametrize("mode", ["validation", "serialization"])
@pytest.mark.parametrize("cls", SPECS, ids=lambda cls: cls.__name__)
def test_the_schema_takes_what_is_written(cls: type[Spec], mode: Any) -> None:
    """Its parts are among pydantic's own definitions."""
    schema = TypeAdapter(cls).json_schema(mode=mode)

    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(cls(**GOOD[cls]).to_dict())


def test_openapi_has_each_class_once() -> None:
    """By its name, as it has models of pydantic; every reference leads somewhere."""
    found = answer("GET", "/openapi.json")
    schemas = found.json()["components"]["schemas"]
    body = found.json()["paths"]["/phones"]["post"]["requestBody"]["content"]["application/json"]
    names = {item.split('"')[0] for item in found.text.split("#/components/schemas/")[1:]}

    assert body["schema"] == {"$ref": "#/components/schemas/Phone"}
    assert {"Phone", "CallQueue", "Member", "Trunk", "Credentials"} <= schemas.keys()
    assert names <= schemas.keys()


def test_classes_of_the_same_name_are_kept_apart() -> None:
    """A program's own spec may have the name of one of the library's."""
    own: Any = type("InboundRoute", (InboundRoute,), {"__slots__": ()})

    class Both(BaseModel):
        one: own
        other: InboundRoute

    assert len(Both.model_json_schema()["$defs"]) > len(
        TypeAdapter(InboundRoute).json_schema()["$defs"]
    )


def test_pydantic_is_not_loaded() -> None:
    """By a program that does not use it."""
    code = (
        "import sys; from asterisk_realtime import Phone, Spec;"
        "Spec.from_dict(Phone(id='1', context='a').to_dict(reveal=True)); Spec.json_schema();"
        "print({'pydantic', 'pydantic_core'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "set()"
