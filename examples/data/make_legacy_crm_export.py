#!/usr/bin/env python3
"""Writes legacy_crm_export.csv beside this file: a CRM export with every mess seen in real ones.

Everybody in it is invented. Same script, same bytes: no clock, a fixed seed, and only
random.Random.random(), whose sequence Python guarantees. README.md describes the result.
"""
import random
from pathlib import Path

HEADER = ["客户编号", "客户名称", "联系人", "手机", "电话/Tel", "Email", "省市/City", "地址", "负责人/Owner",
          "客户级别", "阶段/Stage", "创建时间", "最后跟进", "备注/Remark", "锁定状态"]
ID, COMPANY, NAME, MOBILE, TEL, EMAIL, CITY, ADDRESS, OWNER, LEVEL, STAGE, CREATED, LAST, REMARK, LOCKED = range(15)
CUSTOMERS, COPIES, TESTS = 300, 25, 4

RANDOM = random.Random(20240630)
FULL_WIDTH = {c: c + 0xFEE0 for c in range(0x21, 0x7F)} | {0x20: 0x3000}
ZERO_WIDTH = ["\u200b", "\ufeff"]
EMPTY_WORDS = ["无", "N/A", "-", "null"]

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = "伟芳娜敏静磊洋艳勇军杰娟涛明超兰霞平刚桂英华玉萍红鑫波辉丹宁琳浩宇欣怡子涵梓轩雨桐思远嘉诚"
PINYIN = dict(zip(SURNAMES, "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu lin guo he gao luo zheng liang xie song tang xu deng feng han cao".split()))
RARE_NAMES = ["李㐂", "王𠮷", "陈𬭎", "赵䶮"]  # the first three take four bytes each in GB18030
BRANDS = "恒瑞 盛泰 宏信 联创 云海 科达 诚通 博远 星光 凯龙 嘉兴隆 宇辰 汇优 讯佳 康安 顺丰元".split()
TRADES = "科技 网络科技 国际贸易 机械设备 电子商务 医疗器械 供应链管理 文化传媒".split()
CITIES = [("北京市", "朝阳区建国路", "10"), ("上海市", "浦东新区世纪大道", "21"), ("广东 深圳", "南山区科技路", "755"),
          ("浙江 杭州", "西湖区文三路", "571"), ("四川省成都市", "武侯区天府大道", "28"), ("湖北-武汉", "洪山区珞喻路", "27"),
          ("Nanjing 南京", "鼓楼区中山路", "25"), ("Xi'an", "雁塔区高新路", "29")]
ENGLISH = ("James Mary Robert Linda David Susan Daniel Karen Mark Laura Paul Emma Steven Alice Kevin Grace".split(),
           "Carter Miller Brown Wilson Clarke Hughes Turner Foster Bennett Hayes Reed Palmer Walsh Fisher Grant Doyle".split())
GERMAN = ("Jürgen Sabine Uwe Petra Lars Anja Björn Heike".split(), "Müller Schäfer Köhler Weiß Vogel Krüger Böhm Jäger".split())
FIRMS = "Acme Northwind Bluewater Summit Pioneer Redwood Keystone Harbor".split()
WEST = [("New York", "1{:03d} Main Street, Suite 4{:02d}", "Inc"), ("London", "{} King Street, Floor {}", "Ltd"), ("Seattle", "2{:03d} Pine Avenue, Unit {}", "LLC")]
OWNERS = ["王晓明", "李静", "Amy Chen", "David Li", "赵敏", "Karen Schulz", "amy chen", "王晓明 "]
LEVELS = ["A", "B", "C", "重点客户", "普通客户", "VIP", "Ａ", "b"]
STAGES = ["新线索", "New", "跟进中", "In Progress", "跟进中 ", "已报价", "Proposal", "PROPOSAL", "赢单", "成交", "Closed Won", "输单", "Lost"]
UNKNOWN_STAGES = ["阶段七", "TBD", "？", "待老板定", "Stage 9"]
REMARKS = ["", "", "", "展会认识", "老客户介绍", "prefers e-mail", "微信联系", "下季度再跟进", "calls after 15:00"]

BROKEN_PHONES = ["1380013", "138001380001234", "12345678901", "1391234567X", "+999 1234 5678", "+86 238 0013 8000",
                 "000000000000", "13800138000/13900139000", "1.38E+10", "电话见备注"]
BROKEN_EMAILS = ["wang.example.com", "li@example.com.", "@example.com", "zhao@", "chen li@example.com", "sun@example..com",
                 "wu@-bad.example.com", "zheng,feng@example.com", "a@b@example.com", "微信:zhou_2020"]
LINE_BREAKS = ["第一次电话: 无人接听\n第二次: 约见面", "Called twice\r\nWants a demo, in \"German\"", "地址有变\n\n新地址待确认"]
QUOTED_WORDS = ['said "call me back"', '昵称 "老板"', '"VIP" by phone, not by mail', 'asked for 5" tablets', '他说 "再等等", 先不催']
FORMULA = '=HYPERLINK("http://crm.example.com/?id=1","open")'


def below(n):
    return int(RANDOM.random() * n)


def pick(items):
    return items[below(len(items))]


def digits(n):
    return "".join(str(below(10)) for _ in range(n))


def stamp(first_year, years):
    return f"{first_year + below(years)}-{1 + below(12):02d}-{1 + below(28):02d} {8 + below(10):02d}:{below(60):02d}"


def mobile(number, style):
    a, b, c = number[:3], number[3:7], number[7:]
    return [number, number, f"{a}-{b}-{c}", f"{a} {b} {c}", f"+86 {a} {b} {c}", f"+86{number}", f"+86-{number}", f"0086{number}", f"86{number}"][style % 9]


def landline(area):
    number = f"{6 + below(3)}{digits(7)}"
    return pick([f"(0{area}) {number[:4]} {number[4:]}", f"0{area}-{number}", f"+86 {area} {number}", f"0{area}-{number} 转 80{digits(2)}",
                 f"(0{area}) {number[:4]} {number[4:]} ext. 8{digits(2)}"])


def chinese(i):
    city, road, area = pick(CITIES)
    surname = pick(SURNAMES)
    name = surname + pick(GIVEN) + (pick(GIVEN) if below(3) else "")
    company = pick(["", "（中国）"]) + pick(TRADES) + pick(["有限公司", "股份有限公司", "有限责任公司"])
    number = pick(["138", "139", "136", "150", "158", "186", "189", "177"]) + "00" + f"{i:03d}" + digits(3)
    email = f"{PINYIN[surname]}{i}@{pick(['example.com', 'example.cn', 'mail.example.cn', 'Example.org', 'QQ.EXAMPLE'])}"
    tel = landline(area) if i % 3 == 0 else ""
    cell = "" if i % 9 == 0 else mobile(number, below(9))
    return [pick(BRANDS) + company, name, cell, tel, email, city, f"{road}{1 + below(900)}号{101 + below(900)}室"]


def western(i, first, last, phone, city, address, firm):
    first, last = pick(first), pick(last)
    email = f"{first[0]}.{last}{i}@{firm.split()[0]}.example.com".lower()
    email = email.translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    return [firm, f"{first} {last}", phone, "", email, city, address]


def english(i):
    city, address, form = pick(WEST)
    if city == "London":
        phone = pick(["+44 20 7946 0{:03d}", "+44 (0)20 7946 0{:03d}"]).format(i)
    else:
        area = ("212", "206", "415", "202")[i // 100]
        phone = pick(["+1 ({}) 555-01{:02d}", "+1-{}-555-01{:02d}", "+1 {}.555.01{:02d}", "+1{}55501{:02d}"]).format(area, i % 100)
    return western(i, *ENGLISH, phone, city, address.format(below(900), 10 + below(80)), f"{pick(FIRMS)} {pick(['Trading', 'Systems', 'Foods'])} {form}")


def german(i):
    phone = pick(["+49 30 23125 {}", "+49 (0)30 23125-{}", "0049 40 66969 {}"]).format(f"{i:03d}")
    return western(i, *GERMAN, phone, pick(["Berlin", "Hamburg", "München"]), f"Gartenstraße {1 + below(90)}, {10000 + below(80000)}", f"{pick(FIRMS)} GmbH")


def customer(i):
    kind = i % 10
    who = german(i) if kind == 9 else english(i) if kind in (3, 6, 8) else chinese(i)
    row = [""] + who + [pick(OWNERS), pick(LEVELS), pick(STAGES), stamp(2015, 8), stamp(2023, 1), pick(REMARKS), "未锁定"]
    if not row[MOBILE] and not row[TEL]:
        row[MOBILE] = mobile("13700" + f"{i:03d}" + digits(3), below(9))
    return row


def rewritten(phone):
    """The same number in another style."""
    plain = "".join(c for c in phone.replace("(0)", "") if c.isdigit() or c == "+")
    return plain.translate(FULL_WIDTH) if below(2) else f" {plain[:5]} {plain[5:]}"


def copy_of(row, kind):
    """A second entry for the same customer: by e-mail and phone, by e-mail alone, or by phone and name."""
    copy = list(row)
    copy[STAGE], copy[OWNER], copy[CREATED], copy[LAST] = pick(STAGES), pick(OWNERS), stamp(2023, 1), stamp(2024, 1)
    copy[REMARK] = "重复录入" if kind == "both" else ""
    if kind == "email":  # what one has, the other lacks
        copy[MOBILE] = copy[TEL] = ""
        row[ADDRESS] = row[REMARK] = ""
        copy[REMARK] = "由展会名片补录"
    else:
        copy[MOBILE] = rewritten(row[MOBILE])
    if kind == "phone":
        copy[EMAIL] = pick(EMPTY_WORDS)
        row[CITY] = "N/A"
    else:
        copy[EMAIL] = pick([row[EMAIL].upper(), row[EMAIL].translate(FULL_WIDTH), f" {row[EMAIL].title()}"])
    return copy


def copies(originals):
    """A copy of each of 24 customers, and for one of them another, so that two copies meet only in the original."""
    kinds = ["both"] * 12 + ["email"] * 5 + ["phone"] * 7
    made = [copy_of(row, kind) for row, kind in zip(originals, kinds)]
    return made + [copy_of(originals[12], "phone")]


def dress(rows):
    """Spoils untouched rows in ways that normalizing repairs, each row in one way."""
    fresh = list(rows)

    def take(n, fits=lambda row: True):
        """The next n fitting rows, spread over what is left."""
        fitting = [r for r in fresh if fits(r)]
        chosen = [fitting[i * len(fitting) // n] for i in range(n)]
        for row in chosen:
            fresh.remove(row)
        return chosen

    for row, name in zip(take(4, lambda r: r[NAME][0] in SURNAMES), RARE_NAMES):
        row[NAME] = name
    for row, text in zip(take(3), LINE_BREAKS):
        row[REMARK] = text
    for row, text in zip(take(5), QUOTED_WORDS):
        row[REMARK] = text
    for row, stage in zip(take(5), UNKNOWN_STAGES):
        row[STAGE] = stage
    take(1)[0][REMARK] = FORMULA
    for row in take(20, lambda r: r[MOBILE]):
        row[MOBILE] = row[MOBILE].translate(FULL_WIDTH)
    for row in take(15):
        row[EMAIL] = row[EMAIL].translate(FULL_WIDTH)
    for row in take(12):
        local, domain = row[EMAIL].split("@")
        row[EMAIL] = f"{local.capitalize()}@{domain.upper()}"
    for row, i in zip(take(3), range(3)):
        row[EMAIL] = f"user{i}@例子.example"
    for row in take(12):
        row[NAME] = f"\u3000{row[NAME]}\u3000"
    for row, i in zip(take(12), range(12)):
        column = (NAME, MOBILE if row[MOBILE] else TEL, EMAIL)[i % 3]
        row[column] = row[column][:2] + ZERO_WIDTH[i % 2] + row[column][2:]
    for row, i in zip(take(24), range(24)):
        row[(EMAIL, ADDRESS, CITY, REMARK)[i % 4]] = EMPTY_WORDS[i // 4 % 4]
    for row in take(12):
        row[CREATED] = row[CREATED].replace("-", "/")


def broken():
    """Rows that cannot be repaired: phones, e-mails, missing names, and cells too few or too many."""
    rows = [customer(CUSTOMERS + i) for i in range(31)]
    for row, phone in zip(rows[:10], BROKEN_PHONES):
        row[MOBILE], row[TEL] = phone, ""
    for row, email in zip(rows[10:20], BROKEN_EMAILS):
        row[EMAIL] = email
    for row, name in zip(rows[20:25], ["", " ", "\u3000", "无", "N/A"]):
        row[NAME] = name
    for row, cells in zip(rows[25:28], [1, 6, 13]):
        del row[cells:]
    for row, more in zip(rows[28:], [["", ""], ["附加列"], ["moved", "2022", "see file"]]):
        row += more
    return rows


def number(rows):
    """Customer numbers as exports have them: leading zeros, 18 digits, and the usual."""
    for i, row in enumerate(rows):
        row[ID] = f"{i + 1:03d}" if i % 12 == 6 else f"2019{i:014d}" if i % 12 == 9 else f"KH-{i + 1:06d}"


def shuffle(rows):
    for i in range(len(rows) - 1, 0, -1):
        j = below(i + 1)
        rows[i], rows[j] = rows[j], rows[i]


def cell(text):
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def main():
    rows = [customer(i) for i in range(CUSTOMERS)]
    for first, second in [(30, 31), (120, 121)]:  # colleagues behind one switchboard are two customers
        rows[second][COMPANY], rows[second][MOBILE], rows[second][TEL] = rows[first][COMPANY], "", rows[first][TEL]
        rows[first][MOBILE] = ""
    reachable = [row for row in rows if row[MOBILE]]
    originals = [reachable[i * len(reachable) // (COPIES - 1)] for i in range(COPIES - 1)]
    again = copies(originals)
    dress([row for row in rows if row not in originals])
    tests = [customer(CUSTOMERS + 31 + i) for i in range(TESTS)]
    for row in tests:
        row[COMPANY], row[LEVEL] = "测试公司 TEST", "测试"
    rows += again + broken() + tests
    shuffle(rows)
    number(rows)
    lines = ["纷享销客 客户导出", "导出时间: 2024-06-30 18:05:12  操作人: admin", ""]
    lines += [",".join(map(cell, row)) for row in [HEADER] + rows]
    path = Path(__file__).with_name("legacy_crm_export.csv")
    path.write_bytes("".join(line + "\r\n" for line in lines).encode("gb18030"))


if __name__ == "__main__":
    main()
