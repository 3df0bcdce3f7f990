"""Runs named tests in a copy of the checkout and says how each ended, from pytest's own report."""

import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element, parse

from tests.mutants.checkout import Checkout

TIMEOUT_S, LAST_WORDS_S = 180, 60
RAISED_AT = re.compile(r"^(\S+\.py):\d+: (\w+)$", re.MULTILINE)
Ending = Literal["passed", "assertion", "other"]


@dataclass(frozen=True, slots=True)
class Ended:
    """`assertion`: one of the test's own, in the test's own file. `said` is the first line of what it said."""

    how: Ending
    said: str = ""


def run(copy: Checkout, tests: Sequence[str]) -> Mapping[str, Ended]:
    """By node id. A test that the report does not have ended otherwise."""
    report = copy.root / "report.xml"
    options = ["-p", "no:randomly", "-p", "no:cacheprovider", f"--junitxml={report}"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    pytest = subprocess.Popen(
        command, cwd=copy.root, env=copy.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        pytest.wait(TIMEOUT_S)
    except subprocess.TimeoutExpired:
        _end(pytest)
        return {test: Ended("other", f"no end within {TIMEOUT_S} s") for test in tests}
    return _read(report, tests)


def _end(pytest: subprocess.Popen[bytes]) -> None:
    """Its fixtures take down what they started, when they are let."""
    pytest.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        pytest.wait(LAST_WORDS_S)
    pytest.kill()
    pytest.wait()


def _read(report: Path, tests: Sequence[str]) -> Mapping[str, Ended]:
    cases = [*parse(report).iter("testcase")] if report.exists() else []
    errors = [str(error.get("message")) for case in cases for error in case.iter("error")]
    by_name = {f"{case.get('classname')}::{case.get('name')}": case for case in cases}
    missing = Ended("other", _first_line(errors[0]) if errors else "it did not run")
    named = {test: by_name.get(test.replace(".py::", "::").replace("/", ".")) for test in tests}
    return {test: missing if case is None else _ending(test, case) for test, case in named.items()}


def _ending(test: str, case: Element) -> Ended:
    said = [*case]
    failure = case.find("failure")
    if failure is None or case.find("error") is not None:
        others = [part for part in said if part.tag in ("error", "failure", "skipped")]
        return Ended("other", _first_line(str(others[0].get("message")))) if others else Ended("passed")
    message = _first_line(str(failure.get("message")))
    raised = RAISED_AT.findall(failure.text or "")
    own = bool(raised) and raised[-1] == (test.partition("::")[0], "AssertionError")
    return Ended("assertion" if own else "other", message)


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0]
