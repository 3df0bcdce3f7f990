"""What our state topic says now, for telling it again."""

from collections.abc import Mapping, Sequence

from common.event import StateEvent
from common.states import Current
from scheduling.application import facts
from scheduling.application.ports import SchedulingTransaction
from scheduling.domain.events import CampusRecorded


async def current_campuses(ids: Sequence[str], tx: SchedulingTransaction) -> Mapping[str, StateEvent]:
    return {id: facts.campus_recorded(campus) for id, campus in (await tx.campuses.get_many(ids)).items()}


CURRENT: Mapping[type[StateEvent], Current[SchedulingTransaction]] = {CampusRecorded: current_campuses}
