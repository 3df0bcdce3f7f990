"""What we need of enrolment's facts and states. Unknown fields are ignored."""

from datetime import date, time
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.event import IncomingEvent, IncomingState


class OfferingFace(IncomingEvent):
    """What a timetable depends on."""

    topic: ClassVar[str] = "enrolment-events"

    offering_id: UUID
    revision: int
    course_id: UUID
    label: str
    owner_campus: str
    language: str
    seats: int
    earliest_start: date


class OfferingDrafted(OfferingFace):
    event_type: ClassVar[str] = "sangam.offering.drafted.v1"


class OfferingChanged(OfferingFace):
    event_type: ClassVar[str] = "sangam.offering.changed.v1"


class OfferingCancelled(IncomingEvent):
    event_type: ClassVar[str] = "sangam.offering.cancelled.v1"
    topic: ClassVar[str] = "enrolment-events"

    offering_id: UUID
    revision: int


class EnrolmentFact(IncomingEvent):
    topic: ClassVar[str] = "enrolment-events"

    offering_id: UUID
    enrolment_id: UUID
    person_id: UUID
    revision: int


class EnrolmentConfirmed(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.confirmed.v1"

    share: str


class EnrolmentWithdrawn(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.withdrawn.v1"


class EnrolmentLapsed(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.lapsed.v1"


class CertificateIssued(IncomingEvent):
    event_type: ClassVar[str] = "sangam.certificate.issued.v1"
    topic: ClassVar[str] = "enrolment-events"

    person_id: UUID
    qualifies_for: list[UUID]


class PersonErased(IncomingEvent):
    event_type: ClassVar[str] = "sangam.person.erased.v1"
    topic: ClassVar[str] = "enrolment-events"

    person_id: UUID


class PersonRecorded(IncomingState):
    event_type: ClassVar[str] = "sangam.person.recorded.v1"
    topic: ClassVar[str] = "people"

    person_id: UUID
    revision: int
    names: dict[str, str]
    campus: str
    languages: list[str]


class PartPlan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    part: int
    day: int
    start: time
    minutes: int
    mandatory: bool


class CourseRecorded(IncomingState):
    event_type: ClassVar[str] = "sangam.course.recorded.v1"
    topic: ClassVar[str] = "courses"

    course_id: UUID
    revision: int
    code: str
    titles: dict[str, str]
    session_plan: list[PartPlan]
    facilitators_needed: int
    room_features: list[str]
