#!/usr/bin/env python3
"""Writes a whole legacy CRM beside this file: users, companies, contacts, deals and activities, each in
another format, with planted defects, and the target CRM that they are to be moved into.

Everybody in it is invented. Same script, same bytes: no clock, a fixed seed, and only
random.Random.random(), whose sequence Python guarantees. README.md describes the result;
expected.json names every planted defect, and what is written is checked against it.
"""
import csv
import io
import json
import random
from datetime import date
from pathlib import Path

import target_sql
import workbook
from words import *  # nothing but lists

HERE = Path(__file__).parent
RANDOM = random.Random(20241105)
FULL_WIDTH = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
COUNTRIES = ["zh"] * 6 + ["us", "us", "uk", "de"]  # of ten customers
FORMS = {"zh": ["有限公司", "有限责任公司", "股份有限公司"], "us": ["Inc", "LLC", "Corp"], "uk": ["Ltd", "PLC"], "de": ["GmbH", "GmbH & Co. KG", "AG"]}
LONG_FORMS = {"有限公司": "有限责任公司", "有限责任公司": "有限公司", "股份有限公司": "股份公司", "Inc": "Incorporated", "LLC": "L.L.C.",
              "Corp": "Corporation", "Ltd": "Limited", "PLC": "plc", "GmbH": "G.m.b.H.", "GmbH & Co. KG": "GmbH & Co KG",
              "AG": "Aktiengesellschaft"}
COMPANIES, COMPANY_COPIES, BROKEN_COMPANIES = 850, 40, 10
CONTACTS, CONTACT_COPIES, DEALS, ACTIVITIES = 2280, 120, 1300, 2500

planted = {}  # kind of record -> name of a defect -> the rows, or pairs and other groups of them


# ---------------------------------------------------------------- chance
def below(n):
    return int(RANDOM.random() * n)


def pick(items):
    return items[below(len(items))]


def digits(n):
    return "".join(str(below(10)) for _ in range(n))


def shuffled(items):
    items = list(items)
    for i in range(len(items) - 1, 0, -1):
        j = below(i + 1)
        items[i], items[j] = items[j], items[i]
    return items


def some_day(first_year, years):
    return date(first_year + below(years), 1 + below(12), 1 + below(28))


class Deck:
    """Rows in random order to which nothing has been done; what is taken is gone, so no row has two defects."""

    def __init__(self, rows):
        self.rows = shuffled(rows)

    def take(self, n, fits=lambda row: True):
        chosen = [row for row in self.rows if fits(row)][:n]
        assert len(chosen) == n, f"only {len(chosen)} of {n}"
        gone = {id(row) for row in chosen}
        self.rows = [row for row in self.rows if id(row) not in gone]
        return chosen


def plant(kind, name, items):
    planted.setdefault(kind, {})[name] = list(items)
    return items


# ---------------------------------------------------------------- users
def user(i):
    name, local = USERS[i].replace("_", " ").split("|")
    team, city = TEAMS[i % len(TEAMS)]
    role = "manager" if i % 10 == 4 else "admin" if i in (7, 27) else "support" if i % 10 == 9 else "sales"
    return {"id": f"U{i + 1:03d}", "name": name, "email": f"{local}@example.com", "team": team, "city": city, "role": role, "status": "active"}


def users():
    rows = [user(i) for i in range(len(USERS))]
    deck = Deck(row for row in rows if row["role"] == "sales")
    for row in plant("users", "inactive", deck.take(6)):
        row["status"] = "inactive"
    for row in plant("users", "on_leave", deck.take(2)):
        row["status"] = "on leave"
    for row in plant("users", "no_email", deck.take(1)):
        row["email"] = ""
    return rows


def sellers(rows):
    return [row for row in rows if row["role"] in ("sales", "manager") and row["status"] != "inactive" and row["email"]]


UNKNOWN_USERS = [{"id": "U777"}, {"id": "U901"}, {"id": "U999"}]


def plant_owners(kind, deck, inactive, unknown, fits=lambda row: True):
    """Gives some rows an owner who has left, one whom nobody knows, or the one who cannot log in."""
    for row in plant(kind, "inactive_owner", deck.take(inactive, fits)):
        row["owner"] = pick(planted["users"]["inactive"])
    for row in plant(kind, "unknown_owner", deck.take(unknown, fits)):
        row["owner"] = pick(UNKNOWN_USERS)
    for row in plant(kind, "owner_without_email", deck.take(4, fits)):
        row["owner"] = planted["users"]["no_email"][0]


# ---------------------------------------------------------------- companies
def credit_code(region, i):
    """A unified social credit code with its two check digits; no organisation has a code that begins with XX."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    base = f"XX{i:06d}"
    values = [int(c, 36) for c in base]
    check = (11 - sum(v * w for v, w in zip(values, [3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 11
    code = f"91{region}{base}{'X' if check == 10 else check}"
    return code + alphabet[-sum(alphabet.index(c) * 3**n % 31 for n, c in enumerate(code)) % 31]


def company_place(kind, i):
    """City, switchboard in E.164, administrative code and short name of the city, for the i-th company of a country."""
    if kind == "zh":
        city, short, area, region = CHINESE_CITIES[i % len(CHINESE_CITIES)]
        return city, f"+86{area}5550{i:04d}", region, short
    if kind == "us":
        return pick(AMERICAN_CITIES), f"+1{('212', '206', '617', '303')[i % 4]}55501{i // 4:02d}", "", ""
    if kind == "uk":
        return pick(BRITISH_CITIES), f"+442079460{i:03d}", "", ""
    return pick(GERMAN_CITIES), f"+493023125{i:03d}", "", ""


def company_name(kind, i, brand, short):
    """Name without its legal form, name for the web, industry in the old system and in the new one."""
    if kind == "zh":
        trade, industry, target = pick(CHINESE_TRADES)
        return short * (i % 3 > 0) + brand + trade, "".join(PINYIN[c] for c in brand) + f"{i:03d}", industry, target
    industry = pick(list(WESTERN_INDUSTRIES))
    return brand, brand.translate(UMLAUTS).lower().replace(" ", "-"), industry, WESTERN_INDUSTRIES[industry]


def brands():
    """No two alike: two characters, or two words."""
    chinese = shuffled(a + b for a in BRAND_SIGNS for b in BRAND_SIGNS if a != b)
    english = shuffled(f"{a} {b}" for a in ENGLISH_BRANDS for b in ENGLISH_TRADES)
    german = shuffled(f"{a} {b}" for a in GERMAN_LAST for b in GERMAN_TRADES)
    return {"zh": chinese, "us": english, "uk": english, "de": german}


def revenue(kind):
    amount = (20 + below(900)) * (10 if below(4) == 0 else 1)
    if below(10) == 0:
        return ""
    if kind == "zh" and below(2):
        return f"{amount:,}万"
    return f"{amount * 10000:,}"


def created(kind):
    """A date in one of the ways that stand side by side in the column: the day may only come first where slashes are."""
    day = some_day(2014, 10)
    style = below(4) if kind == "zh" else pick([0, 3, 4, 4])
    return [day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日", day, day.strftime("%d/%m/%Y")][style]


def phone_of_office(e164, style):
    """A number as people write it down."""
    if e164.startswith("+86"):
        area, rest = e164[3:-8], e164[-8:]
        return [f"0{area}-{rest}", f"(0{area}) {rest[:4]} {rest[4:]}", f"+86 {area} {rest}"][style % 3]
    if e164.startswith("+1"):
        a, b, c = e164[2:5], e164[5:8], e164[8:]
        return [f"+1 ({a}) {b}-{c}", f"+1-{a}-{b}-{c}", f"+1 {a}.{b}.{c}"][style % 3]
    if e164.startswith("+44"):
        area, rest = (e164[3:5], e164[5:]) if e164[3] == "2" else (e164[3:6], e164[6:])
        return [f"+44 {area} {rest[:-4]} {rest[-4:]}", f"+44 (0){area} {rest[:-4]} {rest[-4:]}", f"0044 {area} {rest}"][style % 3]
    area, rest = e164[3:5], e164[5:]
    return [f"+49 {area} {rest}", f"+49 (0){area} {rest[:5]}-{rest[5:]}", f"0049 {area} {rest}"][style % 3]


def company(kind, i, supply, owners):
    city, e164, region, short = company_place(kind, i)
    core, web, industry, target = company_name(kind, i, supply[kind].pop(), short)
    form = pick(FORMS[kind])
    return {"locale": kind, "core": core, "form": form, "name": core + ("" if kind == "zh" else " ") + form,
            "credit_code": credit_code(region, i) if kind == "zh" and i % 6 else "",
            "website": f"https://www.{web}.example.{'cn' if kind == 'zh' else 'com'}" if below(5) else "",
            "e164": e164, "phone": phone_of_office(e164, below(3)), "city": city, "industry": industry, "target_industry": target,
            "status": pick(list(COMPANY_STATUS)), "parent": None, "owner": pick(owners), "created": created(kind),
            "employees": pick([None, 5 + below(40), 50 + below(900)]), "revenue": revenue(kind)}


def other_spelling(row):
    """The company's name as somebody else would have entered it."""
    long, space = LONG_FORMS[row["form"]], "" if row["locale"] == "zh" else " "
    ways = [row["core"] + space + long, row["core"]]
    if row["locale"] == "zh":
        ways += [f"{row['core']}（中国）{row['form']}", f"{row['core'][:2]} {row['core'][2:]}{long}"]
    else:
        ways += [row["name"].upper(), f"{row['core']}, {long}"]
    return pick(ways)


def company_copies(deck, owners):
    """Another entry for the same company: by credit code, or by switchboard where it has none of its own."""
    by_code = deck.take(25, lambda row: row["credit_code"])
    by_phone = deck.take(COMPANY_COPIES - 25, lambda row: row["phone"])
    pairs = []
    for i, row in enumerate(by_code + by_phone):
        copy = dict(row, name=other_spelling(row), owner=pick(owners), status=pick(list(COMPANY_STATUS)), created=created(row["locale"]),
                    revenue="", website="")
        if i < len(by_code):
            copy["phone"], copy["credit_code"] = "", pick([row["credit_code"], row["credit_code"].lower()])
        else:
            copy["phone"], copy["credit_code"] = phone_of_office(row["e164"], below(3)).translate(FULL_WIDTH if i % 4 == 0 else {}), ""
        pairs.append((row, copy))
    plant("companies", "duplicates_by_credit_code", pairs[:25])
    plant("companies", "duplicates_by_phone", pairs[25:])
    return [copy for _, copy in pairs]


def hierarchy(deck, copies):
    """Who belongs to whom: ordinary pairs, three floors, and what no hierarchy can be."""
    for child, parent in zip(deck.take(60), deck.take(60)):
        child["parent"] = parent
    for low, middle, high in plant("companies", "chains_of_three", [deck.take(3) for _ in range(5)]):
        low["parent"], middle["parent"] = middle, high
    cycle = plant("companies", "parent_cycle", deck.take(3))
    for row, parent in zip(cycle, cycle[1:] + cycle[:1]):
        row["parent"] = parent
    for row in plant("companies", "parent_is_itself", deck.take(1)):
        row["parent"] = row
    for i, row in enumerate(plant("companies", "parent_nowhere", deck.take(3))):
        row["parent"] = {"id": f"A-{90001 + i}"}
    for row, copy in zip(plant("companies", "parent_is_a_copy", deck.take(3)), copies):
        row["parent"] = copy


def number_companies(rows):
    """In the order of the export; some numbers are of the system before, all digits with leading zeros."""
    for i, row in enumerate(rows):
        row["id"] = f"{i + 1:06d}" if i % 29 == 7 else f"A-{i + 1:05d}"


def companies(owners):
    supply = brands()
    made = []
    for i in range(COMPANIES + BROKEN_COMPANIES):
        kind = COUNTRIES[i % 10]
        made.append(company(kind, i // 10 * COUNTRIES.count(kind) + COUNTRIES[:i % 10].count(kind), supply, owners))
    deck, broken = Deck(made[:COMPANIES]), made[COMPANIES:]
    for row in plant("companies", "no_name", broken[:5]):
        row["name"] = pick(EMPTY_NAMES)
    for row, text in zip(plant("companies", "bad_date", broken[5:]), BAD_DATES):
        row["created"] = text
    copies = company_copies(deck, owners)
    hierarchy(deck, copies)
    plant_owners("companies", deck, 12, 4)
    for i, row in enumerate(plant("companies", "unknown_industry", deck.take(12))):
        row["industry"] = UNKNOWN_INDUSTRIES[i % 4]
    rows = shuffled(made + copies)
    number_companies(rows)
    return rows, deck


# ---------------------------------------------------------------- contacts
def mobile_number(kind, i):
    """Ranges that are set aside for films, where there is one; obviously invented ones in China."""
    if kind == "zh":
        return f"+86{pick(['138', '139', '136', '150', '158', '186', '189', '177'])}00{i:04d}{digits(2)}"
    if kind == "us":
        areas = "415 312 202 404 503 512 602 702 713 813 904 916 305 314 402".split()
        return f"+1{areas[i % len(areas)]}55501{i // len(areas) % 100:02d}"
    return f"+441614960{i:03d}" if kind == "uk" else f"+498999998{i:03d}"


def mobile(e164, style):
    if not e164.startswith("+86"):
        return phone_of_office(e164, style)
    number = e164[3:]
    a, b, c = number[:3], number[3:7], number[7:]
    return [number, number, f"{a}-{b}-{c}", f"{a} {b} {c}", f"+86 {a} {b} {c}", f"+86-{number}", f"0086{number}"][style % 7]


def person_name(kind):
    """Name, and what stands before the @."""
    if kind == "zh":
        surname, given = pick(SURNAMES), pick(GIVEN) + (pick(GIVEN) if below(3) else "")
        return surname + given, f"{PINYIN[surname]}.{''.join(PINYIN[c] for c in given)}"
    first, last = (pick(GERMAN_FIRST), pick(GERMAN_LAST)) if kind == "de" else (pick(ENGLISH_FIRST), pick(ENGLISH_LAST))
    return f"{first} {last}", f"{first}.{last}".translate(UMLAUTS).lower()


def moment(day):
    time = f"{8 + below(10):02d}:{below(60):02d}"
    return pick([f"{day.isoformat()} {time}", f"{day.year}/{day.month}/{day.day} {time}"])


def birthday():
    """As it is written, and as ISO 8601 has it."""
    day = some_day(1960, 42)
    text = pick(["", "", day.isoformat(), day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日"])
    return text, day.isoformat() if text else ""


def contact(i, count, at, taken, owners):
    """The i-th contact, and the count-th of the country, at a company."""
    kind = at["locale"]
    name, local = person_name(kind)
    while (id(at), name) in taken:
        name, local = person_name(kind)
    taken.add((id(at), name))
    e164, (birth, born) = mobile_number(kind, count), birthday()
    return {"locale": kind, "name": name, "company": at, "email": f"{local}{i}@{pick(['example.com', 'example.cn', 'example.org'])}",
            "e164": e164, "mobile": mobile(e164, below(7)), "phone": at["phone"] if below(5) < 2 else "",
            "title": pick(CHINESE_TITLES if kind == "zh" else WESTERN_TITLES), "birthday": birth, "born": born, "opt_out": pick(["否", "否", "否", "是", "N", ""]),
            "owner": at["owner"] if below(3) and at["owner"] in owners else pick(owners), "last_activity": moment(some_day(2022, 3)) if below(6) else "",
            "remark": pick(REMARKS)}


def other_name(row):
    """The name of a person as somebody else would have entered it."""
    name = row["name"]
    if row["locale"] == "zh" and all(c in PINYIN for c in name):
        family, given = PINYIN[name[0]].title(), "".join(PINYIN[c] for c in name[1:]).title()
        return pick([f"{family} {given}", f"{given} {family}", f"{name[0]} {name[1:]}", f"{name}先生", f"{name[0]}\u3000{name[1:]}"])
    first, last = name.split()
    return pick([f"{last}, {first}", f"{first[0]}. {last}", name.upper(), name.translate(UMLAUTS), f"{first}  {last}"])


def contact_copy(row, by, owners):
    copy = dict(row, name=other_name(row), owner=pick(owners), title="", birthday="", remark=pick(["", "重复录入", "由展会名片补录"]),
                last_activity=moment(some_day(2023, 2)))
    copy["email"] = pick([row["email"].upper(), row["email"].translate(FULL_WIDTH), f" {row['email'].title()}"]) if by != "mobile" else ""
    copy["mobile"] = pick([mobile(row["e164"], below(7)), row["mobile"].translate(FULL_WIDTH)]) if by != "email" else ""
    return copy


def contact_copies(deck, owners):
    kinds = ["mobile"] * 55 + ["email"] * 45 + ["both"] * 20
    pairs = [(row, contact_copy(row, by, owners)) for row, by in zip(deck.take(CONTACT_COPIES), kinds)]
    plant("contacts", "duplicates_by_mobile", pairs[:55])
    plant("contacts", "duplicates_by_email", pairs[55:100])
    plant("contacts", "duplicates_by_both", pairs[100:])
    return [copy for _, copy in pairs]


def spoil_contacts(deck):
    """Rows that the target cannot take."""
    for row, text in zip(plant("contacts", "bad_email", deck.take(8)), BAD_EMAILS):
        row["email"] = text
    for row, text in zip(plant("contacts", "no_name", deck.take(6)), EMPTY_NAMES):
        row["name"] = text
    for i, row in enumerate(plant("contacts", "title_too_long", deck.take(6))):
        row["title"] = LONG_TITLE if i % 2 else "高级" * 45 + "经理"


def strand_contacts(deck):
    """Rows whose company is nowhere, is rejected, is a copy that is merged away, or is not told."""
    for i, row in enumerate(plant("contacts", "company_nowhere", deck.take(25))):
        row["company"] = {"id": f"A-{91001 + i // 2}" if i % 5 else f"{990001 + i}"}
    rejected = planted["companies"]["no_name"] + planted["companies"]["bad_date"]
    for row in plant("contacts", "company_rejected", deck.take(6)):
        row["company"] = pick(rejected)
    copies = [copy for _, copy in planted["companies"]["duplicates_by_credit_code"] + planted["companies"]["duplicates_by_phone"]]
    for row in plant("contacts", "company_is_a_copy", deck.take(30)):
        row["company"] = pick(copies)
    for row in plant("contacts", "without_company", deck.take(40)):
        row["company"] = {"id": ""}


def dress_contacts(deck):
    """What normalizing repairs, or has only to be read right."""
    for i, row in enumerate(plant("contacts", "provider_typo", deck.take(12))):
        row["email"] = f"{row['email'].split('@')[0]}@{PROVIDER_TYPOS[i % 6]}"
    for i, row in enumerate(plant("contacts", "remark_with_quotes", deck.take(12))):
        row["remark"] = QUOTED_REMARKS[i % 6]
    for i, row in enumerate(plant("contacts", "remark_with_line_breaks", deck.take(10))):
        row["remark"] = BROKEN_REMARKS[i % 5]
    for row, name in zip(plant("contacts", "rare_characters", deck.take(4, lambda row: row["locale"] == "zh")), RARE_NAMES):
        row["name"] = name


def contacts(all_companies, owners):
    copies = {id(copy) for name in ("credit_code", "phone") for _, copy in planted["companies"][f"duplicates_by_{name}"]}
    rejected = {id(row) for name in ("no_name", "bad_date") for row in planted["companies"][name]}
    homes = [row for row in all_companies if id(row) not in copies | rejected]
    made, taken, counts = [], set(), {"zh": 0, "us": 0, "uk": 0, "de": 0}
    for i in range(CONTACTS):
        at = homes[i] if i < len(homes) else pick(homes)
        made.append(contact(i, counts[at["locale"]], at, taken, owners))
        counts[at["locale"]] += 1
    deck = Deck(made)
    again = contact_copies(deck, owners)
    spoil_contacts(deck)
    strand_contacts(deck)
    plant_owners("contacts", deck, 15, 5)
    dress_contacts(deck)
    first, second = deck.take(2)
    rows = shuffled(made + again)
    for i, row in enumerate(rows):
        row["id"] = f"C-{i + 1:06d}"
    plant("contacts", "same_id", [(first, second)])
    second["id"] = first["id"]
    return rows, deck


# ---------------------------------------------------------------- deals
def amount():
    whole = (1 + below(400)) * pick([100, 500, 1000, 5000])
    return pick([whole, whole, whole + below(100) / 100])


def deal(i, people, owners):
    who = pick(people)
    chinese = who["locale"] == "zh"
    stage = pick(list(DEAL_STAGES))
    title = f"{who['company']['core']} {pick(CHINESE_DEALS if chinese else WESTERN_DEALS)} {2021 + below(5)}"
    return {"id": f"D-{i + 1:05d}", "title": title, "company": who["company"], "contact": who if below(8) else None,
            "amount": amount() if below(30) else None, "currency": {"zh": "CNY", "us": "USD", "uk": "GBP", "de": "EUR"}[who["locale"]],
            "stage": stage, "owner": who["owner"], "close_date": some_day(2022, 4).isoformat(), "probability": PROBABILITY[DEAL_STAGES[stage]]}


def closed(row):
    return DEAL_STAGES[row["stage"]] in ("won", "lost")


def spoil_deals(deck):
    for i, row in enumerate(plant("deals", "unknown_stage", deck.take(15))):
        row["stage"], row["probability"] = UNKNOWN_STAGES[i % 5], None
    for row in plant("deals", "no_title", deck.take(3)):
        row["title"] = None
    for row, number in zip(plant("deals", "amount_out_of_range", deck.take(6)), BAD_AMOUNTS):
        row["amount"] = number


def strand_deals(deck):
    for i, row in enumerate(plant("deals", "company_nowhere", deck.take(10))):
        row["company"], row["contact"] = {"id": f"A-{92001 + i}"}, None
    for row in plant("deals", "company_rejected", deck.take(3)):
        row["company"], row["contact"] = pick(planted["companies"]["no_name"] + planted["companies"]["bad_date"]), None
    for row, (_, copy) in zip(plant("deals", "company_is_a_copy", deck.take(12)), planted["companies"]["duplicates_by_phone"]):
        row["company"], row["contact"] = copy, None
    for row, (_, copy) in zip(plant("deals", "contact_is_a_copy", deck.take(12)), planted["contacts"]["duplicates_by_mobile"]):
        row["company"], row["contact"] = copy["company"], copy
    for row, who in zip(plant("deals", "contact_rejected", deck.take(5)), planted["contacts"]["bad_email"]):
        row["company"], row["contact"] = who["company"], who


def deals(people, owners):
    made = [deal(i, people, owners) for i in range(DEALS)]
    deck = Deck(made)
    spoil_deals(deck)
    strand_deals(deck)
    for row in plant("deals", "closed_with_inactive_owner", deck.take(20, closed)):
        row["owner"] = pick(planted["users"]["inactive"])
    plant_owners("deals", deck, 8, 3, lambda row: not closed(row))
    return made, deck


# ---------------------------------------------------------------- activities
OFFSETS = {"zh": "+08:00", "us": "-05:00", "uk": "+00:00", "de": "+01:00"}


def activity(i, people, business):
    on = pick(business) if below(5) < 2 else None
    who = on["contact"] if on else pick(people)
    kind = pick(["call", "call", "mail", "visit", "task"])
    chinese = (who or {"locale": "zh"})["locale"] == "zh"
    at = f"{some_day(2022, 3).isoformat()}T{8 + below(10):02d}:{below(60):02d}:00{OFFSETS[who['locale'] if who else 'zh']}"
    return {"id": f"T-{i + 1:06d}", "type": kind, "subject": SUBJECTS[kind][0 if chinese else 1], "contact": who, "deal": on,
            "owner": (on or who)["owner"], "at": at, "done": kind != "task" or below(2) == 0, "note": pick(NOTES)}


def strand_activities(deck):
    orphans = plant("activities", "contact_nowhere", deck.take(20))
    for i, row in enumerate(orphans):
        row["contact"], row["deal"] = {"id": f"C-{990001 + i}"}, None
    for i, row in enumerate(plant("activities", "deal_nowhere", deck.take(10))):
        row["contact"], row["deal"] = None, {"id": f"D-{90001 + i}"}
    rejected = [row for name in ("bad_email", "no_name", "title_too_long") for row in planted["contacts"][name]]
    for row, who in zip(plant("activities", "contact_rejected", deck.take(15)), rejected[5:]):
        row["contact"], row["deal"] = who, None
    lost = [row for name in ("no_title", "company_nowhere") for row in planted["deals"][name]]
    for row, on in zip(plant("activities", "deal_rejected", deck.take(10)), lost):
        row["contact"], row["deal"] = None, on
    copies = [copy for name in ("mobile", "email", "both") for _, copy in planted["contacts"][f"duplicates_by_{name}"]]
    for row, who in zip(plant("activities", "contact_is_a_copy", deck.take(40)), copies[40:]):
        row["contact"], row["deal"] = who, None


def activities(people, business):
    made = [activity(i, people, business) for i in range(ACTIVITIES)]
    deck = Deck(made)
    strand_activities(deck)
    plant_owners("activities", deck, 25, 4)
    return made


# ---------------------------------------------------------------- files
def key(row):
    return row["id"] if row else None


def users_csv(rows):
    header = ["用户编号/user_id", "name", "email", "team", "city", "role", "status"]
    return header, [list(row.values()) for row in rows]


def companies_sheet(rows):
    header = ["客户编号/Company ID", "客户名称", "统一社会信用代码", "网址", "电话", "城市", "行业", "客户状态", "上级客户编号", "负责人编号",
              "创建时间", "员工人数", "年营业额"]
    names = ["id", "name", "credit_code", "website", "phone", "city", "industry", "status", "parent", "owner", "created", "employees", "revenue"]
    return header, [[key(row[n]) if n in ("parent", "owner") else row[n] for n in names] for row in rows]


def contacts_csv(rows):
    header = ["联系人编号", "姓名", "客户编号", "邮箱", "手机", "电话", "职务", "生日", "退订", "负责人编号", "最后跟进时间", "备注"]
    names = ["id", "name", "company", "email", "mobile", "phone", "title", "birthday", "opt_out", "owner", "last_activity", "remark"]
    return header, [[key(row[n]) if n in ("company", "owner") else row[n] for n in names] for row in rows]


def deal_json(row):
    nested = {name: {"id": key(row[name])} for name in ("company", "contact", "owner")}
    return dict(row, **nested)


def activity_json(row):
    return {"id": row["id"], "type": row["type"], "subject": row["subject"], "contact_id": key(row["contact"]), "deal_id": key(row["deal"]),
            "owner": key(row["owner"]), "at": row["at"], "done": row["done"], "note": row["note"]}


def delimited(header, rows, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([header] + rows)
    return text.getvalue()


def line(value):
    return json.dumps(value, ensure_ascii=False)


def write(name, text, encoding="utf-8"):
    (HERE / name).write_bytes(text.encode(encoding))


# ---------------------------------------------------------------- what is planted
def ids(item):
    if isinstance(item, (list, tuple)):
        return [ids(part) for part in item]
    return key(item)


def expected(tables, target):
    """What tests may rely on. Pairs of duplicates are [original, copy]; chains go from the lowest up."""
    rows = {name: len(table) for name, table in tables.items()}
    found = {kind: {name: ids(items) for name, items in defects.items()} for kind, defects in planted.items()}
    first, second = planted["contacts"]["same_id"][0]
    table = tables["contacts"]
    found["contacts"]["same_id"] = [{"id": first["id"], "records": sorted(1 + at for at, row in enumerate(table) if row is first or row is second)}]
    values = {"companies.industry": {old: new for _, old, new in CHINESE_TRADES} | WESTERN_INDUSTRIES, "companies.status": COMPANY_STATUS,
              "deals.stage": DEAL_STAGES, "users.status": {"active": "active", "on leave": "active", "inactive": "inactive"},
              "contacts.opted_out": {"是": True, "否": False, "N": False}}
    return {"rows": rows, **found, "target": target, "values": values}


def same(found, *names):
    """What was found in the finished rows is what was planted under these names, and nothing else."""
    kind = names[0].split(".")[0]
    wanted = [row for name in names for row in planted[kind][name.split(".")[1]]]
    assert sorted(map(id, found)) == sorted(map(id, wanted)), f"{names}: {len(found)} found, {len(wanted)} planted"


def check(tables):
    """Looks for the defects in the finished rows, without knowing where they were planted."""
    known = {kind: {row["id"] for row in rows} for kind, rows in tables.items()}
    left = {row["id"] for row in tables["users"] if row["status"] == "inactive"}
    for kind in ("companies", "contacts", "deals", "activities"):
        rows = tables[kind]
        same([row for row in rows if row["owner"]["id"] not in known["users"]], f"{kind}.unknown_owner")
        gone = [row for row in rows if row["owner"]["id"] in left]
        same(gone, f"{kind}.inactive_owner", *([f"{kind}.closed_with_inactive_owner"] if kind == "deals" else []))
    for kind, name in (("contacts", "company"), ("deals", "company"), ("activities", "contact"), ("activities", "deal"), ("companies", "parent")):
        target = {"company": "companies", "parent": "companies", "contact": "contacts", "deal": "deals"}[name]
        lost = [row for row in tables[kind] if key(row[name]) and key(row[name]) not in known[target]]
        same(lost, f"{kind}.{name}_nowhere")
    check_customers(tables["companies"], tables["contacts"])
    check_stranded(tables)


def check_customers(all_companies, all_contacts):
    """Nobody shares a number or an address with somebody else by chance."""
    for kind, rows, copies in (("companies", all_companies, COMPANY_COPIES), ("contacts", all_contacts, CONTACT_COPIES)):
        assert len({row["e164"] for row in rows}) == len(rows) - copies, kind
        pairs = sum(len(items) for name, items in planted[kind].items() if name.startswith("duplicates"))
        assert pairs == copies, kind
    assert all(a["name"] != b["name"] for a, b in planted["companies"]["duplicates_by_credit_code"] + planted["companies"]["duplicates_by_phone"])
    same([row for row in all_contacts if len(row["title"]) > 80], "contacts.title_too_long")
    same([row for row in all_contacts if not row["name"].strip()], "contacts.no_name")
    same([row for row in all_companies if not row["name"].strip()], "companies.no_name")


def pointing(rows, name, at):
    at = {id(row) for row in at}
    return [row for row in rows if id(row[name]) in at]


def check_stranded(tables):
    """Only the planted rows belong to what is merged away or rejected."""
    firms, persons = planted["companies"], planted["contacts"]
    refused_firms = firms["no_name"] + firms["bad_date"]
    refused_persons = persons["bad_email"] + persons["no_name"] + persons["title_too_long"]
    copied_firms = [copy for name, pairs in firms.items() if name.startswith("duplicates") for _, copy in pairs]
    copied_persons = [copy for name, pairs in persons.items() if name.startswith("duplicates") for _, copy in pairs]
    for kind in ("contacts", "deals"):
        same(pointing(tables[kind], "company", refused_firms), f"{kind}.company_rejected")
        same(pointing(tables[kind], "company", copied_firms), f"{kind}.company_is_a_copy")
    for kind in ("deals", "activities"):
        same(pointing(tables[kind], "contact", refused_persons), f"{kind}.contact_rejected")
        same(pointing(tables[kind], "contact", copied_persons), f"{kind}.contact_is_a_copy")


def report(tables):
    for kind, rows in tables.items():
        print(f"{kind}: {len(rows)}")
        for name, items in planted[kind].items():
            print(f"  {len(items):3} {name}")


def main():
    people = users()
    owners = sellers(people)
    firms, clean_firms = companies(owners)
    persons, clean_persons = contacts(firms, owners)
    business, clean_business = deals(clean_persons.rows, owners)
    events = activities(clean_persons.rows, clean_business.rows)
    tables = {"users": people, "companies": firms, "contacts": persons, "deals": business, "activities": events}
    check(tables)
    write("users.csv", delimited(*users_csv(people), ","))
    header, rows = companies_sheet(firms)
    workbook.write(HERE / "companies.xlsx", "客户", [header] + rows)
    write("contacts.csv", delimited(*contacts_csv(persons), ";"), "gb18030")
    write("deals.json", "[\n" + ",\n".join(line(deal_json(row)) for row in business) + "\n]\n")
    write("activities.jsonl", "".join(line(activity_json(row)) + "\n" for row in events))
    target = target_sql.Target(people, clean_firms.take, clean_persons.take, planted["users"])
    for dialect in ("sqlite", "postgres"):
        write(f"target_{dialect}.sql", target.sql(dialect))
    write("expected.json", json.dumps(expected(tables, target.expected()), ensure_ascii=False, indent=1) + "\n")
    report(tables)


if __name__ == "__main__":
    main()
