"""Dates as people read them: in their language, in the venue's zone with its label (S-14)."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

from notifications.domain.words import Language

_LOCALES: dict[Language, str] = {"en": "en_IN", "hi": "hi_IN", "ta": "ta_IN"}


@lru_cache(4096)
def moment(at: datetime, zone: str, language: Language) -> str:
    """Monday, 2 March 2026, 09:30 IST"""
    local = at.astimezone(ZoneInfo(zone))
    return f"{_day(local, language)}, {local:%H:%M} {_label(local)}"


@lru_cache(4096)
def span(start: datetime, end: datetime, zone: str, language: Language) -> str:
    """Monday, 2 March 2026, 09:30–12:30 IST; with both days when it ends on another."""
    first, last = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{_day(last, language)}, {last:%H:%M}"
    return f"{_day(first, language)}, {first:%H:%M}–{until} {_label(first)}"


@lru_cache(4096)
def short(at: datetime, zone: str, language: Language) -> str:
    """Mon 2 Mar 09:30, for an SMS."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{format_date(local, 'EEE d MMM', locale=_LOCALES[language])} {local:%H:%M}"


def _day(local: datetime, language: Language) -> str:
    return format_date(local, "full", locale=_LOCALES[language])


def _label(local: datetime) -> str:
    """IST where the zone has a name for itself, else the offset."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name
