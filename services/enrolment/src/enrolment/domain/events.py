"""The facts this service publishes. Ids, numbers, codes, instants and public labels; only `people` is personal."""

from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

from common.event import Event, Part, StateEvent


class OfferingFact(Event):
    """Facts that are told in order per offering; `revision` is the offering's version."""

    topic: ClassVar[str] = "enrolment-events"
    key_field: ClassVar[str] = "offering_id"

    offering_id: UUID
    revision: int


class OfferingFace(OfferingFact):
    """What others may know of an offering."""

    course_id: UUID
    label: str
    owner_campus: str
    language: str
    seats: int
    shares: dict[str, int]
    earliest_start: date
    window_opens: datetime
    window_closes: datetime
    cutoff: datetime
    lead_hours: int
    minimum: int | None = None


class OfferingDrafted(OfferingFace):
    """A run of a course was planned: its sessions can be proposed."""

    event_type: ClassVar[str] = "sangam.offering.drafted.v1"


class OfferingChanged(OfferingFace):
    """Something that others may know of an offering was edited."""

    event_type: ClassVar[str] = "sangam.offering.changed.v1"


class OfferingCancelled(OfferingFact):
    """The run will not take place; every active enrolment ends."""

    event_type: ClassVar[str] = "sangam.offering.cancelled.v1"
    reason: str


class EnrolmentFact(Event):
    """Facts of one person's place, told in order per offering; `revision` is the enrolment's version."""

    topic: ClassVar[str] = "enrolment-events"
    key_field: ClassVar[str] = "offering_id"

    offering_id: UUID
    enrolment_id: UUID
    person_id: UUID
    revision: int


class EnrolmentNominated(EnrolmentFact):
    """Someone asked for a place on the person's behalf, and the course wants the person's word first."""

    event_type: ClassVar[str] = "sangam.enrolment.nominated.v1"
    nominators: list[UUID]
    mandatory: bool
    share: str
    accept_by: datetime


class EnrolmentRequested(EnrolmentFact):
    """A place was asked for and waits for the approvers of the first step; decided at once, it is not told."""

    event_type: ClassVar[str] = "sangam.enrolment.requested.v1"
    approvers: list[UUID]
    due: datetime | None
    nominators: list[UUID]


class EnrolmentApprovalAdvanced(EnrolmentFact):
    """One approval step is done, another one follows."""

    event_type: ClassVar[str] = "sangam.enrolment.approval-advanced.v1"
    approvers: list[UUID]
    due: datetime | None


class EnrolmentDeclined(EnrolmentFact):
    """An approver, or the nominee, said no."""

    event_type: ClassVar[str] = "sangam.enrolment.declined.v1"
    reason: str
    nominators: list[UUID]


class EnrolmentWaitlisted(EnrolmentFact):
    """No seat of their share was free, or others were waiting."""

    event_type: ClassVar[str] = "sangam.enrolment.waitlisted.v1"
    share: str
    rank: int


class EnrolmentOffered(EnrolmentFact):
    """A seat came free and is held for the head of the queue until the deadline."""

    event_type: ClassVar[str] = "sangam.enrolment.offered.v1"
    offer_version: int
    deadline: datetime


class OfferExpired(EnrolmentFact):
    """Nobody answered in time; `requeued` says whether the person waits once more or is out."""

    event_type: ClassVar[str] = "sangam.offer.expired.v1"
    offer_version: int
    requeued: bool


class EnrolmentConfirmed(EnrolmentFact):
    """A person holds a seat. `because`: request, offer or promotion."""

    event_type: ClassVar[str] = "sangam.enrolment.confirmed.v1"
    share: str
    because: str
    schedule_revision: int


class ReconfirmationAsked(EnrolmentFact):
    """A session of theirs changed materially (S-09): the seat is kept, but they are asked."""

    event_type: ClassVar[str] = "sangam.enrolment.reconfirmation-asked.v1"
    session_id: UUID
    session_revision: int
    schedule_revision: int
    deadline: datetime


class EnrolmentReconfirmed(EnrolmentFact):
    """They come at the new time: they said so, or they did not answer and keep the seat by policy or as a mandatory
    nominee."""

    event_type: ClassVar[str] = "sangam.enrolment.reconfirmed.v1"
    schedule_revision: int


class EnrolmentWithdrawn(EnrolmentFact):
    """A person gave up a place, or an admin did for them. `because`: withdrawn,
    reconfirmation-declined, erased."""

    event_type: ClassVar[str] = "sangam.enrolment.withdrawn.v1"
    held_seat: bool
    because: str
    nominators: list[UUID]


class EnrolmentLapsed(EnrolmentFact):
    """A place ended without anybody's word. `because`: started, offer-refused, offer-expired, reconfirmation-silent."""

    event_type: ClassVar[str] = "sangam.enrolment.lapsed.v1"
    held_seat: bool
    because: str
    nominators: list[UUID]


class EnrolmentCompleted(EnrolmentFact):
    """The completion rule is met (C-01)."""

    event_type: ClassVar[str] = "sangam.enrolment.completed.v1"


class EnrolmentNotCompleted(EnrolmentFact):
    """The offering ended and the completion rule is not met (C-01)."""

    event_type: ClassVar[str] = "sangam.enrolment.not-completed.v1"


class CertificateIssued(Event):
    """A completed course was certified; holders of a train-the-trainer certificate may deliver `qualifies_for`."""

    event_type: ClassVar[str] = "sangam.certificate.issued.v1"
    topic: ClassVar[str] = "enrolment-events"
    key_field: ClassVar[str] = "person_id"

    certificate_id: UUID
    code: str
    person_id: UUID
    course_id: UUID
    offering_id: UUID
    enrolment_id: UUID
    qualifies_for: list[UUID]
    issued_at: datetime
    valid_until: datetime | None = None


class PersonErased(Event):
    """A person asked to be forgotten: their data is gone and what they held is free. `reason` is a code."""

    event_type: ClassVar[str] = "sangam.person.erased.v1"
    topic: ClassVar[str] = "enrolment-events"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    reason: str


class PersonRecorded(StateEvent):
    """The one place where personal data travels: a person of the directory as they are now."""

    event_type: ClassVar[str] = "sangam.person.recorded.v1"
    topic: ClassVar[str] = "people"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    revision: int
    names: dict[str, str]
    campus: str
    department: str
    cadre: str
    email: str | None
    phone: str | None
    languages: list[str]
    supervisor_id: UUID | None
    deputy_id: UUID | None


class PlannedPart(Part):
    """One meeting of a course's session plan: on which day of the course, from when in local time, how long."""

    part: int
    titles: dict[str, str]
    day: int
    start: time
    minutes: int
    mandatory: bool


class CourseRecorded(StateEvent):
    """A reusable course as it is now."""

    event_type: ClassVar[str] = "sangam.course.recorded.v1"
    topic: ClassVar[str] = "courses"
    key_field: ClassVar[str] = "course_id"

    course_id: UUID
    revision: int
    code: str
    titles: dict[str, str]
    session_plan: list[PlannedPart]
    facilitators_needed: int
    room_features: list[str]
    qualifies_for: list[UUID]
