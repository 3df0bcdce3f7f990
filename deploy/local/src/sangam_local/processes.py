"""Finds processes of this machine in /proc: those of one home by the mark they inherit, and who holds a port.

The mark is an environment variable that every process of a home has from its start, grandchildren included. Unlike a
recorded process id it cannot go stale, and it also finds what a killed supervisor left behind.
"""

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

MARK = "SANGAM_PROCESS_OF"
_LISTENING = "0A"


def marked(home: Path) -> list[int]:
    """Ids of the processes that run for this home; never the caller's own."""
    wanted = f"{MARK}={home}".encode()
    found = []
    for pid in _pids():
        try:
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue  # gone, or another user's
        if wanted in variables and pid != os.getpid() and alive(pid):
            found.append(pid)
    return found


def end(find: Callable[[], Iterable[int]], *, grace_s: float = 10) -> None:
    """Ask what `find` finds to stop, then kill what is left; returns when it finds nothing."""
    deadline = time.monotonic() + grace_s
    asked: set[int] = set()
    while pids := set(find()):
        late = time.monotonic() > deadline
        for pid in pids if late else pids - asked:
            _send(pid, signal.SIGKILL if late else signal.SIGTERM)
        asked |= pids
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """A process that only waits for its parent to hear of its end does nothing any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def holder(port: int) -> str | None:
    """Name and id of the process that listens on a TCP port, if this user may know it."""
    inodes = _listening_inodes(port)
    for pid in _pids():
        try:
            links = [os.readlink(entry.path) for entry in os.scandir(f"/proc/{pid}/fd")]
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
        if any(link.removeprefix("socket:[").rstrip("]") in inodes for link in links if link.startswith("socket:[")):
            return f"{name}, process {pid}"
    return None


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(fields[9])
    return inodes


def _pids() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
