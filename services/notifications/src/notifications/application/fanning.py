"""Turning one fact into notices for many: a chunk per transaction, resumable, each person once."""

from dataclasses import dataclass
from uuid import UUID

from notifications.application.notify import Wanted, notify
from notifications.application.ports import NotificationsTransaction
from notifications.domain.copies import Enrolment
from notifications.domain.delivery import About
from notifications.domain.fanout import Fanout
from notifications.domain.purposes import PURPOSES


@dataclass(frozen=True, slots=True)
class ExpandFanout:
    """`enrolment_ids` are the next ones as the read side saw them; none: it is over."""

    fanout_id: str
    after: str
    enrolment_ids: tuple[UUID, ...]


async def expand_fanout(command: ExpandFanout, tx: NotificationsTransaction) -> None:
    """Runs for the fact's own cause. Does nothing when somebody else went on from there already."""
    fanout = await tx.fanouts.get(command.fanout_id)
    if fanout.done or fanout.after != command.after:
        return
    found = (await tx.enrolments.get_many(command.enrolment_ids)).values()
    concerned = [enrolment for enrolment in found if _concerns(fanout, enrolment)]
    wanted = [_wanted(fanout, e.person_id, e.id, e.revision) for e in concerned]
    if fanout.facilitators and not fanout.after:
        timetable = await tx.timetables.find(fanout.offering_id)
        wanted += [_wanted(fanout, person, None, 0) for person in (timetable.facilitators if timetable else ())]
    await notify(wanted, tx)
    last = str(command.enrolment_ids[-1]) if command.enrolment_ids else None
    tx.fanouts.save(fanout.reached(last))


def _concerns(fanout: Fanout, enrolment: Enrolment) -> bool:
    """Whose confirmation waited for this timetable, or a later one, hears of it there."""
    told = fanout.about.schedule_revision and enrolment.confirmed_under >= fanout.about.schedule_revision
    return enrolment.state in fanout.states and not told


def _wanted(fanout: Fanout, person_id: UUID, enrolment_id: UUID | None, revision: int) -> Wanted:
    about = About(
        fact_revision=revision,
        enrolment_id=enrolment_id,
        session_id=fanout.about.session_id,
        session_revision=fanout.about.session_revision,
        schedule_revision=fanout.about.schedule_revision,
    )
    not_after = fanout.useful_from + PURPOSES[fanout.purpose].useful
    return Wanted(person_id, fanout.purpose, fanout.subject, fanout.offering_id, about, not_after)
