"""One real Asterisk, started from the prefix and always stopped."""

from __future__ import annotations

import os
import re
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from tools.asterisk_lab.errors import AsteriskFailedError
from tools.asterisk_lab.patience import PATIENCE
from tools.asterisk_lab.statics import static_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from tools.asterisk_lab.site import Site

STOP_SECONDS: Final = 30.0
_CONTACT: Final = re.compile(r"^  Contact:  (\S+)\s+\S+\s+(\w+)", re.MULTILINE)
_PROBLEM: Final = re.compile(r"\] (WARNING|ERROR)\[")


class Asterisk:
    """
    A running Asterisk, as a context manager.

    Args:
        site: Where it runs.
        files: File name -> text for its configuration directory. They win over the laboratory's
            own files of the same name, except that modules.conf is always the laboratory's.
        modules: Modules of the realtime driver.
        more: Modules beside the usual ones, without their suffix.
    """

    def __init__(
        self,
        site: Site,
        files: Mapping[str, str],
        modules: tuple[str, ...],
        more: tuple[str, ...] = (),
    ) -> None:
        self.site = site
        statics = static_files(site, modules, more)
        texts = {**statics, **files, "modules.conf": statics["modules.conf"]}
        for name, text in texts.items():
            path = site.etc / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """
        Start it and wait until it is fully booted.

        Raises:
            AsteriskFailedError: It did not start.
        """
        etc = str(self.site.etc)
        odbc = {"ODBCSYSINI": etc, "ODBCINI": f"{etc}/odbc.ini"}
        own = self.site.prefix.asterisk.environment
        with (self.site.run / "log" / "stdout").open("wb") as output:
            self._process = subprocess.Popen(
                self._command("-f", "-q"),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.site.run,
                env={**os.environ, **own, **odbc},
            )
        try:
            self.wait_until(self._booted, "boot", seconds=PATIENCE)
        except AsteriskFailedError:
            self.stop()
            raise

    def stop(self) -> None:
        """End it, by its own command or by its process id."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            with suppress(AsteriskFailedError):
                self._run_cli("core stop now")
        for end in (process.terminate, process.kill):
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                end()
        process.wait()

    def cli(self, command: str) -> str:
        """
        Run one command of Asterisk's command line and return what it prints.

        Raises:
            AsteriskFailedError: Asterisk does not answer.
        """
        done = self._run_cli(command)
        if done.returncode or "Unable to connect to remote asterisk" in done.stdout:
            raise AsteriskFailedError(
                f"{command!r}: {done.stdout}{done.stderr}{self._last_output()}"
            )
        return done.stdout

    def reload(self) -> None:
        """
        Have PJSIP read its objects again, which starts the qualifying of new AORs.

        Asterisk answers after the reload (``res/res_pjsip.c``, ``reload_module``).

        Raises:
            AsteriskFailedError: The reload failed.
        """
        answer = self.cli("module reload res_pjsip.so")
        if "reloaded successfully" not in answer:
            raise AsteriskFailedError(f"no reload: {answer}{self._last_output()}")

    def qualify(self, aor: str, *, seconds: float = PATIENCE) -> None:
        """
        Send OPTIONS to the contacts of *aor* and wait until one answers.

        Raises:
            AsteriskFailedError: None answered in time.
        """

        def available() -> bool:
            found = self.contacts().items()
            return any(name.startswith(f"{aor}/") and state == "Avail" for name, state in found)

        self.cli(f"pjsip qualify {aor}")
        self.wait_until(available, f"contact of {aor} that is Avail", seconds=seconds)

    def originate(self, number: str, context: str, *, seconds: float = 0.5) -> None:
        """Have Asterisk call *number* by way of the dialplan's *context*, and hang up after."""
        application = f"application Wait {seconds}"
        self.cli(f"channel originate Local/{number}@{context} {application}")

    def contacts(self) -> dict[str, str]:
        """Return AOR/URI -> status (``Avail``, ``Unavail``, ``NonQual``) of all contacts."""
        return dict(_CONTACT.findall(self.cli("pjsip show contacts")))

    def channels(self) -> list[str]:
        """Return the names of the channels that are there now."""
        lines = self.cli("core show channels concise").splitlines()
        return [line.partition("!")[0] for line in lines if "!" in line]

    def calls(self) -> int:
        """Return how many calls have come to the dialplan so far."""
        found = re.search(
            r"^(\d+) calls? processed", self.cli("core show channels count"), re.MULTILINE
        )
        return int(found[1]) if found else 0

    def wait_until(
        self, ready: Callable[[], bool], what: str, *, seconds: float = PATIENCE
    ) -> None:
        """
        Wait until *ready* is true.

        Raises:
            AsteriskFailedError: It did not become true in time, or Asterisk has died.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process is None or self._process.poll() is not None:
                raise AsteriskFailedError(
                    f"Asterisk is gone, waiting for {what}{self._last_output()}"
                )
            if time.monotonic() > deadline:
                raise AsteriskFailedError(f"no {what} in {seconds} s{self._last_output()}")
            time.sleep(0.05)

    def log(self) -> list[str]:
        """Return the lines that it logged so far: notices, warnings, errors, verbose."""
        path = self.site.run / "log" / "full.log"
        return (
            path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        )

    def log_problems(self) -> list[str]:
        """Return the warnings and errors among them."""
        return [line for line in self.log() if _PROBLEM.search(line)]

    def _booted(self) -> bool:
        return "fully booted" in self._run_cli("core waitfullybooted").stdout

    def _run_cli(self, command: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                self._command("-rx", command),
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=PATIENCE,
                check=False,
                env={**os.environ, **self.site.prefix.asterisk.environment},
            )
        except subprocess.TimeoutExpired:
            raise AsteriskFailedError(
                f"{command!r}: no answer in {PATIENCE} s{self._last_output()}"
            ) from None

    def _command(self, *arguments: str) -> list[str]:
        config = str(self.site.etc / "asterisk.conf")
        return self.site.prefix.asterisk.command("-C", config, *arguments)

    def _last_output(self) -> str:
        stdout = (self.site.run / "log" / "stdout").read_text(errors="replace").splitlines()
        return "\n" + "\n".join([*stdout, *self.log()][-20:])
