"""What waits here for other topics: messages for what they speak of. The sender looks again every ten seconds."""

from common.clock import real_now
from common.waiting import Waiting


def waiting() -> list[Waiting]:
    return [Waiting("deliveries", {"open": True, "state": "waiting"}, "waiting_since", real_now)]
