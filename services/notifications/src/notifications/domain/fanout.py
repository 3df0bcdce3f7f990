"""One fact that concerns many: whom it still has to be turned into notices for, chunk by chunk."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from notifications.domain.delivery import About

CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Fanout:
    """`states`: the enrolments concerned. `after` is the last enrolment that was turned into a notice."""

    id: str
    version: int = 0
    purpose: str
    subject: UUID
    origin: str
    offering_id: UUID
    about: About
    states: tuple[str, ...]
    facilitators: bool = False
    created_at: datetime
    told_at: datetime | None = None  # a row of the version before lacks it
    traceparent: str | None
    correlation_id: UUID
    after: str = ""
    done: bool = False

    @property
    def useful_from(self) -> datetime:
        return self.told_at or self.created_at

    def reached(self, last: str | None) -> "Fanout":
        """None: there was nobody left."""
        return replace(self, after=last) if last else replace(self, done=True)
