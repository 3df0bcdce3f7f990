"""What use cases need from outside: a transaction over our aggregates, the read side, and who can read links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from common.ids import Ids
from common.repository import Repository
from common.store import Store
from common.transaction import Transaction
from enrolment.application.queries import (
    CertificateRow,
    CourseRow,
    EnrolmentRow,
    HistoryRow,
    JobRow,
    LinkView,
    OfferingRow,
    PersonRow,
    ProgrammeRow,
    ResultRow,
    Rows,
    Verification,
)
from enrolment.domain.campus import Campus
from enrolment.domain.certificate import Certificate
from enrolment.domain.completion import Attendance, PlannedSession
from enrolment.domain.course import Course, Programme
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.erasure import Erasure, Fingerprint, Identity
from enrolment.domain.jobs import Chunk, Job, Results
from enrolment.domain.links import LinkClaims
from enrolment.domain.offering import Offering
from enrolment.domain.person import Employee, Person
from enrolment.domain.words import Actor


class Fingerprints(Protocol):
    def of(self, kind: Identity, text: str) -> str:
        """The keyed hash of what is in normal form; the same text always has the same one."""
        ...


class EnrolmentTransaction(Transaction):
    def __init__(self, store: Store, ids: Ids, prints: Fingerprints) -> None:
        super().__init__(store, ids)
        self.prints = prints

    @property
    def erasures(self) -> Repository[Erasure]:
        return self.repository(Erasure, "erasures")

    @property
    def fingerprints(self) -> Repository[Fingerprint]:
        return self.repository(Fingerprint, "fingerprints")

    @property
    def people(self) -> Repository[Person]:
        return self.repository(Person, "people")

    @property
    def employees(self) -> Repository[Employee]:
        return self.repository(Employee, "employees")

    @property
    def programmes(self) -> Repository[Programme]:
        return self.repository(Programme, "programmes")

    @property
    def courses(self) -> Repository[Course]:
        return self.repository(Course, "courses")

    @property
    def offerings(self) -> Repository[Offering]:
        return self.repository(Offering, "offerings")

    @property
    def enrolments(self) -> Repository[Enrolment]:
        return self.repository(Enrolment, "enrolments")

    @property
    def certificates(self) -> Repository[Certificate]:
        return self.repository(Certificate, "certificates")

    @property
    def campuses(self) -> Repository[Campus]:
        return self.repository(Campus, "campuses")

    @property
    def sessions(self) -> Repository[PlannedSession]:
        return self.repository(PlannedSession, "sessions")

    @property
    def attendance(self) -> Repository[Attendance]:
        return self.repository(Attendance, "attendance")

    @property
    def jobs(self) -> Repository[Job]:
        return self.repository(Job, "jobs")

    @property
    def chunks(self) -> Repository[Chunk]:
        return self.repository(Chunk, "chunks")

    @property
    def results(self) -> Repository[Results]:
        return self.repository(Results, "results")


class Links(Protocol):
    """Action links are signed by notifications; we only hold its public key."""

    def read(self, token: str) -> LinkClaims:
        """Raises LinkInvalid: altered, cut, or not made with that key."""
        ...


class Queries(Protocol):
    """Reads for lists and pages: straight from the database to rows, past the domain, always for an actor."""

    async def list_people(
        self, actor: Actor, *, campus: str | None, employee_id: str | None, limit: int, after: str | None
    ) -> Rows[PersonRow]: ...
    async def get_person(self, actor: Actor, id: UUID) -> PersonRow: ...
    async def list_programmes(self, *, limit: int, after: str | None) -> Rows[ProgrammeRow]: ...
    async def list_courses(self, *, code: str | None, limit: int, after: str | None) -> Rows[CourseRow]: ...
    async def get_course(self, id: UUID) -> CourseRow: ...
    async def list_offerings(
        self, actor: Actor, *, campus: str | None, state: str | None, limit: int, after: str | None
    ) -> Rows[OfferingRow]: ...
    async def get_offering(self, actor: Actor, id: UUID) -> OfferingRow: ...
    async def list_enrolments(
        self, actor: Actor, *, offering_id: UUID, state: str | None, share: str | None, limit: int, after: str | None
    ) -> Rows[EnrolmentRow]: ...
    async def list_approvals(self, actor: Actor, *, limit: int, after: str | None) -> Rows[EnrolmentRow]: ...
    async def get_enrolment(self, actor: Actor, id: UUID) -> EnrolmentRow: ...
    async def get_history(self, actor: Actor, id: UUID) -> list[HistoryRow]: ...
    async def offering_of(self, enrolment_id: UUID) -> UUID | None: ...
    async def get_job(self, actor: Actor, id: UUID) -> JobRow: ...
    async def list_results(
        self, actor: Actor, id: UUID, *, outcome: str | None, limit: int, after: int
    ) -> Rows[ResultRow]: ...
    async def list_certificates(
        self, actor: Actor, *, person_id: UUID | None, offering_id: UUID | None, limit: int, after: str | None
    ) -> Rows[CertificateRow]: ...
    async def verify_certificate(self, code: str) -> Verification: ...
    async def view_link(self, claims: LinkClaims) -> LinkView: ...


class Due(Protocol):
    """What the timers look for."""

    async def offers_past_deadline(self, now: datetime) -> Sequence[UUID]: ...
    async def questions_past_deadline(self, now: datetime) -> Sequence[UUID]: ...
    async def windows_to_close(self, now: datetime) -> Sequence[UUID]: ...
    async def offerings_to_start(self, now: datetime) -> Sequence[UUID]: ...
    async def shares_to_release(self, now: datetime) -> Sequence[UUID]: ...
    async def follow_ups(self, now: datetime) -> Sequence[UUID]: ...
    async def erasures_to_settle(self, now: datetime) -> Sequence[UUID]: ...
    async def chunks_to_advance(self, now: datetime) -> Sequence[UUID]: ...
