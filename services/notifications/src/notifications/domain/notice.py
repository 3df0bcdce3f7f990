"""One message for one recipient, purpose, subject and revision (M-01), and what has become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from notifications.domain.delivery import Delivery

State = Literal["waiting", "due", "sent", "failed", "dropped", "expired"]

_NOTICES = UUID("6f2f1f0a-98a7-5f2e-9a75-1c4f3f6d7a10")


def notice_id(person_id: UUID, purpose: str, subject: UUID, revision: str) -> UUID:
    """The same four always make the same id, so that a fact read twice cannot become two notices."""
    return uuid5(_NOTICES, f"{person_id}|{purpose}|{subject}|{revision}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Ids and states only (P-02). `campuses` are those whose admins may see it (P-03), known once it was looked at."""

    id: UUID
    version: int = 0
    person_id: UUID
    purpose: str
    subject: UUID
    revision: str
    offering_id: UUID | None
    state: State = "due"
    reason: str = ""
    created_at: datetime
    not_after: datetime
    traceparent: str | None = None
    correlation_id: UUID
    campuses: tuple[str, ...] = ()

    def seen_by(self, campuses: Sequence[str]) -> "Notice":
        return replace(self, campuses=tuple(sorted({*self.campuses, *campuses})))

    def after(self, deliveries: Sequence[Delivery]) -> "Notice":
        """One delivery that arrived is enough; one that is still under way keeps it open."""
        state, reason = _state(deliveries)
        return replace(self, state=state, reason=reason)


def _state(deliveries: Sequence[Delivery]) -> tuple[State, str]:
    states = {delivery.state: delivery.reason for delivery in reversed(deliveries)}
    if "sending" in states or "due" in states:
        return "due", ""
    if "waiting" in states:
        return "waiting", states["waiting"]
    if "sent" in states:
        return "sent", ""
    if "failed" in states:
        return "failed", states["failed"]
    reason = states.get("dropped", "")
    return ("expired", "") if reason == "expired" else ("dropped", reason)
