"""Everything a message rests on, as our copies have it now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from notifications.domain.calendar_item import CalendarItem
from notifications.domain.copies import SEATED, Campus, Certificate, Course, Enrolment, Offering, Person
from notifications.domain.delivery import Delivery
from notifications.domain.timetable import Session, Slot, Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """`person` is the recipient, `trainee` the person whose enrolment it is about; `items` are the recipient's.
    `seated`: who was assigned has a seat as well. `erased`: one of the two was, and nothing may be said any more."""

    person: Person | None = None
    erased: bool = False
    trainee: Person | None = None
    offering: Offering | None = None
    course: Course | None = None
    timetable: Timetable | None = None
    enrolment: Enrolment | None = None
    certificate: Certificate | None = None
    campuses: Mapping[str, Campus] = field(default_factory=dict)
    items: Mapping[UUID, CalendarItem] = field(default_factory=dict)
    seated: bool = False

    @property
    def standing(self) -> list[Session]:
        return self.timetable.standing if self.timetable else []

    def session(self, id: UUID | None) -> Session | None:
        return self.timetable.session(id) if self.timetable and id else None

    def slot(self, session: Session) -> Slot:
        return session.when.at(self.person.campus if self.person else None)

    def comes_to(self, delivery: Delivery) -> list[Session]:
        """The standing sessions that the recipient is expected at: all as a trainee, their own as a facilitator."""
        return [s for s in self.standing if delivery.purpose != "assigned" or delivery.person_id in s.facilitators]

    def told_by_phone(self, delivery: Delivery) -> Session | None:
        """The session it is about, if the recipient was to come and has no e-mail: no calendar of theirs holds it."""
        session = self.session(delivery.about.session_id) if delivery.about.session_id else None
        if session is None or delivery.channel != "sms" or self.person is None or self.person.email:
            return None
        comes = self.enrolment.state in SEATED if self.enrolment else delivery.person_id in session.facilitators
        return session if comes else None

    def gone(self, delivery: Delivery) -> list[CalendarItem]:
        """What the recipient may still hold of sessions that they do not come to."""
        comes_to = {session.id for session in (self.standing if self.seated else self.comes_to(delivery))}
        return [i for id, i in self.items.items() if id not in comes_to and i.held(delivery.notice_id)]

    def to_strike(self, delivery: Delivery) -> list[CalendarItem]:
        """What the recipient may still hold of an enrolment that ended: not what they facilitate all the same."""
        called_off = self.offering is not None and self.offering.cancelled
        stays = {s.id for s in self.standing if delivery.person_id in s.facilitators and not called_off}
        return [i for id, i in self.items.items() if id not in stays and i.held(delivery.notice_id)]

    @property
    def places(self) -> set[str]:
        """The campuses that a message names: the owner, and where its recipient meets."""
        slots = [self.slot(session) for session in self.standing]
        sites = {slot.site.campus for slot in slots if slot.site and not slot.site.online}
        return sites | {self.offering.owner_campus} if self.offering and self.offering.owner_campus else sites

    @property
    def seen_by(self) -> list[str]:
        """P-03: the recipient's campus and the one that owns the offering."""
        campuses = [self.person.campus] if self.person else []
        return [*campuses, self.offering.owner_campus] if self.offering and self.offering.owner_campus else campuses
