"""What the reference institute is made of: plain values, known before Sangam knows any of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Post = Literal["dean", "director", "head", "lead", "member", "facilitator"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """One person's name per script; a script the person never gave is empty."""

    latin: str
    devanagari: str
    tamil: str


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the directory. `supervisor` and `deputy` are employee ids, empty for nobody."""

    employee_id: str
    names: Names
    campus: str
    department: str
    cadre: str
    email: str
    phone: str
    languages: tuple[str, ...]
    supervisor: str
    deputy: str
    post: Post


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day that only this campus keeps."""

    day: date
    name: str
    kind: Literal["closed", "restricted", "half"]


@dataclass(frozen=True, slots=True)
class Campus:
    """A site and its calendar; the gazetted holidays come from its region."""

    code: str
    names: dict[str, str]
    zone: str
    languages: tuple[str, ...]
    working_week: tuple[int, ...]
    quiet_hours: tuple[str, str]
    region: tuple[str, str]
    own_days: tuple[OwnDay, ...]

    def body(self) -> Json:
        return {
            "names": self.names,
            "zone": self.zone,
            "languages": list(self.languages),
            "working_week": list(self.working_week),
            "quiet_hours": {"start": self.quiet_hours[0], "end": self.quiet_hours[1]},
            "holiday_region": {"country": self.region[0], "subdivision": self.region[1]},
            "own_days": [{"day": day.day.isoformat(), "name": day.name, "kind": day.kind} for day in self.own_days],
        }


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a campus; labels are unique within it."""

    campus: str
    label: str
    capacity: int
    features: tuple[str, ...]

    def body(self) -> Json:
        return {
            "campus": self.campus,
            "label": self.label,
            "capacity": self.capacity,
            "features": list(self.features),
        }


@dataclass(frozen=True, slots=True)
class Part:
    """One meeting of a session plan: day of the course, local start, length in minutes."""

    part: int
    titles: dict[str, str]
    day: int
    start: str
    minutes: int
    mandatory: bool

    def body(self) -> Json:
        return {
            "part": self.part,
            "titles": self.titles,
            "day": self.day,
            "start": self.start,
            "minutes": self.minutes,
            "mandatory": self.mandatory,
        }


@dataclass(frozen=True, slots=True)
class Course:
    """A course of a programme; `qualifies_for` are codes of courses that stand earlier in the list."""

    code: str
    programme: str
    titles: dict[str, str]
    parts: tuple[Part, ...]
    needs_acceptance: bool
    qualifies_for: tuple[str, ...]
    room_features: tuple[str, ...]
    facilitators: int
    min_attendance_percent: int = 80
    certificate: bool = True


@dataclass(frozen=True, slots=True)
class Programme:
    """An initiative of several courses."""

    code: str
    titles: dict[str, str]


@dataclass(frozen=True, slots=True)
class Qualified:
    """A person who may deliver these courses from the first day on."""

    employee_id: str
    campus: str
    courses: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActorCard:
    """Who stands for an actor kind at a campus (None: the whole institute) when a token is needed."""

    kind: str
    campus: str | None
    employee_id: str

    @property
    def username(self) -> str:
        """The local account of this actor."""
        return self.kind if self.campus is None else f"{self.kind}.{self.campus}"


@dataclass(frozen=True, slots=True)
class Institute:
    """Everything that the seed brings in."""

    campuses: tuple[Campus, ...]
    rooms: tuple[Room, ...]
    people: tuple[Person, ...]
    facilitators: tuple[Qualified, ...]
    programmes: tuple[Programme, ...]
    courses: tuple[Course, ...]
    actors: tuple[ActorCard, ...]

    def campus(self, code: str) -> Campus:
        return next(campus for campus in self.campuses if campus.code == code)

    def course(self, code: str) -> Course:
        return next(course for course in self.courses if course.code == code)

    def actor(self, kind: str, campus: str | None = None) -> ActorCard:
        return next(card for card in self.actors if (card.kind, card.campus) == (kind, campus))
