"""A Galera cluster for tests: three MariaDB servers on loopback, each of which can be killed."""

from __future__ import annotations

import re
import signal
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pymysql
from sqlalchemy import URL

from tests import servers

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence

PROVIDERS: Final = (
    Path("/usr/lib/galera/libgalera_smm.so"),
    Path("/usr/lib64/galera-4/libgalera_smm.so"),
)
"""Where Debian and Red Hat keep the library."""

NODES: Final = 3

LIMITED: Final = ("prlimit", f"--data={3 << 29}")
"""A server that runs away ends, and leaves the machine its memory."""

HANDOVER: Final = """\
#!/bin/sh
# How a node joins: the donor tells it where the missing transactions begin, and the provider
# sends them. Debian's scripts copy whole servers too, and come with a server that starts itself.
set -eu
bypass=
while [ $# -gt 0 ]; do
    case $1 in
        --role) role=$2; shift ;;
        --address) folder=/${2#*/}; shift ;;
        --datadir) datadir=$2; shift ;;
        --gtid) gtid=$2; shift ;;
        --bypass) bypass=yes ;;
    esac
    shift
done
if [ "$role" = donor ]; then
    [ "$bypass" ] || exit 95
    echo "$gtid" >"$folder/begin.new"
    mv "$folder/begin.new" "$folder/begin"
    echo "done $gtid"
else
    rm -f "$datadir/begin"
    echo "ready 127.0.0.1:1$datadir"
    while [ ! -e "$datadir/begin" ]; do sleep 0.05; done
    cat "$datadir/begin"
fi
"""


class Node:
    """
    One server of a cluster.

    Attributes:
        port: Where clients reach it.
        url: The same, for its superuser.
        address: Where the other nodes reach it.
    """

    def __init__(self, home: servers._Home, server: str, provider: Path) -> None:
        self.port = servers._free_port()
        self.url = URL.create(
            "mysql+pymysql", "root", host=servers.HOST, port=self.port, database="mysql"
        )
        self.address = f"{servers.HOST}:{servers._free_port()}"
        self._home = home
        self._command = [
            *LIMITED,
            server,
            *servers._mariadb_options(home, self.port),
            *self._options(provider),
        ]
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def _options(self, provider: Path) -> list[str]:
        settings = {
            "gmcast.listen_addr": f"tcp://{self.address}",
            "ist.recv_addr": f"{servers.HOST}:{servers._free_port()}",
            "gcache.size": "16M",
            # The others miss a killed node after 2 seconds; the default is 5.
            "evs.suspect_timeout": "PT2S",
            "evs.keepalive_period": "PT0.5S",
            "evs.inactive_timeout": "PT8S",
        }
        return [
            f"--tmpdir={self._home.path}",
            "--innodb-doublewrite=1",  # a server that is killed may leave half a page
            "--binlog-format=ROW",
            "--innodb-autoinc-lock-mode=2",
            "--wsrep-on=ON",
            f"--wsrep-provider={provider}",
            f"--wsrep-provider-options={';'.join(f'{k}={v}' for k, v in settings.items())}",
            f"--wsrep-node-address={self.address}",
            "--wsrep-sst-method=handover",
        ]

    def start(self, others: Sequence[Node] = (), *, stop: signal.Signals = signal.SIGKILL) -> None:
        """
        Start the server, as a cluster of its own or as a member of one, until it has all rows.

        Args:
            others: The cluster's nodes.
            stop: The signal by which `stop` will end it.
        """
        members = ",".join(node.address for node in others)
        position = [f"--wsrep-start-position={found}"] if (found := self._position()) else []
        command = [*self._command, f"--wsrep-cluster-address=gcomm://{members}", *position]
        self._process = self._running.enter_context(self._home.server(command, self.url, stop))
        self.wait_for("wsrep_local_state_comment", "Synced")

    def _position(self) -> str:
        """Return the last transaction that a killed server has stored, as Debian's unit does."""
        if not (self._home.path / "data" / "gvwstate.dat").exists():
            return ""
        recover = [
            "--wsrep-cluster-address=gcomm://",
            "--wsrep-recover",
            # Without background threads: MariaDB 10.11 would allocate memory without end where
            # rows of a table with an indexed virtual column wait to be purged.
            "--innodb-force-recovery=2",
        ]
        found = re.search(r"Recovered position: (\S+)", self._home.run([*self._command, *recover]))
        assert found is not None
        return found[1]

    def kill(self) -> None:
        """Have the system end the server at once, and nothing else."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(servers.START_SECONDS)

    def stop(self) -> None:
        """End the server, unless it was killed."""
        self._running.close()

    def restart(self, others: Sequence[Node]) -> None:
        """Have a killed server join again."""
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self.start(others)

    def status(self, name: str) -> str | None:
        """Return a status variable."""
        rows = self.run(f"SHOW STATUS LIKE '{name}'")
        return str(rows[0][1]) if rows else None

    def run(self, statement: str) -> Sequence[Any]:
        """Run one statement, and return its rows; also on a node that is not ready."""
        # SQLAlchemy rolls back before anything else, which such a node refuses.
        connection = pymysql.connect(host=servers.HOST, port=self.port, user="root")
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            rows: Sequence[Any] = cursor.fetchall()
            return rows

    def wait_for(self, name: str, value: str) -> None:
        """Wait until a status variable has a value."""
        end = time.monotonic() + servers.START_SECONDS
        while (found := self.status(name)) != value:
            if time.monotonic() > end:
                raise RuntimeError(f"{name} stays {found}:\n{self._home.log.read_text()}")
            time.sleep(0.05)

    def write(self, name: str, content: str) -> None:
        """Write a program into the server's directory."""
        path = self._home.path / name
        path.write_text(content)
        path.chmod(0o755)

    def install(self, program: str) -> None:
        """Make a new server, which has been a cluster of its own once."""
        servers._install_mariadb(self._home, program)
        self.start(stop=signal.SIGTERM)
        self.stop()

    def copy(self, other: Node) -> None:
        """Begin with the rows of another server, which is not running."""
        self._home.run(["cp", "-a", other._home.path / "data", self._home.path])


@contextmanager
def galera() -> Iterator[list[Node]]:
    """Start a cluster of three nodes, and yield them."""
    servers._need_module("galera", "pymysql")
    install, server = servers._mariadb_programs("galera")
    servers._programs("galera", ("prlimit",), [])
    provider = _provider()
    with ExitStack() as stack:
        homes = [stack.enter_context(servers._home("mysql")) for _ in range(NODES)]
        nodes = [Node(home, server, provider) for home in homes]
        for node in nodes:
            stack.callback(node.stop)
            node.write("wsrep_sst_handover", HANDOVER)
        first, *others = nodes
        first.install(install)
        for node in others:
            node.copy(first)
        first.start()
        for node in others:
            node.start(nodes)
        for node in nodes:
            node.wait_for("wsrep_cluster_size", str(NODES))
        yield nodes


def _provider() -> Path:
    path = next((path for path in PROVIDERS if path.exists()), None)
    if path is None:
        servers.unavailable("galera", f"no {PROVIDERS[0]} on this host (Debian's package galera-4)")
    return path
