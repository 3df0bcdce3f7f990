"""Every template with example values, as it would be sent: no name in it is anybody's."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from notifications.adapters.writer import LetterWriter
from notifications.application.letter import Letter, Meeting
from notifications.application.queries import TemplatePreview, TemplateRow
from notifications.domain.errors import UnknownTemplate
from notifications.domain.purposes import PURPOSES, Purpose
from notifications.domain.segments import cost
from notifications.domain.timetable import Site, Slot
from notifications.domain.words import LANGUAGES, Language

_NOTICE = UUID("01890000-0000-7000-8000-000000000001")
_AT = datetime(2026, 2, 20, 4, 30, tzinfo=UTC)
_WORDS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("Example Person", "Karmayogi master trainer workshop", "First day", "Puducherry"),
    "hi": ("उदाहरण व्यक्ति", "कर्मयोगी मास्टर प्रशिक्षक कार्यशाला", "पहला दिन", "पुदुच्चेरी"),
    "ta": ("எடுத்துக்காட்டு நபர்", "கர்மயோகி முதன்மைப் பயிற்சியாளர் பயிலரங்கம்", "முதல் நாள்", "புதுச்சேரி"),
}


class Previews:
    def __init__(self, writer: LetterWriter, public_url: str) -> None:
        self._writer, self._public_url = writer, public_url

    def list(self) -> Sequence[TemplateRow]:
        return [TemplateRow(purpose, list(LANGUAGES), list(PURPOSES[purpose].channels)) for purpose in sorted(PURPOSES)]

    def preview(self, purpose: str, language: str) -> TemplatePreview:
        """Raises UnknownTemplate."""
        known = next((one for one in LANGUAGES if one == language), None)
        if purpose not in PURPOSES or known is None:
            raise UnknownTemplate(purpose=purpose[:80], language=language[:20])
        letter = example(purpose, known, self._public_url)
        rendered = self._writer.rendered(letter)
        sms = self._writer.sms(letter) if "sms" in PURPOSES[purpose].channels else None
        paid = cost(sms) if sms else None
        return TemplatePreview(
            rendered.subject,
            rendered.text,
            rendered.html,
            sms,
            paid.segments if paid else 0,
            paid.encoding if paid else None,
        )


def example(purpose: str, language: Language, public_url: str) -> Letter:
    rule = PURPOSES[purpose]
    name, course, part, campus = _WORDS[language]
    link = None
    if rule.action:
        link = f"{public_url}/enrolment/v1/links?t={'x' * 107}.{'x' * 86}"
    elif purpose == "certificate_issued":
        link = f"{public_url}/enrolment/v1/certificates/verify?code=EXAMPLE"
    return Letter(
        id=f"{_NOTICE}.email",
        notice_id=_NOTICE,
        purpose=purpose,
        language=language,
        at=_AT,
        email="person@example.org",
        phone="+910000000000",
        name=name,
        trainee=name,
        course=course,
        code="EX-1",
        label="2026-1",
        campus=campus,
        meetings=_meetings(rule, part, campus),
        deadline=_AT + timedelta(days=2),
        zone="Asia/Kolkata",
        rank=3,
        state="confirmed",
        link=link,
        segments=rule.segments,
    )


def _meetings(rule: Purpose, part: str, campus: str) -> tuple[Meeting, ...]:
    if rule.sessions == "none":
        return ()
    start = _AT + timedelta(days=10)
    slot = Slot(start, start + timedelta(hours=3), "Asia/Kolkata", Site("puducherry", "R1"))
    was = slot._replace(start=start - timedelta(days=1), end=slot.end - timedelta(days=1))
    return (
        Meeting(
            title=part,
            slot=slot,
            venue=f"R1, {campus}",
            was=was if rule.sessions == "changed" else None,
            was_venue=f"R1, {campus}" if rule.sessions == "changed" else "",
            uid=None if rule.sessions == "shown" else f"{_NOTICE}.{_NOTICE}@sangam",
            cancelled=rule.sessions == "cancelled",
        ),
    )
