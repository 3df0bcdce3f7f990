"""All that this service reacts to, and what of it are copies, which a rebuild writes anew."""

from common.consumer import ReadsAhead, Subscription, Subscriptions
from notifications.application import copying_enrolments as enrolments
from notifications.application import copying_states as states
from notifications.application import copying_timetables as timetables
from notifications.application import incoming as facts
from notifications.application import reactions_enrolment as enrolment
from notifications.application import reactions_people as people
from notifications.application import reactions_schedule as schedule
from notifications.application.ports import NotificationsTransaction

COPIES = frozenset({"people", "courses", "campuses", "offerings", "timetables", "enrolments", "certificates"})

SUBSCRIPTIONS: Subscriptions[NotificationsTransaction] = {
    facts.PersonRecorded: Subscription(states.keep_person, gone=states.forget_person),
    facts.CourseRecorded: Subscription(states.keep_course, gone=states.forget_course),
    facts.CampusRecorded: Subscription(states.keep_campus, gone=states.forget_campus),
    facts.PersonErased: people.on_person_erased,
    facts.OfferingDrafted: Subscription(timetables.keep_offering),
    facts.OfferingChanged: Subscription(timetables.keep_offering),
    facts.OfferingCancelled: Subscription(timetables.keep_offering_cancelled, schedule.on_offering_cancelled),
    facts.ScheduleReleased: Subscription(timetables.keep_release, schedule.on_schedule_released),
    facts.SessionRescheduled: Subscription(timetables.keep_move, schedule.on_session_rescheduled),
    facts.SessionCancelled: Subscription(timetables.keep_session_cancelled, schedule.on_session_cancelled),
    facts.EnrolmentNominated: Subscription(enrolments.keep_nominated, enrolment.on_enrolment_nominated),
    facts.EnrolmentRequested: Subscription(enrolments.keep_requested, enrolment.on_enrolment_requested),
    facts.EnrolmentApprovalAdvanced: Subscription(enrolments.keep_requested, enrolment.on_enrolment_approval_advanced),
    facts.EnrolmentDeclined: Subscription(enrolments.keep_declined, enrolment.on_enrolment_declined),
    facts.EnrolmentWaitlisted: Subscription(enrolments.keep_waitlisted, enrolment.on_enrolment_waitlisted),
    facts.EnrolmentOffered: Subscription(enrolments.keep_offered, enrolment.on_enrolment_offered),
    facts.OfferExpired: Subscription(enrolments.keep_expired, enrolment.on_offer_expired),
    facts.EnrolmentConfirmed: Subscription(enrolments.keep_confirmed, enrolment.on_enrolment_confirmed),
    facts.ReconfirmationAsked: Subscription(enrolments.keep_asked, enrolment.on_reconfirmation_asked),
    facts.EnrolmentReconfirmed: Subscription(enrolments.keep_reconfirmed, enrolment.on_enrolment_reconfirmed),
    facts.EnrolmentWithdrawn: Subscription(enrolments.keep_withdrawn, enrolment.on_enrolment_withdrawn),
    facts.EnrolmentLapsed: Subscription(enrolments.keep_lapsed, enrolment.on_enrolment_lapsed),
    facts.EnrolmentCompleted: Subscription(enrolments.keep_completed),
    facts.EnrolmentNotCompleted: Subscription(enrolments.keep_not_completed),
    facts.CertificateIssued: Subscription(enrolments.keep_certificate, enrolment.on_certificate_issued),
}

AHEAD: ReadsAhead[NotificationsTransaction] = {
    facts.EnrolmentFact: enrolments.read_enrolment_ahead,
    facts.PersonRecorded: states.read_person_ahead,
}
