"""``python -m registrar …``: see :mod:`registrar.cli`."""

from kit.start import program

if __name__ == "__main__":
    raise SystemExit(program("registrar.cli"))
