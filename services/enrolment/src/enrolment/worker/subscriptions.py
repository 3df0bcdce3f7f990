"""All that this service reacts to."""

from common.consumer import Subscription, Subscriptions
from enrolment.application.incoming import (
    AttendanceRecorded,
    CampusRecorded,
    ScheduleReleased,
    SessionCancelled,
    SessionRescheduled,
)
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.reactions import (
    on_attendance_recorded,
    on_campus_gone,
    on_campus_recorded,
    on_schedule_released,
    on_session_cancelled,
    on_session_rescheduled,
)

SUBSCRIPTIONS: Subscriptions[EnrolmentTransaction] = {
    CampusRecorded: Subscription(copy=on_campus_recorded, gone=on_campus_gone),
    ScheduleReleased: on_schedule_released,
    SessionRescheduled: on_session_rescheduled,
    SessionCancelled: on_session_cancelled,
    AttendanceRecorded: on_attendance_recorded,
}
