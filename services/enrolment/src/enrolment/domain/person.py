"""One human in the directory: who they are, where, how to reach them, who is above them."""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from enrolment.domain.words import Actor


def employee_key(text: str) -> str:
    """N-02: employee ids are the same whatever their case and spaces."""
    return re.sub(r"\s+", "", text).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """Which person has this employee id (its key form). It may be known before the person is: a supervisor."""

    id: str
    version: int = 0
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`names` per script: latin, devanagari, tamil. `languages`: the preferred one first."""

    id: UUID
    version: int = 0
    employee_id: str
    names: dict[str, str]
    campus: str
    department: str = ""
    cadre: str = ""
    email: str | None = None
    phone: str | None = None
    languages: tuple[str, ...] = ()
    supervisor_id: UUID | None = None
    deputy_id: UUID | None = None

    def visible_to(self, actor: Actor) -> bool:
        """P-03: themselves, those above them, and who acts for their campus."""
        return (
            actor.admin_of(self.campus)
            or actor.acts_for("nominator", self.campus)
            or any(actor.is_person(id) for id in (self.id, self.supervisor_id, self.deputy_id))
        )

    def nominable_by(self, actor: Actor) -> bool:
        """By those above them, or who acts for their campus; for oneself one asks."""
        if actor.is_person(self.id):
            return False
        for_campus = actor.admin_of(self.campus) or actor.acts_for("nominator", self.campus)
        return for_campus or actor.is_person(self.supervisor_id)

    def updated(self, **fields: Any) -> "Person":
        return replace(self, **fields)
