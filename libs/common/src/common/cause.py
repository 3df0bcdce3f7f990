"""Why something runs: one request, one incoming event or one tick of a timer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Cause:
    """`id` becomes the causation id of what is emitted; `at` is the only clock a use case has.

    `origin` is the position `topic:key:sequence` of the event that caused this and `origin_at` when it was told; None
    for requests and timers.
    """

    id: UUID
    correlation_id: UUID
    at: datetime
    traceparent: str | None = None
    origin: str | None = None
    origin_at: datetime | None = None
