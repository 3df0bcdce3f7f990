"""What an action link says: which question it answers, of which enrolment, until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from enrolment.domain.errors import LinkExpired

Purpose = Literal["offer", "reconfirm"]
Act = Literal["accept", "refuse", "reconfirm", "decline"]

ACTS: dict[Purpose, tuple[Act, Act]] = {"offer": ("accept", "refuse"), "reconfirm": ("reconfirm", "decline")}


@dataclass(frozen=True, slots=True)
class LinkClaims:
    """`version` is the offer's version, or the schedule revision that was asked about."""

    purpose: Purpose
    enrolment_id: UUID
    version: int
    expires: datetime

    def check(self, at: datetime) -> None:
        if at > self.expires:
            raise LinkExpired(expired=self.expires.isoformat())
