"""Our copies of offerings and their timetables.

Nothing is told and nobody is written to, so that a rebuild can write them again. The inbox lets each fact through once
and in the order of its key: what comes is what counts.
"""

from uuid import UUID

from notifications.application import incoming as facts
from notifications.application.ports import NotificationsTransaction
from notifications.domain.copies import Offering
from notifications.domain.timetable import Session, Site, Timetable, WhenWhere


async def keep_offering(event: facts.OfferingDrafted | facts.OfferingChanged, tx: NotificationsTransaction) -> None:
    """Its course, its owner and its label."""
    known = await tx.offerings.find(event.offering_id) or Offering(id=event.offering_id)
    tx.offerings.save(known.described(event.course_id, event.owner_campus, event.label))


async def keep_offering_cancelled(event: facts.OfferingCancelled, tx: NotificationsTransaction) -> None:
    known = await tx.offerings.find(event.offering_id) or Offering(id=event.offering_id)
    tx.offerings.save(known.cancel())


async def keep_release(event: facts.ScheduleReleased, tx: NotificationsTransaction) -> None:
    sessions = [_session(face) for face in event.sessions]
    before = await _timetable(event.offering_id, tx)
    tx.timetables.save(before.release(event.schedule_revision, sessions, event.dropped))


async def keep_move(event: facts.SessionRescheduled, tx: NotificationsTransaction) -> None:
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


async def keep_session_cancelled(event: facts.SessionCancelled, tx: NotificationsTransaction) -> None:
    timetable = await _timetable(event.offering_id, tx)
    if session := timetable.session(event.session_id):
        timetable = timetable.change(event.schedule_revision, session.cancel(event.revision))
    tx.timetables.save(timetable)


async def _timetable(offering_id: UUID, tx: NotificationsTransaction) -> Timetable:
    return await tx.timetables.find(offering_id) or Timetable(id=offering_id)


def _session(face: facts.SessionFace) -> Session:
    return Session(
        id=face.session_id,
        part=face.part,
        revision=face.revision,
        when=_when(face),
        facilitators=tuple(face.facilitators),
    )


def _when(face: facts.WhenWhere) -> WhenWhere:
    sites = tuple(Site(site.campus, site.room_label, site.online) for site in face.sites)
    return WhenWhere(face.start, face.end, face.zone, sites)
