"""The root package shows every public name, and loads it only when it is asked for."""

from __future__ import annotations

import inspect
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import asterisk_realtime

ROOT = Path(__file__).parents[2]

MODELS = "asterisk_realtime.models"
CLASSES_ARE_PUBLIC = ("asterisk_realtime.errors", "asterisk_realtime.values.choices")
SESSION_FUNCTIONS_ARE_PUBLIC = (
    "asterisk_realtime.provision.access",
    "asterisk_realtime.provision.entrances",
    "asterisk_realtime.provision.followme",
    "asterisk_realtime.provision.identify",
    "asterisk_realtime.provision.locking",
    "asterisk_realtime.provision.mailboxes",
    "asterisk_realtime.provision.music",
    "asterisk_realtime.provision.penalties",
    "asterisk_realtime.provision.phones",
    "asterisk_realtime.provision.webrtc",
    "asterisk_realtime.provision.queues",
    "asterisk_realtime.provision.registry",
    "asterisk_realtime.provision.routes",
    "asterisk_realtime.provision.registrations",
    "asterisk_realtime.provision.trunks",
    "asterisk_realtime.providers.flowroute",
    "asterisk_realtime.providers.plivo",
    "asterisk_realtime.providers.signalwire",
    "asterisk_realtime.providers.telnyx",
    "asterisk_realtime.providers.twilio",
    "asterisk_realtime.providers.vonage",
)
STATEMENTS_ARE_PUBLIC = ("asterisk_realtime.queries.calls", "asterisk_realtime.queries.queues")
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


def session_functions_of(module_name: str) -> set[str]:
    """Return the public functions of a module, or of the modules below it, that take a session."""
    functions = inspect.getmembers(import_module(module_name), inspect.isfunction)
    return {
        name
        for name, member in functions
        if member.__module__.startswith(module_name)
        and not name.startswith("_")
        and "session" in inspect.signature(member).parameters
    }


def test_names_are_sorted_and_said_once() -> None:
    """A name is found where the alphabet puts it."""
    names = asterisk_realtime.__all__

    assert names == sorted(set(names))


def test_dir_agrees() -> None:
    """What completion offers is what is public."""
    assert dir(asterisk_realtime) == asterisk_realtime.__all__


@pytest.mark.parametrize("name", asterisk_realtime.__all__)
def test_each_name_is_there_and_described(name: str) -> None:
    """Each public object exists and says in its own words what it is."""
    thing = getattr(asterisk_realtime, name)

    assert thing.__doc__
    assert not thing.__doc__.startswith(("TODO", f"{name}("))


@pytest.mark.parametrize("module_name", CLASSES_ARE_PUBLIC)
def test_no_class_is_forgotten(module_name: str) -> None:
    """Every error and every closed set can be had from the root."""
    assert classes_of(module_name) <= set(asterisk_realtime.__all__)


def test_no_model_is_forgotten() -> None:
    """Every table's class, and their base, can be had from the root."""
    mapped = {mapper.class_.__name__ for mapper in asterisk_realtime.Base.registry.mappers}

    assert mapped <= set(asterisk_realtime.__all__)
    assert set(import_module(MODELS).__all__) <= set(asterisk_realtime.__all__)


@pytest.mark.parametrize("module_name", SESSION_FUNCTIONS_ARE_PUBLIC)
def test_no_function_is_forgotten(module_name: str) -> None:
    """Everything that works on a caller's session can be had from the root."""
    functions = session_functions_of(module_name)

    assert functions
    assert functions <= set(asterisk_realtime.__all__)


@pytest.mark.parametrize("module_name", STATEMENTS_ARE_PUBLIC)
def test_no_statement_is_forgotten(module_name: str) -> None:
    """Every question about calls and queues can be had from the root."""
    functions = {
        name
        for name, member in inspect.getmembers(import_module(module_name), inspect.isfunction)
        if member.__module__ == module_name and not name.startswith("_")
    }

    assert functions
    assert functions <= set(asterisk_realtime.__all__)


def test_a_name_has_one_meaning() -> None:
    """Two modules that offer the same name mean the same object."""
    modules = (MODELS, *CLASSES_ARE_PUBLIC, *SESSION_FUNCTIONS_ARE_PUBLIC, *STATEMENTS_ARE_PUBLIC)
    spaces = [vars(import_module(module)) for module in modules]
    ambiguous = [
        name
        for name in asterisk_realtime.__all__
        if len({id(space[name]) for space in spaces if name in space}) > 1
    ]

    assert ambiguous == []


def test_the_root_loads_nothing() -> None:
    """A program that only imports the package pays for nothing that it does not use."""
    assert loaded_after("import asterisk_realtime") == set()


def test_closed_sets_and_version_need_no_library() -> None:
    """A word that Asterisk knows costs no database library."""
    code = "from asterisk_realtime import DtmfMode, __version__"

    assert loaded_after(code) == set()


def test_models_load_no_migrations() -> None:
    """Rows can be read and written without Alembic and without telephone number plans."""
    assert loaded_after("from asterisk_realtime import Endpoint") <= {"netaddr", "sqlalchemy"}


def test_functions_load_no_migrations() -> None:
    """Provisioning works on a schema that is there; only `migrations` brings Alembic."""
    assert "alembic" not in loaded_after("from asterisk_realtime import create_twilio_trunk")


@pytest.mark.parametrize("name", ["conf", "migrations"])
def test_submodules_are_reachable_from_the_root(name: str) -> None:
    """``import asterisk_realtime`` is enough to write ``asterisk_realtime.migrations.upgrade``."""
    loaded_after(f"import asterisk_realtime; asterisk_realtime.{name}.__all__")


def test_a_misspelt_name_is_an_attribute_error() -> None:
    """A wrong name is told by name, not as an import of something else."""
    with pytest.raises(AttributeError, match="'Endpont'"):
        _ = asterisk_realtime.Endpont  # type: ignore[attr-defined]  # as by mistake


def test_the_version_is_the_projects() -> None:
    """The version is written in pyproject.toml and nowhere else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert asterisk_realtime.__version__ == project["version"]
