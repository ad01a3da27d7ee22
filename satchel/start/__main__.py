"""`python -m satchel.start serve`; settings come from `SATCHEL_START_*`. The supervisor of the demo starts it."""

from kit import server
from satchel.start.app import ROLE, StartSettings, create_app

if __name__ == "__main__":
    settings = StartSettings()
    raise SystemExit(server.run(create_app(settings), settings, role=ROLE))
