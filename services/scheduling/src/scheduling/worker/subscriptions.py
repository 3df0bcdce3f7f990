"""All that this service reacts to."""

from common.consumer import ReadsAhead, Subscription, Subscriptions
from scheduling.application.incoming import (
    CertificateIssued,
    CourseRecorded,
    EnrolmentConfirmed,
    EnrolmentFact,
    EnrolmentLapsed,
    EnrolmentWithdrawn,
    OfferingCancelled,
    OfferingChanged,
    OfferingDrafted,
    PersonErased,
    PersonRecorded,
)
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.reactions import (
    on_certificate_issued,
    on_course_gone,
    on_course_recorded,
    on_enrolment_confirmed,
    on_enrolment_lapsed,
    on_enrolment_withdrawn,
    on_offering_cancelled,
    on_offering_changed,
    on_offering_drafted,
    on_person_erased,
    on_person_gone,
    on_person_recorded,
    read_enrolment_ahead,
    read_person_ahead,
)

SUBSCRIPTIONS: Subscriptions[SchedulingTransaction] = {
    OfferingDrafted: on_offering_drafted,
    OfferingChanged: on_offering_changed,
    OfferingCancelled: on_offering_cancelled,
    EnrolmentConfirmed: on_enrolment_confirmed,
    EnrolmentWithdrawn: on_enrolment_withdrawn,
    EnrolmentLapsed: on_enrolment_lapsed,
    CertificateIssued: on_certificate_issued,
    PersonErased: on_person_erased,
    CourseRecorded: Subscription(react=on_course_recorded, gone=on_course_gone),
    PersonRecorded: Subscription(react=on_person_recorded, gone=on_person_gone),
}

AHEAD: ReadsAhead[SchedulingTransaction] = {EnrolmentFact: read_enrolment_ahead, PersonRecorded: read_person_ahead}
