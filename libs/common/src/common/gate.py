"""Whether this service decides anything now: not while its copies are being rebuilt, from whichever process.

The row stands in the database; every process looks at it at most once a second, so that deciding costs nothing. Who
closes the gate waits until no process can still rely on an older look, and only then touches a copy.
"""

import time
from collections.abc import Callable

from common.problem import Unavailable
from common.store import Reads

REBUILD, ROW = "rebuild", "rebuild"
LOOK_S = 1.0
CLOSED_FOR_ALL_AFTER_S = 2 * LOOK_S


class Rebuilding(Unavailable):
    """This service is rebuilding its copies of others' data; it decides again when that is done."""


class Gate:
    """`monotonic` counts on while the process is stopped (SIGSTOP): a look is then too old, and looked at again."""

    def __init__(self, reads: Reads, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._reads, self._now = reads, monotonic
        self._open_at: float | None = None

    async def check(self) -> None:
        """Called after a decision has read what it rests on: an open gate within the last second means that nothing
        of it was read from half a copy. Raises Rebuilding, or Unavailable when the database cannot be asked."""
        now = self._now()
        if self._open_at is not None and now - self._open_at < LOOK_S:
            return
        if await self._reads.select(REBUILD, {"_id": ROW}, fields=["_id"], limit=1):
            self._open_at = None
            raise Rebuilding()
        self._open_at = now
