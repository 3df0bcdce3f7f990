"""What waits here for other topics: timetables for their course, facilitators for their entry in the directory."""

from collections.abc import Callable
from datetime import datetime

from common.waiting import Waiting


def waiting(clock: Callable[[], datetime]) -> list[Waiting]:
    return [
        Waiting(collection, {"waiting_for": {"$gt": ""}}, "waiting_since", clock)
        for collection in ("timetables", "facilitators")
    ]
