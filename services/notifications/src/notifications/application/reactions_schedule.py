"""What happens to offerings and their sessions: our copies move on; facilitators and trainees are written to."""

from uuid import UUID

from notifications.application import incoming
from notifications.application.incoming import (
    OfferingCancelled,
    OfferingChanged,
    OfferingDrafted,
    ScheduleReleased,
    SessionCancelled,
    SessionRescheduled,
)
from notifications.application.notify import Wanted, fan_out, notify
from notifications.application.ports import NotificationsTransaction
from notifications.domain.copies import CONCERNED, SEATED, Offering
from notifications.domain.delivery import About
from notifications.domain.timetable import Session, Site, Timetable, WhenWhere


async def on_offering_drafted(event: OfferingDrafted, tx: NotificationsTransaction) -> None:
    await _keep_offering(event, tx)


async def on_offering_changed(event: OfferingChanged, tx: NotificationsTransaction) -> None:
    await _keep_offering(event, tx)


async def on_offering_cancelled(event: OfferingCancelled, tx: NotificationsTransaction) -> None:
    """Everybody with a place, in the queue or before an approval, and the facilitators."""
    known = await tx.offerings.find(event.offering_id) or Offering(id=event.offering_id)
    if known.cancelled:
        return
    tx.offerings.save(known.cancel())
    about = About(fact_revision=event.revision)
    fan_out("offering_cancelled", event.offering_id, event.offering_id, about, CONCERNED, tx, facilitators=True)


async def on_schedule_released(event: ScheduleReleased, tx: NotificationsTransaction) -> None:
    """Facilitators get their sessions; who holds a seat already (none before the opening) what is new to them."""
    before = await _timetable(event.offering_id, tx)
    sessions = [_session(face) for face in event.sessions]
    after = tx.timetables.save(before.release(event.schedule_revision, sessions, event.dropped))
    about = About(schedule_revision=event.schedule_revision)
    await notify(
        [
            Wanted(person, "assigned", event.offering_id, event.offering_id, about)
            for person in sorted(before.facilitators | after.facilitators)
        ],
        tx,
    )
    fan_out("session_rescheduled", event.offering_id, event.offering_id, about, SEATED, tx)


async def on_session_rescheduled(event: SessionRescheduled, tx: NotificationsTransaction) -> None:
    """A material change reaches trainees as the question whether they still come (S-09), and only so."""
    timetable = await _timetable(event.offering_id, tx)
    known = timetable.session(event.session_id)
    moved = Session(
        id=event.session_id,
        part=known.part if known else 0,
        revision=event.revision,
        when=_when(event.after),
        previous=_when(event.before),
        material=event.material,
        facilitators=tuple(event.facilitators),
    )
    tx.timetables.save(timetable.change(event.schedule_revision, moved))
    about = About(
        session_id=event.session_id, session_revision=event.revision, schedule_revision=event.schedule_revision
    )
    await notify(_to_facilitators(event, "session_rescheduled", about), tx)
    if not event.material:
        fan_out("session_rescheduled", event.session_id, event.offering_id, about, SEATED, tx)


async def on_session_cancelled(event: SessionCancelled, tx: NotificationsTransaction) -> None:
    """A cancelled offering speaks for all its sessions at once."""
    timetable = await _timetable(event.offering_id, tx)
    if session := timetable.session(event.session_id):
        timetable = timetable.change(event.schedule_revision, session.cancel(event.revision))
    tx.timetables.save(timetable)
    if event.because == "offering-cancelled":
        return
    about = About(
        session_id=event.session_id, session_revision=event.revision, schedule_revision=event.schedule_revision
    )
    await notify(_to_facilitators(event, "session_cancelled", about), tx)
    fan_out("session_cancelled", event.session_id, event.offering_id, about, SEATED, tx)


async def _keep_offering(event: OfferingDrafted | OfferingChanged, tx: NotificationsTransaction) -> None:
    known = await tx.offerings.find(event.offering_id) or Offering(id=event.offering_id)
    tx.offerings.save(known.described(event.course_id, event.owner_campus, event.label))


async def _timetable(offering_id: UUID, tx: NotificationsTransaction) -> Timetable:
    return await tx.timetables.find(offering_id) or Timetable(id=offering_id)


def _to_facilitators(event: SessionRescheduled | SessionCancelled, purpose: str, about: About) -> list[Wanted]:
    return [
        Wanted(person, purpose, event.session_id, event.offering_id, about)
        for person in dict.fromkeys(event.facilitators)
    ]


def _session(face: incoming.SessionFace) -> Session:
    return Session(
        id=face.session_id,
        part=face.part,
        revision=face.revision,
        when=_when(face),
        facilitators=tuple(face.facilitators),
    )


def _when(face: incoming.WhenWhere) -> WhenWhere:
    sites = tuple(Site(site.campus, site.room_label, site.online) for site in face.sites)
    return WhenWhere(face.start, face.end, face.zone, sites)
