"""What people can ask of campuses and rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from common.problem import NotFound, Stale
from scheduling.application import facts
from scheduling.application.ports import SchedulingTransaction
from scheduling.domain.calendar import Holiday
from scheduling.domain.campus import Campus, Region, years_wanted
from scheduling.domain.errors import NotAllowed, RoomLabelTaken
from scheduling.domain.room import Room
from scheduling.domain.words import Actor, CampusId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCampus:
    """`gazetted` are the region's holidays of this year and the next; the caller looked them up."""

    actor: Actor
    id: CampusId
    names: dict[str, str]
    zone: str
    languages: Sequence[str]
    working_week: Sequence[int]
    quiet_from: time
    quiet_to: time
    region: Region
    own_days: Sequence[Holiday]
    gazetted: Sequence[Holiday]
    if_version: int | None = None


async def record_campus(command: RecordCampus, tx: SchedulingTransaction) -> Campus:
    """The campus as it is from now on; saying the same again changes nothing. Raises NotAllowed, Stale, UnknownZone."""
    if not command.actor.coordinates:
        raise NotAllowed()
    known = await tx.campuses.find(command.id)
    if command.if_version is not None and command.if_version != (known.version if known else 0):
        raise Stale(version=known.version if known else 0)
    same_region = known is not None and known.region == command.region
    before = Campus(
        id=command.id,
        version=known.version if known else 0,
        names=command.names,
        zone=command.zone,
        languages=tuple(command.languages),
        working_week=tuple(sorted(set(command.working_week))),
        quiet_from=command.quiet_from,
        quiet_to=command.quiet_to,
        region=command.region,
        own_days=tuple(sorted(set(command.own_days))),
        gazetted=known.gazetted if known and same_region else (),
        years=known.years if known and same_region else (),
    )
    after = before.extend(command.gazetted, years_wanted(command.zone, tx.now))
    if known and command.if_version is None and not known.says_what(after):
        raise Stale(version=known.version)
    return record(known, after, tx)


def record(known: Campus | None, campus: Campus, tx: SchedulingTransaction) -> Campus:
    """Save and tell, if there is anything new to say."""
    if known is not None and known.says_what(campus):
        return known
    campus = tx.campuses.save(campus)
    tx.emit(facts.campus_recorded(campus))
    return campus


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRoom:
    actor: Actor
    campus: CampusId
    label: str
    capacity: int
    features: frozenset[str]


async def add_room(command: AddRoom, tx: SchedulingTransaction) -> Room:
    """Raises NotAllowed, NotFound, RoomLabelTaken."""
    campus = await tx.campuses.find(command.campus)
    if campus is None or not command.actor.sees(command.campus):
        raise NotFound(id=command.campus)
    if not command.actor.plans(command.campus):
        raise NotAllowed()
    if await tx.rooms.where(campus=command.campus, label=command.label):
        raise RoomLabelTaken(campus=command.campus, label=command.label)
    return tx.rooms.save(
        Room(
            id=tx.new_id(),
            campus=command.campus,
            label=command.label,
            capacity=command.capacity,
            features=command.features,
        )
    )
