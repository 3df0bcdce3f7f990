"""Our copies of people's places and certificates: each fact says where a place stands, and which message it asks for.

Nothing is told and nobody is written to, so that a rebuild can write them again. The inbox lets each fact through once
and in the order of its key: what comes is what counts.
"""

from typing import Any

from notifications.application import incoming as facts
from notifications.application.ports import NotificationsTransaction
from notifications.domain.copies import Certificate, Enrolment


def read_enrolment_ahead(event: facts.EnrolmentFact, tx: NotificationsTransaction) -> None:
    tx.enrolments.expect(event.enrolment_id)


async def keep_nominated(event: facts.EnrolmentNominated, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "nominated", "nominated", deadline=event.accept_by)


async def keep_requested(
    event: facts.EnrolmentRequested | facts.EnrolmentApprovalAdvanced, tx: NotificationsTransaction
) -> None:
    await _step(event, tx, "requested", "approval_asked", deadline=event.due)


async def keep_declined(event: facts.EnrolmentDeclined, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "declined", "declined", because=event.reason)


async def keep_waitlisted(event: facts.EnrolmentWaitlisted, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "waitlisted", "waitlisted", rank=event.rank)


async def keep_offered(event: facts.EnrolmentOffered, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "offered", "offered", offer_version=event.offer_version, deadline=event.deadline)


async def keep_expired(event: facts.OfferExpired, tx: NotificationsTransaction) -> None:
    state, because = ("waitlisted", "requeued") if event.requeued else ("lapsed", "out")
    await _step(event, tx, state, "offer_expired", because=because)


async def keep_confirmed(event: facts.EnrolmentConfirmed, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "confirmed", "confirmed", because=event.because, confirmed_under=event.schedule_revision)


async def keep_asked(event: facts.ReconfirmationAsked, tx: NotificationsTransaction) -> None:
    asked = {"session_id": event.session_id, "schedule_revision": event.schedule_revision}
    await _step(event, tx, "reconfirm_pending", "reconfirm_asked", deadline=event.deadline, **asked)


async def keep_reconfirmed(event: facts.EnrolmentReconfirmed, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "confirmed")


async def keep_withdrawn(event: facts.EnrolmentWithdrawn, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "withdrawn", "withdrawn", because=event.because)


async def keep_lapsed(event: facts.EnrolmentLapsed, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "lapsed", "lapsed", because=event.because)


async def keep_completed(event: facts.EnrolmentCompleted, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "completed")


async def keep_not_completed(event: facts.EnrolmentNotCompleted, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "not_completed")


async def keep_certificate(event: facts.CertificateIssued, tx: NotificationsTransaction) -> None:
    known = await tx.certificates.find(event.certificate_id)
    tx.certificates.save(
        Certificate(
            id=event.certificate_id,
            version=known.version if known else 0,
            code=event.code,
            person_id=event.person_id,
            course_id=event.course_id,
            offering_id=event.offering_id,
            issued_at=event.issued_at,
        )
    )


async def _step(
    event: facts.EnrolmentFact, tx: NotificationsTransaction, state: str, purpose: str | None = None, **known: Any
) -> None:
    copy = await tx.enrolments.find(event.enrolment_id) or Enrolment(
        id=event.enrolment_id, offering_id=event.offering_id, person_id=event.person_id, state="", revision=0
    )
    tx.enrolments.save(copy.step(state, event.revision, purpose, **known))
