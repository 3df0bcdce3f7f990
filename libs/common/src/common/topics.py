"""A topic as its owner declares it; deploy/kafka/topics.yaml says the same for operators, and a test compares."""

from dataclasses import dataclass
from typing import Literal

MOST_BYTES = 4 * 1024 * 1024


def min_insync(replication: int) -> int:
    """How many replicas must have what is acknowledged: one may die, and nothing is lost or refused."""
    return max(1, replication - 1)


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    partitions: int
    cleanup: Literal["delete", "compact"] = "delete"

    @property
    def config(self) -> dict[str, str]:
        """Fact topics are kept for ever; state topics forget old states within a day, as long as there is traffic."""
        largest = {"max.message.bytes": str(MOST_BYTES + 64 * 1024)}  # what a producer may send, and its headers
        if self.cleanup == "delete":
            return {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"} | largest
        return largest | {
            "cleanup.policy": "compact",
            "max.compaction.lag.ms": "86400000",
            "segment.ms": "3600000",
            "min.cleanable.dirty.ratio": "0.1",
        }
