"""What libraries log comes out as ours does: JSON lines that quote nobody."""

import json
import logging
import sys

import pytest

from common.telemetry import JsonLines


@pytest.mark.rule("P-02")
def test_a_library_s_line_is_json_and_keeps_its_arguments_and_the_error_s_text_to_itself() -> None:
    try:
        raise ValueError("meena@example.org")
    except ValueError:
        record = logging.LogRecord(
            "asyncio", logging.ERROR, "x.py", 1, "Lost %s\nat length: meena@example.org", ("Meena",), sys.exc_info()
        )

    line = JsonLines("enrolment", "worker").format(record)

    said = json.loads(line)
    assert (said["event"], said["logger"], said["level"], said["error"]) == (
        "Lost %s",
        "asyncio",
        "error",
        "ValueError",
    )
    assert (said["service"], said["process"]) == ("enrolment", "worker")
    assert "eena" not in line
