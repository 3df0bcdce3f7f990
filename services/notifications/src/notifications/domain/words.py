"""Ids and names that several ideas share."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Channel = Literal["email", "sms"]
Language = Literal["en", "hi", "ta"]
LANGUAGES: tuple[Language, ...] = ("en", "hi", "ta")

COORDINATOR, OPERATOR, CAMPUS_ADMIN = "institute_coordinator", "operator", "campus_admin"
STAFF = frozenset({COORDINATOR, OPERATOR, CAMPUS_ADMIN, "planner"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as the verified token says (C1); `person_id` is absent for accounts that are no person."""

    person_id: UUID | None = None
    campuses: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def sees_everything(self) -> bool:
        """Coordinators see all campuses; operators see ids and states, and a ledger row holds nothing else."""
        return bool(self.kinds & {COORDINATOR, OPERATOR})

    @property
    def is_staff(self) -> bool:
        return bool(self.kinds & STAFF)

    @property
    def administers(self) -> frozenset[str]:
        return self.campuses if CAMPUS_ADMIN in self.kinds else frozenset()
