"""Whether a consumer still gets on: what lies before it, how far it is, and since when neither has moved."""

from dataclasses import dataclass, field

Partition = tuple[str, int]


class Stalled(Exception):
    """There is something to read, nothing stands in the way on purpose, and nothing was read: the process must go."""


@dataclass(slots=True)
class Progress:
    """By a monotonic clock. Brokers that do not answer are no fault of ours: the wait begins anew.

    The loop may take longer than a partition: a database that hangs holds it up until its time-outs end, and all
    partitions with it, which is no fault of theirs.
    """

    patience_s: float = 30.0
    loop_patience_s: float = 90.0
    _turned: float | None = None
    _worked: float | None = None
    _at: dict[Partition, int] = field(default_factory=dict)
    _since: dict[Partition, float] = field(default_factory=dict)

    def turned(self, now: float) -> None:
        """The loop went round."""
        if self._turned is not None and now - self._turned > self.patience_s / 2:
            self._since.clear()
        self._turned = self._worked = now

    def worked(self, now: float) -> None:
        """A batch was taken in hand."""
        self._worked = now

    def look(self, ahead: dict[Partition, tuple[int, int]] | None, now: float) -> None:
        """`ahead`: per partition that is not paused, where we are and where it ends; None: the brokers are away."""
        if ahead is None:
            self._since.clear()
            return
        for partition, (position, end) in ahead.items():
            if position >= end or self._at.get(partition) != position:
                self._since.pop(partition, None)
            else:
                self._since.setdefault(partition, now)
            self._at[partition] = position
        for gone in self._at.keys() - ahead.keys():
            del self._at[gone]
            self._since.pop(gone, None)

    def stuck(self, now: float) -> str | None:
        """What does not get on, for a log; None while all does."""
        if self._turned is None or self._worked is None:
            return None
        if now - self._worked > self.loop_patience_s:
            return "the loop"
        for (topic, partition), since in self._since.items():
            if self._turned - since > self.patience_s:
                return f"{topic}/{partition}"
        return None
