"""Prints src/codepages.rs: the code pages of DOS, as CPython's codecs have them.

Those are made of Unicode's mapping tables, VENDORS/MICSFT/PC (CPython 3.11, PSF-2.0).

    python3 scripts/codepages.py > src/codepages.rs
"""

PAGES = [
    (437, "The United States; the console of Windows."),
    (850, "Western Europe."),
    (852, "Central Europe."),
    (855, "Cyrillic, before 866."),
]

print("//! The bytes 80 to FF of code pages that the WHATWG Encoding Standard leaves out.")
print("//!")
print("//! Made by `scripts/codepages.py` of CPython 3.11's codecs, which are made of")
print("//! Unicode's mapping tables, `VENDORS/MICSFT/PC`.")
print("#![cfg_attr(not(feature = \"csv\"), allow(dead_code))]")
for number, about in PAGES:
    chars = bytes(range(0x80, 0x100)).decode(f"cp{number}")
    escaped = "".join(f"\\u{{{ord(c):X}}}" if c in "\u00a0\u00ad" else c for c in chars)
    print(f'\n/// {about}\npub(crate) const IBM{number}: &str =\n    "{escaped}";')
