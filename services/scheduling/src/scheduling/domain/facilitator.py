"""A person who may deliver courses: which ones, in which languages, from which campus (S-05)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from scheduling.domain.words import CampusId


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilitator:
    """The id is the person's. Whom a certificate made follows the directory until a planner says otherwise.

    `waiting_for` is the person of whom the directory has not told yet: until then there is no campus.
    """

    id: UUID
    version: int = 0
    campus: CampusId | None
    courses: frozenset[UUID] = frozenset()
    languages: frozenset[str] = frozenset()
    follows_directory: bool = False
    waiting_for: UUID | None = None
    waiting_since: datetime | None = None

    @classmethod
    def certified(cls, id: UUID, now: datetime) -> "Facilitator":
        """Not yet looked up in the directory."""
        return cls(id=id, campus=None, follows_directory=True, waiting_for=id, waiting_since=now)

    def delivers(self, course_id: UUID, language: str) -> bool:
        return course_id in self.courses and language in self.languages

    def qualify(self, courses: Iterable[UUID]) -> "Facilitator":
        return replace(self, courses=self.courses | frozenset(courses))

    def settle(self, campus: CampusId, languages: Iterable[str]) -> "Facilitator":
        """By a planner, whose word stands from then on."""
        return replace(self.follow(campus, languages), follows_directory=False)

    def follow(self, campus: CampusId, languages: Iterable[str]) -> "Facilitator":
        """As the directory has it now."""
        return replace(self, campus=campus, languages=frozenset(languages), waiting_for=None, waiting_since=None)
