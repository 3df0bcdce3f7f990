"""What we need of others' facts. Unknown fields are ignored; every example of the producers' contracts parses."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.event import IncomingEvent, IncomingState


class OfferingFace(IncomingEvent):
    topic: ClassVar[str] = "enrolment-events"

    offering_id: UUID
    course_id: UUID
    label: str
    owner_campus: str


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


class EnrolmentNominated(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.nominated.v1"
    accept_by: datetime


class EnrolmentRequested(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.requested.v1"
    approvers: list[UUID]
    due: datetime | None


class EnrolmentApprovalAdvanced(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.approval-advanced.v1"
    approvers: list[UUID]
    due: datetime | None


class EnrolmentDeclined(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.declined.v1"
    reason: str
    nominators: list[UUID]


class EnrolmentWaitlisted(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.waitlisted.v1"
    rank: int


class EnrolmentOffered(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.offered.v1"
    offer_version: int
    deadline: datetime


class OfferExpired(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.offer.expired.v1"
    requeued: bool


class EnrolmentConfirmed(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.confirmed.v1"
    because: str
    schedule_revision: int


class ReconfirmationAsked(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.reconfirmation-asked.v1"
    session_id: UUID
    session_revision: int
    schedule_revision: int
    deadline: datetime


class EnrolmentReconfirmed(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.reconfirmed.v1"


class EnrolmentWithdrawn(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.withdrawn.v1"
    because: str
    nominators: list[UUID]


class EnrolmentLapsed(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.lapsed.v1"
    because: str


class EnrolmentCompleted(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.completed.v1"


class EnrolmentNotCompleted(EnrolmentFact):
    event_type: ClassVar[str] = "sangam.enrolment.not-completed.v1"


class CertificateIssued(IncomingEvent):
    event_type: ClassVar[str] = "sangam.certificate.issued.v1"
    topic: ClassVar[str] = "enrolment-events"

    certificate_id: UUID
    code: str
    person_id: UUID
    course_id: UUID
    offering_id: UUID
    issued_at: datetime


class Face(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SiteFace(Face):
    campus: str
    room_label: str | None
    online: bool = False


class WhenWhere(Face):
    start: datetime
    end: datetime
    zone: str
    sites: list[SiteFace]


class SessionFace(WhenWhere):
    session_id: UUID
    part: int
    revision: int
    facilitators: list[UUID]


class TimetableFact(IncomingEvent):
    topic: ClassVar[str] = "scheduling-events"

    offering_id: UUID
    schedule_revision: int


class ScheduleReleased(TimetableFact):
    event_type: ClassVar[str] = "sangam.schedule.released.v1"
    sessions: list[SessionFace]
    dropped: list[UUID]


class SessionRescheduled(TimetableFact):
    event_type: ClassVar[str] = "sangam.session.rescheduled.v1"
    session_id: UUID
    revision: int
    before: WhenWhere
    after: WhenWhere
    material: bool
    facilitators: list[UUID]


class SessionCancelled(TimetableFact):
    event_type: ClassVar[str] = "sangam.session.cancelled.v1"
    session_id: UUID
    revision: int
    because: str
    facilitators: list[UUID]


class PersonErased(IncomingEvent):
    event_type: ClassVar[str] = "sangam.person.erased.v1"
    topic: ClassVar[str] = "enrolment-events"

    person_id: UUID


class PersonRecorded(IncomingState):
    event_type: ClassVar[str] = "sangam.person.recorded.v1"
    topic: ClassVar[str] = "people"

    person_id: UUID
    names: dict[str, str]
    campus: str
    email: str | None
    phone: str | None
    languages: list[str]


class PlannedPart(Face):
    part: int
    titles: dict[str, str]


class CourseRecorded(IncomingState):
    event_type: ClassVar[str] = "sangam.course.recorded.v1"
    topic: ClassVar[str] = "courses"

    course_id: UUID
    code: str
    titles: dict[str, str]
    session_plan: list[PlannedPart]


class CampusRecorded(IncomingState):
    event_type: ClassVar[str] = "sangam.campus.recorded.v1"
    topic: ClassVar[str] = "campuses"

    campus: str
    names: dict[str, str]
    zone: str
    languages: list[str]
