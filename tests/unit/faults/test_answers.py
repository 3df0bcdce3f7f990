"""The wire knows the decisive answer of each protocol, however the bytes are cut."""

import struct

import pytest

from tests.faults.answers import Commits, Ear, Mails, Publishes, Texts


def mongo(id: int, to: int, command: bytes) -> bytes:
    document = struct.pack("<i", 5 + len(command) + 6) + b"\x10" + command + b"\0" + struct.pack("<i", 1) + b"\0"
    body = struct.pack("<iii", id, to, Commits.OP_MSG) + struct.pack("<iB", 0, 0) + document
    return struct.pack("<i", len(body) + 4) + body


def kafka_request(key: int, id: int) -> bytes:
    body = struct.pack(">hhi", key, 9, id) + b"rest"
    return struct.pack(">i", len(body)) + body


def kafka_response(id: int) -> bytes:
    body = struct.pack(">i", id) + b"rest"
    return struct.pack(">i", len(body)) + body


def heard(ear: Ear, asked: bytes, answered: bytes, step: int) -> list[tuple[bytes, bool]]:
    for start in range(0, len(asked), step):
        ear.asked(asked[start : start + step])
    pieces = []
    for start in range(0, len(answered), step):
        pieces += list(ear.answered(answered[start : start + step]))
    return pieces


@pytest.mark.parametrize("step", [1, 3, 7, 1000])
def test_the_reply_to_a_commit(step: int) -> None:
    asked = mongo(7, 0, b"insert") + mongo(8, 0, b"commitTransaction") + mongo(9, 0, b"find")
    replies = [mongo(100, 7, b"ok"), mongo(101, 8, b"ok"), mongo(102, 9, b"ok")]

    assert heard(Commits(), asked, b"".join(replies), step) == [
        (replies[0], False), (replies[1], True), (replies[2], False)
    ]  # fmt: skip


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_the_response_to_a_publish(step: int) -> None:
    asked = kafka_request(1, 4) + kafka_request(0, 5)
    answers = [kafka_response(4), kafka_response(5)]

    assert heard(Publishes(), asked, b"".join(answers), step) == [(answers[0], False), (answers[1], True)]


@pytest.mark.parametrize("step", [1, 4, 1000])
def test_the_reply_after_the_message_and_not_the_one_to_data(step: int) -> None:
    ear = Mails()

    assert heard(ear, b"MAIL FROM:<a@x>\r\n", b"250 OK\r\n", 1000) == [(b"250 OK\r\n", False)]
    assert heard(ear, b"DATA\r\n", b"354 go on\r\n", 1000) == [(b"354 go on\r\n", False)]
    for start in range(0, len(message := b"Subject: x\r\n\r\nDATA\r\n.\r\n"), step):
        ear.asked(message[start : start + step])
    assert [*ear.answered(b"250 taken\r\n")] == [(b"250 taken\r\n", True)]
    assert heard(ear, b"RSET\r\n", b"250 OK\r\n", 1000) == [(b"250 OK\r\n", False)]


def test_the_answer_to_a_post_and_not_to_a_question() -> None:
    ear = Texts()

    assert heard(ear, b"GET /messages/1 HTTP/1.1\r\n\r\n", b"HTTP/1.1 404\r\n\r\n", 1000)[0][1] is False
    assert heard(ear, b"POST /messages HTTP/1.1\r\n\r\n{}", b"HTTP/1.1 202\r\n\r\n", 1000)[0][1] is True
