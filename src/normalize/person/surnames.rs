//! Family names of China, Japan and Korea, for names written without a space:
//! our own tables, from general knowledge.

use std::sync::LazyLock;

use super::words::Words;
use crate::normalize::chinese::{simplified, simplified_char};

/// Chinese family names of one character, simplified: the Hundred Family
/// Surnames and those that are common today.
const CHINESE: &str = "\
赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦\
昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖\
尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟\
徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣\
翁荀羊甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁甯仇栾暴甘钭厉戎祖武\
符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲台从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉\
宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满\
弘匡国文寇广禄阙东殴沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺\
权逯盖益桓公仉督岳帅缑亢况郈有琴归海晋楚闫法汝鄢涂钦商牟佘佴伯赏墨哈谯笪年爱阳佟言福覃朴苟原揭仝付代\
冼丘麦区欧苑邸院操鹿闪占战宛晓撒肇矫芦扬但迟邝蹇尉隋綦楼谌底粟旷忻么冶青展逢库初栗粱母门苻寸滚过衣才\
酒谬官哀";

/// All Chinese family names of two characters and more that are in use or in
/// the Hundred Family Surnames, simplified.
const COMPOUND: &str = "\
万俟 司马 上官 欧阳 夏侯 诸葛 闻人 东方 赫连 皇甫 尉迟 公羊 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 \
公孙 仲孙 轩辕 令狐 钟离 宇文 长孙 慕容 鲜于 闾丘 司徒 司空 亓官 司寇 仉督 子车 颛孙 端木 巫马 公西 \
漆雕 乐正 壤驷 公良 拓跋 拓拔 夹谷 宰父 谷梁 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 \
南宫 第五 独孤 完颜 纳兰 叶赫 那拉 爱新觉罗 哥舒 贺兰 耶律 达奚 褚师 太史 公仪 公户 公输 叱干 屈突 \
贺若 步六孤 富察 钮祜禄 赫舍里 瓜尔佳 索绰罗 乌雅 舒穆禄 诺敏 仆固 斛律 豆卢 侯莫陈 归海 北宫 北堂 \
东阳 西乞 南荣 有琴 即墨 左人 宿勤 尔朱 贺拔 屋引 纥骨 欧侯 季连 相里 巫咸 \
司城 司鸿 西陵 子桑 钟吾 慕舆 谷粱";

/// Japanese family names that are common, of two characters and more, in the
/// forms of today and of before.
const JAPANESE: &str = "\
佐藤 鈴木 高橋 田中 渡辺 渡邊 渡邉 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 \
斉藤 齋藤 齊藤 清水 山崎 山﨑 阿部 池田 橋本 山下 石川 中島 中嶋 前田 藤田 後藤 小川 岡田 村上 長谷川 \
近藤 石井 坂本 遠藤 青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田 中川 中野 原田 小野 竹内 金子 和田 \
中山 石田 上田 森田 柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 安藤 谷口 大野 丸山 今井 高田 藤本 武田 \
村田 上野 杉山 増田 平野 大塚 千葉 久保 松井 岩崎 桜井 櫻井 野口 松尾 野村 菊地 菊池 木下 佐野 新井 \
荒井 水野 小島 渡部 市川 小松 山中 中田 吉川 大西 島田 西田 北村 安田 飯田 古川 吉村 西川 本田 久保田 \
東 川口 平田 川崎 飯塚 五十嵐 川村 本間 土屋 矢野 秋山 永井 松岡 服部 浅野 馬場 辻 黒田 大久保 広瀬 \
石原 樋口 岩田 小山 熊谷 篠原 荒木 尾崎 大橋 松下 片山 望月 田村 片岡 関口 関 永田 内藤 奥村 須藤 \
西山 田口 菅原 早川 岡崎 宮田 堀 小池 小西 中西 松村 浜田 濱田 大島 大川 上村 川上 河野 小田 小澤 \
小沢 相澤 相沢 吉岡 吉野 福島 福井 福本 富田 松浦 松永 松原 村井 村山 村松 田辺 田邊 田島 田代 田原 \
成田 西尾 西野 南 白井 白石 三宅 三輪 三木 大谷 大石 大森 大山 大村 大木 大竹 小泉 小倉 小原 小笠原 \
小寺 小出 川島 河合 河村 川田 川端 浅井 青山 赤松 秋元 荒川 五味 飯島 石橋 石塚 石黒 石崎 泉 磯部 \
板垣 市村 稲垣 稲葉 井口 井出 入江 岩井 岩本 岩永 植田 植木 上原 牛島 内山 梅田 梅原 榎本 江口 江藤 \
遠山 及川 大沢 大澤 大平 大原 岡村 岡部 岡野 岡 荻野 奥田 奥山 長田 長尾 長野 長島 長嶋 落合 尾形 \
緒方 鏡 笠井 笠原 柏木 梶原 片桐 勝又 桂 加納 鎌田 神谷 神田 亀井 川本 川原 河原 岸 岸本 北川 北原 \
木内 清田 草野 串田 国分 窪田 熊田 倉田 栗原 栗田 黒川 黒木 黒澤 黒沢 桑原 桑田 小坂 児玉 児島 小宮 \
小森 駒井 近江 斎田 坂井 坂口 阪本 坂田 榊原 崎山 桜木 笹川 佐伯 佐久間 佐川 沢田 澤田 塩田 塩野 重松 \
篠田 芝田 島崎 嶋田 島村 下田 下村 庄司 新田 菅 菅野 杉本 杉浦 杉田 杉原 鈴村 関根 関谷 瀬戸 千田 \
相馬 園田 高野 高山 高島 高松 高井 高瀬 高岡 滝沢 滝本 竹田 竹中 武井 武藤 立花 立川 谷 谷川 谷本 \
玉井 田上 田畑 塚田 塚本 津田 土田 土井 堤 寺田 寺島 戸田 富永 豊田 鳥居 内海 中井 中尾 中原 中沢 \
中澤 中谷 中本 永野 永山 夏目 浪川 成瀬 南部 新美 西岡 西沢 西本 西原 西脇 二宮 丹羽 根岸 根本 野上 \
野崎 野田 野中 野本 萩原 橋口 長谷 畑 畑中 羽田 浜口 林田 早坂 原口 原 半田 東山 日高 平井 平山 平川 \
平岡 平松 広田 深沢 深澤 福岡 福永 福原 藤岡 藤川 藤村 藤沢 藤澤 藤野 藤森 船橋 古田 古谷 星野 星 \
細川 細田 堀内 堀江 堀川 堀田 本多 前川 牧野 真鍋 町田 松崎 松沢 松澤 松山 松野 丸田 三上 三井 三島 \
三谷 水谷 水口 水島 水田 溝口 皆川 宮川 宮城 宮沢 宮澤 宮島 宮原 宮下 宮野 宮内 向井 村木 村瀬 室井 \
毛利 本橋 森 森山 森本 森川 森下 森岡 森口 八木 矢島 安井 安部 柳 柳田 柳沢 柳澤 山内 山岸 山形 山川 \
山根 山村 山室 山城 山野 湯浅 横井 横田 横尾 吉井 吉沢 吉澤 吉原 吉本 米田 米山 若林 若松 渡 鷲尾 \
東海林 御手洗 勅使河原 武者小路 小野寺 佐久 神崎 桐生 宇野 鵜飼 鵜殿 柿沼 芥川 夏井 江戸川 手塚 宮部 \
羽生 香川 長友 内村 大坂 錦織 黒柳 綾瀬 新垣 深田 米倉 天海 堺 阿久津 安倍 岸田 麻生 菅田 鳩山 小渕 \
細野 枝野 野々村 佐竹 最上 織田 豊臣 徳川 明智 武蔵 伊達 真田 直江 毛塚 一条 二階堂 三条 四宮 五島 \
六角 七瀬 八代 九条 十河 百瀬 千石 万代";

/// Japanese family names that begin as Chinese ones do, and that a Chinese
/// name of three characters is not likely to begin with.
const SURELY_JAPANESE: &str = "\
田中 高橋 松本 石井 石川 高木 安藤 池田 和田 江藤 石田 武田 水野 平野 平田 白石 白井 向井 柳田 高田 \
高野 安部 安倍 安田 成田 松井 松田 松尾 松岡 松下 松村 松浦 松永 松原 石原 石橋 石塚 秋山 秋元 江口 \
東山 宮本 宮崎 宮田 宮川 谷口 谷川 馬場 井上 古川 古田 古谷 山本 山田 山口 山崎 山下 山内 国分 富田 \
富永 福田 福島 福井 林田 柴田 原田";

/// Korean family names of one syllable.
const KOREAN: &str = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노로하곽성차주우구민진나라지엄채원천방공현함변염여추도소석선설마길연위표명기반\
왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감호동온음빈좌간시근";

/// Korean family names of two syllables.
const KOREAN_LONG: &str = "남궁 황보 제갈 사공 선우 서문 독고 동방 어금 망절 무본 장곡 강전 소봉";

/// A set of the words of a table.
fn set(table: &'static str) -> Words<&'static str> {
    table.split_whitespace().collect()
}

/// Whether it is a Chinese family name of one character.
pub(super) fn is_chinese(c: char) -> bool {
    static SET: LazyLock<Words<char>> = LazyLock::new(|| CHINESE.chars().collect());
    SET.contains(&simplified_char(c))
}

/// Whether it is a Chinese family name of several characters.
pub(super) fn is_compound(name: &str) -> bool {
    static SET: LazyLock<Words<&'static str>> = LazyLock::new(|| set(COMPOUND));
    SET.contains(&*simplified(name))
}

/// Whether it is a Japanese family name.
pub(super) fn is_japanese(name: &str) -> bool {
    static SET: LazyLock<Words<&'static str>> = LazyLock::new(|| set(JAPANESE));
    SET.contains(name)
}

/// Whether it is a Japanese family name even in front of one character only.
pub(super) fn is_surely_japanese(name: &str) -> bool {
    static SET: LazyLock<Words<&'static str>> = LazyLock::new(|| set(SURELY_JAPANESE));
    SET.contains(name)
}

/// Whether it is a Korean family name.
pub(super) fn is_korean(name: &str) -> bool {
    static SET: LazyLock<Words<&'static str>> = LazyLock::new(|| set(KOREAN_LONG));
    let mut syllables = name.chars();
    match (syllables.next(), syllables.next()) {
        (Some(only), None) => KOREAN.contains(only),
        _ => SET.contains(name),
    }
}
