"""What the two doors are handed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.auth import Verifier
from common.group import GroupCommit
from common.states import States
from common.store import Reads
from common.transactions import Transactions
from scheduling.application.ports import Due, Gazette, Queries, SchedulingTransaction


@dataclass(frozen=True, slots=True)
class Scheduling:
    transactions: Transactions[SchedulingTransaction]
    hot: GroupCommit[SchedulingTransaction]
    reads: Reads
    queries: Queries
    due: Due
    gazette: Gazette
    clock: Callable[[], datetime]
    verifier: Verifier
    states: States[SchedulingTransaction]
