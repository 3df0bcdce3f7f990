"""All that this service reacts to, and what of it are copies, which a rebuild writes anew."""

from common.consumer import ReadsAhead, Subscription, Subscriptions
from scheduling.application import copying, reactions
from scheduling.application import incoming as facts
from scheduling.application.ports import SchedulingTransaction

COPIES = frozenset({"people", "courses", "offerings", "roster"})

SUBSCRIPTIONS: Subscriptions[SchedulingTransaction] = {
    facts.OfferingDrafted: Subscription(copying.keep_offering, reactions.on_offering_drafted),
    facts.OfferingChanged: Subscription(copying.keep_offering, reactions.on_offering_changed),
    facts.OfferingCancelled: Subscription(copying.keep_cancellation, reactions.on_offering_cancelled),
    facts.EnrolmentConfirmed: Subscription(copying.keep_on_roster),
    facts.EnrolmentWithdrawn: Subscription(copying.keep_off_roster),
    facts.EnrolmentLapsed: Subscription(copying.keep_off_roster),
    facts.CertificateIssued: reactions.on_certificate_issued,
    facts.PersonErased: reactions.on_person_erased,
    facts.CourseRecorded: Subscription(copying.keep_course, reactions.on_course_recorded, copying.forget_course),
    facts.PersonRecorded: Subscription(copying.keep_person, reactions.on_person_recorded, reactions.on_person_gone),
}

AHEAD: ReadsAhead[SchedulingTransaction] = {
    facts.EnrolmentFact: copying.read_enrolment_ahead,
    facts.PersonRecorded: copying.read_person_ahead,
}
