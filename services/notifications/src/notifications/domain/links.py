"""What an action link says: which question it answers, of which enrolment and version, until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Action = Literal["offer", "reconfirm"]


@dataclass(frozen=True, slots=True)
class Claims:
    """`version` is the offer's version, or the schedule revision that is asked about."""

    action: Action
    enrolment_id: UUID
    version: int
    expires: datetime

    def payload(self) -> dict[str, str | int]:
        return {
            "p": self.action,
            "id": str(self.enrolment_id),
            "v": self.version,
            "exp": int(self.expires.timestamp()),
        }
