//! What single values look like they are.

use std::sync::LazyLock;

use super::meaning::Meaning;
use super::scan::{Flags, Scan, scan};
use crate::normalize::id_cn::{credit_code_cn, id_cn};
use crate::normalize::{Normalizer, email, named};

/// The shares of the values that look like each meaning; what none looks like is left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shares {
    pub values: usize,
    counts: Vec<(Meaning, usize)>,
    pub mobiles: usize,
    pub numeric: usize,
}

impl Shares {
    pub fn of<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let mut shares = Shares::default();
        for value in values {
            shares.values += 1;
            let scanned = scan(value);
            shares.mobiles += usize::from(is_mobile(value));
            shares.numeric += usize::from(is_number(value));
            if let Some(meaning) = meaning_of(value.trim(), &scanned) {
                match shares.counts.iter_mut().find(|(known, _)| *known == meaning) {
                    Some((_, count)) => *count += 1,
                    None => shares.counts.push((meaning, 1)),
                }
            }
        }
        shares
    }

    pub fn share(&self, meaning: Meaning) -> f64 {
        let found = self.counts.iter().find(|(known, _)| *known == meaning);
        found.map_or(0.0, |(_, count)| *count as f64 / self.values.max(1) as f64)
    }

    pub fn mobile_share(&self) -> f64 {
        self.mobiles as f64 / self.values.max(1) as f64
    }

    pub fn numeric_share(&self) -> f64 {
        self.numeric as f64 / self.values.max(1) as f64
    }

    /// What most look like.
    pub fn most(&self) -> Option<(Meaning, f64)> {
        let most = self.counts.iter().max_by_key(|(_, count)| *count)?;
        Some((most.0, self.share(most.0)))
    }
}

fn meaning_of(text: &str, scanned: &Scan) -> Option<Meaning> {
    let flags = scanned.flags;
    if flags.has(Flags::AT) && EMAIL.normalize(text).is_ok() {
        return Some(Meaning::Email);
    }
    if let Some(meaning) = date(text) {
        return Some(meaning);
    }
    if is_url(text) {
        return Some(Meaning::Url);
    }
    if is_credit_code(text) {
        return Some(Meaning::CreditCode);
    }
    if is_key(text) {
        return Some(Meaning::Id);
    }
    if is_phone(text, scanned) {
        return Some(Meaning::Phone);
    }
    if text.ends_with('%') && is_number(text.trim_end_matches('%').trim()) {
        return Some(Meaning::Percent);
    }
    if is_amount(text) {
        return Some(Meaning::Amount);
    }
    if is_number(text) {
        return Some(if matches!(text.len(), 5..=6) && text.bytes().all(|b| b.is_ascii_digit()) {
            Meaning::Postcode
        } else {
            Meaning::Number
        });
    }
    by_word(text).or_else(|| by_form(text, scanned))
}

static EMAIL: LazyLock<Box<dyn Normalizer>> = LazyLock::new(|| Box::new(email()));

/// The rules whose words tell what a column is, in the order in which they are asked.
static WORDS: LazyLock<Vec<(Meaning, Box<dyn Normalizer>)>> = LazyLock::new(|| {
    let rules = [(Meaning::Gender, "gender"), (Meaning::Boolean, "bool"), (Meaning::Country, "country")];
    rules.into_iter().filter_map(|(meaning, rule)| Some((meaning, named(rule).ok()?))).collect()
});

static CODES: LazyLock<[Box<dyn Normalizer>; 2]> = LazyLock::new(|| [id_cn(), credit_code_cn()]);

/// Words of few columns.
fn by_word(text: &str) -> Option<Meaning> {
    match text.to_lowercase().as_str() {
        "mr" | "mr." | "ms" | "ms." | "mrs" | "mrs." | "dr" | "dr." | "prof." | "先生" | "女士" | "小姐" =>
        {
            return Some(Meaning::Salutation);
        }
        "cny" | "usd" | "eur" | "rmb" | "gbp" | "jpy" | "hkd" | "人民币" | "美元" => {
            return Some(Meaning::Currency);
        }
        _ => {}
    }
    WORDS.iter().find(|(_, rule)| rule.normalize(text).is_ok()).map(|(meaning, _)| *meaning)
}

/// What names and addresses are made of.
fn by_form(text: &str, scanned: &Scan) -> Option<Meaning> {
    let flags = scanned.flags;
    if is_company(text) {
        return Some(Meaning::Company);
    }
    if is_address(text, flags) {
        return Some(Meaning::Address);
    }
    if text.ends_with('省') || text.ends_with("自治区") {
        return Some(Meaning::State);
    }
    if text.ends_with('市') {
        return Some(Meaning::City);
    }
    if is_person(text, flags) {
        return Some(Meaning::Person);
    }
    (scanned.chars > 40).then_some(Meaning::Text)
}

fn is_url(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.")
}

/// `2024-02-29`, `2024/2/29 10:00`, `29.2.24`, `2024年2月29日`.
fn date(text: &str) -> Option<Meaning> {
    let numbers: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let separator = |c: char| matches!(c, '-' | '/' | '.' | '年' | '月' | '日');
    let is_day =
        day.chars().all(|c| c.is_ascii_digit() || separator(c)) && (day.matches(separator).count() >= 2);
    let (first, second, third) = (numbers.first()?, numbers.get(1)?, numbers.get(2)?);
    let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
    let is_year = |text: &str| text.len() == 4 && (1900..2100).contains(&number(text)) || text.len() == 2;
    let small = |text: &str, most: u32| text.len() <= 2 && (1..=most).contains(&number(text));
    let fits = first.len() == 4 && is_year(first) && small(second, 12) && small(third, 31)
        || is_year(third) && (small(first, 31) && small(second, 12) || small(first, 12) && small(second, 31));
    (is_day && fits).then_some(if text.contains(':') { Meaning::DateTime } else { Meaning::Date })
}

/// Digits in the ways phones are written, seven to fifteen of them.
fn is_phone(text: &str, scanned: &Scan) -> bool {
    let core = text.split(['x', 'e', '转', ';', '/', ',']).next().unwrap_or_default();
    let digits = core.bytes().filter(u8::is_ascii_digit).count();
    let is_written =
        core.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | ' '));
    // A plain number of seven to nine digits may be anything.
    let is_plain = core.bytes().all(|b| b.is_ascii_digit());
    let is_decimal = core.bytes().filter(|b| *b == b'.').count() == 1 && !core.contains([' ', '-', '(']);
    scanned.digits > 0
        && is_written
        && !is_decimal
        && (7..=15).contains(&digits)
        && (!is_plain || is_mobile(core) || core.starts_with('0') || digits == 10)
}

/// A mobile number of China.
fn is_mobile(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let rest = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')'));
    let own = match digits.len() {
        13 | 15 => digits.strip_prefix(b"0086").or(digits.strip_prefix(b"86")).unwrap_or(&digits),
        _ => &digits,
    };
    rest && own.len() == 11 && own[0] == b'1' && own[1] >= b'3'
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    plain && unsigned.bytes().any(|b| b.is_ascii_digit()) && unsigned.len() <= 18
}

/// A number with a currency or thousands, or with two decimals.
fn is_amount(text: &str) -> bool {
    let core = text.trim_matches(|c: char| {
        matches!(c, '¥' | '￥' | '$' | '€' | '£' | '元' | '万' | '亿' | ' ' | 'k' | 'K' | 'M')
    });
    let marked = core.len() < text.trim().len();
    let fraction = core.rsplit_once(['.', ',']).map_or(0, |(_, fraction)| fraction.len());
    is_number(core) && (marked || fraction == 2 && core.len() > 3 || core.contains(',') && fraction == 3)
}

/// UUIDs, keys of Salesforce and Zoho, and letters with digits behind: `KH-000001`.
fn is_key(text: &str) -> bool {
    let is_uuid = text.len() == 36 && text.bytes().filter(|b| *b == b'-').count() == 4;
    let alphanumeric = text.bytes().all(|b| b.is_ascii_alphanumeric());
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_mixed = alphanumeric && text.len() >= 12 && digits >= 3 && letters >= 3;
    let prefixed = (1..=5).contains(&letters)
        && digits >= 3
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'#'));
    is_uuid || is_mixed || prefixed || digits >= 16 && digits == text.len()
}

/// A resident identity number or a social credit code, with its check digit.
fn is_credit_code(text: &str) -> bool {
    text.len() == 18 && CODES.iter().any(|rule| rule.normalize(text).is_ok())
}

#[rustfmt::skip]
const FORMS: &[&str] = &[
    "公司", "集团", "工厂", "研究院", "事务所", "商行", "中心", "株式会社", "주식회사", " ltd", " inc", " llc", " gmbh", " corp", " co.", " s.a.", " ag", " plc",
    " limited", " group", " kg", " b.v.", " bv", " company", " oy", " ab", " sarl", " srl", " pty", " and sons", " s.p.a.", " lp", " llp", "大学", "医院", "学校", "银行",
];

fn is_company(text: &str) -> bool {
    let lower = text.to_lowercase();
    let end = lower.trim_end_matches(['.', ')', '）']);
    FORMS.iter().any(|form| {
        let before_space = |(at, form): (usize, &str)| lower[at + form.len()..].starts_with(' ');
        end.ends_with(form.trim_end_matches('.'))
            || form.starts_with(' ') && lower.match_indices(form).any(before_space)
    })
}

fn is_address(text: &str, flags: Flags) -> bool {
    let lower = text.to_lowercase();
    let western = [
        " street", " st", " road", " rd", " avenue", " ave", " drive", " dr", " lane", " way", " blvd",
        "straße", "strasse", " suite", " allee", "gasse", " court",
    ];
    let is_western = western.iter().any(|word| lower.contains(word)) && flags.has(Flags::DIGIT);
    let chinese = ['路', '街', '道', '号', '弄', '巷', '楼', '室', '区', '镇'];
    let marks = chinese.iter().filter(|mark| text.contains(**mark)).count();
    is_western || flags.has(Flags::HAN) && marks >= 2 && text.chars().count() >= 6
}

/// The hundred family names of most people in China.
const FAMILIES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏\
钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";

fn is_person(text: &str, flags: Flags) -> bool {
    let count = text.chars().count();
    if flags.has(Flags::DIGIT) {
        return false;
    }
    if flags.has(Flags::HAN) && !flags.has(Flags::LETTER) {
        return (2..=4).contains(&count) && text.starts_with(|c| FAMILIES.contains(c));
    }
    let words: Vec<&str> = text.split(' ').collect();
    let is_name = |word: &&str| {
        let capital = word.starts_with(char::is_uppercase);
        capital && word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '.' | '’'))
    };
    (2..=4).contains(&words.len()) && words.iter().filter(|word| is_name(word)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_recognised_by_their_form() {
        use Meaning::*;
        let cases = [
            ("wang@example.cn", Some(Email)),
            ("138-0013-8000", Some(Phone)),
            ("+49 30 23125039", Some(Phone)),
            ("(010) 6552 9988 转 801", Some(Phone)),
            ("2024-02-29", Some(Date)),
            ("2024/2/9 10:05", Some(DateTime)),
            ("31.12.24", Some(Date)),
            ("https://example.com/a", Some(Url)),
            ("1,234.50", Some(Amount)),
            ("￥3.5万", Some(Amount)),
            ("12%", Some(Percent)),
            ("42", Some(Number)),
            ("100020", Some(Postcode)),
            ("KH-000001", Some(Id)),
            ("001x0000002xLCVAA2", Some(Id)),
            ("91350100M000100Y43", Some(CreditCode)),
            ("王小明", Some(Person)),
            ("Anna Weber", Some(Person)),
            ("福州云海科技有限公司", Some(Company)),
            ("Bluewater GmbH", Some(Company)),
            ("北京市朝阳区建国路88号", Some(Address)),
            ("150 Palmer Drive", Some(Address)),
            ("女", Some(Gender)),
            ("yes", Some(Boolean)),
            ("hello", None),
        ];
        for (text, meaning) in cases {
            assert_eq!(meaning_of(text, &scan(text)), meaning, "{text}");
        }
    }
}
