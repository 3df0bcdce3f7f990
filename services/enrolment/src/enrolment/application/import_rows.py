"""Deciding one row of an upload. A refused row has changed nothing, and its result says nothing personal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.problem import Problem
from enrolment.application import contact, facts
from enrolment.application.commands_nominations import check_nominable
from enrolment.application.erased import Named, erased
from enrolment.application.joining import Nomination, nominate
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain.jobs import Job, Row, RowResult
from enrolment.domain.person import Employee, Person, employee_key
from enrolment.domain.words import Actor

LANGUAGES = ("en", "hi", "ta")
YES, NO = frozenset({"true", "yes", "1", "y"}), frozenset({"", "false", "no", "0", "n"})


class RowRefused(Exception):
    """`args`: the code, and a sentence without personal data."""


async def decide_rows(job: Job, rows: Sequence[Row], tx: EnrolmentTransaction) -> tuple[RowResult, ...]:
    """Reads for all rows first: one read for as many rows as there are."""
    keys = [employee_key(row.cells.get(c, "")) for row in rows for c in ("employee_id", "supervisor", "deputy")]
    employees = await tx.employees.get_many(key for key in keys if key)
    await tx.people.get_many(employee.person_id for employee in employees.values())
    emails: list[Named] = [("email", row.cells.get("email", "").lower()) for row in rows]
    await erased([*emails, *(("employee_id", key) for key in keys)], tx)
    results = []
    for row in rows:
        try:
            if row.problem:
                raise RowRefused(row.problem, row.detail)
            if job.kind == "people":
                id = await _person(row.cells, job.actor, tx)
            else:
                id = await _nomination(row.cells, job, tx)
            results.append(RowResult(row.number, "accepted", str(id)))
        except RowRefused as refused:
            code, detail = refused.args
            results.append(RowResult(row.number, "refused", None, code, detail))
        except Problem as problem:
            results.append(RowResult(row.number, "refused", None, problem.slug, type(problem).__doc__ or ""))
    return tuple(results)


async def _nomination(cells: Mapping[str, str], job: Job, tx: EnrolmentTransaction) -> UUID:
    mandatory = cells["mandatory"].lower()
    if mandatory not in YES | NO:
        raise RowRefused("bad-mandatory", "mandatory is yes or no")
    employee = await tx.employees.find(employee_key(cells["employee_id"]))
    person = await tx.people.find(employee.person_id) if employee else None
    person = check_nominable(person, job.actor)
    assert job.offering_id is not None
    offering = await tx.offerings.get(job.offering_id)
    course = await tx.courses.get(offering.course_id)
    return (await nominate(Nomination(person, offering, course, mandatory in YES), job.actor, tx)).id


async def _person(cells: Mapping[str, str], actor: Actor, tx: EnrolmentTransaction) -> UUID:
    """Upsert by employee id; a row that changes nothing tells nobody."""
    key = employee_key(cells["employee_id"])
    fields = _fields(cells)
    if await erased([("employee_id", key), ("email", fields.email or "")], tx):
        raise RowRefused("erased-person", "this person was erased and is not recorded again")
    employee = await tx.employees.find(key)
    known = await tx.people.find(employee.person_id) if employee else None
    for campus in {fields.campus, known.campus if known else fields.campus}:
        if not actor.admin_of(campus):
            raise RowRefused("not-your-campus", "you do not act for this campus")
    supervisor_id = await _superior(cells["supervisor"], tx)
    deputy_id = await _superior(cells["deputy"], tx)
    person = Person(
        id=(await _employee(key, tx)).person_id,
        version=known.version if known else 0,
        employee_id=key,
        names=fields.names,
        campus=fields.campus,
        department=cells["department"],
        cadre=cells["cadre"],
        email=fields.email,
        phone=fields.phone,
        languages=fields.languages,
        supervisor_id=supervisor_id,
        deputy_id=deputy_id,
    )
    if person != known:
        person = tx.people.save(person)
        tx.emit(facts.recorded(person))
    return person.id


@dataclass(frozen=True, slots=True)
class _Fields:
    names: dict[str, str]
    campus: str
    email: str | None
    phone: str | None
    languages: tuple[str, ...]


def _fields(cells: Mapping[str, str]) -> _Fields:
    for needed in ("employee_id", "name_latin", "campus"):
        if not cells[needed]:
            raise RowRefused("cell-missing", f"column {needed}")
    names = {script: cells[f"name_{script}"] for script in ("latin", "devanagari", "tamil") if cells[f"name_{script}"]}
    languages = tuple(dict.fromkeys(cells["languages"].lower().split()))
    if not set(languages) <= set(LANGUAGES):
        raise RowRefused("bad-language", f"languages are {', '.join(LANGUAGES)}, separated by spaces")
    try:
        email, phone = contact.email(cells["email"]), contact.phone(cells["phone"])
    except contact.BadContact as bad:
        raise RowRefused(f"bad-{bad}", f"column {bad}") from None
    return _Fields(names, cells["campus"].lower(), email, phone, languages)


async def _superior(text: str, tx: EnrolmentTransaction) -> UUID | None:
    """Nobody, when they were erased: their own row is refused, those of their people are not."""
    key = employee_key(text)
    if not key or await erased([("employee_id", key)], tx):
        return None
    return (await _employee(key, tx)).person_id


async def _employee(key: str, tx: EnrolmentTransaction) -> Employee:
    """Known from now on: a supervisor may stand further down in the file than their people."""
    found = await tx.employees.find(key)
    return found or tx.employees.save(Employee(id=key, person_id=tx.new_id()))
