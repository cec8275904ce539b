//! Places that a company's name only carries along: `北京市`, `(上海)`, `(China)`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::region_cn::{Division, Level};
use super::forms::brackets;
use super::quick::Quick;
use super::words::{Role, Words, is_east_asian};

/// Places whose name is also a word or a name of its own: only with `市`, `州`, `地区`.
const ALSO_WORDS: &str = "大同 长治 朝阳 四平 白山 兴安 大庆 安庆 日照 吉安 宜春 三明 东方 来宾 红河 文山 大理 安康 白银 天水 阿里 山南 \
海北 海西 海东 和田 玉树 广安 内江 保山 北海 开封 泰安 平凉 中卫 巴中 资阳 怀化 新余 金昌";

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

/// Divisions by their full names, and provinces and cities by their short ones
/// too, with where the short one ends.
static BY_START: LazyLock<ByStart<(&str, usize)>> = LazyLock::new(|| {
    let mut places: ByStart<_> = HashMap::default();
    for place in Division::all() {
        let (name, short) = (place.name(), place.short());
        let wide = place.level() <= Level::City && !ALSO_WORDS.split(' ').any(|word| word == short);
        let written = [(name, name.chars().nth(2).is_some()), (short, wide)];
        for (written, _) in written.into_iter().filter(|(_, taken)| *taken) {
            if let Some(start) = start(written) {
                let end = if written.starts_with(short) { short.len() } else { written.len() };
                places.entry(start).or_default().push((written, end));
            }
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

/// Whether a text is a place, or places one within another, and nothing else.
pub(super) fn is_place(letters: &str) -> bool {
    if !letters.starts_with(is_east_asian) {
        return ABROAD.split(' ').any(|place| place == letters);
    }
    let mut rest = letters;
    while let Some((_, end)) = leading_place(rest) {
        rest = rest.get(end..).unwrap_or_default();
    }
    rest.is_empty() || letters == "中国"
}

/// The place that a text begins with: where its short name ends, and its full one.
fn leading_place(letters: &str) -> Option<(usize, usize)> {
    let places = BY_START.get(&start(letters)?)?;
    let (place, short) = places.iter().find(|(place, _)| letters.starts_with(place))?;
    Some((*short, place.len()))
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
