"""How many of what runs: one of each, or enough that any one may die. What a home's data was made with, it keeps."""

import json
from dataclasses import asdict, dataclass
from typing import Literal, Self

from sangam_local.home import Home
from sangam_local.trouble import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """`brokers` make one Kafka cluster; `processes` is how many of each api and of each worker there are."""

    brokers: Literal[1, 3] = 1
    processes: Literal[1, 2] = 1

    @property
    def replication(self) -> int:
        """Every broker has everything."""
        return self.brokers

    def broker_names(self) -> tuple[str, ...]:
        if self.brokers == 1:
            return ("kafka",)
        return tuple(f"kafka-{number}" for number in range(1, self.brokers + 1))

    def process_names(self, service: str, role: Literal["api", "worker"]) -> tuple[str, ...]:
        """The second one has a number, so that the first is called the same at every scale."""
        return tuple(f"{service}-{role}" + (f"-{n}" if n > 1 else "") for n in range(1, self.processes + 1))

    @classmethod
    def of(cls, home: Home) -> Self:
        """What the last start of this home was."""
        return cls(**json.loads(home.scale.read_text())) if home.scale.exists() else cls()

    def keep(self, home: Home) -> None:
        home.scale.write_text(json.dumps(asdict(self)))

    def check(self, home: Home) -> None:
        """Raises Trouble when the home's events lie on another number of brokers."""
        if home.scale.exists() and (before := type(self).of(home)).brokers != self.brokers:
            raise Trouble(
                f"The data in {home.root} was made with {_brokers(before.brokers)} and cannot be read with "
                f"{_brokers(self.brokers)}: `make reset` deletes it, or SANGAM_HOME names another place."
            )


SINGLE = Scale()
THREE = Scale(brokers=3, processes=2)


def _brokers(number: int) -> str:
    return "one Kafka broker" if number == 1 else f"{number} Kafka brokers"
