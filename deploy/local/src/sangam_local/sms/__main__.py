"""Runs the catcher: `python -m sangam_local.sms --port 8083 --data DIR`."""

import argparse
from pathlib import Path

import uvicorn

from sangam_local.sms.app import create_app
from sangam_local.sms.messages import Messages


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m sangam_local.sms", description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--data", type=Path, help="the folder that keeps messages across restarts")
    chosen = options.parse_args()
    app = create_app(Messages(chosen.data))
    # No access log: paths may hold references, and texts are personal.
    uvicorn.run(
        app, host=chosen.host, port=chosen.port, log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )


if __name__ == "__main__":
    main()
