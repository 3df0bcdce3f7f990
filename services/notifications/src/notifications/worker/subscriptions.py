"""All that this service reacts to."""

from common.consumer import ReadsAhead, Subscription, Subscriptions
from notifications.application import incoming as facts
from notifications.application import reactions_copies as copies
from notifications.application import reactions_enrolment as enrolment
from notifications.application import reactions_schedule as schedule
from notifications.application.ports import NotificationsTransaction

SUBSCRIPTIONS: Subscriptions[NotificationsTransaction] = {
    facts.PersonRecorded: Subscription(copy=copies.on_person_recorded, gone=copies.on_person_gone),
    facts.CourseRecorded: Subscription(copy=copies.on_course_recorded, gone=copies.on_course_gone),
    facts.CampusRecorded: Subscription(copy=copies.on_campus_recorded, gone=copies.on_campus_gone),
    facts.PersonErased: Subscription(copy=copies.on_person_erased),
    facts.OfferingDrafted: schedule.on_offering_drafted,
    facts.OfferingChanged: schedule.on_offering_changed,
    facts.OfferingCancelled: schedule.on_offering_cancelled,
    facts.ScheduleReleased: schedule.on_schedule_released,
    facts.SessionRescheduled: schedule.on_session_rescheduled,
    facts.SessionCancelled: schedule.on_session_cancelled,
    facts.EnrolmentNominated: enrolment.on_enrolment_nominated,
    facts.EnrolmentRequested: enrolment.on_enrolment_requested,
    facts.EnrolmentApprovalAdvanced: enrolment.on_enrolment_approval_advanced,
    facts.EnrolmentDeclined: enrolment.on_enrolment_declined,
    facts.EnrolmentWaitlisted: enrolment.on_enrolment_waitlisted,
    facts.EnrolmentOffered: enrolment.on_enrolment_offered,
    facts.OfferExpired: enrolment.on_offer_expired,
    facts.EnrolmentConfirmed: enrolment.on_enrolment_confirmed,
    facts.ReconfirmationAsked: enrolment.on_reconfirmation_asked,
    facts.EnrolmentReconfirmed: enrolment.on_enrolment_reconfirmed,
    facts.EnrolmentWithdrawn: enrolment.on_enrolment_withdrawn,
    facts.EnrolmentLapsed: enrolment.on_enrolment_lapsed,
    facts.EnrolmentCompleted: enrolment.on_enrolment_completed,
    facts.EnrolmentNotCompleted: enrolment.on_enrolment_not_completed,
    facts.CertificateIssued: enrolment.on_certificate_issued,
}

AHEAD: ReadsAhead[NotificationsTransaction] = {
    facts.EnrolmentFact: enrolment.read_enrolment_ahead,
    facts.PersonRecorded: copies.read_person_ahead,
}
