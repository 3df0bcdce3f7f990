"""Two thousand people: names, departments, languages, and a line of supervisors that leads up to the dean."""

import random
from collections.abc import Iterator, Sequence

from sangam_local.institute.campuses import PREFIX, SIZE
from sangam_local.institute.model import Names, Person, Post
from sangam_local.institute.names import GIVEN, SECOND, NamePart

TRAINING_OFFICE = "Training Office"
FACILITATORS = {"puducherry": 40, "karaikal": 14, "yanam": 10}
DEPARTMENTS = (
    TRAINING_OFFICE, "Anaesthesiology", "Biochemistry", "Cardiology", "Community Medicine", "Dermatology",
    "Emergency Medicine", "General Medicine", "General Surgery", "Hospital Administration", "Microbiology", "Neurology",
    "Nursing", "Obstetrics", "Ophthalmology", "Orthopaedics", "Paediatrics", "Pathology", "Pharmacology", "Physiology",
    "Psychiatry", "Radiology", "Transfusion Medicine", "Works and Estates",
)  # fmt: skip
_DEPARTMENTS_AT = {"puducherry": len(DEPARTMENTS), "karaikal": 10, "yanam": 8}
_CADRES = ("Faculty", "Resident", "Nursing Officer", "Technician", "Pharmacist", "Administrative Officer", "Attendant")
_SPEAK: dict[str, Sequence[tuple[tuple[str, ...], int]]] = {
    "puducherry": [(("ta", "en"), 40), (("ta",), 10), (("en",), 12), (("en", "ta"), 13), (("hi", "en"), 25)],
    "karaikal": [(("ta", "en"), 48), (("ta",), 7), (("en",), 10), (("en", "ta"), 15), (("hi", "en"), 20)],
    "yanam": [(("ta", "en"), 25), (("en",), 20), (("en", "hi"), 20), (("hi", "en"), 30), (("hi",), 5)],
}  # fmt: skip
_MEMBERS_PER_LEAD = 12


class _Register:
    """Hands out what may exist once: name combinations, employee numbers, phones."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._names = rng.sample([(given, second) for given in GIVEN for second in SECOND], k=sum(SIZE.values()))
        self._hired = 0
        self._numbers = dict.fromkeys(PREFIX, 0)

    def hire(self, campus: str, department: str, post: Post, supervisor: str, deputy: str) -> Person:
        given, second = self._names[self._hired]
        self._hired += 1
        self._numbers[campus] += 1
        number = self._numbers[campus]
        choices = _SPEAK[campus]
        languages = self.rng.choices([spoken for spoken, _ in choices], [weight for _, weight in choices])[0]
        if post != "member" and "en" not in languages:
            languages = (*languages, "en")  # who approves and teaches across campuses reads English
        return Person(
            employee_id=f"{PREFIX[campus]}{number:04}",
            names=self._write(given, second, languages),
            campus=campus,
            department=department,
            cadre="Faculty" if post in ("dean", "director", "head") else self.rng.choice(_CADRES),
            email=f"{given.latin}.{second.latin}.{number:04}@{campus}.example.org".lower(),
            phone=f"+9190000{self._hired:05}",
            languages=languages,
            supervisor=supervisor,
            deputy=deputy,
            post=post,
        )

    def _write(self, given: NamePart, second: NamePart, languages: tuple[str, ...]) -> Names:
        """Everybody has a Latin name; the script of a language one speaks is there, others by chance."""
        devanagari = "hi" in languages or self.rng.random() < 0.5
        tamil = "ta" in languages or self.rng.random() < 0.5
        return Names(
            latin=f"{given.latin} {second.latin}",
            devanagari=f"{given.devanagari} {second.devanagari}" if devanagari else "",
            tamil=f"{given.tamil} {second.tamil}" if tamil else "",
        )


def people(rng: random.Random) -> tuple[Person, ...]:
    """Superiors stand before their people, deputies before those they stand in for: a file can be read top down."""
    register = _Register(rng)
    dean = register.hire("puducherry", TRAINING_OFFICE, "dean", "", "")
    everyone = [dean]
    for campus, size in SIZE.items():
        everyone += _campus(register, campus, size - (campus == dean.campus), dean)
    return tuple(everyone)


def _campus(register: _Register, campus: str, size: int, dean: Person) -> Iterator[Person]:
    director = register.hire(campus, "Hospital Administration", "director", dean.employee_id, "")
    yield director
    departments = DEPARTMENTS[: _DEPARTMENTS_AT[campus]]
    heads: list[Person] = []
    for department in departments:
        deputy = heads[-1].employee_id if heads else director.employee_id
        heads.append(register.hire(campus, department, "head", director.employee_id, deputy))
    yield from heads

    left = size - 1 - len(heads)
    leads: list[Person] = []
    for number in range(-(-left // (_MEMBERS_PER_LEAD + 1))):
        head = heads[number % len(heads)]
        deputy = leads[-1].employee_id if leads else head.employee_id
        leads.append(register.hire(campus, head.department, "lead", head.employee_id, deputy))
    yield from leads

    members = left - len(leads)
    teaching = set(register.rng.sample(range(members), k=FACILITATORS[campus]))
    for number in range(members):
        lead = leads[number % len(leads)]
        post: Post = "facilitator" if number in teaching else "member"
        yield register.hire(campus, lead.department, post, lead.employee_id, lead.deputy)
