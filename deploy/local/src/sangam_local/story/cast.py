"""Who plays: the file of nominations, the order of approvals, and from both what must come out. Knows no Sangam."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sangam_local.institute import Institute, Person
from sangam_local.story.fault import expect

SHARES: Mapping[str, int] = {"puducherry": 20, "karaikal": 6, "yanam": 6}
NOMINATED: Mapping[str, int] = {"puducherry": 24, "karaikal": 8, "yanam": 8}
LANGUAGES = ("en", "hi", "ta")
UNKNOWN = "unknown-person"
FORMULA = "formula-cell"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file; without a person it must be refused, for `problem`."""

    employee_id: str
    mandatory: str
    person: Person | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """`approvals` is the order in which supervisors say yes: the first of each share up to its seats are in."""

    rows: Sequence[Row]
    approvals: Sequence[Person]
    leaves: Person

    @property
    def nominees(self) -> list[Person]:
        """In the order of the file, which is the order of the queue (E-01)."""
        return [row.person for row in self.rows if row.person]

    @property
    def confirmed(self) -> list[Person]:
        return [person for share, seats in SHARES.items() for person in self._of(share)[:seats]]

    @property
    def waiting(self) -> dict[str, list[Person]]:
        """By share, the head of the queue first."""
        late = {person for share, seats in SHARES.items() for person in self._of(share)[seats:]}
        return {share: [p for p in self.nominees if p in late and p.campus == share] for share in SHARES}

    @property
    def promoted(self) -> Person:
        return self.waiting[self.leaves.campus][0]

    @property
    def seated(self) -> list[Person]:
        """Who holds a seat after one left and one was promoted."""
        return [person for person in self.confirmed if person != self.leaves] + [self.promoted]

    @property
    def left_waiting(self) -> list[Person]:
        return [person for queue in self.waiting.values() for person in queue if person != self.promoted]

    def csv(self) -> str:
        return "".join(
            f"{line}\r\n" for line in ("employee_id,mandatory", *(f"{r.employee_id},{r.mandatory}" for r in self.rows))
        )

    def _of(self, share: str) -> list[Person]:
        return [person for person in self.approvals if person.campus == share]


def choose(institute: Institute, used: Collection[str], rng: random.Random) -> Cast:
    """Nobody who took part before (`used` are employee ids), every language in every share, two bad rows somewhere."""
    people = [person for campus, count in NOMINATED.items() for person in _pick(institute, campus, count, used, rng)]
    rng.shuffle(people)
    rows = [Row(person.employee_id, "false", person) for person in people]
    rows.insert(rng.randrange(len(rows)), Row("PDY99999", "false", None, UNKNOWN))
    rows.insert(rng.randrange(len(rows)), Row('"=HYPERLINK(""http://example.org"")"', "false", None, FORMULA))
    approvals = rng.sample(people, k=len(people))
    seated = Cast(rows, approvals, people[0]).confirmed
    return Cast(rows, approvals, rng.choice(seated))


def _pick(institute: Institute, campus: str, count: int, used: Collection[str], rng: random.Random) -> Sequence[Person]:
    free = [p for p in institute.people if p.campus == campus and p.post == "member" and p.employee_id not in used]
    rng.shuffle(free)
    free.sort(key=lambda person: person.languages[0])
    by_language = {language: list(group) for language, group in groupby(free, key=lambda p: p.languages[0])}
    picked: list[Person] = []
    while len(picked) < count:
        language = LANGUAGES[len(picked) % len(LANGUAGES)]
        expect(
            by_language.get(language),
            f"no {language} speaker at {campus} is left who has not been in an earlier story; `make reset` starts anew",
        )
        picked.append(by_language[language].pop())
    return picked
