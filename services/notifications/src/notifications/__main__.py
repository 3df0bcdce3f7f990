"""`python -m notifications setup | api | worker`."""

from common import cli
from notifications import bootstrap
from notifications.settings import NotificationsSettings

app = cli.commands(
    bootstrap.NAME, NotificationsSettings, api=bootstrap.api, worker=bootstrap.worker, setup=bootstrap.setup
)

if __name__ == "__main__":
    app()
