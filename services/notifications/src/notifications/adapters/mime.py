"""Messages in bytes (RFC 5322, 2045, 2047, 6047), put together by hand: EmailMessage costs a millisecond each."""

from base64 import encodebytes
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr

from notifications.domain.errors import UnsafeHeader


@dataclass(frozen=True, slots=True)
class Invitation:
    method: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`token` makes the boundaries; it must not change between attempts."""

    sender: str
    to: str
    to_name: str
    subject: str
    message_id: str
    at: datetime
    language: str
    text: str
    html: str
    invitations: Sequence[Invitation] = ()
    token: str


def to_bytes(message: Message) -> bytes:
    """Text and HTML, with the first invitation, as alternatives; further invitations beside them.

    Raises UnsafeHeader.
    """
    first, rest = message.invitations[:1], message.invitations[1:]
    parts = [_text("plain", message.text), _text("html", message.html), *(_calendar(i) for i in first)]
    body = _multipart("alternative", f"alt_{message.token}", parts)
    if rest:
        attached = [_calendar(invitation, f"session-{n}.ics") for n, invitation in enumerate(rest, 2)]
        body = _multipart("mixed", f"mix_{message.token}", [body, *attached])
    return _headers(message) + body


def _headers(message: Message) -> bytes:
    lines = [
        f"From: {_mailbox('Sangam', message.sender)}",
        f"To: {_mailbox(message.to_name, message.to)}",
        f"Subject: {_encoded(message.subject)}",
        f"Message-ID: {safe(message.message_id)}",
        f"Date: {format_datetime(message.at.replace(microsecond=0))}",
        "MIME-Version: 1.0",
        "Auto-Submitted: auto-generated",
        f"Content-Language: {safe(message.language)}",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _mailbox(name: str, address: str) -> str:
    """The display name as encoded words when it is not plain ASCII."""
    return formataddr((safe(name), safe(address))) if name.isascii() else f"{_encoded(name)} <{safe(address)}>"


def _encoded(value: str) -> str:
    """Words of at most 75 characters on lines of their own (RFC 2047), each of whole characters."""
    text = safe(value)
    if text.isascii() and len(text) < 60:
        return text
    words, word = [], b""
    for character in text:
        raw = character.encode()
        if len(word) + len(raw) > 45:
            words.append(word)
            word = b""
        word += raw
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(word, newline=False).decode()}?=" for word in (*words, word))


def safe(value: str) -> str:
    """Raises UnsafeHeader."""
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise UnsafeHeader()
    return value


def _text(subtype: str, text: str) -> bytes:
    return _part(f'text/{subtype}; charset="utf-8"', text.replace("\r\n", "\n").replace("\n", "\r\n").encode())


def _calendar(invitation: Invitation, filename: str | None = None) -> bytes:
    kind = f'text/calendar; charset="utf-8"; method={safe(invitation.method)}'
    if filename is None:
        return _part(kind, invitation.content)
    disposition = f'Content-Disposition: attachment; filename="{safe(filename)}"\r\n'.encode()
    return disposition + _part(f'{kind}; name="{safe(filename)}"', invitation.content)


def _part(kind: str, content: bytes) -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    return head + encodebytes(content).replace(b"\n", b"\r\n")


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Base64 has no underscore, so no part can hold the boundary."""
    line = b"--" + boundary.encode()
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"
