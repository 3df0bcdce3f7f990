"""What happens to one person's place: our copy moves on, and those concerned are written to."""

from typing import Any

from notifications.application.incoming import (
    CertificateIssued,
    EnrolmentApprovalAdvanced,
    EnrolmentCompleted,
    EnrolmentConfirmed,
    EnrolmentDeclined,
    EnrolmentFact,
    EnrolmentLapsed,
    EnrolmentNominated,
    EnrolmentNotCompleted,
    EnrolmentOffered,
    EnrolmentReconfirmed,
    EnrolmentRequested,
    EnrolmentWaitlisted,
    EnrolmentWithdrawn,
    OfferExpired,
    ReconfirmationAsked,
)
from notifications.application.notify import Wanted, notify
from notifications.application.ports import NotificationsTransaction
from notifications.domain.copies import Certificate, Enrolment
from notifications.domain.delivery import About


def read_enrolment_ahead(event: EnrolmentFact, tx: NotificationsTransaction) -> None:
    tx.enrolments.expect(event.enrolment_id)


async def on_enrolment_nominated(event: EnrolmentNominated, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "nominated", "nominated", deadline=event.accept_by)
    await notify([_to_person(event, "nominated", not_after=event.accept_by)], tx)


async def on_enrolment_requested(event: EnrolmentRequested, tx: NotificationsTransaction) -> None:
    """The approvers of the first step are asked; the person hears when it is decided."""
    await _step(event, tx, "requested", "approval_asked", deadline=event.due)
    await notify(_to_approvers(event), tx)


async def on_enrolment_approval_advanced(event: EnrolmentApprovalAdvanced, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "requested", "approval_asked", deadline=event.due)
    await notify(_to_approvers(event), tx)


async def on_enrolment_declined(event: EnrolmentDeclined, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "declined", "declined", because=event.reason)
    await notify([_to_person(event, "declined"), *_to_nominators(event)], tx)


async def on_enrolment_waitlisted(event: EnrolmentWaitlisted, tx: NotificationsTransaction) -> None:
    """Whose offer expired was told in the same breath that they wait once more."""
    before = await tx.enrolments.find(event.enrolment_id)
    await _step(event, tx, "waitlisted", "waitlisted", rank=event.rank)
    if before is None or before.state != "waitlisted":
        await notify([_to_person(event, "waitlisted")], tx)


async def on_enrolment_offered(event: EnrolmentOffered, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "offered", "offered", offer_version=event.offer_version, deadline=event.deadline)
    await notify([_to_person(event, "offered", not_after=event.deadline)], tx)


async def on_offer_expired(event: OfferExpired, tx: NotificationsTransaction) -> None:
    state = "waitlisted" if event.requeued else "lapsed"
    await _step(event, tx, state, "offer_expired", because="requeued" if event.requeued else "out")
    await notify([_to_person(event, "offer_expired")], tx)


async def on_enrolment_confirmed(event: EnrolmentConfirmed, tx: NotificationsTransaction) -> None:
    """The mail waits for the timetable that the seat was given under."""
    await _step(event, tx, "confirmed", "confirmed", because=event.because, confirmed_under=event.schedule_revision)
    await notify([_to_person(event, "confirmed", schedule_revision=event.schedule_revision)], tx)


async def on_reconfirmation_asked(event: ReconfirmationAsked, tx: NotificationsTransaction) -> None:
    """The one message a trainee gets of a material change (S-09); its session may still be on its way to us."""
    asked = {"session_id": event.session_id, "schedule_revision": event.schedule_revision}
    await _step(event, tx, "reconfirm_pending", "reconfirm_asked", deadline=event.deadline, **asked)
    wanted = _to_person(
        event, "reconfirm_asked", not_after=event.deadline, session_revision=event.session_revision, **asked
    )
    await notify([wanted], tx)


async def on_enrolment_reconfirmed(event: EnrolmentReconfirmed, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "confirmed")


async def on_enrolment_withdrawn(event: EnrolmentWithdrawn, tx: NotificationsTransaction) -> None:
    """That somebody was erased is told to nobody: neither to them nor, without a name, to others."""
    await _step(event, tx, "withdrawn", "withdrawn", because=event.because)
    if event.because != "erased":
        await notify([_to_person(event, "withdrawn"), *_to_nominators(event)], tx)


async def on_enrolment_lapsed(event: EnrolmentLapsed, tx: NotificationsTransaction) -> None:
    """Whose offer expired a second time heard it from that fact already."""
    await _step(event, tx, "lapsed", "lapsed", because=event.because)
    if event.because != "offer-expired":
        await notify([_to_person(event, "lapsed")], tx)


async def on_enrolment_completed(event: EnrolmentCompleted, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "completed")


async def on_enrolment_not_completed(event: EnrolmentNotCompleted, tx: NotificationsTransaction) -> None:
    await _step(event, tx, "not_completed")


async def on_certificate_issued(event: CertificateIssued, tx: NotificationsTransaction) -> None:
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
    about = About(certificate_id=event.certificate_id)
    wanted = Wanted(event.person_id, "certificate_issued", event.certificate_id, event.offering_id, about)
    await notify([wanted], tx)


async def _step(
    event: EnrolmentFact, tx: NotificationsTransaction, state: str, purpose: str | None = None, **known: Any
) -> None:
    """A revision below the one we have says nothing new."""
    copy = await tx.enrolments.find(event.enrolment_id) or Enrolment(
        id=event.enrolment_id, offering_id=event.offering_id, person_id=event.person_id, state="", revision=0
    )
    if event.revision >= copy.revision:
        tx.enrolments.save(copy.step(state, event.revision, purpose, **known))


def _to_person(event: EnrolmentFact, purpose: str, *, not_after: Any = None, **about: Any) -> Wanted:
    about = {"fact_revision": event.revision, "enrolment_id": event.enrolment_id, **about}
    return Wanted(event.person_id, purpose, event.enrolment_id, event.offering_id, About(**about), not_after)


def _to_approvers(event: EnrolmentRequested | EnrolmentApprovalAdvanced) -> list[Wanted]:
    about = About(fact_revision=event.revision, enrolment_id=event.enrolment_id)
    return [
        Wanted(approver, "approval_asked", event.enrolment_id, event.offering_id, about, event.due)
        for approver in event.approvers
    ]


def _to_nominators(event: EnrolmentWithdrawn | EnrolmentDeclined) -> list[Wanted]:
    about = About(fact_revision=event.revision, enrolment_id=event.enrolment_id)
    return [
        Wanted(nominator, "withdrawn_nominator", event.enrolment_id, event.offering_id, about)
        for nominator in event.nominators
        if nominator != event.person_id
    ]
