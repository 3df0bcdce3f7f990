"""A-01: who may use which command. What they may do it to, the domain checks."""

from collections.abc import Mapping

# A relation ("the trainee") holds for any account that is a person; the domain then asks whether it is that person.
RELATIONS = frozenset({"the trainee", "the approver", "the nominator", "the supervisor"})
ADMINS = ("campus_admin", "institute_coordinator")

ACTORS: Mapping[str, tuple[str, ...]] = {
    "AcceptNomination": ("the trainee",),
    "AcceptOffer": ("the trainee",),
    "AddCourse": ADMINS,
    "AddProgramme": ADMINS,
    "ApproveEnrolment": ("the approver", *ADMINS),
    "CancelOffering": ADMINS,
    "ChangeOffering": ADMINS,
    "CloseOffering": ADMINS,
    "DeclineEnrolment": ("the approver", *ADMINS),
    "DeclineReconfirmation": ("the trainee",),
    "DraftOffering": ADMINS,
    "ErasePerson": ("institute_coordinator",),
    "ImportNominations": ("the supervisor", "nominator", *ADMINS),
    "ImportPeople": ADMINS,
    "NominatePerson": ("the supervisor", "nominator", *ADMINS),
    "OpenOffering": ADMINS,
    "Reconfirm": ("the trainee",),
    "RefuseNomination": ("the trainee",),
    "RefuseOffer": ("the trainee",),
    "RequestEnrolment": ("the trainee",),
    "WithdrawEnrolment": ("the trainee", "the nominator", *ADMINS),
}
