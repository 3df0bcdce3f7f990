"""Programmes, courses and people on the wire."""

from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import Field

from enrolment.api.schemas import Answer, Body, Code, Count, Label, Titles
from enrolment.domain.erasure import Reason as ErasureReason


class ProgrammeBody(Body):
    code: Code
    titles: Titles


class ProgrammeAnswer(Answer):
    id: UUID
    version: int
    code: str
    titles: dict[str, str]


class PartBody(Body):
    part: Count
    titles: Titles
    day: Annotated[int, Field(strict=True, ge=1, le=60)]
    start: time
    minutes: Annotated[int, Field(strict=True, ge=5, le=720)]
    mandatory: bool = False


class NeedsBody(Body):
    room_features: list[Label] = Field(default=[], max_length=20)
    facilitators: Annotated[int, Field(strict=True, ge=0, le=20)] = 1


class CourseBody(Body):
    code: Code
    programme_id: UUID
    titles: Titles
    session_plan: Annotated[list[PartBody], Field(min_length=1, max_length=100)]
    min_attendance_percent: Annotated[int, Field(strict=True, ge=1, le=100)] = 80
    needs_acceptance: bool = False
    qualifies_for: list[UUID] = Field(default=[], max_length=50)
    needs: NeedsBody = NeedsBody()
    certificate: bool = True


class PartAnswer(Answer):
    part: int
    titles: dict[str, str]
    day: int
    start: time
    minutes: int
    mandatory: bool


class CourseAnswer(Answer):
    id: UUID
    version: int
    code: str
    programme_id: UUID
    titles: dict[str, str]
    session_plan: list[PartAnswer]
    min_attendance_percent: int
    needs_acceptance: bool
    certificate: bool
    qualifies_for: list[UUID]
    facilitators_needed: int
    room_features: list[str]


class PersonAnswer(Answer):
    """Personal data: for the person, those above them, and who acts for their campus."""

    id: UUID
    version: int
    employee_id: str
    names: dict[str, str]
    campus: str
    department: str
    cadre: str
    email: str | None
    phone: str | None
    languages: list[str]
    supervisor_id: UUID | None
    deputy_id: UUID | None


class ErasureBody(Body):
    """Why, as a code: free text might name somebody."""

    reason: ErasureReason


class ErasureAnswer(Answer):
    """`id` is the person's, under which statutory records stay."""

    id: UUID
    reason: str
    erased_at: datetime


class JobAnswer(Answer):
    id: UUID
    kind: str
    state: str
    total: int
    done: int
    accepted: int
    refused: int
    offering_id: UUID | None


class ResultAnswer(Answer):
    """`row` 1 is the first below the header."""

    row: int
    outcome: str
    id: str | None
    problem: str | None
    detail: str
