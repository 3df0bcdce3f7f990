"""The reference institute: always the same, complete, and fit for a directory without duplicates and gaps."""

import csv
import io
import re
from collections import Counter

import phonenumbers
import pytest

from sangam_local.institute import Institute, people_csv, reference_institute
from sangam_local.institute.courses import CASCADED, MASTER_TRAINER
from sangam_local.institute.names import GIVEN, SECOND

SCRIPTS = {"latin": r"[A-Za-z]+", "devanagari": r"[\u0900-\u097f]+", "tamil": r"[\u0b80-\u0bff]+"}


@pytest.fixture(scope="module")
def institute() -> Institute:
    return reference_institute(2026)


def test_the_same_seed_gives_the_same_institute(institute: Institute) -> None:
    assert reference_institute(2026) == institute
    assert reference_institute(2026, seed=21).people != institute.people


def test_it_is_as_large_as_the_handbook_says(institute: Institute) -> None:
    assert [campus.code for campus in institute.campuses] == ["puducherry", "karaikal", "yanam"]
    assert (len(institute.people), len(institute.rooms), len(institute.facilitators)) == (2000, 40, 64)
    assert Counter(person.campus for person in institute.people) == {"puducherry": 1200, "karaikal": 450, "yanam": 350}


def test_nobody_shares_an_id_a_name_an_address_or_a_phone(institute: Institute) -> None:
    people = institute.people

    for values in (
        {person.employee_id for person in people},
        {person.names.latin for person in people},
        {person.email for person in people},
        {person.phone for person in people},
    ):
        assert len(values) == len(people)


def test_names_are_written_in_the_scripts_of_their_owners(institute: Institute) -> None:
    for person in institute.people:
        for script, letters in SCRIPTS.items():
            name = getattr(person.names, script)
            assert re.fullmatch(f"({letters} {letters})?", name)
        assert person.names.latin
        assert person.names.devanagari or "hi" not in person.languages
        assert person.names.tamil or "ta" not in person.languages
    assert any(not person.names.tamil for person in institute.people)
    assert any(not person.names.devanagari for person in institute.people)


def test_the_scripts_of_a_name_agree(institute: Institute) -> None:
    given = {part.latin: part for part in GIVEN}
    second = {part.latin: part for part in SECOND}
    assert (len(given), len(second)) == (len(GIVEN), len(SECOND))

    for person in institute.people:
        first, last = person.names.latin.split()
        assert person.names.tamil in ("", f"{given[first].tamil} {second[last].tamil}")
        assert person.names.devanagari in ("", f"{given[first].devanagari} {second[last].devanagari}")


def test_phones_are_valid_and_addresses_can_reach_nobody(institute: Institute) -> None:
    for person in institute.people:
        phone = phonenumbers.parse(person.phone)
        assert phonenumbers.is_valid_number(phone)
        assert phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164) == person.phone
        assert person.email.endswith(".example.org")


def test_every_line_of_supervisors_leads_to_the_dean_and_reads_top_down(institute: Institute) -> None:
    seen: dict[str, int] = {}

    for person in institute.people:
        if person.post == "dean":
            depth = 0
        else:
            assert person.supervisor in seen
            depth = seen[person.supervisor] + 1
        assert not person.deputy or person.deputy in seen
        seen[person.employee_id] = depth
    assert max(seen.values()) == 4


def test_every_campus_has_speakers_of_all_languages(institute: Institute) -> None:
    first = {(person.campus, person.languages[0]) for person in institute.people if person.post == "member"}

    assert first == {(campus.code, code) for campus in institute.campuses for code in ("en", "hi", "ta")}


def test_facilitators_speak_english_and_nobody_teaches_the_cascade_yet(institute: Institute) -> None:
    assert all("en" in qualified.languages for qualified in institute.facilitators)
    assert not any(CASCADED in qualified.courses for qualified in institute.facilitators)
    assert institute.course(MASTER_TRAINER).qualifies_for == (CASCADED,)


def test_the_directory_is_a_file_that_a_spreadsheet_reads(institute: Institute) -> None:
    rows = list(csv.DictReader(io.StringIO(people_csv(institute.people))))

    assert len(rows) == 2000
    assert rows[0]["name_tamil"] == institute.people[0].names.tamil
    assert rows[7]["languages"].split() == list(institute.people[7].languages)


def test_each_actor_is_somebody_of_that_campus(institute: Institute) -> None:
    people = {person.employee_id: person for person in institute.people}

    for card in institute.actors:
        assert card.campus in (None, people[card.employee_id].campus)
    assert len({card.username for card in institute.actors}) == len(institute.actors)
