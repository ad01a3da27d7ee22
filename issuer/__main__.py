"""``python -m issuer …``: see :mod:`issuer.cli`."""

from issuer.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
