"""Who comes to the sessions of an offering: one entry per enrolment, as last told by enrolment."""

from dataclasses import dataclass, replace
from uuid import UUID

from scheduling.domain.words import CampusId


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """The id is the enrolment's; `comes` is whether the person holds a seat."""

    id: UUID
    version: int = 0
    offering_id: UUID
    person_id: UUID
    share: CampusId
    revision: int
    comes: bool

    def confirm(self, share: CampusId, revision: int) -> "RosterEntry":
        return replace(self, share=share, revision=revision, comes=True)

    def leave(self, revision: int) -> "RosterEntry":
        return replace(self, revision=revision, comes=False)
