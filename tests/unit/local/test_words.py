"""Reading messages as their recipients would."""

from datetime import UTC, date, datetime

import pytest

from sangam_local.institute import reference_institute
from sangam_local.story.days import working_days, works
from sangam_local.story.words import language_of, link_in, names_time


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your place is confirmed: MK-MT 2026-12 ab12cd", "en"),
        ("Dear மீனா, your place is confirmed for the workshop in Puducherry", "en"),
        ("உங்கள் இடம் உறுதி செய்யப்பட்டது: MK-MT 2026-12 https://example.org/enrolment/v1/links?t=abcdefghijk", "ta"),
        ("आपका स्थान पक्का हो गया है: MK-MT 2026-12", "hi"),
    ],
)
def test_the_script_tells_the_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Tuesday, 8 December 2026, 09:30–15:30 IST", "en"),
        ("Dec 8, 9:30 AM", "en"),
        ("मंगलवार, 8 दिसंबर 2026, 09:30", "hi"),
        ("செவ்வாய், 8 டிசம்பர் 2026, முற்பகல் 9:30", "ta"),
    ],
)
def test_a_day_and_time_are_recognised_in_each_language(text: str, language: str) -> None:
    assert names_time(text, datetime(2026, 12, 8, 4, 0, tzinfo=UTC), language)
    assert not names_time(text, datetime(2026, 12, 18, 4, 0, tzinfo=UTC), language)
    assert not names_time(text, datetime(2026, 12, 8, 5, 0, tzinfo=UTC), language)


def test_a_link_is_found_whole() -> None:
    link = "http://127.0.0.1:8080/enrolment/v1/links?t=eyJwIjoib2ZmZXIifQ.c2lnbmF0dXJl-_x"

    assert link_in(f"Answer here: {link}\nThank you.") == link
    assert link_in("Nothing to answer.") is None


def test_working_days_leave_out_sundays_holidays_and_own_days() -> None:
    puducherry, karaikal, _ = reference_institute(2026).campuses

    assert working_days(puducherry, date(2026, 12, 24), 2) == [date(2026, 12, 26), date(2026, 12, 28)]
    assert working_days(karaikal, date(2026, 12, 24), 2) == [date(2026, 12, 24), date(2026, 12, 28)]
    assert works(puducherry, date(2027, 2, 11))
    assert not works(puducherry, date(2027, 8, 16))
