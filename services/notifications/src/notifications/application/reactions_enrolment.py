"""What happens to one person's place: those concerned are written to, after `copying_enrolments`."""

from typing import Any

from notifications.application.incoming import (
    CertificateIssued,
    EnrolmentApprovalAdvanced,
    EnrolmentConfirmed,
    EnrolmentDeclined,
    EnrolmentFact,
    EnrolmentLapsed,
    EnrolmentNominated,
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
from notifications.domain.delivery import About


async def on_enrolment_nominated(event: EnrolmentNominated, tx: NotificationsTransaction) -> None:
    await notify([_to_person(event, "nominated", not_after=event.accept_by)], tx)


async def on_enrolment_requested(event: EnrolmentRequested, tx: NotificationsTransaction) -> None:
    """The approvers of the first step are asked; the person hears when it is decided."""
    await notify(_to_approvers(event), tx)


async def on_enrolment_approval_advanced(event: EnrolmentApprovalAdvanced, tx: NotificationsTransaction) -> None:
    await notify(_to_approvers(event), tx)


async def on_enrolment_declined(event: EnrolmentDeclined, tx: NotificationsTransaction) -> None:
    await notify([_to_person(event, "declined"), *_to_nominators(event)], tx)


async def on_enrolment_waitlisted(event: EnrolmentWaitlisted, tx: NotificationsTransaction) -> None:
    """Whose offer expired was told in the same breath that they wait once more."""
    if (await tx.enrolments.get(event.enrolment_id)).came_from != "waitlisted":
        await notify([_to_person(event, "waitlisted")], tx)


async def on_enrolment_offered(event: EnrolmentOffered, tx: NotificationsTransaction) -> None:
    await notify([_to_person(event, "offered", not_after=event.deadline)], tx)


async def on_offer_expired(event: OfferExpired, tx: NotificationsTransaction) -> None:
    await notify([_to_person(event, "offer_expired")], tx)


async def on_enrolment_confirmed(event: EnrolmentConfirmed, tx: NotificationsTransaction) -> None:
    """The mail waits for the timetable that the seat was given under."""
    await notify([_to_person(event, "confirmed", schedule_revision=event.schedule_revision)], tx)


async def on_reconfirmation_asked(event: ReconfirmationAsked, tx: NotificationsTransaction) -> None:
    """The one message a trainee gets of a material change (S-09); its session may still be on its way to us."""
    asked = {"session_id": event.session_id, "schedule_revision": event.schedule_revision}
    wanted = _to_person(
        event, "reconfirm_asked", not_after=event.deadline, session_revision=event.session_revision, **asked
    )
    await notify([wanted], tx)


async def on_enrolment_reconfirmed(event: EnrolmentReconfirmed, tx: NotificationsTransaction) -> None:
    """Whose answer overtook the question itself, or its timetable, is told the new times now (M-10); the re-check drops
    this where the question has told them."""
    asked = (await tx.enrolments.get(event.enrolment_id)).schedule_revision
    await notify([_to_person(event, "session_rescheduled", schedule_revision=asked)], tx)


async def on_enrolment_withdrawn(event: EnrolmentWithdrawn, tx: NotificationsTransaction) -> None:
    """That somebody was erased is told to nobody: neither to them nor, without a name, to others."""
    if event.because != "erased":
        await notify([_to_person(event, "withdrawn"), *_to_nominators(event)], tx)


async def on_enrolment_lapsed(event: EnrolmentLapsed, tx: NotificationsTransaction) -> None:
    """Whose offer expired a second time heard it from that fact already."""
    if event.because != "offer-expired":
        await notify([_to_person(event, "lapsed")], tx)


async def on_certificate_issued(event: CertificateIssued, tx: NotificationsTransaction) -> None:
    about = About(certificate_id=event.certificate_id)
    wanted = Wanted(event.person_id, "certificate_issued", event.certificate_id, event.offering_id, about)
    await notify([wanted], tx)


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
