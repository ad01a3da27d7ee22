"""What comes before the demo's first request: key files and first administrators, as an operator would make them."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from satchel.demo import logins, state
from satchel.deployment import ROLES, Deployment
from satchel.installation import create_missing_keys, first_administrator

FIRST = (logins.OFFICE, logins.ADMISSIONS)

Say = Callable[[str], None]


def first_start(deployment: Deployment, *, environment: Mapping[str, str], today: date, say: Say) -> None:
    """Make the key files and the first administrators of a demo, unless that was done before. Raises: CommandError."""
    known = state.load(deployment.data_dir, today=today)
    if known.administrators:
        return
    say("making key files")
    create_missing_keys(deployment, ROLES, environment=environment)
    say("making the first administrators")
    with ThreadPoolExecutor(max_workers=len(FIRST)) as pool:
        list(
            pool.map(
                lambda login: first_administrator(
                    deployment, login.role, login.login, login.name, logins.PASSWORD, environment=environment
                ),
                FIRST,
            )
        )
    known.saved(deployment.data_dir, administrators=True)
