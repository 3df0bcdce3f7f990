"""What the two doors are handed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.auth import Verifier
from common.group import GroupCommit
from common.states import States
from common.store import Reads
from common.transactions import Transactions
from enrolment.application.ports import Due, EnrolmentTransaction, Links, Queries


@dataclass(frozen=True, slots=True)
class Enrolments:
    transactions: Transactions[EnrolmentTransaction]
    hot: GroupCommit[EnrolmentTransaction]
    reads: Reads
    queries: Queries
    due: Due
    clock: Callable[[], datetime]
    verifier: Verifier
    links: Links
    states: States[EnrolmentTransaction]
