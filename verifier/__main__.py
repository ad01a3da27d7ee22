"""``python -m verifier …``: see :mod:`verifier.cli`."""

from kit.start import program

if __name__ == "__main__":
    raise SystemExit(program("verifier.cli"))
