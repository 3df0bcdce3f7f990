"""A topic as its owner declares it; deploy/kafka/topics.yaml says the same for operators, and a test compares."""

from dataclasses import dataclass, field
from typing import Literal

MOST_BYTES = 4 * 1024 * 1024
HOUR_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Compaction:
    """How soon a state topic forgets what was replaced or erased. All in milliseconds.

    The broker cleans closed segments only, and a segment is closed by the first record that comes when it is
    `segment` old: the nightly repair brings one to every partition that holds a key. `lag` later at the latest it is
    cleaned, however little of it is new. A tombstone stays for `tombstones` after that, so that whoever is away for
    less than that still reads it; `files` later what was cleaned is off the disk.
    """

    segment: int = HOUR_MS
    lag: int = HOUR_MS
    tombstones: int = 7 * 24 * HOUR_MS
    files: int = 60_000

    @property
    def config(self) -> dict[str, str]:
        return {
            "cleanup.policy": "compact",
            "segment.ms": str(self.segment),
            "max.compaction.lag.ms": str(self.lag),
            "delete.retention.ms": str(self.tombstones),
            "min.cleanable.dirty.ratio": "0.01",
            "file.delete.delay.ms": str(self.files),
        }


def min_insync(replication: int) -> int:
    """How many replicas must have what is acknowledged: one may die, and nothing is lost or refused."""
    return max(1, replication - 1)


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    partitions: int
    cleanup: Literal["delete", "compact"] = "delete"
    compaction: Compaction = field(default_factory=Compaction)

    @property
    def config(self) -> dict[str, str]:
        """Fact topics are kept for ever; state topics forget what is not current."""
        largest = {"max.message.bytes": str(MOST_BYTES + 64 * 1024)}  # what a producer may send, and its headers
        if self.cleanup == "delete":
            return largest | {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
        return largest | self.compaction.config
