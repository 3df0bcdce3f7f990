"""Campuses, rooms and facilitators as they are on the wire; never passed further in than the route."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from scheduling.application.queries import FacilitatorRow
from scheduling.domain.campus import Campus
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.room import Room

Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]
Label = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern="^[a-z][a-z0-9-]{1,40}$")]
Feature = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,40}$")]
# Not "format": "time", which wants an offset (RFC 3339): these are times of the clock on the campus's wall.
LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", examples=["21:00"])]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 12, 31))]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QuietHours(Body):
    """In the campus's zone; they may wrap midnight."""

    start: LocalTime
    end: LocalTime


class RegionBody(Body):
    """ISO 3166-1 country, and the part of it after the hyphen of ISO 3166-2; empty for the whole country."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(pattern="^[A-Z0-9]{0,3}$")] = ""


class HolidayBody(Body):
    """`closed` blocks, `restricted` warns, `half` ends at noon."""

    day: Day
    name: Label
    kind: Literal["closed", "restricted", "half"]


class RecordCampusBody(Body):
    names: Annotated[dict[Language, Label], Field(min_length=1)]
    zone: Annotated[str, Field(pattern="^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", max_length=60)]
    languages: Annotated[list[Language], Field(min_length=1, max_length=10)]
    working_week: Annotated[list[Annotated[StrictInt, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]
    quiet_hours: QuietHours
    holiday_region: RegionBody
    own_days: Annotated[list[HolidayBody], Field(max_length=400)] = []


class CampusBody(BaseModel):
    """`holidays` are the gazetted ones of `years` together with the campus's own days."""

    id: str
    version: int
    names: dict[str, str]
    zone: str
    languages: list[str]
    working_week: list[int]
    quiet_hours: QuietHours
    holiday_region: RegionBody
    own_days: list[HolidayBody]
    holidays: list[HolidayBody]
    years: list[int]

    @classmethod
    def of(cls, campus: Campus) -> "CampusBody":
        return cls.model_construct(
            id=campus.id,
            version=campus.version,
            names=campus.names,
            zone=campus.zone,
            languages=list(campus.languages),
            working_week=list(campus.working_week),
            quiet_hours=QuietHours(start=campus.quiet_from.isoformat(), end=campus.quiet_to.isoformat()),
            holiday_region=RegionBody.model_construct(**campus.region._asdict()),
            own_days=[HolidayBody.model_construct(**day._asdict()) for day in campus.own_days],
            holidays=[HolidayBody.model_construct(**day._asdict()) for day in campus.holidays],
            years=list(campus.years),
        )


class AddRoomBody(Body):
    campus: Code
    label: Label
    capacity: Annotated[StrictInt, Field(ge=1, le=100_000)]
    features: Annotated[list[Feature], Field(max_length=50)] = []


class RoomBody(BaseModel):
    id: UUID
    version: int
    campus: str
    label: str
    capacity: int
    features: list[str]

    @classmethod
    def of(cls, room: Room) -> "RoomBody":
        return cls(
            id=room.id,
            version=room.version,
            campus=room.campus,
            label=room.label,
            capacity=room.capacity,
            features=sorted(room.features),
        )


class RecordFacilitatorBody(Body):
    person_id: UUID
    campus: Code
    courses: Annotated[list[UUID], Field(max_length=200)]
    languages: Annotated[list[Language], Field(min_length=1, max_length=10)]


class FacilitatorBody(BaseModel):
    """The id is the person's. `campus` is null for a holder of a certificate whom the directory has not told of yet."""

    id: UUID
    person_id: UUID
    version: int
    campus: str | None
    courses: list[UUID]
    languages: list[str]

    @classmethod
    def of(cls, facilitator: Facilitator) -> "FacilitatorBody":
        return cls(
            id=facilitator.id,
            person_id=facilitator.id,
            version=facilitator.version,
            campus=facilitator.campus,
            courses=sorted(facilitator.courses),
            languages=sorted(facilitator.languages),
        )


class NamedFacilitatorBody(FacilitatorBody):
    names: dict[str, str]

    @classmethod
    def of_row(cls, row: FacilitatorRow) -> "NamedFacilitatorBody":
        return cls(names=row.names, **FacilitatorBody.of(row.facilitator).model_dump())
