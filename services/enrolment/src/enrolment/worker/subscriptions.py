"""All that this service reacts to."""

from common.consumer import Subscriptions
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
    on_campus_recorded,
    on_schedule_released,
    on_session_cancelled,
    on_session_rescheduled,
)

SUBSCRIPTIONS: Subscriptions[EnrolmentTransaction] = {
    CampusRecorded: on_campus_recorded,
    ScheduleReleased: on_schedule_released,
    SessionRescheduled: on_session_rescheduled,
    SessionCancelled: on_session_cancelled,
    AttendanceRecorded: on_attendance_recorded,
}
