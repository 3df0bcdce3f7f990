"""The three campuses: names, languages, working weeks, quiet hours and days of their own."""

from collections.abc import Sequence
from datetime import date

from sangam_local.institute.model import Campus, OwnDay

PREFIX = {"puducherry": "PDY", "karaikal": "KKL", "yanam": "YNM"}
SIZE = {"puducherry": 1200, "karaikal": 450, "yanam": 350}

_DAYS: dict[str, Sequence[tuple[int, int, str, str]]] = {
    "puducherry": [
        (7, 13, "Foundation Day of the institute", "closed"),
        (2, 21, "Birth anniversary of the Mother of Auroville", "restricted"),
        (12, 24, "Christmas Eve", "half"),
    ],
    "karaikal": [
        (7, 1, "Mangani festival", "closed"),
        (2, 11, "Kanduri festival", "restricted"),
    ],
    "yanam": [
        (6, 13, "Yanam Day", "closed"),
        (1, 13, "Bhogi", "half"),
    ],
}
_NAMES = {
    "puducherry": {"en": "Puducherry", "hi": "पुदुच्चेरी", "ta": "புதுச்சேரி"},
    "karaikal": {"en": "Karaikal", "hi": "कारैक्काल", "ta": "காரைக்கால்"},
    "yanam": {"en": "Yanam", "hi": "यनम", "ta": "ஏனாம்"},
}
_LANGUAGES = {
    "puducherry": ("ta", "en", "hi"),
    "karaikal": ("ta", "en", "hi"),
    "yanam": ("en", "hi", "ta"),
}
_WORKING_WEEK = {
    "puducherry": (1, 2, 3, 4, 5, 6),
    "karaikal": (1, 2, 3, 4, 5),
    "yanam": (1, 2, 3, 4, 5, 6),
}


def campuses(years: Sequence[int]) -> tuple[Campus, ...]:
    """Gazetted holidays are not listed here: scheduling takes them from the region, for any year."""
    return tuple(
        Campus(
            code=code,
            names=_NAMES[code],
            zone="Asia/Kolkata",
            languages=_LANGUAGES[code],
            working_week=_WORKING_WEEK[code],
            quiet_hours=("21:00", "07:00"),
            region=("IN", "PY"),
            own_days=tuple(
                OwnDay(date(year, month, day), name, kind)  # type: ignore[arg-type]
                for year in years
                for month, day, name, kind in _DAYS[code]
            ),
        )
        for code in PREFIX
    )
