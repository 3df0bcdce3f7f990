"""`python -m scheduling setup | api | worker | rebuild | parked | outbox | repair`."""

from common.cli import commands
from scheduling import bootstrap
from scheduling.settings import SchedulingSettings

app = commands(
    "scheduling",
    SchedulingSettings,
    api=bootstrap.api,
    worker=bootstrap.worker,
    setup=bootstrap.setup,
    parking=bootstrap.parking,
    rebuild=bootstrap.rebuild,
    repair=bootstrap.repair,
    restored=bootstrap.restored,
)

if __name__ == "__main__":
    app()
