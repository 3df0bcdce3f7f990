"""Every consumer's smaller class reads what the producers' contracts show, today's and a little of tomorrow's."""

import json
from collections.abc import Iterable

import pytest

from common.event import Event, IncomingEvent
from docs.generate.contracts import Contract, committed
from docs.generate.examples import examples
from docs.generate.services import ROOT, services
from tests.contract.payloads import pieces, with_other_fields, with_other_words

SERVICES, CONTRACTS = services(), committed(ROOT)
PAIRS = [
    pytest.param(contract, heard, id=f"{service.name} reads {contract.type}")
    for service in SERVICES
    for heard in service.subscriptions
    for contract in CONTRACTS
    if (contract.topic, contract.type) == (heard.topic, heard.event_type)
]
TOLD = [pytest.param(kind, id=kind.__name__) for service in SERVICES for kind in service.events]
PERSONAL = {"name", "names", "email", "mail", "phone", "mobile", "address", "birthday", "gender", "employee_id"}
PUBLIC_LABELS = {("sangam.campus.recorded.v1", "names"), ("sangam.campus.recorded.v1", "holidays.name")}


@pytest.mark.parametrize(("contract", "heard"), PAIRS)
def test_a_consumer_reads_every_example(contract: Contract, heard: type[IncomingEvent]) -> None:
    for text in contract.examples().values():
        read, written = json.loads(heard.model_validate_json(text).model_dump_json()), json.loads(text)

        assert [name for name in heard.model_fields if read[name] is None and written.get(name) is not None] == []


@pytest.mark.parametrize(("contract", "heard"), PAIRS)
def test_a_consumer_reads_only_what_the_contract_has(contract: Contract, heard: type[IncomingEvent]) -> None:
    assert heard.model_fields.keys() <= contract.schema["properties"].keys()


@pytest.mark.rule("E1")
@pytest.mark.parametrize(("contract", "heard"), PAIRS)
def test_a_consumer_ignores_fields_it_does_not_know(contract: Contract, heard: type[IncomingEvent]) -> None:
    for text in contract.examples().values():
        grown = with_other_fields(contract, text)

        assert "of_tomorrow" in grown
        assert heard.model_validate_json(grown) == heard.model_validate_json(text)


@pytest.mark.rule("E1")
@pytest.mark.parametrize(("contract", "heard"), PAIRS)
def test_a_consumer_reads_words_it_has_never_seen(contract: Contract, heard: type[IncomingEvent]) -> None:
    for text in contract.examples().values():
        for changed in with_other_words(contract, text):
            heard.model_validate_json(changed)


def test_words_that_consumers_decide_by_are_among_those_replaced() -> None:
    [attendance] = [contract for contract in CONTRACTS if contract.type == "sangam.attendance.recorded.v1"]

    found = pieces(attendance, json.loads(attendance.examples()["full"]))

    assert [piece.path for piece in found if piece.is_word] == [("marks", 0, "status"), ("marks", 1, "status")]


@pytest.mark.parametrize("told", TOLD)
def test_a_producer_keeps_what_it_wrote(told: type[Event]) -> None:
    for example in examples(told):
        assert told.model_validate_json(example.model_dump_json()) == example


@pytest.mark.parametrize("told", TOLD)
def test_a_type_is_named_by_the_grammar(told: type[Event]) -> None:
    prefix, subject, participle, version = told.event_type.split(".")

    assert prefix == "sangam"
    assert version[0] == "v"
    assert int(version[1:]) >= 1
    assert subject.replace("-", "").isalpha()
    assert participle.replace("-", "").isalpha()
    assert told.key_field in told.model_fields
    assert told.__doc__


@pytest.mark.rule("P-02")
@pytest.mark.parametrize("contract", [pytest.param(contract, id=contract.type) for contract in CONTRACTS])
def test_only_people_carries_personal_fields(contract: Contract) -> None:
    suspicious = {name for name in _field_names(contract) if name.rpartition(".")[2] in PERSONAL}
    suspicious -= {name for type, name in PUBLIC_LABELS if type == contract.type}

    assert not suspicious or contract.topic == "people"


def _field_names(contract: Contract) -> Iterable[str]:
    for piece in pieces(contract, json.loads(contract.examples()["full"])):
        if piece.is_thing:
            names = [part for part in piece.path if isinstance(part, str)]
            yield from (".".join([*names, field]) for field in piece.schema["properties"])
