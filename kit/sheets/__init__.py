"""Tables that people bring: CSV, TSV, workbooks (XLSX) or pasted; read within bounds, written without harm.

reading     read_sheet: from any bytes to a table      refusals    why a sheet cannot be read, in an enumeration
table       sheets, rows, cells, and the limits        words       the same in sentences, with a remedy
separated   text with separators, in any encoding      columns     which column holds which field
workbooks   XLSX, opened in a process apart            fields      fields and their names in two languages
opening     what runs in that process                  values      days that can be read two ways, codes that lost zeros
export      to_csv, against formulas                   looks       letters that stand in for others
archive     several tables in one ZIP file             unpacking   what runs in the process that unpacks it

A sheet is read whole or refused, and nothing is stored here. What a row means is for the role that reads it.
"""

from kit.sheets.archive import (
    Archive,
    ArchiveFault,
    ArchiveLimits,
    ArchiveRefused,
    archive_explained,
    read_archive,
)
from kit.sheets.columns import Guess, folded, guess, headed
from kit.sheets.export import MEDIA_TYPE, neutralised, to_csv
from kit.sheets.fields import FIELDS, Field, Shape, fields
from kit.sheets.looks import Look, odd_look
from kit.sheets.reading import read_pasted, read_sheet
from kit.sheets.refusals import Refusal, SheetRefused
from kit.sheets.separated import ENCODINGS
from kit.sheets.table import LIMITS, Cell, Kind, Row, Sheet, SheetLimits, Source, place_of
from kit.sheets.values import DayRead, Order, order_of, read_day, zeros_dropped
from kit.sheets.words import encoding_question, explained, odd, zeros_question

__all__ = [
    "ENCODINGS",
    "FIELDS",
    "LIMITS",
    "MEDIA_TYPE",
    "Archive",
    "ArchiveFault",
    "ArchiveLimits",
    "ArchiveRefused",
    "Cell",
    "DayRead",
    "Field",
    "Guess",
    "Kind",
    "Look",
    "Order",
    "Refusal",
    "Row",
    "Shape",
    "Sheet",
    "SheetLimits",
    "SheetRefused",
    "Source",
    "archive_explained",
    "encoding_question",
    "explained",
    "fields",
    "folded",
    "guess",
    "headed",
    "neutralised",
    "odd",
    "odd_look",
    "order_of",
    "place_of",
    "read_archive",
    "read_day",
    "read_pasted",
    "read_sheet",
    "to_csv",
    "zeros_dropped",
    "zeros_question",
]
