"""The enrolment service's own command line, but its API notes in which order requests were there whole."""

import os
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from common.cli import commands
from enrolment.bootstrap import api, parking, rebuild, setup, worker
from enrolment.settings import EnrolmentSettings

NOTES = "BENCH_ARRIVALS"


class Recorded:
    """One Idempotency-Key per line."""

    def __init__(self, app: FastAPI, notes: Path) -> None:
        self._app, self._notes = app, notes.open("a", buffering=1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noted() -> Any:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body"):
                self._notes.write(dict(scope["headers"]).get(b"idempotency-key", b"-").decode() + "\n")
            return message

        await self._app(scope, noted if scope.get("method") == "POST" else receive, send)


def recorded(settings: EnrolmentSettings) -> Any:
    return Recorded(api(settings), Path(os.environ[NOTES]))


if __name__ == "__main__":
    commands(
        "enrolment", EnrolmentSettings, api=recorded, worker=worker, setup=setup, parking=parking, rebuild=rebuild
    )()
