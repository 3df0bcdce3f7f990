"""E-mail by SMTP (RFC 5321) over a few warm connections; knows at which step a server fell silent."""

import asyncio
import contextlib
import re

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from notifications.application.ports import AnswerLost, NotTaken, Refused

_ADDRESS = re.compile(r"[^\s@<>\x00-\x1f]+@[^\s@<>\x00-\x1f]+")


class SmtpMailer:
    """`sender` is the envelope's MAIL FROM. A connection is used by one message at a time and kept.

    Waiting for a connection and its answers up to DATA may take `open_s`, the answer to the message `data_s`.
    """

    def __init__(
        self, host: str, port: int, sender: str, *, most: int = 8, open_s: float = 4.0, data_s: float = 5.0
    ) -> None:
        self._host, self._port, self._sender = host, port, sender
        self._open_s, self._data_s = open_s, data_s
        self._idle: list[SMTP] = []
        self._room = asyncio.Semaphore(most)

    async def send(self, to: str, message: bytes) -> None:
        if not _ADDRESS.fullmatch(to):
            raise Refused("bad-address")
        connection = None
        try:
            async with asyncio.timeout(self._open_s):
                await self._room.acquire()
                try:
                    connection = await self._open(to)
                finally:
                    if connection is None:
                        self._room.release()
        except TimeoutError as error:
            raise NotTaken("server-busy") from error
        try:
            await self._data(connection, message)
        except BaseException:
            connection.close()
            raise
        else:
            self._idle.append(connection)
        finally:
            self._room.release()

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            with contextlib.suppress(SMTPException, OSError, TimeoutError):
                await asyncio.wait_for(connection.quit(), 1)

    async def _open(self, to: str) -> SMTP:
        """A connection on which this recipient was accepted. A kept one that died meanwhile is replaced."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await self._envelope(connection, to)
                return connection
            except (NotTaken, Refused) as failure:
                connection.close()
                if failure.reason != "disconnected":
                    raise
            except BaseException:
                connection.close()
                raise
        connection = SMTP(hostname=self._host, port=self._port, timeout=self._data_s, start_tls=False)
        try:
            await connection.connect()
        except (SMTPException, OSError, TimeoutError) as error:
            connection.close()
            raise NotTaken("server-away") from error
        except BaseException:
            connection.close()
            raise
        try:
            await self._envelope(connection, to)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _envelope(self, connection: SMTP, to: str) -> None:
        """Nothing is lost up to here: no server takes a message without its data."""
        try:
            await connection.mail(self._sender)
            await connection.rcpt(to)
        except SMTPResponseException as error:
            raise _answered(error) from error
        except (SMTPServerDisconnected, SMTPConnectError, ConnectionError) as error:
            raise NotTaken("disconnected") from error
        except (SMTPTimeoutError, SMTPException, OSError, TimeoutError) as error:
            raise NotTaken("timeout") from error

    async def _data(self, connection: SMTP, message: bytes) -> None:
        try:
            await connection.data(message)
        except SMTPResponseException as error:
            raise _answered(error) from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise AnswerLost("answer-lost") from error


def _answered(error: SMTPResponseException) -> NotTaken | Refused:
    """RFC 5321 4.2.1: 5yz is permanent, anything else may be tried again; 421 closes the connection."""
    if error.code == 421:
        return NotTaken("disconnected")
    if 500 <= error.code <= 599:
        return Refused(f"smtp-{error.code}")
    return NotTaken(f"smtp-{error.code}")
