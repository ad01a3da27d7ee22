"""A sheet between two looks at it: as text, to be sealed, and as it was read again."""

import json

from kit.errors import Unavailable
from kit.sheets import Cell, Kind, Row, Sheet, Source
from kit.vault import Vault, VaultError


def to_text(sheet: Sheet, *, name: str) -> str:
    """A sheet with the name of its file."""
    rows = [[row.number, [[cell.text, cell.kind.value] for cell in row.cells]] for row in (sheet.header, *sheet.rows)]
    about = {"name": name, "encoding": sheet.encoding, "sure": sheet.sure, "sample": sheet.sample}
    about |= {"tab": sheet.tab, "tabs": list(sheet.tabs), "hidden": sheet.hidden}
    return json.dumps({**about, "rows": rows}, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> tuple[Sheet, str]:
    """What ``to_text`` wrote."""
    value = json.loads(text)
    rows = tuple(Row(number, tuple(Cell(said, Kind(kind)) for said, kind in cells)) for number, cells in value["rows"])
    sheet = Sheet(
        source=Source.SEPARATED,
        header=rows[0],
        rows=rows[1:],
        encoding=value["encoding"],
        sure=value["sure"],
        sample=value["sample"],
        tab=value["tab"],
        tabs=tuple(value["tabs"]),
    )
    return sheet, value["name"]


def seal(vault: Vault, import_id: str, content: bytes) -> bytes:
    """Seal what was brought."""
    return vault.seal(content, context=_context(import_id))


def unseal(vault: Vault, import_id: str, sealed: bytes) -> bytes:
    """Open what ``seal`` sealed. Raises: Unavailable."""
    try:
        return vault.open(sealed, context=_context(import_id))
    except VaultError as error:
        raise Unavailable(retry_after=30) from error


def _context(import_id: str) -> bytes:
    return f"issuer/roster-import/{import_id}/content".encode()
