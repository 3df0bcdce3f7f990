"""Payloads are written down in words that readers of JSON know."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from common.event import Part
from docs.generate.events import in_words


class Mark(Part):
    """One person in one session."""


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (UUID, "UUID"),
        (datetime | None, "instant or null"),
        (list[date], "list of date"),
        (dict[str, int], "integer by text"),
        (list[Mark], "list of [Mark](#mark)"),
    ],
)
def test_a_type_is_said_in_words(annotation: Any, words: str) -> None:
    assert in_words(annotation) == words


def test_a_type_without_a_word_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        in_words(complex)
