"""Offerings on the wire."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from enrolment.api.schemas import Answer, Body, CampusCode, Count, Label, LanguageCode

Hours = Annotated[int, Field(strict=True, ge=0, le=24 * 60)]
Instant = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class OfferingBody(Body):
    """`seats`, where given, must be the sum of `shares`. `cutoff` may be a date: its last instant at the campus."""

    course_id: UUID
    label: Label
    owner_campus: CampusCode
    language: LanguageCode
    shares: Annotated[dict[CampusCode, Count], Field(min_length=1, max_length=50)]
    seats: Count = 0
    earliest_start: Day
    window_opens: Instant
    window_closes: Instant
    cutoff: Instant | Day
    release_at: Instant | None = None
    approval: Literal["none", "supervisor", "campus", "supervisor_then_campus"] = "none"
    promotion: Literal["offer", "confirm"] = "offer"
    offer_hours: Annotated[int, Field(strict=True, ge=1, le=24 * 60)] = 24
    lead_hours: Hours = 24
    reconfirm_hours: Annotated[int, Field(strict=True, ge=1, le=24 * 60)] = 48
    reconfirm_silence: Literal["keep", "lapse"] = "keep"
    minimum: Count | None = None
    waitlist_limit: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 1000


class OfferingChangeBody(Body):
    """What is absent stays as it is."""

    label: Label | None = None
    shares: Annotated[dict[CampusCode, Count], Field(min_length=1, max_length=50)] | None = None
    overbook: bool = False


class CancelBody(Body):
    """Why, as a code."""

    reason: Literal["too-few-people", "no-facilitator", "no-room", "postponed", "other"] = "other"


class ShareAnswer(Answer):
    seats: int
    held: int
    waiting: int


class OfferingAnswer(Answer):
    id: UUID
    version: int
    course_id: UUID
    label: str
    owner_campus: str
    language: str
    state: str
    seats: int
    shares: dict[str, ShareAnswer]
    earliest_start: date
    window_opens: datetime
    window_closes: datetime
    cutoff: datetime
    release_at: datetime | None
    minimum: int | None
    approval: str
    promotion: str
    offer_hours: int
    lead_hours: int
    reconfirm_hours: int
    reconfirm_silence: str
    waitlist_limit: int
    starts: datetime | None
    schedule_revision: int

    @model_validator(mode="before")
    @classmethod
    def flat(cls, offering: Any) -> Any:
        """Policies stand beside the rest, as they came in."""
        if isinstance(offering, cls):
            return offering
        policies = offering.policies
        return {name: getattr(policies if hasattr(policies, name) else offering, name) for name in cls.model_fields}
