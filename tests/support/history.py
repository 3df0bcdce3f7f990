"""Topics in memory, as whoever reads them from the first record on sees them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from common.envelope import Record
from common.history import Span


class MemoryHistory:
    """Each record appended gets the next offset of its topic, which has one partition; `alive` are who reads."""

    def __init__(self, batch: int = 3) -> None:
        self.topics: dict[str, list[Record]] = defaultdict(list)
        self.alive: list[str] = []
        self.begins: dict[str, int] = {}
        self._batch = batch

    def append(self, record: Record) -> Record:
        """As it lies in the topic."""
        log = self.topics[record.topic]
        log.append(replace(record, partition=0, offset=len(log)))
        return log[-1]

    async def members(self, group: str) -> list[str]:
        return self.alive

    async def spans(self, topics: Sequence[str]) -> list[Span]:
        return [Span(topic, 0, self.begins.get(topic, 0), len(self.topics[topic])) for topic in sorted(topics)]

    async def read(self, span: Span) -> AsyncIterator[list[Record]]:
        records = [record for record in self.topics[span.topic] if record.offset < span.end]
        for start in range(0, len(records), self._batch):
            yield records[start : start + self._batch]
