"""Every refusal of this service, named after what went wrong."""

from common.problem import Conflict, Forbidden, Invalid, NotFound


class NotYourRole(Forbidden):
    """None of your roles may do this."""


class NotYourPlace(Forbidden):
    """Only the person concerned may answer this."""


class NotYourStep(Forbidden):
    """This approval is not yours to give."""


class NotYourCampus(Forbidden):
    """You do not act for this campus."""


class MayNotNominate(Forbidden):
    """You may not act for this person."""


class MandatoryNominee(Forbidden):
    """A mandatory nominee can only ask for release."""


class NoPerson(Forbidden):
    """Your account is not linked to a person."""


class CutoffPassed(Conflict):
    """The last moment to withdraw has passed."""


class NotActive(Conflict):
    """The enrolment is already over."""


class WrongState(Conflict):
    """The present state of the enrolment does not allow this."""


class AlreadyActive(Conflict):
    """There already is an active enrolment in this offering."""


class AlreadyInCourse(Conflict):
    """There already is an active enrolment in another offering of this course."""


class AlreadyCompleted(Conflict):
    """The person has completed this offering."""


class WindowClosed(Conflict):
    """The enrolment window is not open."""


class OfferingNotOpen(Conflict):
    """The offering does not take requests."""


class OfferingState(Conflict):
    """The present state of the offering does not allow this."""


class NoShare(Conflict):
    """No seats of this offering are for the person's campus."""


class WaitlistFull(Conflict):
    """No more people can wait."""


class CapacityTaken(Conflict):
    """More seats are taken than would be left."""


class OfferSuperseded(Conflict):
    """This is not the offer that is now open."""


class OfferDeadlinePassed(Conflict):
    """The offer was not answered in time."""


class ReconfirmationSuperseded(Conflict):
    """A newer change is waiting for an answer."""


class ReconfirmationDeadlinePassed(Conflict):
    """The question was not answered in time."""


class LinkExpired(Conflict):
    """This link is no longer valid."""


class LinkUsed(Conflict):
    """This link was already used for another answer."""


class LinkInvalid(Invalid):
    """This link was not made by us, or was altered."""


class NoSuchAct(Invalid):
    """This link does not ask that."""


class CodeTaken(Conflict):
    """This code is already in use."""


class UnknownPerson(NotFound):
    """There is no such person, or you may not know of them."""


class UnknownCampus(Invalid):
    """There is no such campus."""


class UnknownCourse(Invalid):
    """There is no such course or programme."""


class BadSeats(Invalid):
    """Seats are whole numbers of at least 1, and their sum is the sum of the shares."""


class BadWindow(Invalid):
    """The window must open before it closes."""


class BadPlan(Invalid):
    """The parts of a session plan are numbered 1, 2, 3 and follow one another in time."""


class ReasonMissing(Invalid):
    """Say why."""


class CsvContentType(Invalid):
    """Send the file itself as the body, with Content-Type text/csv."""


class CsvEmpty(Invalid):
    """The file has no rows."""


class CsvEncoding(Invalid):
    """The file is not UTF-8 text."""


class CsvColumns(Invalid):
    """The first line must name exactly the columns that are expected."""


class CsvTooLong(Invalid):
    """The file has more rows than one upload may have."""


class CsvMalformed(Invalid):
    """The file is not readable as CSV."""
