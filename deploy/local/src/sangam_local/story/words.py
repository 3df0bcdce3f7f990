"""Reads a message as its recipient would: which language it is in, which days and times it names, which link it has."""

import re
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

ZONE = ZoneInfo("Asia/Kolkata")
_NOT_PROSE = re.compile(r"https?://\S+|\S+@\S+")
_LINK = re.compile(r"https?://[^\s\"'<>]+/enrolment/v1/links\?t=[A-Za-z0-9_.~%-]+")
_DAY_PATTERNS = ("d MMMM", "d MMM", "MMMM d", "MMM d")


def language_of(text: str) -> str:
    """By script: a Tamil or Hindi message keeps codes and names in Latin, an English one has hardly another script."""
    scripts = Counter(map(_script, _NOT_PROSE.sub(" ", text)))
    letters = scripts["ta"] + scripts["hi"] + scripts["en"]
    for language in ("ta", "hi"):
        if scripts[language] > 0.25 * letters:
            return language
    return "en"


def _script(character: str) -> str:
    if "\u0b80" <= character <= "\u0bff":
        return "ta"
    if "\u0900" <= character <= "\u097f":
        return "hi"
    return "en" if character.isascii() and character.isalpha() else ""


def names_time(text: str, at: datetime, language: str) -> bool:
    """Whether the text names this instant's day and local time, in one of the usual ways of its language."""
    local = at.astimezone(ZONE)
    days = {format_date(local.date(), format=pattern, locale=language) for pattern in _DAY_PATTERNS}
    clock = rf"(?<!\d)0?{local.hour}:{local.minute:02}|(?<!\d)0?{local.hour % 12 or 12}:{local.minute:02}"
    return any(re.search(rf"(?<!\d){re.escape(day)}(?!\d)", text) for day in days) and bool(re.search(clock, text))


def link_in(text: str) -> str | None:
    found = _LINK.search(text)
    return found.group() if found else None
