"""All that this service reacts to."""

from common.consumer import ReadsAhead, Subscriptions
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
    PersonRecorded,
)
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.reactions import (
    on_certificate_issued,
    on_course_recorded,
    on_enrolment_confirmed,
    on_enrolment_lapsed,
    on_enrolment_withdrawn,
    on_offering_cancelled,
    on_offering_changed,
    on_offering_drafted,
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
    CourseRecorded: on_course_recorded,
    PersonRecorded: on_person_recorded,
}

AHEAD: ReadsAhead[SchedulingTransaction] = {EnrolmentFact: read_enrolment_ahead, PersonRecorded: read_person_ahead}
