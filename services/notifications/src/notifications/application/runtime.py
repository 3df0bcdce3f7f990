"""What the two doors are handed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.auth import Verifier
from common.group import GroupCommit
from common.store import Reads
from common.transactions import Transactions
from notifications.application.ports import (
    LinkSigner,
    Mailer,
    NotificationsTransaction,
    Queries,
    SmsProvider,
    Templates,
    Writer,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysOut:
    """Everything through which messages leave."""

    mailer: Mailer
    sms: SmsProvider
    writer: Writer
    signer: LinkSigner
    public_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    transactions: Transactions[NotificationsTransaction]
    hot: GroupCommit[NotificationsTransaction]
    queries: Queries
    reads: Reads
    templates: Templates
    clock: Callable[[], datetime]
    verifier: Verifier
