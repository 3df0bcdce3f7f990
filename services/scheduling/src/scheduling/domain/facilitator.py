"""A person who may deliver courses: which ones, in which languages, from which campus (S-05)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from scheduling.domain.words import CampusId


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilitator:
    """The id is the person's. Without a campus: qualified by a certificate before the directory told us who it is."""

    id: UUID
    version: int = 0
    campus: CampusId | None
    courses: frozenset[UUID] = frozenset()
    languages: frozenset[str] = frozenset()

    def delivers(self, course_id: UUID, language: str) -> bool:
        return course_id in self.courses and language in self.languages

    def qualify(self, courses: Iterable[UUID]) -> "Facilitator":
        return replace(self, courses=self.courses | frozenset(courses))

    def settle(self, campus: CampusId, languages: Iterable[str]) -> "Facilitator":
        return replace(self, campus=campus, languages=frozenset(languages))
