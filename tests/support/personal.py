"""Finds the people of the reference institute in any text: names in three scripts, addresses, phones, escaped too."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from urllib.parse import unquote_plus

from sangam_local.institute import Person

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_WORD = re.compile(r"[^\s\"'<>,;:=&{}\[\]()\\/+|]+")
_ADDRESS = re.compile(r"[\w.]+@[\w.]+")
_PHONE = re.compile(r"(?<![\w.])(?:\+?91|0)?[\s-]?(90000[\s-]?\d{5})(?![\w])")


class Personal:
    """Who could be recognised, by what."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.names: set[str] = set()
        self.addresses: set[str] = set()
        self.phones: set[str] = set()
        for person in people:
            self.names |= {person.names.latin, person.names.devanagari, person.names.tamil} - {""}
            self.addresses.add(person.email)
            self.phones.add(person.phone.removeprefix("+91"))

    def found_in(self, text: str) -> set[str]:
        """What is there, as text, as escaped JSON, or as part of a URL."""
        plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
        return {what for form in {plain, unquote_plus(plain)} for what in self._in(form)}

    def _in(self, text: str) -> Iterator[str]:
        yield from self.addresses.intersection(match.lower() for match in _ADDRESS.findall(text))
        yield from self.phones.intersection(re.sub(r"\D", "", match) for match in _PHONE.findall(text))
        yield from self.names.intersection(map(" ".join, pairwise(_WORD.findall(text))))
