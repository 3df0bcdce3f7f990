"""The port to whole topics as the broker keeps them, for those who read from the first record on."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from common.envelope import Envelope, Record


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The records of one partition, from the first one kept up to `end`, exclusive."""

    topic: str
    partition: int
    begin: int
    end: int

    @property
    def id(self) -> str:
        return f"{self.topic}/{self.partition}"


class History(Protocol):
    """Outside of any group. Each raises Unavailable."""

    async def members(self, group: str) -> list[str]:
        """Who reads for this group now."""
        ...

    async def spans(self, topics: Sequence[str]) -> list[Span]:
        """Every partition of these topics."""
        ...

    def read(self, span: Span) -> AsyncIterator[list[Record]]:
        """All records of the span, oldest first, in batches that are not empty."""
        ...


def readable(record: Record) -> Envelope | None:
    """None for a record whose attributes cannot be read."""
    try:
        return Envelope.parse(record)
    except (KeyError, ValueError):
        return None
