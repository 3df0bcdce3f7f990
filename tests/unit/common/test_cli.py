"""What a worker leaves in its log when it ends by itself."""

import json
import subprocess
import sys

import pytest

FAILING = """
from common import cli
from common.settings import Settings


class Bad:
    async def run(self, host, port, stop):
        raise ValueError("meena@example.org")


read = lambda: Settings(mongo_url="", kafka_brokers="", api_port=1, worker_port=2, token_issuers=[], public_url="")
none = dict(api=None, setup=None, parking=None, rebuild=None)
cli.commands("things", read, worker=lambda _: Bad(), **none)(["worker"])
"""


@pytest.mark.rule("P-02")
def test_a_worker_that_ends_by_itself_says_where_in_one_line_of_json_and_not_what_the_error_said() -> None:
    """It left a page of boxes around its source and the error's text."""
    ended = subprocess.run([sys.executable, "-c", FAILING], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr == ""
    [line] = map(json.loads, ended.stdout.splitlines())
    assert (line["event"], line["error"], line["process"]) == ("worker.ended", "ValueError", "worker")
    assert " run" in line["at"]
    assert "meena" not in ended.stdout
