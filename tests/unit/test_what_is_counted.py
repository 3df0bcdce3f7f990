"""What every worker counts every few seconds is found by an index, however much a collection has gathered."""

from datetime import datetime
from importlib import import_module

import pytest

SERVICES = {
    "enrolment": "enrolment.adapters.indexes",
    "scheduling": "scheduling.adapters.mongo",
    "notifications": "notifications.adapters.mongo",
}


def now() -> datetime:
    raise AssertionError("nobody asks")


@pytest.mark.rule("R1")
@pytest.mark.parametrize("service", SERVICES)
def test_what_waits_is_counted_by_an_index(service: str) -> None:
    indexes = import_module(SERVICES[service]).INDEXES
    module = import_module(f"{service}.worker.waiting")
    places = module.waiting() if service == "notifications" else module.waiting(now)

    for place in places:
        leading = {
            index.keys[0][0]
            for index in indexes[place.collection]
            if (index.where or {}).items() <= place.where.items()
        }
        assert leading & place.where.keys(), f"{place.collection} is read from end to end for {place.where}"
