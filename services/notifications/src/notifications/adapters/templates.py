"""Texts per purpose and language, kept beside this package's code as TOML, rendered in a sandbox."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.domain.errors import UnknownTemplate
from notifications.domain.purposes import PURPOSES
from notifications.domain.words import LANGUAGES, Language

_HERE = files("notifications") / "templates"


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of one purpose in one language, compiled."""

    subject: Template
    title: Template
    body: Sequence[Template]
    action: Template | None
    sms: Template | None


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


class Catalogue:
    """All texts, compiled once. Raises ValueError for a purpose that lacks a language or a channel it needs (M-08)."""

    def __init__(self) -> None:
        plain = _environment(autoescape=False)
        page = _environment(autoescape=True)
        self._text = plain.from_string(_read("layout.txt.j2"))
        self._html = page.from_string(_read("layout.html.j2"))
        self.words: Mapping[str, Mapping[str, str]] = tomllib.loads(_read("words.toml"))
        self._wordings = {
            (purpose, language): _wording(plain, purpose, language) for purpose in PURPOSES for language in LANGUAGES
        }

    def wording(self, purpose: str, language: str) -> Wording:
        for known in LANGUAGES:
            if known == language and (purpose, known) in self._wordings:
                return self._wordings[purpose, known]
        raise UnknownTemplate(purpose=purpose[:80], language=language[:20])

    def email(self, purpose: str, language: Language, values: Mapping[str, Any]) -> Rendered:
        wording = self.wording(purpose, language)
        page = {
            **values,
            "w": self.words[language],
            "language": language,
            "title": wording.title.render(values),
            "paragraphs": [text for template in wording.body if (text := template.render(values).strip())],
            "action": wording.action.render(values) if wording.action and values["link"] else None,
        }
        subject = " ".join(wording.subject.render(values).split())
        return Rendered(subject, self._text.render(page), self._html.render(page))

    def sms(self, purpose: str, language: Language, values: Mapping[str, Any]) -> str | None:
        template = self.wording(purpose, language).sms
        return " ".join(template.render(values).split()) if template else None


def _environment(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _texts(purpose: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(_read(f"{purpose}.toml"))


def _wording(environment: ImmutableSandboxedEnvironment, purpose: str, language: Language) -> Wording:
    texts = _texts(purpose).get(language)
    if texts is None or ("sms" in PURPOSES[purpose].channels) != ("sms" in texts):
        raise ValueError(f"template {purpose}: {language} is missing, or has other channels than its purpose")
    return Wording(
        subject=environment.from_string(texts["subject"]),
        title=environment.from_string(texts["title"]),
        body=[environment.from_string(paragraph) for paragraph in texts["body"]],
        action=environment.from_string(texts["action"]) if "action" in texts else None,
        sms=environment.from_string(texts["sms"]) if "sms" in texts else None,
    )


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
