"""S-02, S-03: rooms and facilitators are booked on their day guards, whatever changes a session in force."""

from collections.abc import Iterable, Sequence

from scheduling.application.ports import SchedulingTransaction
from scheduling.domain.errors import FacilitatorTaken, RoomTaken
from scheduling.domain.guard import Booking, Guard, Resource
from scheduling.domain.session import Session
from scheduling.domain.words import Actor


async def free(sessions: Iterable[Session], tx: SchedulingTransaction) -> None:
    """Give back all that these sessions hold."""
    held = [(guard_id, session) for session in sessions for _, ids in _guards_of(session) for guard_id in ids]
    guards = await tx.guards.get_many(guard_id for guard_id, _ in held)
    for guard_id, session in held:
        if guard_id in guards:
            guards[guard_id] = tx.guards.save(guards[guard_id].free(session.id))


async def book(sessions: Sequence[Session], actor: Actor, tx: SchedulingTransaction) -> None:
    """Take all that these sessions need, or nothing. Raises FacilitatorTaken, RoomTaken, naming every conflict."""
    needed = [(session, resource, ids) for session in sessions for resource, ids in _guards_of(session)]
    guards = await tx.guards.get_many(guard_id for _, _, ids in needed for guard_id in ids)
    conflicts: list[tuple[Resource, Booking]] = []
    for session, resource, ids in needed:
        mine = [guards.get(guard_id) or Guard(id=guard_id) for guard_id in ids]
        booking = session.booking
        if clashes := {clash for guard in mine for clash in guard.clashes(booking.interval)}:
            conflicts += [(resource, clash) for clash in sorted(clashes)]
            continue
        guards |= {guard.id: guard.book(booking) for guard in mine}
    if conflicts:
        kind = RoomTaken if any(resource.kind == "room" for resource, _ in conflicts) else FacilitatorTaken
        raise kind(conflicts=[_named(resource, clash, actor) for resource, clash in conflicts])
    for guard_id in {guard_id for _, _, ids in needed for guard_id in ids}:
        tx.guards.save(guards[guard_id])


def _guards_of(session: Session) -> list[tuple[Resource, list[str]]]:
    days = list(session.when.interval.utc_days())
    return [(resource, [resource.guard_id(day) for day in days]) for resource in session.resources]


def _named(resource: Resource, clash: Booking, actor: Actor) -> dict[str, object]:
    """S-02: what and when; of another campus only the campus, the time and that it is busy."""
    conflict: dict[str, object] = {
        "what": resource.kind,
        "id": str(resource.id),
        "severity": "block",
        "campus": clash.campus,
        "start": clash.start.isoformat(),
        "end": clash.end.isoformat(),
    }
    if not actor.sees(clash.campus):
        return conflict | {"busy": True}
    return conflict | {"session_id": str(clash.session_id), "offering_id": str(clash.offering_id)}
