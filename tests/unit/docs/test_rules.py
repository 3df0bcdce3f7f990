"""Rules are found in the docs, their proofs in the tests, and what does not fit is said."""

from pathlib import Path

import pytest

from docs.generate.rules import Proof, Rule, complaints, finished, page, proofs, rules
from docs.generate.services import ROOT

MARKED = """
import pytest

@pytest.mark.rule("E-01", "E-02")
def test_one_thing() -> None: ...

@pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.rule("S-01"))])
async def test_another(n: int) -> None: ...

@pytest.mark.rule("D1")
class TestTogether:
    def test_inside(self) -> None: ...
    def helper(self) -> None: ...
"""
PAGE = """
| **E-01** | Order | says, with a \\| in it | yes |
| **D1** | Durable | never lost | partly |
| E-09 | not a rule row | | |
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "domain.md").write_text(PAGE)
    (folder / "architecture.md").write_text("| **O1** | Order | says | planned |\n")
    (folder / "finished-rules.txt").write_text("# finished\nE-01\n\n")
    return folder


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    folder = tmp_path / "tests" / "unit"
    folder.mkdir(parents=True)
    (folder / "test_marked.py").write_text(MARKED)
    return folder.parent


def test_rules_are_the_rows_of_the_tables(docs: Path) -> None:
    assert rules(docs) == {
        "E-01": Rule("E-01", "Order", "yes"),
        "D1": Rule("D1", "Durable", "partly"),
        "O1": Rule("O1", "Order", "planned"),
    }


def test_a_rule_that_stands_twice_is_refused(docs: Path) -> None:
    (docs / "architecture.md").write_text("| **E-01** | Again | says | yes |\n")

    with pytest.raises(ValueError, match="E-01"):
        rules(docs)


def test_finished_rules_are_a_list_with_comments(docs: Path) -> None:
    assert finished(docs) == ["E-01"]


def test_proofs_are_found_wherever_a_test_carries_the_mark(tests: Path) -> None:
    path = "unit/test_marked.py"

    assert proofs(tests) == {
        "D1": [Proof(path, "TestTogether: test_inside")],
        "E-01": [Proof(path, "test_one_thing")],
        "E-02": [Proof(path, "test_one_thing")],
        "S-01": [Proof(path, "test_another")],
    }


def test_a_mark_of_the_whole_module_counts_for_each_test(tests: Path) -> None:
    (tests / "test_module.py").write_text(
        'pytestmark = [pytest.mark.rule("P-02")]\ndef test_a(): ...\ndef helper(): ...\ndef test_b(): ...\n'
    )

    assert proofs(tests)["P-02"] == [Proof("test_module.py", "test_a"), Proof("test_module.py", "test_b")]


def test_what_does_not_fit_is_said() -> None:
    known = {"E-01": Rule("E-01", "Order", "yes"), "E-02": Rule("E-02", "Queue", "partly")}
    proof = [Proof("test_a.py", "test_a")]

    said = complaints(known, ["E-01", "E-02", "X-99"], {"E-02": proof, "Y-01": proof})

    assert said == [
        "Y-01: named by test_a.py, but no such rule",
        "E-01: finished, but no test names it (Order)",
        "E-02: finished, but its page says 'partly'",
        "X-99: finished, but no such rule",
    ]


def test_the_page_shows_each_rule_with_its_tests(docs: Path, tests: Path) -> None:
    shown = page(docs, tests)

    assert "| E-01 | Order | yes | finished | [one thing](../tests/unit/test_marked.py) |" in shown


def test_the_rules_of_this_repository_fit() -> None:
    folder = ROOT / "docs"

    assert complaints(rules(folder), finished(folder), proofs(ROOT / "tests")) == []
