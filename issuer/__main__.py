"""``python -m issuer …``: see :mod:`issuer.cli`."""

from kit.start import program

if __name__ == "__main__":
    raise SystemExit(program("issuer.cli"))
