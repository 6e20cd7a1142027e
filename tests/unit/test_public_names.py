"""The root package shows every public name, and loads it only when it is asked for."""

from __future__ import annotations

import inspect
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import asterisk_realtime
from asterisk_realtime.models import Base
from asterisk_realtime.provision.registry import KINDS
from tools.root_names import listed, problems

if TYPE_CHECKING:
    from types import FunctionType, ModuleType

ROOT = Path(__file__).parents[2]

SPACES = {
    "": asterisk_realtime,
    "models.": asterisk_realtime.models,
    "reports.": asterisk_realtime.reports,
}
"""Modules with public names, by what stands before these names."""
CHOICES = "asterisk_realtime.values.choices"
ENUMS_OF_SPECS = {
    "AclSense",
    "DigestAlgorithm",
    "MediaEncryption",
    "MohSort",
    "QueueAnnounceHoldtime",
    "QueueAnnouncePosition",
    "QueueAutopause",
    "QueueEmpty",
    "QueueStrategy",
    "VoicemailGreeting",
}
SESSION_FUNCTIONS_ARE_PUBLIC = (
    "asterisk_realtime.provision.batches",
    "asterisk_realtime.provision.kinds.identify",
    "asterisk_realtime.provision.locking",
    "asterisk_realtime.provision.pages",
    "asterisk_realtime.provision.registered",
    "asterisk_realtime.provision.rotation",
    "asterisk_realtime.provision.verbs",
    "asterisk_realtime.providers.diff",
    "asterisk_realtime.shortcuts",
)
ONLY_SYNCHRONOUS = {
    "allow_twilio_ips",
    "create_inbound_route",
    "create_outbound_route",
    "create_twilio_trunk",
}
"""Functions that `aio` leaves out: the shortcuts."""
OF_OTHER_MODULES = {"applied_in_bulk", "ensured"}
"""Functions of a session that only the shortcuts and the batches call."""
STATEMENTS_ARE_PUBLIC = ("asterisk_realtime.reports.calls", "asterisk_realtime.reports.queues")
HEAVY = ("alembic", "attr", "netaddr", "phonenumbers", "sqlalchemy")


def loaded_after(code: str) -> set[str]:
    """Return those of HEAVY that a fresh interpreter has loaded after running *code*."""
    show = f"import sys; print(*(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{show}"], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def classes_of(module_name: str) -> set[str]:
    """Return the public classes that a module defines itself."""
    classes = inspect.getmembers(import_module(module_name), inspect.isclass)
    return {
        name
        for name, member in classes
        if member.__module__ == module_name and not name.startswith("_")
    }


def functions_of(module_name: str) -> dict[str, FunctionType]:
    """Return the public functions that a module defines itself."""
    functions = inspect.getmembers(import_module(module_name), inspect.isfunction)
    return {
        name: member
        for name, member in functions
        if member.__module__ == module_name and not name.startswith("_")
    }


def session_functions_of(module_name: str) -> dict[str, FunctionType]:
    """Return the public functions of a module that take a session."""
    return {
        name: member
        for name, member in functions_of(module_name).items()
        if "session" in inspect.signature(member).parameters and name not in OF_OTHER_MODULES
    }


def parameters_of(function: FunctionType) -> list[tuple[str, object, object]]:
    """Return each parameter with its kind and default."""
    return [
        (item.name, item.kind, item.default)
        for item in inspect.signature(function).parameters.values()
    ]


def subclasses_of(kind: type) -> set[type]:
    """Return all classes below *kind*, of those that the root's names load."""
    for module in asterisk_realtime._MODULES:
        import_module(module)
    direct: list[type] = kind.__subclasses__()
    return {*direct, *(item for below in direct for item in subclasses_of(below))}


def test_names_are_said_once() -> None:
    """The linter sorts them."""
    names = asterisk_realtime.__all__

    assert sorted(names) == sorted(set(names))


def test_dir_agrees() -> None:
    """What completion offers is what is public."""
    assert dir(asterisk_realtime) == sorted(asterisk_realtime.__all__)


@pytest.mark.parametrize(
    ("space", "name"),
    [
        pytest.param(space, name, id=f"{prefix}{name}")
        for prefix, space in SPACES.items()
        for name in space.__all__
    ],
)
def test_each_name_is_there_and_described(space: ModuleType, name: str) -> None:
    """Each public object exists and has a docstring of its own."""
    thing = getattr(space, name)

    assert thing.__doc__
    assert not thing.__doc__.startswith(("TODO", f"{name}("))


def test_the_root_has_the_names_of_the_list() -> None:
    """A new name at the root needs a line in the list."""
    assert problems(asterisk_realtime.__all__, listed()) == ""


def test_a_name_beside_the_list_is_reported() -> None:
    """With the numbers, and the names on either side."""
    reported = problems(["apply", "plan", "secret"], ["apply", "lock"])

    assert "the root has 3 names" in reported
    assert "has 2;" in reported
    assert "not in the list: plan, secret; not at the root: lock" in reported


def test_no_error_is_forgotten() -> None:
    """The root has every error."""
    assert classes_of("asterisk_realtime.errors") <= set(asterisk_realtime.__all__)


def test_no_spec_is_forgotten() -> None:
    """The root has every class that the verbs take."""
    of_providers = {
        kind
        for base in (asterisk_realtime.ProviderTrunk, asterisk_realtime.ProviderAllowance)
        for kind in subclasses_of(base)
        if hasattr(kind, "provider")
    }
    names = {kind.__name__ for kind in (*KINDS, *of_providers)}

    assert len(names) == len(KINDS) + 11
    assert names <= set(asterisk_realtime.__all__)


def test_rows_and_their_words_are_in_their_own_room() -> None:
    """Of `models`, the root has the enums that specs take, and nothing else."""
    shared = set(asterisk_realtime.__all__) & set(asterisk_realtime.models.__all__)
    public = [getattr(asterisk_realtime, name) for name in asterisk_realtime.__all__]
    tables = [thing for thing in public if isinstance(thing, type) and issubclass(thing, Base)]

    assert shared == ENUMS_OF_SPECS
    assert tables == []
    assert set(asterisk_realtime.reports.__all__).isdisjoint(asterisk_realtime.__all__)


def test_no_model_is_forgotten() -> None:
    """`models` has every table's class, their base, the groups of rows, and every closed set."""
    mapped = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    groups = classes_of("asterisk_realtime.models.grouped")

    assert asterisk_realtime.models.__all__ == sorted(
        {"Base", *mapped, *groups, *classes_of(CHOICES)}
    )


@pytest.mark.parametrize("module_name", SESSION_FUNCTIONS_ARE_PUBLIC)
def test_no_function_is_forgotten(module_name: str) -> None:
    """The root has every function that takes a session."""
    functions = session_functions_of(module_name)

    assert functions
    assert functions.keys() <= set(asterisk_realtime.__all__)


def test_no_statement_is_forgotten() -> None:
    """`reports` has every question about calls and queues, and nothing else."""
    functions = {name for module in STATEMENTS_ARE_PUBLIC for name in functions_of(module)}

    assert asterisk_realtime.reports.__all__ == sorted(functions)


def test_an_async_function_takes_what_its_model_takes() -> None:
    """`aio` has the same functions, with the same parameters and defaults."""
    root = {
        name: function
        for module in SESSION_FUNCTIONS_ARE_PUBLIC
        for name, function in session_functions_of(module).items()
        if name not in ONLY_SYNCHRONOUS
    }
    in_async = session_functions_of("asterisk_realtime.aio")

    assert all(map(inspect.iscoroutinefunction, in_async.values()))
    assert {name: parameters_of(item) for name, item in in_async.items()} == {
        name: parameters_of(item) for name, item in root.items()
    }


def test_a_name_has_one_meaning() -> None:
    """A public name is the same object in each module that has it."""
    modules = (*asterisk_realtime._MODULES, *STATEMENTS_ARE_PUBLIC)
    spaces = [*map(vars, SPACES.values()), *(vars(import_module(module)) for module in modules)]
    ambiguous = [
        name
        for name in sorted({name for space in SPACES.values() for name in space.__all__})
        if len({id(space[name]) for space in spaces if name in space}) > 1
    ]

    assert ambiguous == []


def test_the_root_loads_nothing() -> None:
    """A program that only imports the package pays for nothing that it does not use."""
    assert loaded_after("import asterisk_realtime") == set()


def test_closed_sets_and_version_need_no_library() -> None:
    """
    The root's enums, which specs take, load no other library.

    An enum that only `models` has loads SQLAlchemy, as `models` does.
    """
    code = "from asterisk_realtime import MediaEncryption, __version__"

    assert loaded_after(code) == set()


def test_models_load_no_migrations() -> None:
    """
    Rows can be read and written without Alembic and without phonenumbers.

    attrs is for the groups of rows that `create` and `rows` return, such as `PhoneRows`.
    """
    assert loaded_after("from asterisk_realtime.models import Endpoint") <= {
        "attr",
        "netaddr",
        "sqlalchemy",
    }


def test_functions_load_no_migrations() -> None:
    """Provisioning takes an existing schema; only `migrations` loads Alembic."""
    assert "alembic" not in loaded_after("from asterisk_realtime import create_twilio_trunk, aio")


@pytest.mark.parametrize(
    "name",
    ["aio.apply", "conf.__all__", "migrations.__all__", "models.__all__", "reports.__all__"],
)
def test_submodules_are_reachable_from_the_root(name: str) -> None:
    """``import asterisk_realtime`` is enough to write ``asterisk_realtime.migrations.upgrade``."""
    loaded_after(f"import asterisk_realtime; asterisk_realtime.{name}")


@pytest.mark.parametrize("name", ["Endpont", "Endpoint", "calls_of_endpoint"])
def test_another_name_is_an_attribute_error(name: str) -> None:
    """The error names the wrong name, and is not one of an import."""
    with pytest.raises(AttributeError, match=f"'{name}'"):
        getattr(asterisk_realtime, name)


def test_the_version_is_the_projects() -> None:
    """The version is written in pyproject.toml and nowhere else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert asterisk_realtime.__version__ == project["version"]
