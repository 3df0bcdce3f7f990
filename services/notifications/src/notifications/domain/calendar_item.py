"""M-10: what one person's calendar was last told of one session; SEQUENCE rises whenever that changes."""

from dataclasses import dataclass, replace
from uuid import UUID

from notifications.domain.timetable import Slot


def item_id(session_id: UUID, person_id: UUID) -> str:
    return f"{session_id}.{person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarItem:
    """`told_by` is the notice that changed it last, `before` what was told until then. `unsure`: that notice's mail was
    given up after an attempt, so that nobody knows what the calendar holds."""

    id: str
    version: int = 0
    session_id: UUID
    person_id: UUID
    offering_id: UUID
    sequence: int = 0
    slot: Slot
    before: Slot | None = None
    cancelled: bool = False
    told_by: UUID
    unsure: bool = False

    @classmethod
    def first(cls, session_id: UUID, person_id: UUID, offering_id: UUID, slot: Slot, by: UUID) -> "CalendarItem":
        return cls(
            id=item_id(session_id, person_id),
            session_id=session_id,
            person_id=person_id,
            offering_id=offering_id,
            slot=slot,
            told_by=by,
        )

    @property
    def uid(self) -> str:
        return f"{self.id}@sangam"

    def says(self, slot: Slot) -> bool:
        return not self.cancelled and not self.unsure and self.slot == slot

    def held(self, by: UUID) -> bool:
        """Whether there may be something to strike out; what notice `by` itself struck out already counts as held."""
        return not self.cancelled or self.unsure or self.told_by == by

    def tell(self, slot: Slot, by: UUID) -> "CalendarItem":
        """The same again changes nothing; a notice that did not arrive and tells it anew keeps what came before."""
        if self.says(slot):
            return self
        known = self.before if self.unsure or self.told_by == by else self.slot
        before = None if self.cancelled else known
        return replace(
            self, slot=slot, before=before, cancelled=False, sequence=self.sequence + 1, told_by=by, unsure=False
        )

    def cancel(self, by: UUID) -> "CalendarItem":
        if self.cancelled and not self.unsure:
            return self
        return replace(self, cancelled=True, sequence=self.sequence + 1, told_by=by, unsure=False)

    def doubt(self) -> "CalendarItem":
        return replace(self, unsure=True)
