"""The page behind an action link: says what it is about, and asks by buttons. Works without scripts."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from common.http import status_of
from common.problem import Problem
from enrolment.api.link_words import words_in
from enrolment.application.queries import LinkView, SessionView
from enrolment.domain.links import ACTS, Purpose

_TEMPLATES = Environment(loader=PackageLoader("enrolment.api"), autoescape=True, undefined=StrictUndefined)
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}


def ask(purpose: Purpose, view: LinkView, token: str) -> HTMLResponse:
    """What was answered before is said, and not asked again."""
    said = view.answered
    return _page(view.language, purpose, 200, about=view, said=said, token=None if said else token)


def thank(purpose: Purpose, view: LinkView, act: str) -> HTMLResponse:
    return _page(view.language, purpose, 200, about=view, said=act)


def refuse(problem: Problem, purpose: Purpose | None = None, view: LinkView | None = None) -> HTMLResponse:
    """In words of the person's language; the status is that of the problem."""
    language = view.language if view else "en"
    return _page(language, purpose, status_of(type(problem)), about=view, wrong=problem.slug)


def _page(
    language: str,
    purpose: Purpose | None,
    status: int,
    *,
    about: LinkView | None = None,
    said: str | None = None,
    wrong: str | None = None,
    token: str | None = None,
) -> HTMLResponse:
    language, words = words_in(language)
    page = _TEMPLATES.get_template("link.html.j2").render(
        language=language,
        words=words,
        title=words[purpose] if purpose else words["link-invalid"],
        said=words[f"said_{said}"] if said else None,
        wrong=(words.get(wrong) or words["problem"]) if wrong else None,
        about=_about(about, language) if about else None,
        token=token,
        acts=ACTS[purpose] if purpose else None,
    )
    return HTMLResponse(page, status, _HEADERS)


def _about(view: LinkView, language: str) -> dict[str, Any]:
    zone = view.sessions[0].zone if view.sessions else "UTC"
    return {
        "course": view.course_titles.get(language)
        or view.course_titles.get("en")
        or next(iter(view.course_titles.values())),
        "label": view.label,
        "sessions": [_session(session) for session in view.sessions],
        "deadline": _moment(view.deadline, zone) if view.deadline and not view.answered else None,
    }


def _session(session: SessionView) -> str:
    end = session.end.astimezone(ZoneInfo(session.zone))
    return f"{_moment(session.start, session.zone, label=False)}–{end:%H:%M} {end.tzname()}"


def _moment(at: datetime, zone: str, *, label: bool = True) -> str:
    """S-14: in the venue's zone, with its label."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%d.%m.%Y %H:%M}" + (f" {local.tzname()}" if label else "")
