"""A QR code for a terminal: two rows of modules a line, dark on light whatever the terminal's colours are."""

from kit import qr

_HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}


def drawn(text: str) -> str:
    """Draw `text` as a QR code of block characters, with its quiet zone, white on black (a light screen inverts it
    back).
    """
    rows = qr.matrix(text)
    width = len(rows) + 2 * qr.QUIET_ZONE
    empty = [False] * width
    side = [False] * qr.QUIET_ZONE
    framed = [empty] * qr.QUIET_ZONE + [side + row + side for row in rows] + [empty] * qr.QUIET_ZONE
    if len(framed) % 2:
        framed = [*framed, empty]
    lines = [
        "".join(_HALVES[upper, lower] for upper, lower in zip(framed[at], framed[at + 1], strict=True))
        for at in range(0, len(framed), 2)
    ]
    return "\n".join(f"\033[97;40m{line}\033[0m" for line in lines)
