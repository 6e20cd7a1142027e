"""
Asterisk's own migration scripts, run as its operators run them: from the private prefix, if there.

The package compresses some of the files and links one ``env.py`` into four folders; unpacked here,
they are what the release has. Databases that they made are kept, so that each step runs once.
"""

from __future__ import annotations

import gc
import gzip
import io
import os
import shutil
import warnings
from contextlib import chdir, redirect_stdout
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from tests.conftest import new_database, opened
from tools.asterisk_lab import prefix

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Connection

    from tests.migrations.states import State, Step

TREES: Final = ("config", "cdr", "voicemail", "queue_log")


def unpack(folder: Path) -> Path:
    """Unpack the scripts into *folder*, or skip the test where the package is not there."""
    root = Path(os.environ.get(prefix.VARIABLE, prefix.DEFAULT))
    packed = root / "usr/share/doc/asterisk-doc/ast-db-manage"
    if not packed.is_dir():
        pytest.skip(f"no scripts of Asterisk's in {packed}")
    for file in packed.rglob("*"):
        if not file.is_file() or file.is_symlink():
            continue
        target = folder / file.relative_to(packed)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".gz":
            target.with_suffix("").write_bytes(gzip.decompress(file.read_bytes()))
        else:
            shutil.copyfile(file, target)
    for tree in TREES:
        shutil.copyfile(folder / "env.py", folder / tree / "env.py")
    return folder


class Scripts:
    """The four trees, unpacked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def upgrade(self, url: URL, tree: str, revision: str = "head") -> None:
        """Run ``alembic -c <tree>.ini upgrade <revision>``."""
        self._run(url, tree, "upgrade", revision)

    def stamp(self, url: URL, tree: str, revision: str) -> None:
        """Run ``alembic -c <tree>.ini stamp <revision>``."""
        self._run(url, tree, "stamp", revision)

    @cache  # noqa: B019 - one object a run
    def chain(self, tree: str) -> tuple[str, ...]:
        """Return all revisions of a tree, the first one first."""
        with chdir(self.folder), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            script = ScriptDirectory.from_config(self._config(tree))
            return tuple(each.revision for each in script.walk_revisions())[::-1]

    def _run(self, url: URL, tree: str, what: str, revision: str) -> None:
        config = self._config(tree)
        config.set_main_option(
            "sqlalchemy.url", url.render_as_string(hide_password=False).replace("%", "%%")
        )
        # The scripts use names that SQLAlchemy calls old, and say what they do.
        with chdir(self.folder), warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            commands = {"upgrade": command.upgrade, "stamp": command.stamp}
            commands[what](config, revision)
        # Some scripts leave a connection in a cycle, and with it a lock.
        gc.collect()

    def _config(self, tree: str) -> Config:
        config = Config()
        # The name of the version table is made of just this.
        config.set_main_option("script_location", tree)
        return config


class Museum:
    """Databases of one server as Asterisk's scripts left them, each made once and copied."""

    def __init__(self, server: URL, scripts: Scripts) -> None:
        self._server = server
        self._scripts = scripts
        self._kept: dict[tuple[Step, ...], tuple[str, ...] | str] = {}
        self._postgresql = server.get_backend_name() == "postgresql"

    def exhibit(self, state: State) -> AbstractContextManager[URL]:
        """Yield the URL of a database in that state, which the caller may change."""
        return self._exhibit(state.steps(self._scripts))

    def close(self) -> None:
        """Drop what was kept."""
        for name in self._kept.values():
            if isinstance(name, str):
                self._admin(f"DROP DATABASE {name}")
        self._kept.clear()

    def _exhibit(self, steps: tuple[Step, ...]) -> AbstractContextManager[URL]:
        if steps and steps not in self._kept:
            with self._exhibit(steps[:-1]) as url:
                steps[-1].run(self._scripts, url)
                self._kept[steps] = self._keep(url, len(self._kept))
        kept = self._kept.get(steps, ())
        if isinstance(kept, str):
            return new_database(self._server, template=kept)
        return self._filled(kept)

    def _keep(self, url: URL, number: int) -> tuple[str, ...] | str:
        if self._postgresql:
            name = f"kept_{os.getpid()}_{number}"
            self._admin(f"CREATE DATABASE {name} TEMPLATE {url.database}")
            return name
        with opened(url) as engine, engine.connect() as connection:
            return tuple(_dump(connection))

    def _filled(self, statements: tuple[str, ...]) -> AbstractContextManager[URL]:
        return new_database(self._server, statements=statements)

    def _admin(self, statement: str) -> None:
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def _dump(connection: Connection) -> Iterator[str]:
    """Yield what makes a database of MariaDB again; only version tables have rows."""
    yield "SET foreign_key_checks = 0"
    for name in inspect(connection).get_table_names():
        made = connection.exec_driver_sql(f"SHOW CREATE TABLE `{name}`").one()[1]
        yield made.replace("%", "%%")
        if name.startswith("alembic_version"):
            for (version,) in connection.exec_driver_sql(f"SELECT version_num FROM `{name}`"):
                yield f"INSERT INTO `{name}` VALUES ('{version}')"
