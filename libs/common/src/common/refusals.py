"""Streams whose next event Kafka refuses: each waits alone, longer after every try, while others go on."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

V = TypeVar("V")

LONGEST_S = 60.0


class Refusals:
    """Kept by one process; another, or a new one, tries for itself. Times are monotonic seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._tries: dict[str, int] = {}
        self._until: dict[str, float] = {}

    @property
    def streams(self) -> Collection[str]:
        return self._until.keys()

    def note(self, stream: str) -> None:
        """Refused once more: after 1 s, 2 s, 4 s, … a minute it is tried again."""
        tries = self._tries[stream] = self._tries.get(stream, 0) + 1
        self._until[stream] = self._now() + min(2.0 ** (tries - 1), LONGEST_S)

    def taken(self, streams: Iterable[str]) -> None:
        """Nothing of these is refused any more."""
        if self._until:
            for stream in streams:
                self._tries.pop(stream, None)
                self._until.pop(stream, None)

    def due(self) -> set[str]:
        return {stream for stream, until in self._until.items() if until <= self._now()}

    def without_waiting(self, woken: Mapping[str, V]) -> dict[str, V]:
        """Those that may be tried now."""
        return {stream: of for stream, of in woken.items() if self._until.get(stream, 0) <= self._now()}
