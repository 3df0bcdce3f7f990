"""The one process that keeps the parts alive: supervisord, spoken to over its own socket.

It is a library's and not our own, because daemon, process groups, log rotation and restart are what it has done well
for twenty years. It restarts a dead part at its next one-second tick, forever; order and readiness are ours.
"""

import hashlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport  # type: ignore[import-untyped]

from sangam_local.home import Home
from sangam_local.part import Part
from sangam_local.processes import MARK
from sangam_local.trouble import Trouble

_LAUNCH_WITHIN_S = 15


@dataclass(frozen=True, slots=True)
class State:
    """What the supervisor says of one part; `running` means that its process lives, not that it is ready."""

    name: str
    running: bool
    pid: int
    word: str
    seconds: int


class Supervisor:
    """Every call opens its own connection, so that calls from several threads cannot mix."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.conf = home.run / "supervisord.conf"
        # A socket's path may have 107 bytes, which a checkout's own path can exceed.
        digest = hashlib.sha256(str(home.root).encode()).hexdigest()[:16]
        self.socket = Path(tempfile.gettempdir()) / f"sangam-{os.getuid()}-{digest}.sock"

    def alive(self) -> bool:
        try:
            return bool(self._rpc().getState()["statename"] == "RUNNING")
        except (OSError, Fault):
            return False

    def launch(self, parts: Sequence[Part]) -> None:
        """Make it supervise exactly these parts; those that run and have not changed are left alone."""
        self.conf.write_text(_configuration(self, parts))
        if self.alive():
            self._update()
            return
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.conf)]
        env = {**os.environ, MARK: str(self.home.root)}
        with (self.home.logs / "supervisord-start.log").open("wb") as log:
            subprocess.run(command, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False)
        deadline = time.monotonic() + _LAUNCH_WITHIN_S
        while not self.alive():
            if time.monotonic() > deadline:
                raise Trouble(f"The process supervisor does not start: see {self.home.logs}/supervisord-start.log.")
            time.sleep(0.05)

    def states(self) -> Mapping[str, State]:
        return {
            info["name"]: State(
                name=info["name"],
                running=info["statename"] in ("STARTING", "RUNNING"),
                pid=info["pid"],
                word=info["statename"].lower(),
                seconds=max(0, info["now"] - info["start"]) if info["pid"] else 0,
            )
            for info in self._rpc().getAllProcessInfo()
        }

    def start(self, name: str) -> None:
        try:
            self._rpc().startProcess(name, False)
        except Fault as fault:
            if fault.faultCode != Faults.ALREADY_STARTED:
                raise

    def stop(self, names: Iterable[str]) -> None:
        """Stop these at the same time; returns when all have."""
        names = [*names]
        asked = self._ask_to_stop(names)
        self._signal(asked, signal.SIGCONT)  # a frozen one cannot hear
        self._wait_until_gone(asked)

    def fell(self, names: Iterable[str]) -> None:
        """Kill these, so that they stay away. Frozen first, they do not hear what the supervisor asks of them."""
        names = [*names]
        self._signal(names, signal.SIGSTOP)
        asked = self._ask_to_stop(names)
        self._signal(asked, signal.SIGKILL)
        self._wait_until_gone(asked)

    def _ask_to_stop(self, names: Iterable[str]) -> Sequence[str]:
        """Those that ran; the supervisor will not start them again."""
        rpc, asked = self._rpc(), []
        for name in names:
            try:
                rpc.stopProcess(name, False)
                asked.append(name)
            except Fault as fault:
                if fault.faultCode not in (Faults.NOT_RUNNING, Faults.BAD_NAME):
                    raise
        return asked

    def _signal(self, names: Iterable[str], number: signal.Signals) -> None:
        states = self.states()
        for name in names:
            with suppress(ProcessLookupError):
                if name in states and states[name].pid:
                    os.kill(states[name].pid, number)

    def _wait_until_gone(self, names: Sequence[str]) -> None:
        while any(state.pid for name, state in self.states().items() if name in names):
            time.sleep(0.05)

    def kill(self, name: str, number: signal.Signals) -> int:
        """Send a signal to one part's process; answers the id that it had."""
        pid = self.states()[name].pid
        if not pid:
            raise ProcessLookupError(f"{name} does not run")
        os.kill(pid, number)
        return pid

    def shutdown(self) -> None:
        """Stop whatever still runs and the supervisor itself."""
        self._rpc().shutdown()

    def _update(self) -> None:
        added, changed, removed = self._rpc().reloadConfig()[0]
        self.stop([*changed, *removed])
        for name in [*changed, *removed]:
            self._rpc().removeProcessGroup(name)
        for name in [*changed, *added]:
            self._rpc().addProcessGroup(name)

    def _rpc(self) -> Any:
        transport = SupervisorTransport(serverurl=f"unix://{self.socket}")
        return ServerProxy("http://supervisor", transport=transport).supervisor


def _configuration(supervisor: Supervisor, parts: Sequence[Part]) -> str:
    home = supervisor.home
    sections = [
        f"""[unix_http_server]
file={supervisor.socket}
chmod=0700

[supervisord]
logfile={home.logs}/supervisord.log
pidfile={home.run}/supervisord.pid
childlogdir={home.logs}
directory={home.root}
{"user=root" if os.getuid() == 0 else ""}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
""",
        *(_program(home, part) for part in parts),
    ]
    return "\n".join(sections)


def _program(home: Home, part: Part) -> str:
    command = shlex.join(str(word) for word in part.command).replace("%", "%%")
    env = ",".join(f"{name}={_quoted(value)}" for name, value in sorted(part.env.items()))
    return f"""[program:{part.name}]
command={command}
environment={env}
directory={home.run}
autostart=false
autorestart=true
startsecs=0
stopwaitsecs={part.stop_within_s}
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={home.logs}/{part.name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=1
"""


def _quoted(value: str) -> str:
    """A value as supervisord reads it: it knows no escapes, and strips quotes of both kinds from the ends."""
    if "'" in value or "\n" in value or value != value.strip('"'):
        raise Trouble(f"A setting may not hold quotes or line ends here: {value!r}.")
    return "'" + value.replace("%", "%%") + "'"
