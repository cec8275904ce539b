//! Places that a company's name only carries along: `北京市`, `(上海)`, `(China)`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::forms::brackets;
use super::quick::Quick;
use super::words::{Role, Words, is_east_asian};

/// Provinces, and cities of the second level (GB/T 2260), without `省`, `市`
/// and the peoples of autonomous prefectures.
const PLACES: &str = "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 \
河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门 \
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 \
呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 阿拉善 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 \
盘锦 铁岭 朝阳 葫芦岛 长春 四平 辽源 通化 白山 松原 白城 延边 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 \
黑河 绥化 大兴安岭 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 \
金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 \
厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 \
枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 \
许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 长沙 \
株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 \
肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 \
贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 \
达州 雅安 巴中 资阳 阿坝 甘孜 凉山 贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 丽江 \
普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 拉萨 日喀则 昌都 林芝 山南 那曲 阿里 西安 铜川 宝鸡 咸阳 渭南 \
延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南 西宁 海东 海北 \
黄南 果洛 玉树 海西 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 \
阿勒泰";

/// Places whose name is also a word or a name of its own: only with `市`, `州`, `地区`.
const ALSO_WORDS: &str = "大同 长治 朝阳 四平 白山 兴安 大庆 安庆 日照 吉安 宜春 三明 东方 来宾 红河 文山 大理 安康 白银 天水 阿里 山南 \
海北 海西 海东 和田 玉树 广安 内江 保山 北海 开封 泰安 平凉 中卫 巴中 资阳 怀化 新余 金昌";

/// What stands behind the name of a place, the longest first.
const KINDS: [&str; 19] = [
    "土家族苗族自治州",
    "藏族羌族自治州",
    "哈尼族彝族自治州",
    "傣族景颇族自治州",
    "布依族苗族自治州",
    "苗族侗族自治州",
    "朝鲜族自治州",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "彝族自治州",
    "白族自治州",
    "藏族自治州",
    "自治区",
    "自治州",
    "地区",
    "省",
    "市",
];

/// What companies are called by what they do: beside such words only, the
/// place is what tells one from another, as in `上海银行`.
const TRADES: &str = "银行 证券 保险 信托 基金 期货 租赁 融资 担保 投资 控股 资本 资产 财富 金融 实业 产业 企业 事业 集团 股份 发展 \
开发 建设 经营 管理 运营 服务 咨询 贸易 商贸 商业 商务 农村 合作 信用社 特殊钢 化纤 矿机 大楼 公用 新华 图书 水利水电 国际 进出口 对外 经济 技术 科技 科学 高科 高新 新技术 信息 \
网络 互联网 软件 数据 数字 智能 电子 电气 电器 电力 电机 电缆 电信 通信 通讯 移动 联通 广播 电视 传媒 传播 文化 \
艺术 影视 出版 新闻 报业 印刷 广告 教育 培训 旅游 旅行社 酒店 宾馆 饭店 餐饮 食品 饮料 啤酒 酒业 乳业 粮油 粮食 \
农业 农产品 林业 畜牧 渔业 水产 种业 医药 药业 制药 生物 医疗 医院 器械 健康 卫生 中医 中药 化工 化学 石油 石化 \
天然气 燃气 煤炭 煤业 煤电 能源 新能源 热电 热力 水务 水利 水泥 自来水 环保 环境 节能 钢铁 特钢 冶金 有色 金属 矿业 \
铝业 铜业 黄金 稀土 建筑 建材 建工 城建 路桥 工程 设计 规划 勘察 研究 研究院 研究所 装饰 园林 房地产 地产 置业 物业 \
置地 城投 城市 交通 运输 物流 快递 航空 机场 航运 港口 港务 海运 铁路 高速 公路 高速公路 公交 地铁 轨道 出租 汽车 \
客车 摩托 机械 机电 机床 重工 重型 轻工 工业 制造 设备 装备 仪器 仪表 材料 新材料 塑料 橡胶 纺织 服装 服饰 家具 \
玻璃 陶瓷 造纸 包装 船舶 百货 超市 商场 零售 批发 市场 供应链 人力资源 劳务 安全 保安 消防 检测 检验 认证 律师 会计师 \
事务所 大学 学院 学校 中学 小学 师范 理工 外国语 财经 政法 体育 第一 第二 第三 第四 第五 人民 中心 协会 学会 商会 \
委员会 新区 开发区 自贸区 国有 国资 联合 综合 中国 时代 未来 光电 半导体 集成电路 积体电路 激光 自动化 系统 精密 动力 核电 风电 水电 光伏 \
电池 锂业 盐业 盐湖 糖业 烟草 茶叶";

/// Places in brackets that are written with Latin letters.
const ABROAD: &str = "asia australia beijing canada chengdu china chongqing dalian deutschland dongguan \
europe france germany guangdong guangzhou hangzhou hk holland hongkong india international italia \
italy japan korea macao macau malaysia nanjing netherlands ningbo northamerica prc qingdao schweiz \
shandong shanghai shenzhen singapore suisse suzhou switzerland taiwan thailand tianjin uae uk unitedkingdom \
unitedstates us usa vietnam wuhan wuxi xiamen xian zhejiang zhuhai";

/// Words by their first two characters, the longest first.
type ByStart<W> = HashMap<[char; 2], Vec<W>, Quick>;

/// Places, with whether they are taken without `市` too.
static BY_START: LazyLock<ByStart<(&str, bool)>> = LazyLock::new(|| {
    let mut places: ByStart<_> = HashMap::default();
    for place in PLACES.split_whitespace() {
        let alone = !ALSO_WORDS.split(' ').any(|word| word == place);
        if let Some(start) = start(place) {
            places.entry(start).or_default().push((place, alone));
        }
    }
    places.values_mut().for_each(|places| places.sort_by_key(|(place, _)| std::cmp::Reverse(place.len())));
    places
});

static TRADES_BY_START: LazyLock<ByStart<&str>> = LazyLock::new(|| {
    let mut trades: ByStart<_> = HashMap::default();
    for trade in TRADES.split_whitespace() {
        if let Some(start) = start(trade) {
            trades.entry(start).or_default().push(trade);
        }
    }
    trades.values_mut().for_each(|trades| trades.sort_by_key(|trade| std::cmp::Reverse(trade.len())));
    trades
});

fn start(text: &str) -> Option<[char; 2]> {
    let mut chars = text.chars();
    Some([chars.next()?, chars.next()?])
}

/// Marks places in brackets, as long as a name remains.
pub(super) fn mark_in_brackets(words: &mut Words) {
    for open in 0..words.list.len() {
        if let Some((_, close)) = brackets(words, open)
            && is_place(words.joined(open, close))
            && (0..words.list.len()).any(|at| !(open..=close).contains(&at) && words.is_name(at))
        {
            words.mark(open, close, Role::Region);
        }
    }
}

/// Marks the places that a Chinese name begins with, as long as what remains
/// tells it from others; whether there were any.
pub(super) fn mark_before(words: &mut Words, text: &str) -> bool {
    let mut any = false;
    while leading(words, text) {
        any = true;
    }
    any
}

/// Whether a text is a place and nothing else.
pub(super) fn is_place(letters: &str) -> bool {
    match letters.chars().next().is_some_and(is_east_asian) {
        true => letters == "中国" || leading_place(letters).is_some_and(|(_, end)| end == letters.len()),
        false => ABROAD.split(' ').any(|place| place == letters),
    }
}

/// The place that a text begins with: where its name ends, and where what kind it is.
fn leading_place(letters: &str) -> Option<(usize, usize)> {
    let places = BY_START.get(&start(letters)?)?;
    places.iter().find_map(|(place, alone)| {
        let rest = letters.strip_prefix(place)?;
        let kind = KINDS.iter().find(|kind| rest.starts_with(**kind)).map_or(0, |kind| kind.len());
        (kind > 0 || *alone).then_some((place.len(), place.len() + kind))
    })
}

fn leading(words: &mut Words, text: &str) -> bool {
    let Some(place) = words.list.iter().position(|word| word.role == Role::Name) else { return false };
    let word = words.word(place);
    let Some((name, end)) = leading_place(word) else { return false };
    let rest = word.get(end..).unwrap_or_default();
    if tells_apart(rest)
        || (place + 1..words.list.len()).any(|at| words.is_name(at) && tells_apart(words.word(at)))
    {
        if end < word.len() {
            words.split(place, end, text);
        }
        words.mark(place, place, Role::Region);
        return true;
    }
    // `北京市银行` is `北京银行`.
    if end > name && !rest.is_empty() {
        words.split(place, end, text);
        words.split(place, name, text);
        words.mark(place + 1, place + 1, Role::Filler);
    }
    false
}

/// Whether there is more than what companies do: two characters at least, or letters.
fn tells_apart(name: &str) -> bool {
    let (mut rest, mut left) = (name, 0);
    while let Some(c) = rest.chars().next() {
        let trades = start(rest).and_then(|start| TRADES_BY_START.get(&start));
        match trades.and_then(|trades| trades.iter().find(|trade| rest.starts_with(**trade))) {
            Some(trade) => rest = &rest[trade.len()..],
            None if left == 1 => return true,
            None => {
                left += 1;
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    false
}
