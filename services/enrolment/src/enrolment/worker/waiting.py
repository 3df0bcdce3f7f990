"""What waits here for facts under other keys: the end of an offering, for the timetable its attendance was taken under.

Attendance and timetable both save the offering, so that they cannot miss each other and no timer looks again.
"""

from collections.abc import Callable
from datetime import datetime

from common.waiting import Waiting


def waiting(clock: Callable[[], datetime]) -> list[Waiting]:
    return [Waiting("offerings", {"waiting_for": {"$gt": 0}}, "waiting_since", clock)]
