"""How people can be reached, in one spelling (N-02)."""

import re

import phonenumbers

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_EMAIL = re.compile(rf"[^@\s\"(),:;<>\[\]\\]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")


class BadContact(ValueError):
    """Says which column; never what it held."""


def phone(text: str, region: str = "IN") -> str | None:
    """E.164, from +91, 0 or bare spellings. Raises BadContact."""
    if not text:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise BadContact("phone") from None
    if not phonenumbers.is_possible_number(number):
        raise BadContact("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str | None:
    """Lower case throughout: nobody here tells addresses apart by case. Raises BadContact."""
    if not text:
        return None
    address = text.lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise BadContact("email")
    return address
