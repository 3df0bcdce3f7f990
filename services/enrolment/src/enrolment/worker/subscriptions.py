"""All that this service reacts to, and what of it are copies, which a rebuild writes anew."""

from common.consumer import Subscription, Subscriptions
from enrolment.application import copying, reactions
from enrolment.application import incoming as facts
from enrolment.application.ports import EnrolmentTransaction

COPIES = frozenset({"campuses", "sessions", "attendance"})

SUBSCRIPTIONS: Subscriptions[EnrolmentTransaction] = {
    facts.CampusRecorded: Subscription(copying.keep_campus, gone=copying.forget_campus),
    facts.ScheduleReleased: Subscription(copying.keep_release, reactions.on_schedule_released),
    facts.SessionRescheduled: Subscription(copying.keep_move, reactions.on_session_rescheduled),
    facts.SessionCancelled: Subscription(copying.keep_cancellation, reactions.on_session_cancelled),
    facts.AttendanceRecorded: Subscription(copying.keep_attendance, reactions.on_attendance_recorded),
}
