"""``python -m satchel …``: see :mod:`satchel.cli`."""

from kit.start import program

if __name__ == "__main__":
    raise SystemExit(program("satchel.cli"))
