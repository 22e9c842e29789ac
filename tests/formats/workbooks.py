"""A workbook in its parts, which can be changed one by one and packed again."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

SHEET = f"""<worksheet xmlns="{MAIN}"><dimension ref="A1:B2"/><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>Year</t></is></c><c r="D1" t="str"><v>Date</v></c></row>
<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c><c r="C2"><v>2020</v></c><c r="D2" s="1"><v>43957</v></c></row>
<row r="4"><c r="A4" t="inlineStr"><is><r><t>Ri</t></r><r><t>ch</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c><c r="C4"><f>1+1</f><v>2021.5</v></c><c r="E4" t="b"><v>1</v></c></row>
<row><c t="s"><v>4</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2020-05-06</v></c></row>
</sheetData></worksheet>"""

STRINGS = f"""<sst xmlns="{MAIN}" count="5"><si><t>Title</t></si><si><t>Authors</t></si>
<si><t xml:space="preserve">A title &amp; more </t></si><si><r><t>Ada, B.; </t></r><r><t>Byron, G.</t></r></si><si><t> </t></si></sst>"""

WORKBOOK = f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="0"/><sheets><sheet name="references" sheetId="1" r:id="rId1"/><sheet name="log" sheetId="2" r:id="rId2"/></sheets></workbook>"""

STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"""

OTHER = f"""<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>of no concern</t></is></c></row>
<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c></row><row r="4"><c r="A4"><v>3</v></c></row><row r="5"><c r="A5"><v>4</v></c></row></sheetData></worksheet>"""

RELATIONS = f"""<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{OFFICE}/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="rId3" Type="{OFFICE}/styles" Target="styles.xml"/><Relationship Id="rId4" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"""

ROOT = f"""<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""

TYPES = f"""<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_KIND}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>"""

#: The parts of a workbook in the order in which a mutated one gives them.
PARTS = {
    "xl/worksheets/sheet1.xml": SHEET,
    "xl/sharedStrings.xml": STRINGS,
    "xl/workbook.xml": WORKBOOK,
    "xl/styles.xml": STYLES,
    "xl/worksheets/sheet2.xml": OTHER,
    "xl/_rels/workbook.xml.rels": RELATIONS,
    "_rels/.rels": ROOT,
    "[Content_Types].xml": TYPES,
}

#: What separates the parts of a mutated workbook.
BETWEEN = b"\n=====\n"


def workbook(method=zipfile.ZIP_STORED, **parts):
    """Return a workbook; `parts` are given by the names of their files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in PARTS.items():
            stem = name.rpartition("/")[2].removesuffix(".xml")
            archive.writestr(zipfile.ZipInfo(name), parts.get(stem, text), method)
    return buffer.getvalue()


def pack(data):
    """Return the workbook whose first parts are given; the others are sound."""
    given = data.split(BETWEEN)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for place, (name, text) in enumerate(PARTS.items()):
            part = given[place] if place < len(given) else b""
            archive.writestr(zipfile.ZipInfo(name), part or text)
    return buffer.getvalue()
