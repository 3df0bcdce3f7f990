"""Every template in every language: complete, rendered, and its SMS within what its purpose may cost."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from notifications.adapters.previews import Previews, example
from notifications.adapters.templates import Catalogue
from notifications.adapters.writer import LetterWriter
from notifications.domain.errors import TooManySegments, UnknownTemplate
from notifications.domain.purposes import PURPOSES
from notifications.domain.segments import cost
from notifications.domain.words import LANGUAGES, Language

from .world import WRITER, parsed, text_of

URL = "https://sangam.example.org"
PREVIEWS = Previews(WRITER, URL)
EVERY = [(purpose, language) for purpose in PURPOSES for language in LANGUAGES]
BECAUSE = (
    "",
    "withdrawn",
    "reconfirmation-declined",
    "started",
    "offer-refused",
    "reconfirmation-silent",
    "requeued",
    "nomination-refused",
)
SCRIPTS = {"en": re.compile("[A-Za-z]"), "hi": re.compile("[\u0900-\u097f]"), "ta": re.compile("[\u0b80-\u0bff]")}


@pytest.mark.rule("M-08")
@pytest.mark.parametrize(("purpose", "language"), EVERY)
def test_every_template_is_written_in_its_language(purpose: str, language: Language) -> None:
    letter = example(purpose, language, URL)

    mail = parsed(WRITER.email(letter))

    for text in (str(mail["Subject"]), text_of(mail), text_of(mail, "html")):
        assert "{{" not in text
        assert "None" not in text
        assert SCRIPTS[language].search(text)
    assert letter.course in text_of(mail)
    assert letter.label in text_of(mail)


@pytest.mark.parametrize(("purpose", "language"), EVERY)
def test_every_condition_of_a_template_renders(purpose: str, language: Language) -> None:
    letter = example(purpose, language, URL)
    bare = dataclasses.replace(letter, meetings=(), deadline=None, rank=None, label="", link=None)

    for because in BECAUSE:
        for facilitator in (True, False):
            for one in (letter, bare):
                varied = dataclasses.replace(one, because=because, facilitator=facilitator, state="requested")
                assert WRITER.rendered(varied).text.strip()


@pytest.mark.rule("M-07")
@pytest.mark.parametrize(
    ("purpose", "language"), [(p, language) for p, language in EVERY if "sms" in PURPOSES[p].channels]
)
def test_an_sms_keeps_to_its_segments_and_shows_its_link(purpose: str, language: Language) -> None:
    letter = example(purpose, language, URL)

    text = WRITER.sms(letter)

    limit = 3 if language == "en" or letter.link is None else PURPOSES[purpose].segments
    assert cost(text).segments <= limit
    assert cost(text).encoding == ("GSM-7" if language == "en" else "UCS-2")
    if letter.link:
        assert letter.link in text


def test_a_title_that_is_too_long_for_an_sms_is_cut() -> None:
    letter = dataclasses.replace(example("confirmed", "ta", URL), course="பயிற்சி " * 60)

    assert cost(WRITER.sms(letter)).segments <= 3


def test_a_text_that_cannot_be_made_to_fit_is_refused() -> None:
    letter = dataclasses.replace(example("offered", "ta", URL), link="https://example.org/" + "x" * 500)

    with pytest.raises(TooManySegments):
        WRITER.sms(letter)


@pytest.mark.parametrize(("purpose", "language"), EVERY)
def test_a_preview_shows_what_would_be_sent_and_its_cost(purpose: str, language: str) -> None:
    preview = PREVIEWS.preview(purpose, language)

    assert preview.subject
    assert (preview.sms is not None) == ("sms" in PURPOSES[purpose].channels)
    assert (preview.segments > 0) == (preview.sms is not None)


@pytest.mark.parametrize(("purpose", "language"), [("confirmed", "fr"), ("unheard", "en")])
def test_an_unknown_template_is_not_found(purpose: str, language: str) -> None:
    with pytest.raises(UnknownTemplate):
        PREVIEWS.preview(purpose, language)


def test_what_people_wrote_is_text_and_never_markup() -> None:
    letter = dataclasses.replace(example("waitlisted", "en", URL), name="<script>alert(1)</script>", label="<b>")

    html = WRITER.rendered(letter).html

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_template_code_in_a_name_is_not_run() -> None:
    letter = dataclasses.replace(example("waitlisted", "en", URL), name="{{ 7 * 7 }}")

    assert "{{ 7 * 7 }}" in WRITER.rendered(letter).text


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_says_its_language_and_names_its_rows(language: Language) -> None:
    outline = _Outline()
    outline.feed(WRITER.rendered(example("offered", language, URL)).html)

    found = [tag for tag, _ in outline.tags]
    assert dict(outline.tags)["html"]["lang"] == language
    assert found.count("h1") == 1
    assert all(attributes.get("scope") == "row" for tag, attributes in outline.tags if tag == "th")
    assert [attributes["href"] for tag, attributes in outline.tags if tag == "a"]


def test_a_catalogue_is_complete_or_does_not_start() -> None:
    assert LetterWriter(Catalogue(), "sangam@training.example")
