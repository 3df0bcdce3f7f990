"""What time does: for each timer, what is due (a read) and what to do about each (a command)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.application.commands_places import record
from scheduling.application.ports import Due, Gazette, SchedulingTransaction
from scheduling.application.reactions import propose_if_waiting, settle_from_directory
from scheduling.domain.calendar import Holiday
from scheduling.domain.words import CampusId


@dataclass(frozen=True, slots=True)
class ProposeWaiting:
    offering_id: UUID


async def timetables_to_propose(due: Due, now: datetime) -> list[ProposeWaiting]:
    return [ProposeWaiting(timetable.id) for timetable in await due.waiting_timetables()]


async def propose_waiting(command: ProposeWaiting, tx: SchedulingTransaction) -> None:
    """In case course and offering missed each other."""
    await propose_if_waiting(command.offering_id, tx)


@dataclass(frozen=True, slots=True)
class SettleWaiting:
    person_id: UUID


async def facilitators_to_settle(due: Due, now: datetime) -> list[SettleWaiting]:
    return [SettleWaiting(facilitator.id) for facilitator in await due.waiting_facilitators()]


async def settle_waiting(command: SettleWaiting, tx: SchedulingTransaction) -> None:
    """In case certificate and directory missed each other."""
    await settle_from_directory(command.person_id, tx)


@dataclass(frozen=True, slots=True)
class ExtendHolidays:
    """`gazetted` are the region's holidays of `years`."""

    campus: CampusId
    years: Sequence[int]
    gazetted: Sequence[Holiday]


async def holidays_to_extend(due: Due, gazette: Gazette, now: datetime) -> list[ExtendHolidays]:
    """S-08: this year and the next are known, whatever year it has become."""
    return [
        ExtendHolidays(campus.id, years, await gazette.holidays(campus.region, years))
        for campus in await due.campuses()
        if (years := campus.years_missing(now))
    ]


async def extend_holidays(command: ExtendHolidays, tx: SchedulingTransaction) -> None:
    """Does nothing for years that are known by now."""
    campus = await tx.campuses.get(command.campus)
    if missing := [year for year in command.years if year not in campus.years]:
        record(campus, campus.extend((h for h in command.gazetted if h.day.year in missing), missing), tx)
