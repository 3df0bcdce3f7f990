"""A process for tests: writes in a transaction, says so, and waits there to be killed."""

import asyncio
import sys

from common.mongo import MongoDatabase
from common.store import Store, Write


async def main(url: str, name: str) -> None:
    async def attempt(store: Store) -> None:
        await store.write([Write("things", "locked", 1, 2, {"by": "the dead"})])
        print("written", flush=True)
        await asyncio.sleep(3600)

    await MongoDatabase(url, name).transact(attempt)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[2], sys.argv[3]))
