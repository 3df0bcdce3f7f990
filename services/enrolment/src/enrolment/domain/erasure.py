"""Somebody who asked to be forgotten: what is kept of them, so that nobody brings them back (P-01)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

Reason = Literal["requested", "retention-ended", "recorded-in-error"]
Identity = Literal["employee_id", "email"]

LOOK_AGAIN = timedelta(minutes=1)  # longer than any transaction that still saw the person


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """`id` is the person's. While `open`, what they held is still being released: at `look_at` again."""

    id: UUID
    version: int = 0
    reason: Reason
    erased_at: datetime
    erased_by: UUID | None
    look_at: datetime
    open: bool = True

    def looked(self, at: datetime, *, more: bool) -> "Erasure":
        """After releasing some; closed once nothing more was found when nobody could have missed the erasure."""
        last = self.erased_at + LOOK_AGAIN
        if more:
            return replace(self, look_at=at)
        return replace(self, look_at=max(last, at), open=at < last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """`id` is the keyed hash of an employee id or an e-mail address of somebody erased. Phones are shared (N-02)."""

    id: str
    version: int = 0
