"""An SMTP server that accepts everything and notes when: one line per message, `<monotonic ns> <recipient>`."""

import asyncio
import sys
import time
from typing import TextIO

from aiosmtpd.smtp import SMTP, Envelope, Session


class Note:
    def __init__(self, out: TextIO) -> None:
        self._out = out

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        for recipient in envelope.rcpt_tos:
            self._out.write(f"{time.monotonic_ns()} {recipient}\n")
        self._out.flush()
        return "250 OK"


async def main(port: int, path: str) -> None:
    with open(path, "a") as out:  # noqa: ASYNC230  a line at a time, on purpose
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Note(out), enable_SMTPUTF8=True), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
