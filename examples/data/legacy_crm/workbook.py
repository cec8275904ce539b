"""One sheet as an XLSX file, with the standard library alone and without a clock."""
import zipfile
from datetime import date
from xml.sax.saxutils import escape

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

CONTENT_TYPES = f"""<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>
</Types>"""
ROOT = f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"""
PARTS = f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>"""
STYLES = f"""<styleSheet xmlns="{NAMESPACE}">
<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""
DATE_STYLE = 1


def book(sheet_name):
    sheet = f'<sheet name="{escape(sheet_name)}" sheetId="1" r:id="rId1"/>'
    return f'<workbook xmlns="{NAMESPACE}" xmlns:r="{OFFICE}"><sheets>{sheet}</sheets></workbook>'


def place(row, column):
    assert column < 26
    return f"{chr(ord('A') + column)}{row + 1}"


def cell(at, value, strings):
    """A cell: text, a number, a date, or nothing for None and empty text."""
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return f'<c r="{at}" s="{DATE_STYLE}"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{at}"><v>{value}</v></c>'
    return f'<c r="{at}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'


def sheet(rows, strings):
    lines = []
    for i, row in enumerate(rows):
        cells = "".join(cell(place(i, j), value, strings) for j, value in enumerate(row))
        lines.append(f'<row r="{i + 1}">{cells}</row>')
    return f'<worksheet xmlns="{NAMESPACE}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def shared(strings):
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return f'<sst xmlns="{NAMESPACE}" uniqueCount="{len(strings)}">{items}</sst>'


def write(path, sheet_name, rows):
    strings = {}
    content = sheet(rows, strings)
    parts = {"[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": ROOT, "xl/workbook.xml": book(sheet_name),
             "xl/_rels/workbook.xml.rels": PARTS, "xl/worksheets/sheet1.xml": content,
             "xl/styles.xml": STYLES, "xl/sharedStrings.xml": shared(strings)}
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            package.writestr(entry, HEAD + text, compresslevel=9)
