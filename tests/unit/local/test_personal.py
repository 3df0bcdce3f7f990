"""The searcher finds people in whatever way they may have leaked, else its silence would mean nothing."""

import json

import pytest

from sangam_local.institute import reference_institute
from tests.support.personal import Personal

PEOPLE = reference_institute(2026).people
PERSON = next(person for person in PEOPLE if person.names.tamil and person.names.devanagari)


@pytest.mark.parametrize(
    "text",
    [
        f"hello {PERSON.names.latin}, welcome",
        f'{{"name": "{PERSON.names.tamil}"}}',
        json.dumps({"name": PERSON.names.tamil}),
        json.dumps({"name": PERSON.names.devanagari}),
        f"RCPT TO:<{PERSON.email}>",
        f"GET /people?email={PERSON.email.replace('@', '%40')}",
        f"to={PERSON.phone}",
        f"to={PERSON.phone.replace('+', '%2B')}",
        f"phone {PERSON.phone[3:8]} {PERSON.phone[8:]}",
        f"GET /people?q={PERSON.names.latin.replace(' ', '+')}",
    ],
)
def test_a_person_is_recognised(text: str) -> None:
    assert len(Personal(PEOPLE).found_in(text)) == 1


def test_others_are_not() -> None:
    text = 'PDY0001 sangam@training.example 1795269000012345 {"id": "0190f1a2-9000-7000-8000-900000000123"}'

    assert Personal(PEOPLE).found_in(text) == set()
