//! The words and numbers that customers are made of.

/// A country's mobile numbers: code, areas or operators, and how many digits follow.
pub struct Plan {
    pub code: &'static str,
    pub areas: &'static [&'static str],
    pub digits: u32,
}

const fn plan(code: &'static str, areas: &'static [&'static str], digits: u32) -> Plan {
    Plan { code, areas, digits }
}

pub static CHINA: Plan =
    plan("86", &["138", "139", "136", "150", "158", "187", "130", "186", "133", "189"], 8);
pub static AMERICA: Plan =
    plan("1", &["212", "213", "312", "415", "206", "305", "404", "617", "702", "503"], 7);
pub static GERMANY: Plan = plan("49", &["170", "171", "172", "160", "162", "175"], 7);
pub static ELSEWHERE: [Plan; 8] = [
    plan("44", &["7400", "7500", "7711", "7888"], 6),
    plan("33", &["61", "62", "67"], 7),
    plan("81", &["80"], 8),
    plan("61", &["412", "403"], 6),
    plan("65", &["81", "91"], 6),
    plan("91", &["98"], 8),
    plan("55", &["119"], 8),
    plan("34", &["61", "62"], 7),
];

pub static SURNAMES: [&str; 32] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "林", "郭",
    "何", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "欧阳", "司马",
];
pub static SURNAMES_LATIN: [&str; 32] = [
    "wang", "li", "zhang", "liu", "chen", "yang", "huang", "zhao", "wu", "zhou", "xu", "sun", "ma", "zhu",
    "hu", "lin", "guo", "he", "gao", "luo", "zheng", "liang", "xie", "song", "tang", "xu", "deng", "feng",
    "han", "cao", "ouyang", "sima",
];
pub static GIVEN: [&str; 45] = [
    "伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "兰", "霞",
    "平", "刚", "桂", "英", "华", "玉", "萍", "红", "鑫", "波", "辉", "丹", "宁", "琳", "浩", "宇", "欣",
    "怡", "子", "涵", "梓", "轩", "雨", "桐", "思", "远", "嘉", "诚",
];
pub static GIVEN_LATIN: [&str; 45] = [
    "wei", "fang", "na", "min", "jing", "lei", "yang", "yan", "yong", "jun", "jie", "juan", "tao", "ming",
    "chao", "lan", "xia", "ping", "gang", "gui", "ying", "hua", "yu", "ping", "hong", "xin", "bo", "hui",
    "dan", "ning", "lin", "hao", "yu", "xin", "yi", "zi", "han", "zi", "xuan", "yu", "tong", "si", "yuan",
    "jia", "cheng",
];
pub static BRANDS: [&str; 20] = [
    "恒瑞", "盛泰", "宏信", "联创", "云海", "科达", "诚通", "博远", "星光", "凯龙", "嘉兴", "宇辰", "汇优",
    "讯佳", "康安", "顺丰", "利正", "佳辰", "安锐", "启通",
];
pub static BRANDS_LATIN: [&str; 20] = [
    "hengrui",
    "shengtai",
    "hongxin",
    "lianchuang",
    "yunhai",
    "keda",
    "chengtong",
    "boyuan",
    "xingguang",
    "kailong",
    "jiaxing",
    "yuchen",
    "huiyou",
    "xunjia",
    "kangan",
    "shunfeng",
    "lizheng",
    "jiachen",
    "anrui",
    "qitong",
];
pub static CHINESE_TRADES: [&str; 10] =
    ["科技", "贸易", "机械", "软件", "医疗", "物流", "传媒", "建筑", "环保", "餐饮"];
pub static CHINESE_CITIES: [&str; 16] = [
    "北京市",
    "上海市",
    "广州市",
    "深圳市",
    "成都市",
    "杭州市",
    "重庆市",
    "武汉市",
    "苏州市",
    "西安市",
    "南京市",
    "长沙市",
    "天津市",
    "青岛市",
    "哈尔滨市",
    "乌鲁木齐市",
];
pub static DISTRICTS: [&str; 10] =
    ["朝阳区", "浦东新区", "天河区", "南山区", "武侯区", "西湖区", "渝中区", "江北区", "姑苏区", "雁塔区"];
pub static ROADS: [&str; 10] = [
    "人民路",
    "中山东路",
    "解放大道",
    "建设街",
    "和平路",
    "新华南路",
    "文化路",
    "长江大道",
    "科技路",
    "世纪大道",
];

pub static ENGLISH_FIRST: [&str; 20] = [
    "James",
    "Mary",
    "Robert",
    "Linda",
    "David",
    "Susan",
    "Daniel",
    "Karen",
    "Mark",
    "Laura",
    "Paul",
    "Emma",
    "Steven",
    "Alice",
    "Kevin",
    "Grace",
    "Jonathan",
    "Elizabeth",
    "Christopher",
    "Margaret",
];
pub static ENGLISH_LAST: [&str; 20] = [
    "Carter",
    "Miller",
    "Brown",
    "Wilson",
    "Clarke",
    "Hughes",
    "Turner",
    "Foster",
    "Bennett",
    "Hayes",
    "Reed",
    "Palmer",
    "Walsh",
    "Fisher",
    "Grant",
    "Doyle",
    "Lindquist",
    "Venegas",
    "Reynolds",
    "Chambers",
];
pub static WORDS: [&str; 12] = [
    "Global",
    "United",
    "Pacific",
    "Summit",
    "Pioneer",
    "Premier",
    "Precision",
    "Evergreen",
    "Sterling",
    "Horizon",
    "Keystone",
    "Integrated",
];
pub static TRADES: [&str; 10] = [
    "Systems",
    "Solutions",
    "Technologies",
    "Industries",
    "Consulting",
    "Logistics",
    "Manufacturing",
    "Software",
    "Foods",
    "Health",
];
pub static STREETS: [&str; 12] = [
    "Main",
    "Oak",
    "Pine",
    "Maple",
    "Cedar",
    "Washington",
    "Lake",
    "Walnut",
    "Church",
    "Jefferson",
    "Highland",
    "Chestnut",
];
pub static CITIES: [(&str, &str); 10] = [
    ("New York", "NY"),
    ("Chicago", "IL"),
    ("Seattle", "WA"),
    ("Boston", "MA"),
    ("Denver", "CO"),
    ("Los Angeles", "CA"),
    ("San Antonio", "TX"),
    ("Salt Lake City", "UT"),
    ("Albuquerque", "NM"),
    ("Portland", "OR"),
];

pub static GERMAN_FIRST: [&str; 12] = [
    "Jürgen",
    "Sabine",
    "Uwe",
    "Petra",
    "Lars",
    "Anja",
    "Björn",
    "Heike",
    "Wolfgang",
    "Stefanie",
    "Hans-Peter",
    "Käthe",
];
pub static GERMAN_LAST: [&str; 12] = [
    "Müller",
    "Schäfer",
    "Köhler",
    "Weiß",
    "Vogel",
    "Krüger",
    "Böhm",
    "Jäger",
    "Schröder",
    "Bohlander",
    "Birnbaum",
    "Losekann",
];
pub static GERMAN_TRADES: [&str; 8] = [
    "Maschinenbau",
    "Logistik",
    "Elektrotechnik",
    "Software",
    "Metallbau",
    "Medizintechnik",
    "Energie",
    "Textil",
];
pub static GERMAN_CITIES: [&str; 8] =
    ["Berlin", "Hamburg", "München", "Köln", "Düsseldorf", "Reutlingen", "Grimmen", "Büsingen am Hochrhein"];

pub static OWNERS: [&str; 10] = [
    "Amy Chen",
    "Ben Carter",
    "Carla Gomez",
    "David Li",
    "Emma Fischer",
    "Karen Schulz",
    "王晓明",
    "李静",
    "陈磊",
    "赵敏",
];
