"""`python -m notifications setup | api | worker | rebuild | parked`."""

from common import cli
from notifications import bootstrap
from notifications.settings import NotificationsSettings

app = cli.commands(
    bootstrap.NAME,
    NotificationsSettings,
    api=bootstrap.api,
    worker=bootstrap.worker,
    setup=bootstrap.setup,
    parking=bootstrap.parking,
    rebuild=bootstrap.rebuild,
)

if __name__ == "__main__":
    app()
