"""How a text travels as SMS: its alphabet and in how many parts it is billed (3GPP TS 23.038 and 23.040)."""

from collections.abc import Iterator
from typing import NamedTuple

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")


class Split(NamedTuple):
    """`encoding` is GSM-7 or UCS-2."""

    encoding: str
    segments: int


def split(text: str) -> Split:
    """160 septets or 70 two-byte units fit alone; joined parts carry a header and hold 153 or 67."""
    if all(letter in _BASIC or letter in _EXTENSION for letter in text):
        return Split("GSM-7", _parts([2 if letter in _EXTENSION else 1 for letter in text], 160, 153))
    return Split("UCS-2", _parts([len(letter.encode("utf-16-be")) // 2 for letter in text], 70, 67))


def _parts(widths: list[int], alone: int, joined: int) -> int:
    return 1 if sum(widths) <= alone else sum(1 for _ in _filled(widths, joined))


def _filled(widths: list[int], room: int) -> Iterator[int]:
    """What each part holds; a letter of two units is never cut in half."""
    used = 0
    for width in widths:
        if used + width > room:
            yield used
            used = 0
        used += width
    yield used
