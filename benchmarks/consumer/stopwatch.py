"""From the first record in hand to the last effect: wall time, our CPU time and the database server's, and commands."""

import asyncio
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import monitoring


@dataclass(frozen=True)
class Lap:
    """`own_us` and `server_us` are CPU microseconds per event; `commands` to the database, when they were counted."""

    per_second: float
    own_us: float
    server_us: float
    commands: dict[str, int] = field(default_factory=dict)


class Stopwatch:
    """Starts when the first records are handed over by Kafka's client; joining the group is nobody's merit."""

    def __init__(self, events: int, server: int, commands: "Commands | None" = None) -> None:
        self._events, self._server, self._commands = events, server, commands
        self._left = events
        self._began: tuple[float, float, float] | None = None
        self._lap: asyncio.Future[Lap] = asyncio.get_running_loop().create_future()

    def begin(self) -> None:
        if self._began is None:
            self._began = self._now()
            if self._commands:
                self._commands.seen.clear()

    def did(self, events: int) -> None:
        """These have their effect."""
        self._left -= events
        if self._left <= 0 and not self._lap.done():
            assert self._began
            wall, own, server = (now - then for now, then in zip(self._now(), self._began, strict=True))
            each = 1e6 / self._events
            seen = dict(self._commands.seen) if self._commands else {}
            self._lap.set_result(Lap(self._events / wall, own * each, server * each, seen))

    async def lap(self, patience_s: float) -> Lap:
        """Raises TimeoutError."""
        async with asyncio.timeout(patience_s):
            return await self._lap

    def _now(self) -> tuple[float, float, float]:
        return time.monotonic(), time.process_time(), cpu_s(self._server)


class Commands(monitoring.CommandListener):
    """Counts what goes to the database. Listening costs time, so it is for looking, not for racing."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.seen[event.command_name] += 1

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


def cpu_s(pid: int) -> float:
    """User and system time of a process and all its threads, in seconds (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
