"""The committed contracts are what the classes say, fit one another, and break none that came before."""

import json

import pytest
from jsonschema import Draft202012Validator

from docs.generate.__main__ import files
from docs.generate.contracts import Contract, committed, surplus
from docs.generate.services import ROOT, services

SERVICES, CONTRACTS = services(), committed(ROOT)
EVERY = pytest.mark.parametrize("contract", [pytest.param(contract, id=contract.type) for contract in CONTRACTS])
TOLD = {kind.event_type for service in SERVICES for kind in service.events}
HEARD = {kind.event_type for service in SERVICES for kind in service.subscriptions}


def test_what_is_committed_is_what_the_code_generates() -> None:
    wanted = files()

    assert [path for path, text in wanted.items() if not path.exists() or path.read_text() != text] == []
    assert surplus(wanted) == []


@EVERY
def test_a_schema_is_json_schema_and_says_that_it_is_generated(contract: Contract) -> None:
    Draft202012Validator.check_schema(contract.schema)

    assert contract.schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert contract.schema["$comment"].startswith("Generated")
    assert contract.schema["description"]


@EVERY
def test_every_example_fits_the_schema_and_all_earlier_ones(contract: Contract) -> None:
    earlier = [json.loads(path.read_text()) for path in contract.earlier()]

    for schema in (contract.schema, *earlier):
        for text in contract.examples().values():
            Draft202012Validator(schema).validate(json.loads(text))


@EVERY
def test_the_examples_show_what_may_be_absent_as_present_and_as_absent(contract: Contract) -> None:
    shown = {name: json.loads(text) for name, text in contract.examples().items()}

    assert shown["full"].keys() == contract.schema["properties"].keys()
    assert shown.get("minimal", shown["full"]).keys() == set(contract.schema["required"])
    assert None not in shown["full"].values()


@pytest.mark.rule("E1")
@EVERY
def test_a_schema_breaks_none_that_was_ever_committed(contract: Contract) -> None:
    assert list(contract.complaints()) == []
    assert [path.stem for path in contract.earlier()] == [f"{n + 1:04d}" for n in range(len(contract.earlier()))]


def test_a_type_has_one_producer_for_ever() -> None:
    types = [contract.type for contract in CONTRACTS]

    assert len(set(types)) == len(types)


def test_a_type_that_is_told_no_more_is_still_read() -> None:
    """Its events are kept for ever, and a copy that is rebuilt needs them."""
    assert {contract.type for contract in CONTRACTS} - TOLD - HEARD == set()
