"""What time does: for each timer, what is due (a read) and what to do about each (a command)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from prometheus_client import Gauge

from common.telemetry import WORKER
from scheduling.application.commands_places import record
from scheduling.application.ports import Due, Gazette, SchedulingTransaction
from scheduling.application.reactions import propose_if_waiting
from scheduling.domain.calendar import Holiday
from scheduling.domain.words import CampusId

log = structlog.get_logger()

ALARM_AFTER = timedelta(minutes=10)
WAITING = Gauge("sangam_waiting_references", "What waits for a reference on another topic", registry=WORKER)
OVERDUE = Gauge(
    "sangam_waiting_references_too_long", "What has waited for a reference for ten minutes", registry=WORKER
)


@dataclass(frozen=True, slots=True)
class ProposeWaiting:
    offering_id: UUID


async def timetables_to_propose(due: Due, now: datetime) -> list[ProposeWaiting]:
    waiting = await due.waiting_timetables()
    overdue = [t for t in waiting if t.waiting_since and now - t.waiting_since > ALARM_AFTER]
    WAITING.set(len(waiting))
    OVERDUE.set(len(overdue))
    for timetable in overdue:
        log.error("timetable.overdue", offering_id=str(timetable.id), course_id=str(timetable.waiting_for))
    return [ProposeWaiting(timetable.id) for timetable in waiting]


async def propose_waiting(command: ProposeWaiting, tx: SchedulingTransaction) -> None:
    """In case course and offering missed each other."""
    await propose_if_waiting(command.offering_id, tx)


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
