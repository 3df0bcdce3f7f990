"""A-01: who may use which command, as documented and tested; the commands themselves ask the actor."""

from collections.abc import Mapping

PLANNERS = ("planner", "campus_admin", "institute_coordinator")

ACTORS: Mapping[str, tuple[str, ...]] = {
    "AddRoom": PLANNERS,
    "CancelSession": PLANNERS,
    "ProposeTimetable": PLANNERS,
    "RecordAttendance": ("the session's facilitator", "campus_admin", "institute_coordinator"),
    "RecordCampus": ("institute_coordinator",),
    "RecordFacilitator": PLANNERS,
    "ReleaseTimetable": PLANNERS,
    "RescheduleSession": PLANNERS,
}
