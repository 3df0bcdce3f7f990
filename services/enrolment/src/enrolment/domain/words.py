"""Ids and names that several ideas share."""

from dataclasses import dataclass
from typing import Literal, NewType
from uuid import UUID

CampusId = NewType("CampusId", str)
Language = Literal["en", "hi", "ta"]

COORDINATOR = "institute_coordinator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as the verified token says (C1); `person_id` is absent for accounts that are no person."""

    person_id: UUID | None = None
    campuses: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def is_coordinator(self) -> bool:
        return COORDINATOR in self.kinds or self.is_system

    @property
    def is_system(self) -> bool:
        return "system" in self.kinds

    @property
    def is_operator(self) -> bool:
        return "operator" in self.kinds

    def admin_of(self, campus: str) -> bool:
        return self.is_coordinator or self.acts_for("campus_admin", campus)

    def acts_for(self, kind: str, campus: str) -> bool:
        return kind in self.kinds and campus in self.campuses

    def is_person(self, person_id: UUID | None) -> bool:
        return self.person_id is not None and self.person_id == person_id


SYSTEM = Actor(kinds=frozenset({"system"}))
