"""All that this service does by itself."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from common.timers import Timer
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.runtime import Scheduling
from scheduling.application.timers import (
    extend_holidays,
    facilitators_to_settle,
    holidays_to_extend,
    propose_waiting,
    settle_waiting,
    timetables_to_propose,
)


def timers(service: Scheduling) -> Sequence[Timer[SchedulingTransaction]]:
    return [
        Timer("propose-waiting", timedelta(seconds=10), partial(timetables_to_propose, service.due), propose_waiting),
        Timer("settle-waiting", timedelta(seconds=10), partial(facilitators_to_settle, service.due), settle_waiting),
        # Often, because the domain's clock may be moved by weeks at once; it asks for a handful of documents.
        Timer(
            "extend-holidays",
            timedelta(minutes=1),
            partial(holidays_to_extend, service.due, service.gazette),
            extend_holidays,
        ),
    ]
