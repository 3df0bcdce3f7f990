"""Every refusal of this service."""

from common.problem import Conflict, Forbidden, Invalid


class NotAllowed(Forbidden):
    """Somebody else has to do this."""


class UnknownZone(Invalid):
    """There is no such IANA time zone."""


class UnknownRegion(Invalid):
    """No holidays are known for this country and subdivision."""


class ZeroLength(Invalid):
    """An interval has to end after it starts."""


class TooLong(Invalid):
    """A session is at most a day long and at most two years away."""


class StartInPast(Conflict):
    """A session can only be planned for later than now."""


class DayClosed(Conflict):
    """The campus does not work then."""


class RoomLabelTaken(Conflict):
    """This campus already has a room with that label."""


class RoomTooSmall(Conflict):
    """The room has fewer places than the offering has seats."""


class RoomLacksFeatures(Conflict):
    """The room has not got what the course needs."""


class RoomTaken(Conflict):
    """A room is already booked for that time."""


class FacilitatorTaken(Conflict):
    """A facilitator is already booked for that time."""


class CourseNotKnown(Conflict):
    """The course has not been told to us yet; try again in a moment."""


class OfferingIsCancelled(Conflict):
    """The offering will not take place."""


class AlreadyReleased(Conflict):
    """The timetable is in force: its sessions are rescheduled or cancelled one by one."""


class NothingToRelease(Conflict):
    """There is no session to put in force."""


class PartsUnplaced(Conflict):
    """Parts of the course have no session yet; propose again once what is missing is there."""


class SessionNotScheduled(Conflict):
    """The session is not one that will take place."""


class SessionStarted(Conflict):
    """The session has begun: it cannot be moved any more."""


class SessionHeld(Conflict):
    """Attendance was recorded: the session did take place."""


class TooEarly(Conflict):
    """Attendance opens 30 minutes before the session."""


class NotOnRoster(Invalid):
    """Somebody who was marked is not on the roster."""


class BadMark(Invalid):
    """A mark cannot mean anything."""
