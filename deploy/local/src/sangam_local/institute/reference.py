"""Builds the reference institute from a seed; the same seed and year give the same institute, to the letter."""

import csv
import io
import random
from collections.abc import Iterable, Sequence

from sangam_local.institute.campuses import campuses
from sangam_local.institute.courses import COURSES, MASTER_TRAINER, NATIONAL, PROGRAMMES
from sangam_local.institute.model import ActorCard, Institute, Person, Qualified
from sangam_local.institute.people import TRAINING_OFFICE, people
from sangam_local.institute.rooms import rooms

COLUMNS = (
    "employee_id", "name_latin", "name_devanagari", "name_tamil", "campus", "department", "cadre", "email", "phone",
    "languages", "supervisor", "deputy",
)  # fmt: skip
SEED = 20


def reference_institute(year: int, seed: int = SEED) -> Institute:
    """`year` is the first of the two whose own days the campuses know."""
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
    everyone = people(rng)
    return Institute(
        campuses=campuses((year, year + 1)),
        rooms=rooms(rng),
        people=everyone,
        facilitators=tuple(
            Qualified(person.employee_id, person.campus, (MASTER_TRAINER, NATIONAL), person.languages)
            for person in everyone
            if person.post == "facilitator"
        ),
        programmes=PROGRAMMES,
        courses=COURSES,
        actors=tuple(_actors(everyone)),
    )


def people_csv(rows: Iterable[Person]) -> str:
    """The directory as the import takes it, UTF-8 text with a header."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for person in rows:
        names = person.names
        table.writerow(
            (person.employee_id, names.latin, names.devanagari, names.tamil, person.campus, person.department,
             person.cadre, person.email, person.phone, " ".join(person.languages), person.supervisor, person.deputy)
        )  # fmt: skip
    return text.getvalue()


def _actors(everyone: Sequence[Person]) -> Iterable[ActorCard]:
    """The dean coordinates; at each campus the training office's head administers and its first lead plans."""
    dean = next(person for person in everyone if person.post == "dean")
    yield ActorCard("institute_coordinator", None, dean.employee_id)
    for campus in dict.fromkeys(person.campus for person in everyone):
        here = [person for person in everyone if person.campus == campus]
        office = [person for person in here if person.department == TRAINING_OFFICE]
        lead = next(person for person in here if person.post == "lead" and person not in office)
        for kind, person in (
            ("institute_coordinator", next(p for p in here if p.post == "director")),
            ("campus_admin", next(p for p in office if p.post == "head")),
            ("planner", next(p for p in office if p.post == "lead")),
            ("supervisor", lead),
            ("nominator", lead),
            ("facilitator", next(p for p in here if p.post == "facilitator")),
            ("trainee", next(p for p in here if p.post == "member")),
        ):
            yield ActorCard(kind, campus, person.employee_id)
