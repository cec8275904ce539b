#!/usr/bin/env python3
"""Writes src/normalize/date/words.tsv: the names of months and weekdays.

Source: cldr-dates-full 48.2.0 (Unicode licence V3), from npm:
    npm pack cldr-dates-full@48.2.0 && tar xzf cldr-dates-full-48.2.0.tgz
    scripts/date_words.py package
A line is `m` or `w`, the number of the month (or the ISO weekday), and its
names: lower case, without accents and dots. Names that mean one month here and
another there (`listopad`) are left out; such weekdays are `w 0`.
"""
import json
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

LANGUAGES = """en de fr es it pt nl sv da nb fi is pl cs sk hu ro bg uk ru be hr sr sr-Latn sl mk
el tr id ms th ar fa hi bn he ca gl lt lv et""".split()
# What is written beside CLDR's forms.
MORE = {
    ("m", 1): "janv ene jän jänner ян gen มกรา",
    ("m", 2): "febr fev feb feber กุมภา",
    ("m", 3): "mrz maerz maa มีนา",
    ("m", 4): "avr เมษา",
    ("m", 5): "mayo mei maj mai พฤษภา",
    ("m", 6): "juin jun giu haz iun มิถุนา",
    ("m", 7): "juil jul lug กรกฎา",
    ("m", 8): "aou aout ago สิงหา",
    ("m", 9): "sept set sett setiembre sep กันยา सितम्बर",
    ("m", 10): "ott out okt oct ตุลา اكتوبر اكتبر",
    ("m", 11): "nov studenog studenoga studenom พฤศจิกา नवम्बर",
    ("m", 12): "dez dic déc dec ธันวา दिसम्बर",
    ("w", 1): "mo mon segunda",
    ("w", 2): "tues tue di terça",
    ("w", 3): "weds wed mi quarta",
    ("w", 4): "thur thurs thu do quinta",
    ("w", 5): "fri fr птн sexta",
    ("w", 6): "sat sa сбт",
    ("w", 7): "sun so вск",
}
DAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


def folded(name):
    name = name.lower().replace(".", "").replace("\u200f", "").replace("\u200e", "").strip()
    name = name.replace("ی", "ي").replace("ک", "ك").replace("॰", "")
    decomposed = unicodedata.normalize("NFD", name)
    return "".join(c for c in decomposed if not (0x300 <= ord(c) <= 0x36F or c in "\u093c\u09bc"))


def names(package):
    for language in LANGUAGES:
        path = package / "main" / language / "ca-gregorian.json"
        calendar = json.loads(path.read_text())["main"][language]["dates"]["calendars"]["gregorian"]
        for kind, part, number in [("m", "months", int), ("w", "days", DAYS.get)]:
            for context in ("format", "stand-alone"):
                for width in ("wide", "abbreviated"):
                    for key, name in calendar[part][context][width].items():
                        yield kind, number(key), name
    for (kind, number), more in MORE.items():
        for name in more.split():
            yield kind, number, name


meanings = defaultdict(set)
for kind, number, name in names(Path(sys.argv[1])):
    name = folded(name)
    spelled = all(c.isalpha() or unicodedata.category(c)[0] == "M" for c in name)
    if spelled and len(name) > 1:
        meanings[kind, name].add(number)
lines = defaultdict(list)
for (kind, name), numbers in meanings.items():
    if len(numbers) == 1:
        lines[kind, numbers.pop()].append(name)
    elif kind == "w":
        lines[kind, 0].append(name)
    else:
        print("left out:", name, sorted(numbers), file=sys.stderr)
out = Path(__file__).parent.parent / "src/normalize/date/words.tsv"
with out.open("w") as table:
    for (kind, number), found in sorted(lines.items()):
        table.write(f"{kind}\t{number}\t{' '.join(sorted(found))}\n")
