"""The domain's clock and its one offset."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from common.clock import Clock, real_now
from common.settings import Settings


def test_the_offset_is_followed_when_it_changes_and_when_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock = Clock(file)
    assert abs(clock() - real_now()) < timedelta(seconds=5)

    file.write_text("86400")
    assert timedelta(hours=23) < clock() - real_now() < timedelta(hours=25)

    (tmp_path / "next").write_text("172800.5")
    os.replace(tmp_path / "next", file)
    assert clock() - real_now() > timedelta(hours=47)

    file.unlink()
    assert abs(clock() - real_now()) < timedelta(seconds=5)


def test_times_are_what_the_database_keeps() -> None:
    assert Clock()().microsecond % 1000 == 0


def test_production_refuses_an_offset(tmp_path: Path) -> None:
    given = {
        "mongo_url": "mongodb://x", "kafka_brokers": "x", "api_port": 1, "worker_port": 2, "token_issuers": [],
        "public_url": "http://x", "clock_offset_file": tmp_path / "offset",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="clock offset"):
        Settings(**given, profile="production")
    assert Settings(**given, profile="local").clock_offset_file
