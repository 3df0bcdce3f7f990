"""What can be taught: programmes and their courses, with the plan of sessions and the rules that a run follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from enrolment.domain.errors import BadPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    id: UUID
    version: int = 0
    code: str
    titles: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One meeting: on which day of the course (1 is the first), from when in local time, for how long."""

    part: int
    titles: dict[str, str]
    day: int
    start: time
    minutes: int
    mandatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    id: UUID
    version: int = 0
    code: str
    programme_id: UUID
    titles: dict[str, str]
    session_plan: tuple[Part, ...]
    min_attendance_percent: int = 80
    needs_acceptance: bool = False
    certificate: bool = True
    qualifies_for: tuple[UUID, ...] = ()
    facilitators_needed: int = 1
    room_features: tuple[str, ...] = ()


def check_plan(plan: Sequence[Part]) -> None:
    """Raises BadPlan unless the parts are numbered from 1, in order, and none begins before the last has ended."""
    if [part.part for part in plan] != list(range(1, len(plan) + 1)):
        raise BadPlan(detail="parts must be numbered 1, 2, 3, ... in order")
    ends = (0, 0)
    for part in plan:
        begins = (part.day, part.start.hour * 60 + part.start.minute)
        if begins < ends:
            raise BadPlan(detail=f"part {part.part} begins before the one before it has ended")
        if begins[1] + part.minutes > 24 * 60:
            raise BadPlan(detail=f"part {part.part} runs past midnight")
        ends = (part.day, begins[1] + part.minutes)
