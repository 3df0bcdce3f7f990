"""The read side: query bodies over documents, always for an actor."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from common.codec import decode
from common.problem import NotFound
from common.store import Reads
from enrolment.adapters import jobs, scopes
from enrolment.adapters.paging import EVERYTHING, page, rows_of
from enrolment.adapters.queues import with_ranks
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
    SessionView,
    Verification,
)
from enrolment.domain.certificate import Certificate, code_key
from enrolment.domain.completion import PlannedSession
from enrolment.domain.course import Course
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.links import LinkClaims
from enrolment.domain.offering import Offering
from enrolment.domain.person import Person, employee_key
from enrolment.domain.words import Actor

A = TypeVar("A")


class MongoQueries:
    """Over any `Reads`; `clock` because a rank depends on whether the shares are released."""

    def __init__(self, reads: Reads, clock: Callable[[], datetime]) -> None:
        self._reads, self._clock = reads, clock

    async def list_people(
        self, actor: Actor, *, campus: str | None, employee_id: str | None, limit: int, after: str | None
    ) -> Rows[PersonRow]:
        where = {"campus": campus, "employee_id": employee_key(employee_id) if employee_id else None}
        return await page(self._reads, "people", scopes.of_people(actor), where, rows_of(PersonRow), limit, after)

    async def get_person(self, actor: Actor, id: UUID) -> PersonRow:
        person = await self._one(Person, "people", id)
        if not person.visible_to(actor):
            raise NotFound(id=str(id))
        return await self._one(PersonRow, "people", id)

    async def list_programmes(self, *, limit: int, after: str | None) -> Rows[ProgrammeRow]:
        return await page(self._reads, "programmes", EVERYTHING, {}, rows_of(ProgrammeRow), limit, after)

    async def list_courses(self, *, code: str | None, limit: int, after: str | None) -> Rows[CourseRow]:
        where = {"code": code.upper() if code else None}
        return await page(self._reads, "courses", EVERYTHING, where, rows_of(CourseRow), limit, after)

    async def get_course(self, id: UUID) -> CourseRow:
        return await self._one(CourseRow, "courses", id)

    async def list_offerings(
        self, actor: Actor, *, campus: str | None, state: str | None, limit: int, after: str | None
    ) -> Rows[OfferingRow]:
        allowed = scopes.of_offerings(actor)
        if campus:
            allowed = [{"campuses": campus}] if allowed == EVERYTHING or {"campuses": campus} in allowed else []
        where = {"state": state}
        return await page(self._reads, "offerings", allowed, where, rows_of(OfferingRow), limit, after)

    async def get_offering(self, actor: Actor, id: UUID) -> OfferingRow:
        offering = await self._one(Offering, "offerings", id)
        if not offering.visible_to(actor):
            raise NotFound(id=str(id))
        return await self._one(OfferingRow, "offerings", id)

    async def list_enrolments(
        self, actor: Actor, *, offering_id: UUID, state: str | None, share: str | None, limit: int, after: str | None
    ) -> Rows[EnrolmentRow]:
        await self.get_offering(actor, offering_id)
        where = {"offering_id": str(offering_id), "state": state, "share": share}
        return await self._enrolments(scopes.of_enrolments(actor), where, limit, after)

    async def list_approvals(self, actor: Actor, *, limit: int, after: str | None) -> Rows[EnrolmentRow]:
        return await self._enrolments(scopes.of_approvals(actor), {}, limit, after)

    async def get_enrolment(self, actor: Actor, id: UUID) -> EnrolmentRow:
        await self._visible_enrolment(actor, id)
        [row] = await with_ranks(self._reads, [await self._one(EnrolmentRow, "enrolments", id)], self._clock())
        return row

    async def get_history(self, actor: Actor, id: UUID) -> list[HistoryRow]:
        """Reasons are people's own words: operators see states only."""
        enrolment = await self._visible_enrolment(actor, id)
        words = enrolment.visible_to(actor)
        return [HistoryRow(s.at, s.by, s.before, s.to, s.reason if words else "") for s in enrolment.history]

    async def offering_of(self, enrolment_id: UUID) -> UUID | None:
        found = await self._reads.select("enrolments", {"_id": str(enrolment_id)}, fields=["offering_id"], limit=1)
        return UUID(found[0]["offering_id"]) if found else None

    async def get_job(self, actor: Actor, id: UUID) -> JobRow:
        return await jobs.get_job(self._reads, actor, id)

    async def list_results(
        self, actor: Actor, id: UUID, *, outcome: str | None, limit: int, after: int
    ) -> Rows[ResultRow]:
        return await jobs.list_results(self._reads, actor, id, outcome=outcome, limit=limit, after=after)

    async def list_certificates(
        self, actor: Actor, *, person_id: UUID | None, offering_id: UUID | None, limit: int, after: str | None
    ) -> Rows[CertificateRow]:
        where = {
            "person_id": str(person_id) if person_id else None,
            "offering_id": str(offering_id) if offering_id else None,
        }
        allowed = scopes.of_certificates(actor)
        return await page(self._reads, "certificates", allowed, where, rows_of(CertificateRow), limit, after)

    async def verify_certificate(self, code: str) -> Verification:
        """Open to anyone who holds a code (C-02)."""
        found = await self._reads.select("certificates", {"code": code_key(code)}, limit=1)
        if not found:
            raise NotFound()
        certificate: Certificate = decode(Certificate, found[0])
        course = await self._one(Course, "courses", certificate.course_id)
        holder = await self._reads.select("people", {"_id": str(certificate.person_id)}, limit=1)
        until = certificate.valid_until
        return Verification(
            code=certificate.code,
            valid=until is None or self._clock() <= until,
            names=holder[0]["names"] if holder else {},
            course_code=course.code,
            course_titles=course.titles,
            issued_at=certificate.issued_at,
            valid_until=until,
        )

    async def view_link(self, claims: LinkClaims) -> LinkView:
        """For who holds the link. Nothing on the page says who the person is."""
        enrolment = await self._one(Enrolment, "enrolments", claims.enrolment_id)
        offering = await self._one(Offering, "offerings", enrolment.offering_id)
        course = await self._one(Course, "courses", offering.course_id)
        people = await self._reads.select("people", {"_id": str(enrolment.person_id)}, limit=1)
        person: Person | None = decode(Person, people[0]) if people else None  # erased
        documents = await self._reads.select("sessions", {"offering_id": str(offering.id), "cancelled": False})
        sessions: list[PlannedSession] = [decode(PlannedSession, document) for document in documents]
        asked = enrolment.offer if claims.purpose == "offer" else enrolment.reconfirmation
        answer = enrolment.answer_to(claims.purpose, claims.version)
        return LinkView(
            language=person.languages[0] if person and person.languages else "en",
            course_titles=course.titles,
            label=offering.label,
            state=enrolment.state,
            deadline=asked.deadline if asked else None,
            answered=answer.act if answer else None,
            sessions=[
                SessionView(part=s.part, start=s.start, end=s.end, zone=s.zone)
                for s in sorted(sessions, key=lambda s: s.start)
            ],
        )

    async def _enrolments(
        self, allowed: Any, where: dict[str, str | None], limit: int, after: str | None
    ) -> Rows[EnrolmentRow]:
        found = await page(self._reads, "enrolments", allowed, where, rows_of(EnrolmentRow), limit, after)
        return Rows(await with_ranks(self._reads, found.items, self._clock()), found.next)

    async def _visible_enrolment(self, actor: Actor, id: UUID) -> Enrolment:
        enrolment = await self._one(Enrolment, "enrolments", id)
        if not (actor.is_operator or enrolment.visible_to(actor)):
            raise NotFound(id=str(id))
        return enrolment

    async def _one(self, kind: type[A], collection: str, id: UUID) -> A:
        found = await self._reads.select(collection, {"_id": str(id)}, limit=1)
        if not found:
            raise NotFound(id=str(id))
        one: A = decode(kind, found[0])
        return one
