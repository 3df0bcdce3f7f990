"""Ids, the actor and what an actor may do: words that several ideas share."""

from dataclasses import dataclass
from typing import NewType
from uuid import UUID

CampusId = NewType("CampusId", str)

PLANS = frozenset({"planner", "campus_admin"})
CAMPUS_STAFF = PLANS | {"facilitator", "nominator", "supervisor"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: person, campuses and kinds come from the verified token and from nowhere else (C1)."""

    person_id: UUID | None
    campuses: frozenset[CampusId] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def coordinates(self) -> bool:
        return "institute_coordinator" in self.kinds

    @property
    def operates(self) -> bool:
        """Operators see ids and states of every campus, never a name."""
        return "operator" in self.kinds

    def admin_of(self, campus: str) -> bool:
        return self.coordinates or ("campus_admin" in self.kinds and campus in self.campuses)

    def plans(self, campus: str) -> bool:
        return self.coordinates or (bool(self.kinds & PLANS) and campus in self.campuses)

    def sees(self, campus: str) -> bool:
        """P-03: staff see their own campuses, the institute coordinator all of them."""
        return self.coordinates or (bool(self.kinds & CAMPUS_STAFF) and campus in self.campuses)
