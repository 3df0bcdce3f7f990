"""`python -m scheduling setup | api | worker`."""

from common.cli import commands
from scheduling.bootstrap import api, setup, worker
from scheduling.settings import SchedulingSettings

app = commands("scheduling", SchedulingSettings, api=api, worker=worker, setup=setup)

if __name__ == "__main__":
    app()
