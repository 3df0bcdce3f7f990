"""Plumbing rows that a process wrote last need not be read again, unless they are many."""

from common.memory import MemoryDatabase, MemoryStore
from common.remembered import FEW, Remembered
from common.store import Write


def row(number: int, version: int) -> Write:
    return Write("inbox", f"t/{number}", version - 1, version, {"taken": version})


async def test_few_rows_are_as_they_were_written_last_and_many_are_read() -> None:
    """Somebody else has moved them since."""
    database, remembered = MemoryDatabase(), Remembered()
    for number in range(FEW + 1):
        database.collections["inbox"][f"t/{number}"] = {"_id": f"t/{number}", "version": 2, "taken": 2}
    remembered.keep([row(number, 1) for number in range(FEW + 1)])
    few = remembered.over(MemoryStore(database))
    many = remembered.over(MemoryStore(database))

    found_few = await few.read("inbox", [f"t/{number}" for number in range(FEW)])
    found_many = await many.read("inbox", [f"t/{number}" for number in range(FEW + 1)])

    assert ({found["taken"] for found in found_few.values()}, few.trusted) == ({1}, True)
    assert ({found["taken"] for found in found_many.values()}, many.trusted) == ({2}, False)
