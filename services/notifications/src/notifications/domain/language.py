"""M-08: in which language and script someone is written to."""

from collections.abc import Iterable, Mapping

from notifications.domain.words import LANGUAGES, Language

_SCRIPTS: Mapping[Language, str] = {"en": "latin", "hi": "devanagari", "ta": "tamil"}


def choose(person: Iterable[str], campus: Iterable[str]) -> Language:
    """The first language of the person that we write, then of the campus, then English."""
    for wanted in (*person, *campus):
        for ours in LANGUAGES:
            if wanted == ours:
                return ours
    return "en"


def name_in(names: Mapping[str, str], language: Language) -> str:
    """A name as its owner writes it in that script, else in Latin letters; never transliterated (C-02)."""
    return names.get(_SCRIPTS[language]) or names.get("latin") or next(iter(names.values()), "")


def text_in(texts: Mapping[str, str], language: Language) -> str:
    """A label in that language, else in English, else in whichever there is."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
