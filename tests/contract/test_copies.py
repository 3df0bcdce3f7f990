"""What a rebuild runs again, the `copy` parts, writes declared copies only and tells nothing, for every example."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from common.cause import Cause
from common.event import IncomingEvent
from common.ids import Ids
from common.memory import MemoryDatabase
from common.store import Store
from common.subscriptions import subscription
from common.transaction import Transaction
from common.transactions import Transactions
from docs.generate.services import NAMES, ROOT
from enrolment.adapters.fingerprints import HmacFingerprints
from enrolment.application.ports import EnrolmentTransaction
from notifications.application.ports import NotificationsTransaction
from scheduling.application.ports import SchedulingTransaction
from tests.unit.scheduling.builders import NOW

FACES: dict[str, Callable[[Store, Ids], Transaction]] = {
    "enrolment": partial(EnrolmentTransaction, prints=HmacFingerprints("of tests")),
    "scheduling": SchedulingTransaction,
    "notifications": NotificationsTransaction,
}


class Silent:
    def wake(self, committed: object) -> None:
        raise AssertionError("something was told")


class Copying:
    """A service's database on which nothing runs but what copies."""

    def __init__(self, name: str) -> None:
        self.declared: ModuleType = import_module(f"{name}.worker.subscriptions")
        self.database = MemoryDatabase()
        self.transactions: Transactions[Any] = Transactions(self.database, FACES[name], "/sangam/test", Silent())
        self.written: set[str] = set()

    async def copy(self, event: IncomingEvent) -> None:
        async def work(tx: Transaction) -> None:
            if copy := subscription(self.declared.SUBSCRIPTIONS[type(event)]).copy:
                await copy(event, tx)
            assert tx.touched <= self.declared.COPIES, type(event)
            assert not tx.told, type(event)
            self.written |= tx.touched

        id = uuid4()
        await self.transactions.run(work, cause=Cause(id, id, NOW))

    def examples(self) -> list[IncomingEvent]:
        """Everything that this service may hear, as the producers' contracts have it."""
        return [
            kind.model_validate_json(path.read_bytes())
            for kind in self.declared.SUBSCRIPTIONS
            for path in sorted((ROOT / "services").glob(f"*/contracts/{kind.event_type}/examples/*.json"))
        ]


@pytest.mark.parametrize("name", NAMES)
async def test_what_copies_writes_declared_copies_only_and_tells_nothing(name: str) -> None:
    service = Copying(name)
    examples = service.examples()
    assert {type(event) for event in examples} == set(service.declared.SUBSCRIPTIONS)

    for event in [*examples, *examples]:  # the second time everything that it refers to is there
        await service.copy(event)

    assert service.written == service.declared.COPIES
    assert {name for name, rows in service.database.collections.items() if rows} == service.declared.COPIES


@pytest.mark.parametrize("name", NAMES)
async def test_every_state_is_kept_as_a_copy(name: str) -> None:
    for kind, said in import_module(f"{name}.worker.subscriptions").SUBSCRIPTIONS.items():
        if kind.__mro__[1].__name__ == "IncomingState":
            assert subscription(said).copy, kind
