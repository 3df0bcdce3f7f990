"""P-03 for commands: what an actor may not know of answers 404, what it may know of but not do answers 403."""

from typing import NoReturn
from uuid import UUID

from common.problem import NotFound
from scheduling.application.ports import SchedulingTransaction
from scheduling.domain.errors import NotAllowed
from scheduling.domain.session import Session
from scheduling.domain.timetable import Timetable
from scheduling.domain.words import Actor


async def get_timetable(offering_id: UUID, actor: Actor, tx: SchedulingTransaction) -> Timetable:
    """One that the actor may plan. Raises NotAllowed, NotFound."""
    timetable = await tx.timetables.get(offering_id)
    if not actor.plans(timetable.campus):
        await refuse(offering_id, timetable.campus, offering_id, actor, tx)
    return timetable


async def get_session(session_id: UUID, actor: Actor, tx: SchedulingTransaction) -> Session:
    """One that the actor may plan. Raises NotAllowed, NotFound."""
    session = await tx.sessions.get(session_id)
    if not actor.plans(session.campus):
        if session.led_by(actor):
            raise NotAllowed()
        await refuse(session_id, session.campus, session.offering_id, actor, tx)
    return session


async def refuse(id: UUID, campus: str, offering_id: UUID, actor: Actor, tx: SchedulingTransaction) -> NoReturn:
    """Raises NotAllowed to those who may know of it, else NotFound."""
    if actor.sees(campus) or actor.operates:
        raise NotAllowed()
    if actor.person_id and await tx.roster.where(offering_id=offering_id, person_id=actor.person_id, comes=True):
        raise NotAllowed()
    raise NotFound(id=str(id))
