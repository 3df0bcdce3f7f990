"""Enrolments, their history, certificates and links on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from enrolment.api.schemas import Answer, Body, Label, Reason


class NominationBody(Body):
    """One of `person_id` and `employee_id`."""

    person_id: UUID | None = None
    employee_id: Label | None = None
    mandatory: bool = False

    @model_validator(mode="after")
    def one_of_two(self) -> "NominationBody":
        if (self.person_id is None) == (self.employee_id is None):
            raise ValueError("give person_id or employee_id")
        return self


class NothingBody(Body):
    """An empty object."""


class ReasonBody(Body):
    reason: Reason = ""


class OfferBody(Body):
    offer_version: Annotated[int, Field(strict=True, ge=1)]


class OfferAnswer(Answer):
    version: int
    deadline: datetime


class ReconfirmAnswer(Answer):
    session_id: UUID
    session_revision: int
    schedule_revision: int
    deadline: datetime


class EnrolmentAnswer(Answer):
    """`share` says whose seats are asked for; `offer` and `reconfirm` are what waits for an answer."""

    id: UUID
    version: int
    offering_id: UUID
    course_id: UUID
    person_id: UUID
    campus: str
    share: str
    state: str
    mandatory: bool
    queue_no: int
    accept_by: datetime | None
    offer: OfferAnswer | None
    reconfirm: Annotated[ReconfirmAnswer | None, Field(validation_alias="reconfirmation")]


class RankedAnswer(EnrolmentAnswer):
    """`rank` where the person waits: 1 is next in the queue of their share, or of all after the release (E-12)."""

    rank: int | None


class StepAnswer(Answer):
    at: datetime
    by: UUID | None
    before: Annotated[str, Field(serialization_alias="from")]
    to: str
    reason: str


class CertificateAnswer(Answer):
    id: UUID
    code: str
    person_id: UUID
    course_id: UUID
    offering_id: UUID
    enrolment_id: UUID
    issued_at: datetime
    valid_until: datetime | None


class VerificationAnswer(Answer):
    code: str
    valid: bool
    names: dict[str, str]
    course_code: str
    course_titles: dict[str, str]
    issued_at: datetime
    valid_until: datetime | None


class ActedAnswer(Answer):
    """The same however often the same link and act are sent."""

    enrolment_id: UUID
    offering_id: UUID
    purpose: str
    act: str
    at: datetime
