"""`python -m scheduling setup | api | worker | parked`."""

from common.cli import commands
from scheduling.bootstrap import api, parking, setup, worker
from scheduling.settings import SchedulingSettings

app = commands("scheduling", SchedulingSettings, api=api, worker=worker, setup=setup, parking=parking)

if __name__ == "__main__":
    app()
