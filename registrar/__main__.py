"""``python -m registrar …``: see :mod:`registrar.cli`."""

from registrar.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
