"""Our copies of what others own: people, courses, campuses, offerings, enrolments and certificates."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

SEATED = frozenset({"confirmed", "reconfirm_pending"})
CONCERNED = SEATED | {"nominated", "requested", "waitlisted", "offered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Contact data, the only personal data in this database. `names` by script, `languages` preferred first."""

    id: UUID
    version: int = 0
    names: dict[str, str]
    campus: str
    email: str | None
    phone: str | None
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """`parts` are the titles of its session plan, by part number as text."""

    id: UUID
    version: int = 0
    code: str
    titles: dict[str, str]
    parts: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    id: str
    version: int = 0
    names: dict[str, str]
    zone: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    id: UUID
    version: int = 0
    course_id: UUID | None = None
    owner_campus: str = ""
    label: str = ""
    cancelled: bool = False

    def described(self, course_id: UUID, owner_campus: str, label: str) -> "Offering":
        return replace(self, course_id=course_id, owner_campus=owner_campus, label=label)

    def cancel(self) -> "Offering":
        return replace(self, cancelled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`told` maps a purpose to the revision of the last fact that asks for such a notice (M-03); `confirmed_under` is
    the schedule revision that their confirmation speaks of at least; `came_from` is the state before the last fact."""

    id: UUID
    version: int = 0
    offering_id: UUID
    person_id: UUID
    state: str
    revision: int
    told: dict[str, int] = field(default_factory=dict)
    offer_version: int = 0
    deadline: datetime | None = None
    rank: int | None = None
    because: str = ""
    session_id: UUID | None = None
    schedule_revision: int = 0
    confirmed_under: int = 0
    came_from: str = ""

    def step(self, state: str, revision: int, purpose: str | None = None, **known: Any) -> "Enrolment":
        """A fact of this enrolment; a deadline holds until the next one."""
        told = {**self.told, purpose: revision} if purpose else self.told
        said = {"deadline": None, **known}
        return replace(self, state=state, came_from=self.state, revision=revision, told=told, **said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    id: UUID
    version: int = 0
    code: str
    person_id: UUID
    course_id: UUID
    offering_id: UUID
    issued_at: datetime
