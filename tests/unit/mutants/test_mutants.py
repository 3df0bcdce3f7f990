"""A mutant counts only when its named test fails, and by its own assertion; everything else fails the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants import judge
from tests.mutants.__main__ import ROOT, conclude
from tests.mutants.checkout import a_copy
from tests.mutants.mutants import MUTANTS, Mutant
from tests.mutants.run import Finding, run

FILES = {
    "pyproject.toml": "",
    "libs/small/src/small/__init__.py": "",
    "libs/small/src/small/seats.py": "UNUSED = 1\n\n\ndef give(asked):\n    return min(asked, 1)\n",
    "tests/test_small.py": (
        "from small.seats import give\n\n\ndef test_one_seat():\n    assert give(3) == 1\n\n\n"
        "def test_wrong_anyway():\n    assert give(3) == 2\n"
    ),
}


def a_mutant(name: str, before: str, after: str, test: str = "test_one_seat") -> Mutant:
    return Mutant(name, "libs/small/src/small/seats.py", before, after, f"tests/test_small.py::{test}")


FOUND = a_mutant("found", "min(asked, 1)", "asked")
OTHERS = {
    a_mutant("text is gone", "max(asked, 1)", "asked"): "not applied",
    a_mutant("text is there twice", "asked", "wanted"): "not applied",
    a_mutant("survivor", "UNUSED = 1", "UNUSED = 2"): "survives",
    a_mutant("import", "UNUSED = 1", "import nowhere"): "dies otherwise",
    a_mutant("error", "min(asked, 1)", "int('none')"): "dies otherwise",
    a_mutant("assertion of the product", "return min(asked, 1)", "assert False"): "dies otherwise",
    a_mutant("red before", "min(asked, 1)", "asked", "test_wrong_anyway"): "fails unmutated",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout of one function and two tests, which need none of the installed plugins."""
    root = tmp_path_factory.mktemp("small")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        yield root


@pytest.fixture(scope="module")
def findings(small: Path) -> dict[str, Finding]:
    """By the name of the mutant."""
    heard: list[Finding] = []
    assert run(small, [FOUND, *OTHERS], heard.append) == heard
    return {finding.mutant.name: finding for finding in heard}


def test_a_mutant_that_its_test_finds_is_good(findings: dict[str, Finding]) -> None:
    assert (findings["found"].verdict, findings["found"].said) == ("dies", "assert 3 == 1")
    assert conclude([findings["found"]]) == 0


@pytest.mark.parametrize("mutant", OTHERS, ids=lambda mutant: mutant.name)
def test_a_mutant_that_does_not_die_by_its_test_s_own_assertion_fails_the_run(
    findings: dict[str, Finding], mutant: Mutant
) -> None:
    assert findings[mutant.name].verdict == OTHERS[mutant]
    assert conclude([findings["found"], findings[mutant.name]]) == 1


def test_a_run_without_mutants_has_shown_nothing() -> None:
    assert conclude([]) == 1


def test_a_test_that_does_not_end_is_no_finding(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "TIMEOUT_S", 0)

    with a_copy(small) as copy:
        assert judge.run(copy, [FOUND.test])[FOUND.test].how == "other"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_text_and_the_test_that_a_mutant_names_are_there(mutant: Mutant) -> None:
    file, _, name = mutant.test.partition("::")

    assert (ROOT / mutant.file).read_text().count(mutant.before) == 1
    assert f"def {name}(" in (ROOT / file).read_text()
