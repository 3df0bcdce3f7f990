"""How a story says what is wrong: one clear sentence, never a bare comparison."""

from collections.abc import Collection, Hashable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


class StoryFault(AssertionError):
    """Sangam did something else than what the file, the shares and the rules ask for."""


def expect(condition: object, sentence: str) -> None:
    if not condition:
        raise StoryFault(sentence)


def same(found: object, expected: object, what: str) -> None:
    if found != expected:
        raise StoryFault(f"{what}: expected {expected}, found {found}")


def same_set(found: Collection[T], expected: Collection[T], what: str) -> None:
    """Names what is missing, what is too much, and what is there twice."""
    if len(found) != len(set(found)):
        twice = sorted({str(one) for one in found if list(found).count(one) > 1})
        raise StoryFault(f"{what}: twice: {', '.join(twice[:5])}")
    missing, extra = set(expected) - set(found), set(found) - set(expected)
    if missing or extra:
        raise StoryFault(
            f"{what}: expected {len(expected)}, found {len(found)}; "
            f"missing {sorted(map(str, missing))[:5]}, not expected {sorted(map(str, extra))[:5]}"
        )
