"""What happens to offerings and sessions: facilitators and trainees are written to, after `copying_timetables`."""

from notifications.application.incoming import (
    OfferingCancelled,
    ScheduleReleased,
    SessionCancelled,
    SessionRescheduled,
)
from notifications.application.notify import Wanted, fan_out, notify
from notifications.application.ports import NotificationsTransaction
from notifications.domain.copies import CONCERNED, SEATED
from notifications.domain.delivery import About


async def on_offering_cancelled(event: OfferingCancelled, tx: NotificationsTransaction) -> None:
    """Everybody with a place, in the queue or before an approval, and the facilitators."""
    about = About(fact_revision=event.revision)
    fan_out("offering_cancelled", event.offering_id, event.offering_id, about, CONCERNED, tx, facilitators=True)


async def on_schedule_released(event: ScheduleReleased, tx: NotificationsTransaction) -> None:
    """Facilitators get their sessions; who holds a seat already (none before the opening) what is new to them."""
    timetable = await tx.timetables.get(event.offering_id)
    about = About(schedule_revision=event.schedule_revision)
    await notify(
        [
            Wanted(person, "assigned", event.offering_id, event.offering_id, about)
            for person in sorted(timetable.facilitators.union(timetable.released_from))
        ],
        tx,
    )
    fan_out("session_rescheduled", event.offering_id, event.offering_id, about, SEATED, tx)


async def on_session_rescheduled(event: SessionRescheduled, tx: NotificationsTransaction) -> None:
    """A material change reaches trainees as the question whether they still come (S-09), and only so."""
    about = About(
        session_id=event.session_id, session_revision=event.revision, schedule_revision=event.schedule_revision
    )
    await notify(_to_facilitators(event, "session_rescheduled", about), tx)
    if not event.material:
        fan_out("session_rescheduled", event.session_id, event.offering_id, about, SEATED, tx)


async def on_session_cancelled(event: SessionCancelled, tx: NotificationsTransaction) -> None:
    """A cancelled offering speaks for all its sessions at once."""
    if event.because == "offering-cancelled":
        return
    about = About(
        session_id=event.session_id, session_revision=event.revision, schedule_revision=event.schedule_revision
    )
    await notify(_to_facilitators(event, "session_cancelled", about), tx)
    fan_out("session_cancelled", event.session_id, event.offering_id, about, SEATED, tx)


def _to_facilitators(event: SessionRescheduled | SessionCancelled, purpose: str, about: About) -> list[Wanted]:
    return [
        Wanted(person, purpose, event.session_id, event.offering_id, about)
        for person in dict.fromkeys(event.facilitators)
    ]
