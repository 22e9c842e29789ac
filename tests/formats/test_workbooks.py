"""Workbooks: every cell is read, whatever the sheet says, and bombs are refused."""

import datetime as dt
import io
import struct
import time
import zipfile

import pytest

from formats.laws import check
from formats.reading import one, read
from formats.workbooks import MAIN, OFFICE, workbook
from synthesist.errors import InvalidInput
from synthesist.formats.workbook import Workbook

HEADER = '<row r="1"><c r="A1" t="str"><v>Title</v></c><c r="B1" t="str"><v>Year</v></c></row>'


def book(rows, *, before="", method=zipfile.ZIP_STORED):
    """Return a workbook of rows below a header."""
    sheet = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{HEADER}{rows}</sheetData></worksheet>'
    return workbook(method, sheet1=sheet)


def text(value, place="A2"):
    """Return a cell of text."""
    return f'<c r="{place}" t="str"><v>{value}</v></c>'


def as_shown(value):
    """Return a value of another library as text, as a spreadsheet shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)


FORMATS = [
    *("yyyy-mm-dd", "dd/mm/yyyy hh:mm", "h:mm", "0.00", '#,##0 "days"', "mmm yy"),
    *("General", "[Red]0;[Blue]-0", "yyyy\\-mm\\-dd hh:mm:ss.000", 'd" de "mmmm'),
]
NUMBERS = [0, 0.5, 1, 59, 60, 61, 43957, 43957.25, 1.5e-9, -1, 1e14, 123456.789]


@pytest.mark.parametrize("date_1904", [False, True])
def test_cells_are_what_another_library_reads(date_1904):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"date_1904": date_1904})
    sheet = made.add_worksheet("one")
    for row, number in enumerate(NUMBERS):
        for column, code in enumerate(FORMATS):
            style = made.add_format({"num_format": code})
            if number >= 0 and (number < 1e6 or column in {3, 4, 6, 7}):
                sheet.write_number(row, column, number, style)
        sheet.write_boolean(row, 12, row % 2)
        sheet.write_string(row, 13, f" text {row} & more \n<b>")
        sheet.write_formula(row, 14, "=1+1", None, 2)
        sheet.write_rich_string(row, 15, "ri", made.add_format({"bold": True}), "ch")
    made.add_worksheet("two").write(3, 3, "alone")
    made.close()
    theirs = [
        (number, column, as_shown(value))
        for page in openpyxl.load_workbook(buffer, data_only=True).worksheets
        for number, row in enumerate(page.iter_rows(values_only=True), 1)
        for column, value in enumerate(row, 1)
        if value is not None
    ]
    ours = Workbook(zipfile.ZipFile(buffer), "book")
    assert theirs == [
        (row.number, column, cell)
        for page in ours.sheets
        for row in ours.rows(page)
        for column, cell in row.cells
    ]


def test_another_sheet_may_be_fuller():
    references, report = read(workbook())
    assert [reference.title for reference in references] == [
        "A title & more",
        "Rich",
        "",
    ]
    assert report.notes == ("The sheet log was not read.",)


def test_a_row_number_that_repeats_or_leaps_costs_nothing():
    rows = "".join(
        f'<row r="{number}">{text(f"T{number}", "A2")}</row>'
        for number in ("2", "2", "1", "900000000", "x", "99999999999999999999")
    )
    references, report = read(book(rows))
    assert len(references) == report.start_markers == 6
    assert [reference.origin.line for reference in references[:4]] == [
        2,
        2,
        1,
        900_000_000,
    ]


def test_cells_in_any_order_and_any_place_are_kept():
    row = f"<row>{text('2020', 'B2')}{text('A title', 'A2')}{text('right', 'Z2')}</row>"
    references, report = read(book(row))
    assert references[0].fields == (
        ("Title", "A title"),
        ("Year", "2020"),
        ("column 26", "right"),
    )
    assert report.unknown_tags == {"column 26": 1}


def test_a_second_cell_in_one_place_is_kept():
    fields = one(book(f"<row>{text('A title')}{text('again')}</row>")).fields
    assert fields == (("Title", "A title"), ("column 1", "again"))


def test_a_formula_without_its_value_is_kept():
    assert one(book("<row><c><f>A1</f></c></row>")).fields == (("Title", "=A1"),)


def test_line_ends_that_xml_cannot_hold():
    fields = one(book(f"<row>{text('a_x000D_b_x005F_x000D_')}</row>")).fields
    assert fields == (("Title", "a\rb_x000D_"),)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ('<row><c t="s"><v>99</v></c></row>', "not there"),
        ('<row><c t="s"><v>x</v></c></row>', "not there"),
        ("<row><row>", "inside another"),
        ("<row><c><c>", "inside another"),
        ("<a>" * 1_000_000, "nested"),
        ("<row>" + "<c/>" * 20_000 + "</row>", "16384 cells"),
        ('<row><c r="ZZZ1"/></row>', "16384 cells"),
        ("<row>&b;</row>", "undefined entity"),
        ("<row>", "mismatched tag"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_invalid_input(rows, why):
    with pytest.raises(InvalidInput, match=why):
        read(book(rows))


def test_a_sheet_of_more_rows_than_a_spreadsheet_holds(monkeypatch):
    monkeypatch.setattr("synthesist.formats.workbook.ROWS", 1000)
    assert read(book(f"<row>{text('x')}</row>" * 999))[1].records == 999
    with pytest.raises(InvalidInput, match="more than 1000 rows"):
        read(book(f"<row>{text('x')}</row>" * 1000))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE a [<!ENTITY % a SYSTEM "http://127.0.0.1/a"> %a;]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_are_refused(declared):
    with pytest.raises(InvalidInput, match="document type"):
        read(book(f"<row>{text('&b;')}</row>", before=declared))


def resized(data, name, factor):
    """Return an archive that says that a part is of another size than it is."""
    lying = bytearray(data)
    place = 0
    while (place := lying.find(name, place)) >= 0:
        for start, mark, size in ((30, b"PK\x03\x04", 22), (46, b"PK\x01\x02", 24)):
            begin = place - start
            if begin >= 0 and lying[begin : begin + 4] == mark:
                (old,) = struct.unpack_from("<I", lying, begin + size)
                struct.pack_into("<I", lying, begin + size, int(old * factor))
        place += 1
    return bytes(lying)


NAME = b"xl/worksheets/sheet1.xml"


def test_a_bomb_that_lies_about_its_size_unpacks_no_further():
    rows = f"<row>{text('x')}</row>" * 500_000
    lying = resized(book(rows, method=zipfile.ZIP_DEFLATED), NAME, 1e-3)
    started = time.process_time()
    with pytest.raises(InvalidInput, match="cannot be read"):
        read(lying)
    assert time.process_time() - started < 2


def test_a_part_that_claims_to_be_huge_is_read_for_what_it_is():
    read(resized(workbook(zipfile.ZIP_DEFLATED), NAME, 100))
    with pytest.raises(InvalidInput, match="would unpack"):
        read(resized(workbook(zipfile.ZIP_DEFLATED), NAME, 1e6))


def test_an_archive_in_an_archive_is_no_sheet():
    inner = workbook(zipfile.ZIP_DEFLATED, sheet1="0" * (10 << 20))
    with pytest.raises(InvalidInput, match="cannot be read"):
        read(workbook(zipfile.ZIP_DEFLATED, sheet1=inner))


def test_twenty_thousand_names_of_one_sheet():
    sheets = '<sheet name="a" sheetId="1" r:id="rId1"/>' * 20_000
    parts = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    assert len(read(workbook(workbook=parts))[0]) == 3


def test_too_many_members_are_refused():
    buffer = io.BytesIO(workbook())
    with zipfile.ZipFile(buffer, "a") as archive:
        for number in range(1000):
            archive.writestr(f"x{number}", "")
    with pytest.raises(InvalidInput, match="parts"):
        read(buffer.getvalue())


def test_a_truncated_workbook_is_damaged_or_read():
    whole = workbook(zipfile.ZIP_DEFLATED)
    for end in range(0, len(whole), 97):
        check(whole[:end])
        check(whole[:end] + whole[end + 1 :])


@pytest.mark.parametrize(
    "rows",
    [
        f"<row>{text('x', 'A2')}{text('x', 'XFD2')}</row>" * 1000,
        f"<row>{text('x' * 10_000_000)}</row>",
        f"<row>{text('x&#10;' * 50_000)}</row>",
        "<x/>" * 50_000,
        f"<row>{'<x/>' * 50_000}{text('x')}</row>",
    ],
    ids=["wide", "ten megabytes in a cell", "lines", "unknown", "unknown in a row"],
)
def test_large_workbooks_take_seconds(rows):
    started = time.process_time()
    check(book(rows))
    assert time.process_time() - started < 10
