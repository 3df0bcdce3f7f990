"""What every step works with: the institute, the gateway as any actor, the post, the clock, and what happened."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sangam_local.client import Acting, Gateway, eventually
from sangam_local.institute import Institute, Person
from sangam_local.mailbox import Invitation
from sangam_local.seed import Seeded
from sangam_local.story.cast import Cast
from sangam_local.story.fault import StoryFault
from sangam_local.story.post import Post

T = TypeVar("T")
Json = dict[str, Any]
UNDER_WAY = frozenset({"waiting", "due"})


class DomainClock(Protocol):
    """All processes' common clock; it only goes forward."""

    def now(self) -> datetime: ...
    def move_to(self, at: datetime) -> None: ...


class Signer(Protocol):
    """Makes a token for these claims."""

    def __call__(self, *, person_id: str, campuses: Sequence[str], kinds: Sequence[str]) -> str: ...


@dataclass(slots=True)
class Stage:
    """Mutable on purpose: one story fills it step by step."""

    institute: Institute
    seeded: Seeded
    door: Gateway
    post: Post
    clock: DomainClock
    sign: Signer
    rng: random.Random
    patience: float = 60.0

    offering: str = ""
    label: str = ""
    earliest: date = date.min
    cast: Cast | None = None
    enrolments: dict[str, str] = field(default_factory=dict)
    sessions: list[Json] = field(default_factory=list)
    facilitators: list[Person] = field(default_factory=list)
    invited: dict[str, list[Invitation]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    certified: list[Person] = field(default_factory=list)
    certified_before: set[str] = field(default_factory=set)

    @property
    def players(self) -> Cast:
        if self.cast is None:
            raise StoryFault("nobody was chosen yet")
        return self.cast

    def actor(self, kind: str, campus: str | None = None) -> Acting:
        card = self.institute.actor(kind, campus)
        return self.person(self.who(card.employee_id), kind)

    def person(self, person: Person, kind: str = "trainee") -> Acting:
        campuses = [campus.code for campus in self.institute.campuses]
        token = self.sign(
            person_id=self.id_of(person),
            campuses=campuses if kind == "institute_coordinator" else [person.campus],
            kinds=[kind],
        )
        return self.door.acting(token)

    def who(self, employee_id: str) -> Person:
        return next(person for person in self.institute.people if person.employee_id == employee_id)

    def id_of(self, person: Person) -> str:
        return self.seeded.people[person.employee_id]

    def whose(self, person_id: str) -> Person:
        """Raises StoryFault for an id that the institute does not have."""
        for employee_id, known in self.seeded.people.items():
            if known == person_id:
                return self.who(employee_id)
        raise StoryFault(f"nobody in the directory has the id {person_id}")

    async def wait(self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        try:
            return await eventually(look, what, within=self.patience)
        except TimeoutError as late:
            raise StoryFault(str(late)) from None

    async def ledger(self) -> list[Json]:
        """All notices of the workshop, once none is under way any more."""

        async def settled() -> list[Json] | None:
            coordinator = self.actor("institute_coordinator")
            notices = await coordinator.all("/notifications/v1/notices", offering_id=self.offering)
            return None if any(notice["state"] in UNDER_WAY for notice in notices) else notices

        return await self.wait(settled, "every notice has come to an end")

    async def pass_time(self, at: datetime) -> None:
        """What was sent but not yet recorded, for its sender was killed, would expire if weeks went by meanwhile."""
        await self.ledger()
        self.clock.move_to(at)

    async def states(self) -> dict[str, str]:
        """Employee id → state of their enrolment, as the coordinator sees it."""
        path = f"/enrolment/v1/offerings/{self.offering}/enrolments"
        items = await self.actor("institute_coordinator").all(path)
        return {self.whose(item["person_id"]).employee_id: item["state"] for item in items}

    async def until_states(self, expected: dict[str, str], what: str) -> None:
        """Waits until every enrolment of the offering is in the state that it should be in."""
        found: dict[str, str] = {}

        async def agree() -> bool | None:
            nonlocal found
            found = await self.states()
            return True if found == expected else None

        try:
            await eventually(agree, what, within=self.patience)
        except TimeoutError:
            wrong = {who: (found.get(who), state) for who, state in expected.items() if found.get(who) != state}
            extra = sorted(found.keys() - expected.keys())
            raise StoryFault(
                f"{what}: (found, expected) {dict(list(wrong.items())[:4])}, too many {extra[:4]}"
            ) from None
