"""``python -m wallet …``: see :mod:`wallet.cli`."""

from kit.start import program

if __name__ == "__main__":
    raise SystemExit(program("wallet.cli"))
