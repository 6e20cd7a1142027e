"""Errors say which field, which value, and the hint; never a secret."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest

from asterisk_realtime import (
    AsteriskRealtimeError,
    ConflictError,
    FileConflictError,
    NotFoundError,
    SchemaAheadError,
    SchemaBehindError,
    SchemaError,
    SchemaIrreconcilableError,
    SchemaMissingError,
    ValidationError,
)
from asterisk_realtime import errors as module

PASSWORD = "Correct-Horse-7"

BAD_NAME = ValidationError("name", "a b", "it holds a blank", "leave it out")
BAD_PASSWORD = ValidationError("password", PASSWORD, "too long", "shorten it", secret=True)
EVERY_ERROR = (
    BAD_NAME,
    ValidationError.joined("TwilioTrunk has invalid fields", [BAD_NAME, BAD_PASSWORD]),
    ConflictError("trunk 'twilio'", "endpoint 'twilio'", "delete that one first"),
    NotFoundError("endpoint", "twilio", "create the trunk first"),
    FileConflictError("pjsip.conf is there already"),
    SchemaMissingError("no table"),
    SchemaBehindError("no column"),
    SchemaAheadError("newer"),
    SchemaIrreconcilableError(["column a: too long"]),
)


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
def test_one_root_catches_all(error: Exception) -> None:
    """A caller can catch everything that this library raises on purpose by one name."""
    assert isinstance(error, AsteriskRealtimeError)


@pytest.mark.parametrize(
    ("ours", "builtin"),
    [
        (ValidationError, ValueError),
        (NotFoundError, LookupError),
        (FileConflictError, FileExistsError),
        (SchemaMissingError, SchemaError),
        (SchemaBehindError, SchemaError),
        (SchemaAheadError, SchemaError),
        (SchemaIrreconcilableError, SchemaError),
    ],
)
def test_builtin_parents(ours: type[Exception], builtin: type[Exception]) -> None:
    """Code that knows nothing of this library catches the fitting builtin."""
    assert issubclass(ours, builtin)


def test_the_tree_is_drawn_whole() -> None:
    """The module's first page shows each class."""
    classes = {name for name, thing in vars(module).items() if isinstance(thing, type)}
    ours = {name for name in classes if issubclass(getattr(module, name), AsteriskRealtimeError)}

    assert module.__doc__ is not None
    assert [name for name in ours if name not in module.__doc__] == []


def test_an_invalid_value_names_field_value_problem_and_way_out() -> None:
    """One line is enough to correct the call."""
    assert str(BAD_NAME) == "name='a b': it holds a blank; leave it out"


def test_several_invalid_values_are_listed() -> None:
    """Each field has its line."""
    error = ValidationError.joined("TwilioTrunk has invalid fields", [BAD_NAME, BAD_PASSWORD])

    assert str(error) == (
        "TwilioTrunk has invalid fields:\n"
        "  - name='a b': it holds a blank; leave it out\n"
        "  - password=**********: too long; shorten it"
    )


def test_a_conflict_names_both_sides() -> None:
    """What was asked for, what stands against it, and what to do."""
    error = ConflictError("trunk 'a'", "endpoint 'A'", "take another name")

    assert str(error) == "trunk 'a' conflicts with endpoint 'A'; take another name"


def test_not_found_names_what_was_looked_for() -> None:
    """The kind and the id."""
    error = NotFoundError("endpoint", "x", "check its name")

    assert str(error) == "there is no endpoint 'x'; check its name"


def test_irreconcilable_lists_each_place() -> None:
    """One line for each problem."""
    error = SchemaIrreconcilableError(["a: one", "b: two"])

    assert error.problems == ("a: one", "b: two")
    assert str(error).splitlines()[1:] == ["a: one", "b: two"]


@pytest.mark.parametrize(
    "show", [str, repr, lambda error: "".join(traceback.format_exception(error))]
)
def test_a_secret_shows_nowhere(show: object) -> None:
    """Neither the message, nor repr(), nor a traceback holds a secret; nor does what was kept."""
    group = ValidationError.joined("several", [BAD_PASSWORD.at("ps_auths.password"), BAD_NAME])

    for error in (BAD_PASSWORD, BAD_PASSWORD.at("other"), group):
        assert callable(show)
        assert PASSWORD not in show(error)
    assert PASSWORD not in str(vars(BAD_PASSWORD))
    assert PASSWORD not in repr(BAD_PASSWORD.args)


def test_at_moves_the_complaint() -> None:
    """The same complaint about another field is a new error."""
    moved = BAD_NAME.at("ps_endpoints.id")

    assert (moved.field, moved.value) == ("ps_endpoints.id", "a b")
    assert BAD_NAME.field == "name"


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("through", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy])  # noqa: S301 - our own
def test_errors_travel(error: Exception, through: object) -> None:
    """An error that crosses a process arrives as it was."""
    assert callable(through)
    arrived = through(error)

    assert type(arrived) is type(error)
    assert str(arrived) == str(error)


def test_each_field_has_an_error() -> None:
    """One handler for one wrong field and for several, whose errors can be a response's body."""
    error = ValidationError.joined("several", [BAD_NAME, BAD_PASSWORD])

    assert ValidationError.joined("one", [BAD_NAME]) is BAD_NAME
    assert [part.to_dict() for part in BAD_NAME.errors] == [
        {"field": "name", "value": "'a b'", "problem": "it holds a blank", "hint": "leave it out"}
    ]
    assert [part.to_dict()["value"] for part in error.errors] == ["'a b'", "**********"]
    assert [part.field for part in error.each()] == ["name", "password"]
    assert error.to_dict() == {"errors": [part.to_dict() for part in error.errors]}
    assert (error.field, error.value, error.problem, error.hint) == (
        *("name", "a b", "it holds a blank", "leave it out"),
    )


@pytest.mark.parametrize(
    ("error", "data"),
    [
        (
            ConflictError("trunk 'a'", "endpoint 'A'", "take another name"),
            {"wanted": "trunk 'a'", "existing": "endpoint 'A'", "hint": "take another name"},
        ),
        (
            NotFoundError("endpoint", "x", "check its name"),
            {"kind": "endpoint", "name": "x", "hint": "check its name"},
        ),
    ],
    ids=["conflict", "not found"],
)
def test_other_errors_as_data(error: ConflictError | NotFoundError, data: dict[str, str]) -> None:
    """For the body of a response."""
    assert error.to_dict() == data
