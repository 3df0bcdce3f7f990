"""N-04: which approvals a request needs, who holds the next one, and when one counts as given."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from enrolment.domain.words import Actor

Policy = Literal["none", "supervisor", "campus", "supervisor_then_campus"]
StepName = Literal["supervisor", "campus"]

STEPS: dict[Policy, tuple[StepName, ...]] = {
    "none": (),
    "supervisor": ("supervisor",),
    "campus": ("campus",),
    "supervisor_then_campus": ("supervisor", "campus"),
}


@dataclass(frozen=True, slots=True)
class Approved:
    step: StepName
    by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What is still to be approved. The policy is copied when the request comes (N-05).

    `supervisor_id` holds the supervisor step. Without one, nobody is between the trainee and the campus: then the
    campus admins hold that step as well. Campus admins are known by their token only, so no list names them.
    """

    campus: str
    trainee_id: UUID
    supervisor_id: UUID | None = None
    left: tuple[StepName, ...] = ()
    given: tuple[Approved, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.left

    @property
    def approvers(self) -> tuple[UUID, ...]:
        """Those who can be told by name to give the next step."""
        waits = self.left[:1] == ("supervisor",) and self.supervisor_id is not None
        return (self.supervisor_id,) if waits and self.supervisor_id else ()

    @property
    def waits_for_campus(self) -> bool:
        return bool(self.left) and not self.approvers

    def held_by(self, actor: Actor) -> bool:
        """Nobody approves their own request."""
        return bool(self.left) and self._holds(self.left[0], actor)

    def give(self, actor: Actor, at: datetime) -> "Approval":
        """The next step, and those after it that the same person holds: one person approves once."""
        left, given = self.left, self.given
        while left and self._holds(left[0], actor):
            given = (*given, Approved(left[0], actor.person_id, at))
            left = left[1:]
        return self._with(left, given)

    def nominated_by(self, actor: Actor, at: datetime) -> "Approval":
        """Nominating counts as one's own step, whichever it is."""
        own = {step for step in self.left if self._holds(step, actor)}
        given = tuple(Approved(step, actor.person_id, at) for step in self.left if step in own)
        return self._with(tuple(step for step in self.left if step not in own), (*self.given, *given))

    def _holds(self, step: StepName, actor: Actor) -> bool:
        if actor.is_person(self.trainee_id):
            return False
        if step == "supervisor" and self.supervisor_id:
            return actor.is_person(self.supervisor_id)
        return actor.admin_of(self.campus)

    def _with(self, left: tuple[StepName, ...], given: Collection[Approved]) -> "Approval":
        return Approval(
            campus=self.campus,
            trainee_id=self.trainee_id,
            supervisor_id=self.supervisor_id,
            left=left,
            given=tuple(given),
        )
