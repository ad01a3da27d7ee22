"""A sheet between two looks at it: as text, and as it was read again."""

import json

from kit.sheets import Cell, Kind, Row, Sheet, Source


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
