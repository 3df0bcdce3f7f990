"""What people read is true of the repository: links lead somewhere, commands exist, records are short."""

import re
from pathlib import Path

import pytest

from docs.generate.services import ROOT

WRITTEN = ("*.md", "docs/**/*.md", "services/*/*.md", "deploy/*/*.md")
PAGES = sorted(path for pattern in WRITTEN for path in ROOT.glob(pattern))
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
METRIC = re.compile(r"`((?:sangam|scheduling)_[a-z_]+)")
CODE = re.compile(r"`[^`\n]+`|^(?:```)[^\n]*\n.*?^```", re.MULTILINE | re.DOTALL)


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_links_lead_somewhere(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = {target for code in CODE.findall(page.read_text()) for target in TARGET.findall(code)}

    assert said - targets == set()


@pytest.mark.parametrize("page", DECISIONS, ids=_id)
def test_decisions_are_short_and_of_one_form(page: Path) -> None:
    lines = page.read_text().splitlines()

    assert len(lines) <= 40
    assert lines[0].startswith(f"# {int(page.name[:4])}. ")
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context",
        "## Decision",
        "## Consequences",
        "## Alternatives",
    ]


@pytest.mark.parametrize("page", sorted((ROOT / "docs/runbooks").glob("*.md")), ids=_id)
def test_metrics_exist(page: Path) -> None:
    code = "".join(path.read_text() for pattern in ("libs", "services") for path in (ROOT / pattern).rglob("*.py"))

    assert [name for name in METRIC.findall(page.read_text()) if f'"{name}"' not in code] == []
