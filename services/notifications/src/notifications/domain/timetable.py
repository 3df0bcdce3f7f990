"""Our copy of an offering's released timetable: what scheduling last said of each session."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Site(NamedTuple):
    """A room of a campus by its label, or online."""

    campus: str
    room: str | None = None
    online: bool = False


class Slot(NamedTuple):
    """When and where one person is expected: UTC, the venue's IANA zone, their own site."""

    start: datetime
    end: datetime
    zone: str
    site: Site | None = None


class WhenWhere(NamedTuple):
    start: datetime
    end: datetime
    zone: str
    sites: tuple[Site, ...] = ()

    def at(self, campus: str | None) -> Slot:
        """S-16: people meet at the site of their own campus; else where there is a room, else online."""
        own = [site for site in self.sites if site.campus == campus]
        sites = own or [site for site in self.sites if not site.online] or list(self.sites)
        return Slot(self.start, self.end, self.zone, sites[0] if sites else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`previous` is what was in force before the last change; `material` says how that change counted (S-09)."""

    id: UUID
    part: int = 0
    revision: int
    when: WhenWhere
    previous: WhenWhere | None = None
    material: bool = False
    cancelled: bool = False
    facilitators: tuple[UUID, ...] = ()

    def cancel(self, revision: int) -> "Session":
        return replace(self, revision=revision, cancelled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """`id` is the offering's, `revision` the schedule's; `released_from` led its sessions before the last release."""

    id: UUID
    version: int = 0
    revision: int = 0
    sessions: tuple[Session, ...] = ()
    released_from: tuple[UUID, ...] = ()

    @property
    def standing(self) -> list[Session]:
        return sorted((s for s in self.sessions if not s.cancelled), key=lambda s: (s.when.start, s.part))

    @property
    def start(self) -> datetime | None:
        return min((session.when.start for session in self.standing), default=None)

    @property
    def end(self) -> datetime | None:
        return max((session.when.end for session in self.standing), default=None)

    @property
    def facilitators(self) -> frozenset[UUID]:
        return frozenset(person for session in self.sessions for person in session.facilitators)

    def session(self, id: UUID) -> Session | None:
        return next((session for session in self.sessions if session.id == id), None)

    def release(self, revision: int, sessions: Iterable[Session], dropped: Iterable[UUID]) -> "Timetable":
        """All sessions in force; one that moved remembers where it was, one that was dropped is cancelled."""
        gone, known = set(dropped), {session.id: session for session in self.sessions}
        released = {s.id: _after(known.get(s.id), s) for s in sessions}
        kept = [replace(s, cancelled=s.cancelled or s.id in gone) for s in self.sessions if s.id not in released]
        told = tuple(sorted(self.facilitators))
        return replace(self, revision=revision, sessions=(*released.values(), *kept), released_from=told)

    def change(self, revision: int, session: Session) -> "Timetable":
        others = tuple(other for other in self.sessions if other.id != session.id)
        return replace(self, revision=revision, sessions=(*others, session))


def _after(before: Session | None, now: Session) -> Session:
    if before is None or before.when == now.when:
        return replace(now, previous=before.previous if before else None)
    return replace(now, previous=before.when)
