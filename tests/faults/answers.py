"""Tells on each wire which answer belongs to a decisive operation: a commit, a publish, a mail, an SMS.

As little of each protocol as that takes: MongoDB's OP_MSG, Kafka's frames, RFC 5321's DATA, HTTP/1.1.
"""

import struct
from collections.abc import Iterator
from typing import Protocol

Piece = tuple[bytes, bool]


class Ear(Protocol):
    """Listens to one connection."""

    def asked(self, data: bytes) -> None:
        """Bytes from the client, in order."""
        ...

    def answered(self, data: bytes) -> Iterator[Piece]:
        """The server's bytes that may go on now, in pieces, each with whether it answers a decisive operation."""
        ...


class _Frames:
    """Cuts a stream into its length-prefixed frames; `extra` is what the length does not count."""

    def __init__(self, size: struct.Struct, extra: int) -> None:
        self._size, self._extra, self._rest = size, extra, bytearray()

    def cut(self, data: bytes) -> Iterator[bytes]:
        self._rest += data
        while len(self._rest) >= 4:
            length = self._size.unpack_from(self._rest)[0] + self._extra
            if len(self._rest) < length:
                return
            yield bytes(self._rest[:length])
            del self._rest[:length]


class Commits:
    """MongoDB: the reply to `commitTransaction`."""

    OP_MSG = 2013

    def __init__(self) -> None:
        size = struct.Struct("<i")
        self._questions, self._answers = _Frames(size, 0), _Frames(size, 0)
        self._awaited: set[int] = set()

    def asked(self, data: bytes) -> None:
        for frame in self._questions.cut(data):
            id, _, op = struct.unpack_from("<iii", frame, 4)
            # 16 bytes of header, 4 of flags, 1 of kind, then a document: 4 of length, 1 of type, the command's name.
            if op == self.OP_MSG and frame[26:].startswith(b"commitTransaction\0"):
                self._awaited.add(id)

    def answered(self, data: bytes) -> Iterator[Piece]:
        for frame in self._answers.cut(data):
            to = struct.unpack_from("<i", frame, 8)[0]
            decisive = to in self._awaited
            self._awaited.discard(to)
            yield frame, decisive


class Publishes:
    """Kafka: the response to a Produce request."""

    PRODUCE = 0

    def __init__(self) -> None:
        size = struct.Struct(">i")
        self._questions, self._answers = _Frames(size, 4), _Frames(size, 4)
        self._awaited: set[int] = set()

    def asked(self, data: bytes) -> None:
        for frame in self._questions.cut(data):
            key, _, id = struct.unpack_from(">hhi", frame, 4)
            if key == self.PRODUCE:
                self._awaited.add(id)

    def answered(self, data: bytes) -> Iterator[Piece]:
        for frame in self._answers.cut(data):
            id = struct.unpack_from(">i", frame, 4)[0]
            decisive = id in self._awaited
            self._awaited.discard(id)
            yield frame, decisive


class Mails:
    """SMTP: the reply after the message itself, which is when the server has taken it."""

    END = b"\r\n.\r\n"

    def __init__(self) -> None:
        self._line = b""
        self._tail = b""
        self._in_data = self._complete = False

    def asked(self, data: bytes) -> None:
        if self._in_data:
            self._tail = (self._tail + data)[-(len(self.END) + len(data)) :]
            if self.END in self._tail:
                self._in_data, self._complete, self._tail = False, True, b""
            else:
                self._tail = self._tail[-len(self.END) :]
            return
        self._line = (self._line + data)[-16:]
        if self._line.upper().endswith(b"DATA\r\n"):
            self._in_data, self._line, self._tail = True, b"", b"\r\n"

    def answered(self, data: bytes) -> Iterator[Piece]:
        decisive, self._complete = self._complete, False
        yield data, decisive


class Texts:
    """HTTP to the SMS provider: the answer to a POST."""

    def __init__(self) -> None:
        self._posting = False

    def asked(self, data: bytes) -> None:
        if data.startswith((b"POST ", b"GET ")):
            self._posting = data.startswith(b"POST ")

    def answered(self, data: bytes) -> Iterator[Piece]:
        decisive, self._posting = self._posting, False
        yield data, decisive
