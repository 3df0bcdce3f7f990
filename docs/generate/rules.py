"""docs/rules.md: which tests prove which rule, read from the tests' own marks."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

INTRODUCTION = """\
# Rules and the tests that prove them

A test names what it proves: `@pytest.mark.rule("E-03")`. Rules stand in [domain.md](domain.md), promises in
[architecture.md](architecture.md). What is listed in `finished-rules.txt` is proven, and `make rules` fails when it is
not any more.
"""
_ROW = re.compile(r"^\| \*\*(?P<id>[A-Z]-?\d+)\*\* \| (?P<title>[^|]+) \|.*\| (?P<today>[^|]+) \|$")


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    title: str
    today: str


@dataclass(frozen=True, slots=True, order=True)
class Proof:
    path: str
    test: str


def rules(docs: Path) -> dict[str, Rule]:
    """The rows of the rule and promise tables: | **E-01** | title | … | today |."""
    found: dict[str, Rule] = {}
    for page in ("domain.md", "architecture.md"):
        for line in (docs / page).read_text().splitlines():
            if row := _ROW.match(line):
                rule = Rule(row["id"], row["title"].strip(), row["today"].strip())
                if rule.id in found:
                    raise ValueError(f"{rule.id} stands twice in the docs")
                found[rule.id] = rule
    return found


def finished(docs: Path) -> list[str]:
    lines = (docs / "finished-rules.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def proofs(tests: Path) -> dict[str, list[Proof]]:
    """Rule id → the tests that name it, without importing them."""
    found: dict[str, set[Proof]] = {}
    for path in sorted(tests.rglob("*.py")):
        for id, test in _named(ast.parse(path.read_text())):
            found.setdefault(id, set()).add(Proof(path.relative_to(tests).as_posix(), test))
    return {id: sorted(of_rule) for id, of_rule in sorted(found.items())}


def complaints(known: Mapping[str, Rule], done: Iterable[str], proven: Mapping[str, list[Proof]]) -> list[str]:
    """What is wrong between the rules, the list of finished ones, and the tests."""
    said = [f"{id}: named by {proven[id][0].path}, but no such rule" for id in proven if id not in known]
    for id in done:
        if id not in known:
            said.append(f"{id}: finished, but no such rule")
        elif id not in proven:
            said.append(f"{id}: finished, but no test names it ({known[id].title})")
        elif known[id].today != "yes":
            said.append(f"{id}: finished, but its page says {known[id].today!r}")
    return said


def page(docs: Path, tests: Path) -> str:
    known, done, proven = rules(docs), set(finished(docs)), proofs(tests)
    blocks = [INTRODUCTION, f"{len(known)} rules and promises, {len(proven)} named by tests, {len(done)} finished.\n"]
    blocks.append("| rule | title | today | proven | tests |\n|---|---|---|---|---|")
    for rule in known.values():
        tests_of = "<br>".join(f"[{_sentence(p.test)}](../tests/{p.path})" for p in proven.get(rule.id, []))
        mark = "finished" if rule.id in done else ""
        blocks.append(f"| {rule.id} | {rule.title} | {rule.today} | {mark} | {tests_of} |")
    return "\n".join(blocks) + "\n"


def _named(module: ast.Module) -> Iterator[tuple[str, str]]:
    """(rule, test) of every mark: on a test, on its parameters, on a class of tests or on a whole module."""
    of_module = [
        id
        for statement in module.body
        if isinstance(statement, ast.Assign) and any(_is(target, "pytestmark") for target in statement.targets)
        for id in _marks([statement.value])
    ]
    yield from _in(module.body, of_module, "")


def _in(body: Iterable[ast.stmt], inherited: list[str], prefix: str) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _in(node.body, inherited + _marks(node.decorator_list), f"{node.name}: ")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            ids = _marks(node.decorator_list)
            if node.name.startswith("test_"):
                ids += inherited
            yield from ((id, prefix + node.name) for id in ids)


def _marks(expressions: Iterable[ast.expr]) -> list[str]:
    return [
        str(argument.value)
        for expression in expressions
        for node in ast.walk(expression)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "rule"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    ]


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _sentence(test: str) -> str:
    return test.replace("test_", "", 1).replace("_", " ")
