"""Uploaded tables: UTF-8 with or without BOM, comma or semicolon, a header that names the columns in any order.

Refuses the whole file only for what makes it unreadable; what is wrong with one row is that row's result.
"""

import csv
import io
from collections.abc import Collection

from enrolment.domain.errors import CsvColumns, CsvEmpty, CsvEncoding, CsvMalformed, CsvTooLong
from enrolment.domain.jobs import Row

ROW_LIMIT = 10_000
CELL_LIMIT = 300
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run when somebody opens an export


def read_rows(content: bytes, columns: Collection[str]) -> tuple[Row, ...]:
    """Every column must be there: a missing one would read as if everybody's value had been deleted.

    Raises CsvEncoding, CsvEmpty, CsvColumns, CsvTooLong, CsvMalformed.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CsvEncoding() from None
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        if not any(header):
            raise CsvEmpty()
        _check_header(header, columns)
        rows: list[Row] = []
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == ROW_LIMIT:
                raise CsvTooLong(limit=ROW_LIMIT)
            rows.append(_row(len(rows) + 1, header, cells))
    except csv.Error:
        raise CsvMalformed(line=lines.line_num) from None
    if not rows:
        raise CsvEmpty()
    return tuple(rows)


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _check_header(header: list[str], columns: Collection[str]) -> None:
    missing = sorted(set(columns) - set(header))
    unknown = sorted({name[:50] for name in header if name not in columns})
    twice = sorted({name for name in columns if header.count(name) > 1})
    if missing or unknown or twice:
        raise CsvColumns(missing=missing, unknown=unknown, twice=twice, expected=list(columns))


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    """What is refused keeps no cells."""
    if len(cells) != len(header):
        return Row(number, {}, "row-shape", f"{len(cells)} cells instead of {len(header)}")
    named = dict(zip(header, cells, strict=True))
    for name, cell in named.items():
        if (cell.startswith(FORMULA) or cell.strip().startswith(FORMULA)) and not (
            name == "phone" and _international(cell.strip())
        ):
            return Row(number, {}, "formula-cell", f"column {name}")
        if len(cell) > CELL_LIMIT:
            return Row(number, {}, "cell-too-long", f"column {name}, more than {CELL_LIMIT} characters")
        if "\x00" in cell:
            return Row(number, {}, "cell-invalid", f"column {name}")
    return Row(number, {name: " ".join(cell.split()) for name, cell in named.items()})


def _international(cell: str) -> bool:
    """+91 94430 12345 is a phone number, +SUM(A1) is not."""
    rest = cell[1:].replace(" ", "").replace("-", "")
    return cell.startswith("+") and rest.isascii() and rest.isdigit()
