//! What a column is called, freed of what does not tell what it holds.

use unicode_normalization::UnicodeNormalization;

use crate::normalize::chinese::simplified;

/// A way to read the name of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// Letters and digits only, in lower case.
    pub key: String,
    /// How much of the name was set aside for it: 1.0 is nothing.
    pub share: f64,
    /// Which of several of the kind: `Phone 2`.
    pub ordinal: u32,
    /// Whose it is, where the name says so: `Contact: Phone`.
    pub object: Option<&'static str>,
}

/// Hints in brackets that are no part of the name.
#[rustfmt::skip]
const HINTS: &[&str] = &[
    "必填", "选填", "必选", "可选", "非必填", "必须", "只读", "唯一", "自动", "不可修改", "系统", "新", "旧", "required", "optional", "mandatory",
    "readonly", "donotmodify", "元", "万元", "千元", "亿元", "人民币", "美元", "rmb", "cny", "usd", "eur", "人", "个", "天", "秒", "分钟", "小时", "kg",
    "text", "string", "date", "datetime", "number", "文本", "日期", "数字", "下拉", "单选", "多选", "单行文本", "多行文本", "yyyymmdd", "ddmmyyyy",
    "mmddyyyy", "yyyymmddhhmmss", "yyyymmddhhmm", "unique", "id", "key", "pk", "fk", "格式", "示例",
];

/// Words before a name that say whose it is, and the group of fields it then is in.
#[rustfmt::skip]
const OWNERS: &[(&str, &str)] = &[
    ("contact", "person"), ("contacts", "person"), ("person", "person"), ("联系人", "person"), ("聯絡人", "person"), ("主联系人", "person"),
    ("account", "account"), ("accounts", "account"), ("company", "account"), ("companies", "account"), ("organization", "account"),
    ("organisation", "account"), ("customer", "account"), ("client", "account"), ("客户", "account"), ("公司", "account"), ("企业", "account"),
    ("单位", "account"), ("cust", "account"), ("客戶", "account"), ("kh", "account"),
    ("lead", "lead"), ("leads", "lead"), ("prospect", "lead"), ("线索", "lead"), ("潜在客户", "lead"), ("销售线索", "lead"), ("潜客", "lead"),
    ("deal", "deal"), ("deals", "deal"), ("opportunity", "deal"), ("opp", "deal"), ("potential", "deal"), ("商机", "deal"), ("业务机会", "deal"),
    ("销售机会", "deal"), ("项目", "deal"),
    ("task", "activity"), ("event", "activity"), ("call", "activity"), ("meeting", "activity"), ("activity", "activity"), ("跟进", "activity"),
    ("拜访", "activity"), ("任务", "activity"), ("日程", "activity"),
];

/// Words before a name that set it apart from nothing that matters here.
#[rustfmt::skip]
const EMPHASES: &[&str] = &[
    "primary", "main", "work", "business", "default", "preferred", "current", "the", "your", "full", "office", "my", "new",
    "主要", "常用", "首选", "默认", "工作", "当前", "主", "办公", "所在", "所属", "本人", "详细", "billing", "mailing", "开单", "邮寄", "账单", "注册",
    "properties", "property", "fields", "field", "attributes", "data", "c", "x", "sf", "hs", "address1", "基本信息", "联系方式", "联系信息",
];

/// Ends of a name that say in which form a reference is given.
const ENDS: &[&str] = &[
    "legacyidc",
    "fullname",
    "name",
    "id",
    "value",
    "ref",
    "r",
    "c",
    "s",
    "l",
    "code",
    "名称",
    "编号",
    "text",
    "cd",
    "nm",
];

/// The ways to read a name, the plainest first.
pub(super) fn readings(name: &str) -> Vec<Reading> {
    let folded: String = name.nfkc().collect::<String>().replace(['\u{200B}', '\u{FEFF}'], "");
    let folded = simplified(folded.trim());
    let mut found = Vec::new();
    let mut offer = |text: &str, share: f64, object| variants(&mut found, text, share, object);
    offer(&folded, 1.0, None);
    let bare = without_hints(&folded);
    offer(&bare, 0.99, None);
    let outside = outside_brackets(&folded);
    offer(&outside, 0.97, None);
    for part in parts(&bare) {
        offer(part, 0.94, None);
    }
    for text in [&bare, &outside] {
        if let Some((object, rest)) = owned(text) {
            offer(rest, 0.95, Some(object));
        }
    }
    found
}

/// The name itself, without numbering, with what is around the core taken off step by step.
fn variants(found: &mut Vec<Reading>, text: &str, share: f64, object: Option<&'static str>) {
    let text = without_numbering(text);
    let words = words(text);
    let key = words.concat();
    push(found, &key, share, 1, object);
    let (stem, ordinal) = split_ordinal(&key);
    push(found, stem, share * 0.95, ordinal, object);
    let unnumbered: String =
        words.iter().filter(|word| word.parse::<u32>().is_err()).map(String::as_str).collect();
    let number = words.iter().find_map(|word| word.parse().ok()).unwrap_or(ordinal);
    // Words with the number between them: `Address 1: City`, `E-mail 1 - Value`.
    if words.len() > 1 {
        push(found, &unnumbered, share * 0.95, number, object);
    }
    for (stem, number) in [(key.as_str(), 1), (stem, ordinal), (unnumbered.as_str(), number)] {
        for end in ENDS {
            if let Some(rest) = stem.strip_suffix(end).filter(|rest| rest.chars().count() > 1) {
                let is_mark = matches!(*end, "c" | "s" | "r" | "l")
                    && text.to_lowercase().ends_with(&format!("__{end}"));
                let cost = if is_mark { 0.98 } else { 0.88 };
                if is_mark || end.len() > 1 {
                    push(found, rest, share * cost, number, object);
                }
            }
        }
        for emphasis in EMPHASES {
            let rest = stem.strip_prefix(emphasis).filter(|rest| !rest.is_empty());
            let is_within_word = || emphasis.is_ascii() && !are_first(&words, emphasis);
            if let Some(rest) = rest.filter(|_| !is_within_word()) {
                push(found, rest, share * 0.92, number, object);
            }
        }
    }
}

/// Whether some of the words, from the first on, make up a text.
fn are_first(words: &[String], text: &str) -> bool {
    let mut rest = text;
    words
        .iter()
        .map_while(|word| {
            rest = rest.strip_prefix(word.as_str())?;
            Some(rest)
        })
        .any(str::is_empty)
}

fn push(found: &mut Vec<Reading>, key: &str, share: f64, ordinal: u32, object: Option<&'static str>) {
    if key.is_empty() {
        return;
    }
    match found.iter_mut().find(|known| known.key == key && known.object == object) {
        Some(known) if known.share >= share => {}
        Some(known) => *known = Reading { key: key.to_owned(), share, ordinal, object },
        None => found.push(Reading { key: key.to_owned(), share, ordinal, object }),
    }
}

/// The key of a name as it stands.
pub(super) fn key(name: &str) -> String {
    let folded: String = name.nfkc().collect();
    words(&simplified(&folded)).concat()
}

/// The words of a name in lower case: `customerId`, `Customer ID` and `客户-ID` have two.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = Class::None;
    for c in name.chars() {
        let class = Class::of(c);
        let breaks = class != last && !(last == Class::Upper && class == Class::Lower);
        if class != Class::None && (breaks || words.is_empty()) {
            words.push(String::new());
        }
        if class != Class::None
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        last = class;
    }
    words
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    None,
    Upper,
    Lower,
    Digit,
    Other,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            c if c.is_numeric() => Class::Digit,
            c if c.is_uppercase() => Class::Upper,
            c if c.is_lowercase() => Class::Lower,
            c if c.is_alphabetic() => Class::Other,
            _ => Class::None,
        }
    }
}

/// `1. Name`, `(2) Name`, `三、姓名`, `A) Name`.
fn without_numbering(text: &str) -> &str {
    let text =
        text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | ':' | '#' | '•' | '※'));
    let inner = text.strip_prefix(['(', '[', '【']).unwrap_or(text);
    let number = inner.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let (length, is_letter) = match inner.len() - number.len() {
        0 if inner.starts_with(|c: char| c.is_ascii_alphabetic()) => (1, true),
        length => (length, false),
    };
    let rest = &inner[length..];
    let after = rest.strip_prefix(['.', ')', '、', ']', '】', ':', '-', '_', ' ']);
    match after.map(str::trim_start) {
        Some(after)
            if length > 0 && !after.is_empty() && (!is_letter || rest.starts_with([')', '、', '】'])) =>
        {
            after
        }
        _ => text,
    }
}

/// `phone2`, `电话二`: the stem and the number.
fn split_ordinal(key: &str) -> (&str, u32) {
    let stem = key.trim_end_matches(|c: char| c.is_ascii_digit());
    if let Ok(number) = key[stem.len()..].parse::<u32>()
        && !stem.is_empty()
        && (1..100).contains(&number)
    {
        return (stem, number);
    }
    let chinese = [("一", 1), ("二", 2), ("三", 3), ("四", 4), ("五", 5)];
    let found = chinese.iter().find_map(|(digit, number)| Some((key.strip_suffix(digit)?, *number)));
    found.filter(|(stem, _)| !stem.is_empty()).unwrap_or((key, 1))
}

const OPENING: [char; 4] = ['(', '[', '【', '<'];
const CLOSING: [char; 4] = [')', ']', '】', '>'];

/// Without brackets that hold a hint, and without what marks a field as required.
fn without_hints(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some((head, tail)) = rest.split_once(OPENING) {
        let Some((inner, after)) = tail.split_once(CLOSING) else { break };
        kept.push_str(head);
        if !is_hint(inner) {
            kept.push_str(&format!("({inner})"));
        }
        rest = after;
    }
    kept.push_str(rest);
    kept.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | ':' | '?' | '※' | '"' | '\''))
        .to_owned()
}

fn is_hint(inner: &str) -> bool {
    let key = words(inner).concat();
    HINTS.contains(&key.as_str())
        || key.chars().count() > 8
        || inner == "%"
        || key.chars().all(|c| c.is_ascii_digit())
}

/// Without any brackets.
fn outside_brackets(text: &str) -> String {
    let (mut kept, mut depth) = (String::new(), 0_u32);
    for c in text.chars() {
        match c {
            c if OPENING.contains(&c) => depth += 1,
            c if CLOSING.contains(&c) => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// The names that stand in one, in two languages as a rule: `电话/Tel`, `备注(Remark)`, `姓名 Name`.
fn parts(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> =
        text.split(['/', '|', '\\', '\n', '(', ')', ',', ';', '、']).map(str::trim).collect();
    let is_han = |c: char| Class::of(c) == Class::Other;
    let at = text.char_indices().zip(text.chars().skip(1));
    let borders = at
        .filter(|((_, a), b)| is_han(*a) && b.is_ascii_alphabetic() || a.is_ascii_alphabetic() && is_han(*b));
    let borders: Vec<usize> = borders.map(|((at, a), _)| at + a.len_utf8()).collect();
    let spaces = text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    for at in borders.into_iter().chain(spaces) {
        let (head, tail) = (text[..at].trim(), text[at..].trim());
        // Both halves of a name in two scripts; words of one language stay together.
        if head.chars().any(is_han) != tail.chars().any(is_han) {
            parts.extend([head, tail]);
        }
    }
    parts.retain(|part| !part.is_empty() && *part != text);
    parts
}

/// Whose field it is, and what follows: `Contact: Phone`, `客户-名称`, `leads.status`, `联系人手机`.
fn owned(text: &str) -> Option<(&'static str, &str)> {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    let found = OWNERS.iter().filter(|(word, _)| lower.starts_with(word)).max_by_key(|(word, _)| word.len());
    let (word, object) = found?;
    let rest = &text[word.len()..];
    let parted = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_apart = !word.is_ascii() || parted.len() < rest.len() || rest.starts_with(char::is_uppercase);
    (is_apart && !parted.is_empty()).then_some((*object, parted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(name: &str, key: &str) -> bool {
        readings(name).iter().any(|reading| reading.key == key)
    }

    #[test]
    fn decorations_are_set_aside() {
        let cases = [
            ("*客户名称(必填)", "客户名称"),
            ("客户名称【选填】：", "客户名称"),
            ("Annual Revenue (RMB)", "annualrevenue"),
            ("1. First Name", "firstname"),
            ("三、姓名", "姓名"),
            ("ＥＭＡＩＬ", "email"),
            ("客戶名稱", "客户名称"),
            ("AccountNumber__c", "accountnumber"),
            ("Account.Name", "name"),
            ("properties.email", "email"),
            ("Lead Owner.id", "leadowner"),
            ("E-mail 1 - Value", "email"),
            ("电话/Tel", "电话"),
            ("电话/Tel", "tel"),
            ("备注(Remark)", "remark"),
            ("姓名Name", "姓名"),
            ("Contact: Full Name", "fullname"),
            ("手机二", "手机"),
        ];
        for (name, key) in cases {
            assert!(has(name, key), "{name}: {:?}", readings(name));
        }
    }

    #[test]
    fn the_number_and_the_owner_are_kept() {
        let reading = |name: &str, key: &str| readings(name).into_iter().find(|reading| reading.key == key);
        assert_eq!(reading("Phone 2", "phone").map(|reading| reading.ordinal), Some(2));
        assert_eq!(reading("联系人手机", "手机").and_then(|reading| reading.object), Some("person"));
        assert_eq!(reading("Address 1: City", "addresscity").map(|reading| reading.ordinal), Some(1));
    }
}
