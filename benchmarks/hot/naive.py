"""A transaction per request: read the offering, write the enrolment, the offering and an outbox row; the driver runs it
again after a conflict, as its documentation teaches. No token, no idempotency, no relay, no spans.

Tuned by hand, the offering is written first, so that who is late finds out before the rest is in vain. The driver is
PyMongo's own asynchronous one: Motor's few threads would all wait for the one transaction that waits for a thread.
"""

import json
import sys
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

DATABASE = "naive"
TRANSACTION: dict[str, Any] = {"read_concern": ReadConcern("snapshot"), "write_concern": WriteConcern("majority")}


class Request(BaseModel):
    person_id: str


class Decision(BaseModel):
    id: str
    state: str
    queue_no: int
    rank: int | None


def create_app(mongo: str, *, tuned: bool) -> FastAPI:
    app = FastAPI()
    client: Any = AsyncMongoClient(mongo, tz_aware=True)
    database = client[DATABASE]

    @app.get("/readyz")
    async def readyz() -> str:
        await database.command("ping")
        return "ready"

    @app.post("/offerings/{offering_id}/enrolments", status_code=201)
    async def request_enrolment(offering_id: str, request: Request) -> Decision:
        async def decide(session: Any) -> Decision:
            offering = await database.offerings.find_one({"_id": offering_id}, session=session)
            number, seated = offering["next_queue_no"], offering["held"] < offering["seats"]
            state, change = ("confirmed", "held") if seated else ("waitlisted", "waiting")
            rank = None if seated else offering["waiting"] + 1
            decision = Decision(id=str(uuid4()), state=state, queue_no=number, rank=rank)
            enrolment = {**decision.model_dump(exclude={"id"}), "offering_id": offering_id, **request.model_dump()}
            more = {"$inc": {"next_queue_no": 1, change: 1}}
            count = partial(database.offerings.update_one, {"_id": offering_id}, more)
            keep = partial(database.enrolments.insert_one, {"_id": decision.id, **enrolment})
            for write in (count, keep) if tuned else (keep, count):
                await write(session=session)
            row = {"_id": f"{offering_id}/{number:020d}", "time": datetime.now(UTC), "data": json.dumps(enrolment)}
            await database.outbox.insert_one(row, session=session)
            return decision

        while True:  # the driver gives up after 120 s of conflicts, which some wait under load; the request stands
            try:
                async with client.start_session() as session:
                    decided: Decision = await session.with_transaction(decide, **TRANSACTION)
                    return decided
            except PyMongoError as error:
                if not error.has_error_label("TransientTransactionError"):
                    raise

    return app


async def set_up(mongo: str, offering_id: str, seats: int) -> None:
    client: Any = AsyncMongoClient(mongo)
    database = client[DATABASE]
    one_each = [("offering_id", 1), ("person_id", 1)]
    await database.enrolments.create_index(one_each, unique=True)
    offering = {"_id": offering_id, "seats": seats, "held": 0, "waiting": 0, "next_queue_no": 1}
    await database.offerings.insert_one(offering)
    await database.outbox.create_index([("time", 1)])
    await client.close()


if __name__ == "__main__":
    mongo, port, how = sys.argv[1:]
    uvicorn.run(
        create_app(mongo, tuned=how == "tuned"), host="127.0.0.1", port=int(port), log_level="error", loop="uvloop",
        http="httptools", access_log=False, backlog=4096,
    )  # fmt: skip
