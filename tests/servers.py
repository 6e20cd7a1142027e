"""
Database servers for tests: started on loopback in a directory of their own, stopped by process id.

Where a program is missing, the tests that need it are skipped with the reason, or fail if the
environment variable ``ASTERISK_REALTIME_REQUIRE`` names it (a comma list of ``postgresql``,
``mariadb``, ``galera``, ``mysql``, ``sqlite``, ``asterisk``).
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import pytest
from sqlalchemy import URL, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from tools.asterisk_lab import debian
from tools.asterisk_lab.errors import PrefixUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOST: Final = "127.0.0.1"
MYSQL: Final = Path(__file__).parents[1] / ".cache" / "mysql"
"""Where MySQL is unpacked."""

START_SECONDS: Final = 60.0


def unavailable(name: str, reason: str) -> NoReturn:
    """Skip the test because *name* is missing, or fail it where *name* is required."""
    required = {word.strip() for word in os.environ.get("ASTERISK_REALTIME_REQUIRE", "").split(",")}
    if name in required:
        pytest.fail(f"{name} is required: {reason}", pytrace=False)
    pytest.skip(f"{name}: {reason}")


@contextmanager
def postgresql() -> Iterator[URL]:
    """Start PostgreSQL and yield the URL by which its superuser reaches it."""
    _need_module("postgresql", "psycopg")
    initdb, postgres = _programs("postgresql", ("initdb", "postgres"), _postgresql_folders())
    with _home("postgres") as home:
        data, port = home.path / "data", _free_port()
        home.run(
            [
                *(initdb, "-D", data, "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ]
        )
        with _postgres(home, postgres, port) as url:
            yield url


@contextmanager
def postgresql_standby(primary: URL) -> Iterator[URL]:
    """Start a hot standby of a PostgreSQL server, which can only be read, and yield its URL."""
    backup, postgres = _programs("postgresql", ("pg_basebackup", "postgres"), _postgresql_folders())
    with _home("postgres") as home:
        home.run(
            [
                *(backup, "-h", HOST, "-p", str(primary.port), "-U", "postgres"),
                *("-D", home.path / "data", "--write-recovery-conf"),
                *("--checkpoint=fast", "--no-sync"),
            ]
        )
        with _postgres(home, postgres, _free_port()) as url:
            yield url.set(database=primary.database)


@contextmanager
def _postgres(home: _Home, program: str, port: int) -> Iterator[URL]:
    settings = {
        "listen_addresses": HOST,
        "port": port,
        "unix_socket_directories": "",
        # Nothing here outlives the tests.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": 100,
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    url = URL.create("postgresql+psycopg", "postgres", host=HOST, port=port, database="postgres")
    # SIGINT: PostgreSQL's fast shutdown, which waits for no client.
    with home.server([program, "-D", home.path / "data", *options], url, signal.SIGINT):
        yield url


@contextmanager
def mariadb() -> Iterator[URL]:
    """Start MariaDB and yield the URL by which its superuser reaches it."""
    _need_module("mariadb", "pymysql")
    install, server = _mariadb_programs("mariadb")
    with _home("mysql") as home:
        port = _free_port()
        _install_mariadb(home, install)
        command = [server, *_mariadb_options(home, port)]
        url = URL.create("mysql+pymysql", "root", host=HOST, port=port, database="mysql")
        with home.server(command, url, signal.SIGTERM):
            yield url


def _mariadb_programs(name: str) -> list[str]:
    folders = [Path("/usr/sbin"), Path("/usr/local/sbin"), Path("/usr/libexec")]
    return _programs(name, ("mariadb-install-db", "mariadbd"), folders)


def _install_mariadb(home: _Home, install: str) -> None:
    home.run(
        [
            *(install, "--no-defaults", f"--datadir={home.path / 'data'}", "--skip-test-db"),
            # Servers of other runs may use the same names in the usual place.
            f"--tmpdir={home.path}",
            "--auth-root-authentication-method=normal",
        ]
    )


def _mariadb_options(home: _Home, port: int) -> list[str]:
    return [
        "--no-defaults",
        f"--datadir={home.path / 'data'}",
        f"--socket={home.path / 's'}",
        f"--pid-file={home.path / 'pid'}",
        f"--port={port}",
        f"--bind-address={HOST}",
        "--skip-name-resolve",
        "--character-set-server=utf8mb4",
        # Nothing here outlives the tests.
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0",
        "--skip-log-bin",
    ]


@contextmanager
def mysql() -> Iterator[URL]:
    """
    Start MySQL and yield the URL by which its superuser reaches it.

    Debian has it in the suite alone that has Asterisk 22 too, so it is unpacked into a private
    folder, and runs as whoever runs the tests.
    """
    _need_module("mysql", "pymysql")
    program = _mysqld()
    with _home(pwd.getpwuid(os.geteuid()).pw_name) as home:
        port = _free_port()
        server = [
            *program,
            f"--datadir={home.path / 'data'}",
            f"--tmpdir={home.path}",
            f"--user={pwd.getpwuid(os.geteuid()).pw_name}",
            "--innodb-use-native-aio=0",
            "--innodb-flush-log-at-trx-commit=0",
            "--secure-file-priv=",
        ]
        home.run([*server, "--initialize-insecure"])
        options = [
            f"--socket={home.path / 's'}",
            f"--pid-file={home.path / 'pid'}",
            f"--port={port}",
            f"--bind-address={HOST}",
            "--mysqlx=OFF",
            "--skip-log-bin",
        ]
        url = URL.create("mysql+pymysql", "root", host=HOST, port=port, database="mysql")
        with home.server([*server, *options], url, signal.SIGTERM):
            yield url


def _mysqld() -> list[str]:
    """Return how MySQL's server is called, with the libraries that it brings."""
    root = MYSQL
    try:
        debian.unpack_once(["mysql-server-core"], ["usr/sbin/mysqld"], root)
    except PrefixUnavailableError as error:
        unavailable("mysql", error.reason)
    loader = next(root.glob("usr/lib/*/ld-linux*.so.*"))
    return [
        *(str(loader), "--library-path", str(loader.parent), str(root / "usr/sbin/mysqld")),
        "--no-defaults",
        f"--lc-messages-dir={root / 'usr/share/mysql'}",
    ]


def client(name: str) -> str:
    """Return the path of the program that reads SQL: psql, mariadb or sqlite3."""
    program = {"postgresql": "psql", "mariadb": "mariadb", "sqlite": "sqlite3"}[name]
    (path,) = _programs(name, (program,), _postgresql_folders())
    return path


# -- A directory with an owner -------------------------------------------------------------------


class _Home:
    """A directory of a server, and the user it runs as: both servers refuse root."""

    def __init__(self, path: Path, user: pwd.struct_passwd | None) -> None:
        self.path = path
        self.log = path / "log"
        # Temporary files too: other servers of the host use equal names for theirs.
        own = {"HOME": str(path), "TMPDIR": str(path)}
        # What is put into the directory can be called by its name.
        own["PATH"] = os.pathsep.join([str(path), os.environ.get("PATH", "")])
        self._as_user: dict[str, Any] = {"cwd": path, "env": {**os.environ, **own}}
        if user is not None:
            os.chown(path, user.pw_uid, user.pw_gid)
            self._as_user |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(self, command: Sequence[str | Path]) -> str:
        """Run a program to its end, and return what it prints."""
        result: subprocess.CompletedProcess[str] = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=5 * START_SECONDS,
            **self._as_user,
        )
        if result.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    @contextmanager
    def server(
        self, command: Sequence[str | Path], url: URL, stop: signal.Signals
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a server until it answers, yield its process, and stop it afterwards."""
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_user
            )
            try:
                self._wait(process, url)
                yield process
            finally:
                _stop(process, stop)

    def _wait(self, process: subprocess.Popen[bytes], url: URL) -> None:
        deadline = time.monotonic() + START_SECONDS
        engine = create_engine(url, poolclass=NullPool)
        while process.poll() is None and time.monotonic() < deadline:
            try:
                engine.connect().close()
            except DBAPIError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text()}")


@contextmanager
def _home(account: str) -> Iterator[_Home]:
    user = _unprivileged(account) if os.geteuid() == 0 else None
    # Short: the path of a socket has room for about 100 characters.
    path = Path(tempfile.mkdtemp(prefix="ar-"))
    try:
        yield _Home(path, user)
    finally:
        shutil.rmtree(path)


def _unprivileged(account: str) -> pwd.struct_passwd:
    names = {user.pw_name for user in pwd.getpwall()}
    return pwd.getpwnam(account if account in names else "nobody")


def _stop(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    process.send_signal(stop)
    try:
        process.wait(START_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


# -- What the host has -----------------------------------------------------------------------------


def _postgresql_folders() -> list[Path]:
    """Debian keeps each release in a folder of its own, out of the path."""
    return sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name),
        reverse=True,
    )


def _programs(name: str, programs: Sequence[str], folders: Sequence[Path]) -> list[str]:
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)])
    found = [shutil.which(program, path=path) for program in programs]
    missing = [program for program, place in zip(programs, found, strict=True) if place is None]
    if missing:
        unavailable(name, f"no {', '.join(missing)} on this host")
    return [place for place in found if place is not None]


def _need_module(name: str, module: str) -> None:
    if importlib.util.find_spec(module) is None:
        unavailable(name, f"the Python package {module} is not installed")
