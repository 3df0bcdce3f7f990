"""`python -m scheduling setup | api | worker | parked | outbox | repair`."""

from common.cli import commands
from scheduling.bootstrap import api, parking, repair, setup, worker
from scheduling.settings import SchedulingSettings

app = commands("scheduling", SchedulingSettings, api=api, worker=worker, setup=setup, parking=parking, repair=repair)

if __name__ == "__main__":
    app()
