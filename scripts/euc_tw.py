"""Prints the table of src/source/encoding/taiwan.rs: where CNS 11643 and Big5 stand in the same order.

Compares CPython's codecs big5 and cp950 with what the program iconv makes of EUC-TW (tried with
CPython 3.11 and glibc 2.36), character by character: only the ranges in which both agree come out.

    python3 scripts/euc_tw.py
"""

import subprocess

CELLS = [row << 8 | cell for row in range(0x21, 0x7F) for cell in range(0x21, 0x7F)]


def big5(code):
    for codec in ("big5", "cp950"):
        try:
            return bytes([code >> 8, code & 0xFF]).decode(codec)
        except UnicodeDecodeError:
            pass
    return None


def cns():
    """Plane and code of each character."""
    found = {}
    for plane, prefix in ((1, b""), (2, b"\x8e\xa2")):
        lines = b"\n".join(prefix + bytes([code >> 8 | 0x80, code & 0xFF | 0x80]) for code in CELLS)
        iconv = ["iconv", "-c", "-f", "EUC-TW", "-t", "UTF-8"]
        text = subprocess.run(iconv, input=lines, capture_output=True).stdout.decode()
        for code, char in zip(CELLS, text.split("\n")):
            if char:
                found.setdefault(char, (plane, code))
    return found


def place(code):
    return ((code >> 8) - 0x21) * 94 + (code & 0xFF) - 0x21


def runs():
    known, runs, before = cns(), [], None
    codes = [row << 8 | cell for row in range(0xA1, 0xFA) for cell in (*range(0x40, 0x7F), *range(0xA1, 0xFF))]
    for at, code in enumerate(codes):
        char = big5(code)
        # Rows A4 to C6 and C9 to F9 are characters; symbols agree in rows A1 to A3 but for a few signs.
        if char not in known or 0xC67E < code < 0xC940 or 0xA3BF < code < 0xA440:
            continue
        plane, cell = known[char]
        order = (plane, place(cell) - at)
        if before == order:
            runs[-1][2] = code
        else:
            runs.append([plane, code, code, cell])
        before = order
    return runs


for plane, first, last, cell in runs():
    print(f"    ({plane}, 0x{first:04X}, 0x{last:04X}, 0x{cell:04X}),")
