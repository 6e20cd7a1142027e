"""Asterisk's own migrations, from its Debian package, made runnable in a folder of their own."""

from __future__ import annotations

import gzip
import shutil
import warnings
from contextlib import chdir
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

TREES: Final = ("config", "cdr", "voicemail", "queue_log")
PLACE: Final = "usr/share/doc/asterisk-doc/ast-db-manage"
"""Where the package ``asterisk-doc`` keeps them, some files compressed."""


def unpack(source: Path, target: Path) -> Path:
    """Copy the four trees from *source* into *target*, as Asterisk's own source has them."""
    with gzip.open(source / "env.py.gz", "rb") as packed:
        environment = packed.read()
    for tree in TREES:
        versions = target / tree / "versions"
        shutil.copytree(source / tree / "versions", versions)
        (target / tree / "env.py").write_bytes(environment)
        for file in versions.glob("*.gz"):
            file.with_suffix("").write_bytes(gzip.decompress(file.read_bytes()))
            file.unlink()
    return target


def upgrade(folder: Path, url: URL) -> None:
    """Run all four trees on the database at *url*."""
    text = url.render_as_string(hide_password=False).replace("%", "%%")
    # Their scripts name the version table after the folder, so they must stand in it.
    with chdir(folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of calls that SQLAlchemy 2 calls old, in their scripts
        for tree in TREES:
            config = Config()
            config.set_main_option("script_location", tree)
            config.set_main_option("sqlalchemy.url", text)
            command.upgrade(config, "head")
