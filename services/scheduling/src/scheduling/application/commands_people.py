"""What people can ask of facilitators."""

from dataclasses import dataclass
from uuid import UUID

from common.problem import NotFound
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.reactions import is_erased
from scheduling.domain.errors import NotAllowed
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.words import Actor, CampusId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacilitator:
    actor: Actor
    person_id: UUID
    campus: CampusId
    courses: frozenset[UUID]
    languages: frozenset[str]


async def record_facilitator(command: RecordFacilitator, tx: SchedulingTransaction) -> Facilitator:
    """A person may deliver these courses too, from this campus, in these languages. Raises NotAllowed, NotFound.

    The directory may not have told of the person yet: then the campus that is named counts.
    """
    actor = command.actor
    if not actor.sees(command.campus) or await tx.campuses.find(command.campus) is None:
        raise NotFound(id=command.campus)
    if not actor.plans(command.campus):
        raise NotAllowed()
    if await is_erased(command.person_id, tx):
        raise NotFound(id=str(command.person_id))
    person = await tx.people.find(command.person_id)
    known = await tx.facilitators.find(command.person_id)
    if known is None and person and not actor.sees(person.campus):
        raise NotFound(id=str(command.person_id))
    if known and known.campus and not actor.plans(known.campus):
        raise NotFound(id=str(command.person_id))

    before = known or Facilitator(id=command.person_id, campus=command.campus)
    return tx.facilitators.save(before.qualify(command.courses).settle(command.campus, command.languages))
