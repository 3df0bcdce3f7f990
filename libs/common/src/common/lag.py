"""How far behind this process is, for alarms: of all that it was given to read, also of what stands still."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from common import telemetry
from common.progress import Partition

Ahead = Mapping[Partition, tuple[int, int]]


class Lag:
    """Shows what the brokers say, not what was fetched: of a partition that is held nothing is fetched.

    What another process took over is shown no more, or it would be behind here for ever.
    """

    def __init__(self) -> None:
        self._shown: set[Partition] = set()
        self._in_hand: dict[Partition, int] = {}

    @asynccontextmanager
    async def in_hand(self, partition: Partition, first: int) -> AsyncIterator[None]:
        """Records were fetched that begin at `first`; until `reached` says more, nothing of them is done."""
        self._in_hand[partition] = first
        try:
            yield
        finally:
            del self._in_hand[partition]

    def reached(self, partition: Partition, next: int) -> None:
        self._in_hand[partition] = next

    def show(self, partitions: Mapping[str, int], ahead: Ahead) -> None:
        """`partitions`: how many each topic has, if known; `ahead`: per partition read here, where we are and where it
        ends."""
        for (topic, partition), (position, end) in ahead.items():
            position = min(position, self._in_hand.get((topic, partition), position))
            telemetry.LAG.labels(topic, partition).set(max(end - position, 0))
            telemetry.OFFSET.labels(topic, partition).set(position)
        for topic, partition in self._shown - ahead.keys():
            telemetry.LAG.remove(topic, partition)
            telemetry.OFFSET.remove(topic, partition)
        self._shown = set(ahead)
        mine = Counter(topic for topic, _ in ahead)
        for topic, count in partitions.items():
            telemetry.PARTITIONS.labels(topic).set(count)
            telemetry.ASSIGNED.labels(topic).set(mine[topic])
        if ahead:  # without partitions nobody was asked
            telemetry.LOOKED.set(time.time())
