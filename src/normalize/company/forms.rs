//! Legal forms: which words of a name are one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::quick::Quick;
use super::words::{Role, Words};

/// How a form is best written, by its letters.
static FORMS: LazyLock<HashMap<String, &'static str, Quick>> = LazyLock::new(|| {
    let mut forms = HashMap::default();
    let rows = include_str!("forms.tsv").lines().filter_map(|line| line.split_once('\t'));
    for (standard, names) in rows {
        for name in names.split('|') {
            forms.entry(Words::of(name).letters).or_insert(standard);
        }
    }
    forms
});

/// Forms that Chinese, Japanese and Korean names end with, without a space
/// before them; the longest first. As [`Words`] reads them.
const ENDINGS: [&str; 38] = [
    "有限责任股份公司",
    "股份有限责任公司",
    "特殊普通合伙企业",
    "农民专业合作社",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "集团股份公司",
    "个人独资企业",
    "个体工商户",
    "유한책임회사",
    "有限合伙企业",
    "普通合伙企业",
    "专业合作社",
    "有限公司",
    "无限公司",
    "两合公司",
    "股份公司",
    "集团公司",
    "合伙企业",
    "有限合伙",
    "普通合伙",
    "株式会社",
    "有限会社",
    "合同会社",
    "合资会社",
    "合名会社",
    "相互会社",
    "주식회사",
    "유한회사",
    "합명회사",
    "합자회사",
    "总公司",
    "分公司",
    "合作社",
    "公司",
    "集团",
    "厂",
];

/// Forms that Japanese and Korean names begin with, the longest first.
const BEGINNINGS: [&str; 22] = [
    "特定非营利活动法人",
    "社会福祉法人",
    "医疗法人社団",
    "一般社団法人",
    "公益社団法人",
    "一般财団法人",
    "公益财団法人",
    "独立行政法人",
    "国立大学法人",
    "医疗法人",
    "学校法人",
    "宗教法人",
    "社団法人",
    "财団法人",
    "株式会社",
    "有限会社",
    "合同会社",
    "합자회사",
    "주식회사",
    "유한회사",
    "재단법인",
    "사단법인",
];

/// The most letters (bytes) and words that are looked up as one form.
const LONGEST: usize = 100;
const MOST_WORDS: usize = 10;

/// The standard way of writing a form.
pub(super) fn standard(letters: &str) -> Option<&'static str> {
    FORMS.get(letters).copied()
}

/// Marks what became the first word only now, if it is a legal form.
pub(super) fn mark_first(words: &mut Words, text: &str) -> bool {
    let mut any = false;
    while first(words, text) {
        any = true;
    }
    any
}

/// Whether there is nothing but legal forms: `PT Tbk`, `(集团)股份有限公司`.
pub(super) fn are_all(words: &Words) -> bool {
    let mut begin = 0;
    while begin < words.list.len() {
        let mut ends = (begin..words.list.len()).rev();
        let known = |end: usize| {
            let letters = words.joined(begin, end);
            letters.is_empty() || FORMS.contains_key(letters)
        };
        match ends.find(|&end| known(end)) {
            Some(end) => begin = end + 1,
            None => return false,
        }
    }
    !words.letters.is_empty()
}

/// Marks what is the legal form, as long as a name remains.
pub(super) fn mark(words: &mut Words, text: &str) {
    bracketed(words);
    // `ООО` is always a form, and what is behind it a name, if it is `Group`.
    if words.letters.starts_with(is_cyrillic) {
        mark_first(words, text);
    }
    let all = words.list.len();
    while last(words, all, text) || first(words, text) {}
    if let Some(other) = other_name(words) {
        while last(words, other, text) {}
    }
    between(words);
}

/// `(株)`, `(Pty)`, `(集团)`, `(有限合伙)`.
fn bracketed(words: &mut Words) {
    for open in 0..words.list.len() {
        let Some((inner, close)) = brackets(words, open) else { continue };
        let letters = words.joined(open, close);
        let is_form = match inner {
            1 if letters.chars().nth(1).is_none() => {
                matches!(letters, "株" | "有" | "合" | "资" | "名" | "주" | "유" | "재" | "사" | "합")
            }
            _ => letters != "公司" && FORMS.contains_key(letters),
        };
        if is_form && (0..words.list.len()).any(|at| !(open..=close).contains(&at) && words.is_name(at)) {
            words.mark(open, close, Role::Form);
        }
    }
}

/// How many words stand in the brackets that open there, and where they close.
pub(super) fn brackets(words: &Words, open: usize) -> Option<(usize, usize)> {
    if words.list.get(open)?.role != Role::Open {
        return None;
    }
    let inner = words.list.iter().skip(open + 1).position(|word| word.role != Role::Name)?;
    let close = open + 1 + inner;
    let closes = words.list.get(close).is_some_and(|word| word.role == Role::Close);
    Some((inner, close)).filter(|_| closes && inner > 0)
}

/// Where the words begin that say that another name follows: `dba`, `t/a`.
fn other_name(words: &Words) -> Option<usize> {
    (1..words.list.len()).find(|&at| {
        let letters = (at..at + 3)
            .take_while(|&letter| at == letter || is_letter(words, letter) && words.list[letter].glued);
        let joined = words.joined(at, letters.last().unwrap_or(at));
        matches!(joined, "dba" | "aka" | "fka") || joined == "ta" && words.word(at) == "t"
    })
}

/// The last name before a place, if it is not that of a branch.
fn last_name(words: &Words, before: usize) -> Option<usize> {
    let list = words.list.get(..before)?;
    let place = list.iter().rposition(|word| matches!(word.role, Role::Name | Role::Branch))?;
    words.is_name(place).then_some(place)
}

/// The form that the name before a place ends with, the longest that is known.
fn last(words: &mut Words, before: usize, text: &str) -> bool {
    let Some(end) = last_name(words, before) else { return false };
    let mut found = None;
    for begin in (end.saturating_sub(MOST_WORDS)..=end).rev() {
        let letters = words.joined(begin, end);
        if letters.len() > LONGEST {
            break;
        }
        // `株` alone is a form only in brackets.
        let whole = letters == "厂" || letters.chars().nth(1).is_some();
        if whole && words.is_name(begin) && FORMS.contains_key(letters) && parts(words, begin, end, text) {
            found = Some(begin);
        }
    }
    match found {
        Some(begin) => {
            words.mark(begin, end, Role::Form);
            true
        }
        None => ending(words, end, text),
    }
}

fn is_letter(words: &Words, place: usize) -> bool {
    words.is_name(place) && words.word(place).len() == 1
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}')
}

/// Whether a form may be parted from what is before it: a name remains,
/// `U.S.A.` is not torn, it is not the second of two names, as in `Hotel & SPA`,
/// and not the bath, which is not written like `SpA`.
fn parts(words: &Words, begin: usize, end: usize, text: &str) -> bool {
    let glued = |place: usize| words.list.get(place).is_some_and(|word| word.glued);
    let torn = begin > 0
        && is_letter(words, begin)
        && is_letter(words, begin - 1)
        && (glued(begin) || begin < end && !glued(end));
    let second = begin > 0
        && words.list.get(begin - 1).is_some_and(|word| word.role == Role::Filler)
        && !words.joined(begin, end).starts_with('c');
    let bath = words.list.get(begin).and_then(|word| text.get(word.from..word.to));
    let bath = matches!(bath, Some("spa" | "Spa"));
    !torn && !second && !bath && (0..begin).any(|place| words.is_name(place))
}

/// The form that the last word ends with, in Chinese, Japanese or Korean.
fn ending(words: &mut Words, place: usize, text: &str) -> bool {
    let word = words.word(place);
    // The last characters of all endings: most names have none of them.
    if !word.ends_with(['司', '社', '사', '业', '户', '伙', '团', '厂']) {
        return false;
    }
    let Some(form) = ENDINGS.iter().find(|form| word.ends_with(**form)) else { return false };
    let before = word.len() - form.len();
    let remains = word.get(..before).map_or(0, |name| name.chars().count());
    let alone = !(0..place).any(|at| words.is_name(at));
    // One character is no name beside `集团` or `厂`: `本厂`.
    if remains == 0 || remains == 1 && alone && form.chars().count() < 3 {
        return false;
    }
    let branch = if *form == "分公司" { word.get(..before).and_then(branch_place) } else { None };
    words.split(place, before, text);
    words.mark(place + 1, place + 1, Role::Form);
    if let Some(company) = branch {
        words.split(place, company, text);
        words.mark(place + 1, place + 1, Role::Branch);
        // The form of the company itself stands before the branch now.
        while ending(words, place, text) {}
    }
    true
}

/// Where the place begins in `某某有限公司上海`, if a company is before it.
fn branch_place(before: &str) -> Option<usize> {
    let company = before.rfind("公司")? + "公司".len();
    (company < before.len()).then_some(company)
}

/// The form that the name begins with: `ООО`, `PT`, `株式会社`.
fn first(words: &mut Words, text: &str) -> bool {
    let Some(begin) = words.list.iter().position(|word| word.role == Role::Name) else { return false };
    let mut found = None;
    for end in begin..words.list.len().min(begin + MOST_WORDS) {
        let letters = words.joined(begin, end);
        if letters.len() > LONGEST || !words.is_name(end) {
            break;
        }
        // `A.B. Volvo`, but neither `A B Volvo` nor `A.B.C. Volvo`
        let glued = |at: usize| is_letter(words, at) && words.list.get(at).is_some_and(|word| word.glued);
        let dotted = end == begin || !is_letter(words, end) || glued(end) && !glued(end + 1);
        let remains = (end + 1..words.list.len()).any(|at| words.is_name(at));
        if dotted && remains && leads(letters) && FORMS.contains_key(letters) {
            found = Some(end);
        }
    }
    match found {
        Some(end) => {
            words.mark(begin, end, Role::Form);
            true
        }
        None => beginning(words, begin, text),
    }
}

/// Whether names begin with the form, and no name with the word.
fn leads(letters: &str) -> bool {
    match letters.as_bytes() {
        [first, ..] if first.is_ascii() => matches!(
            letters,
            "ab" | "oy"
                | "oyj"
                | "gmbh"
                | "llc"
                | "ltd"
                | "llp"
                | "inc"
                | "uab"
                | "sia"
                | "ou"
                | "ooo"
                | "oao"
                | "zao"
                | "pao"
                | "tov"
                | "pt"
                | "cv"
                | "aps"
                | "doo"
                | "sro"
                | "kft"
                | "jsc"
                | "ojsc"
                | "pjsc"
                | "cjsc"
                | "spzoo"
                | "sarl"
                | "srl"
                | "gmbhcokg"
                | "coltd"
                | "kabushikikaisha"
        ),
        _ => letters.starts_with(is_cyrillic),
    }
}

fn beginning(words: &mut Words, place: usize, text: &str) -> bool {
    let word = words.word(place);
    if !word.starts_with([
        '特', '社', '医', '一', '公', '独', '国', '学', '宗', '财', '株', '有', '合', '합', '주', '유', '재',
        '사',
    ]) {
        return false;
    }
    let Some(form) = BEGINNINGS.iter().find(|form| word.starts_with(**form)) else { return false };
    let more = (place + 1..words.list.len()).any(|at| words.is_name(at));
    if word.len() > form.len() {
        words.split(place, form.len(), text);
    } else if !more {
        return false;
    }
    words.mark(place, place, Role::Form);
    true
}

/// Forms within a name that are no word of any language: `Acme Inc. (Zoom)`,
/// `Beuke P.C. Attorneys`.
fn between(words: &mut Words) {
    for place in 1..words.list.len() {
        let Some(end) = within(words, place) else { continue };
        if !(0..place).any(|at| words.is_name(at)) {
            continue;
        }
        words.mark(place, end, Role::Form);
        // `Co., Ltd.`, `Pte. Ltd.`, `Sdn. Bhd.`, `Ab Oy`
        let before = place - 1;
        let goes_along = matches!(words.word(before), "co" | "pte" | "pty" | "pvt" | "sdn" | "ab");
        if goes_along && (0..before).any(|at| words.is_name(at)) {
            words.mark(before, before, Role::Form);
        }
    }
}

/// Where the form ends that begins there.
fn within(words: &Words, place: usize) -> Option<usize> {
    if !words.is_name(place) {
        return None;
    }
    if is_letter(words, place) && !words.list.get(place)?.glued {
        let glued = |at: usize| is_letter(words, at) && words.list.get(at).is_some_and(|word| word.glued);
        let end = (place + 1..words.list.len()).take_while(|&at| glued(at)).last()?;
        return Some(end).filter(|&end| FORMS.contains_key(words.joined(place, end)));
    }
    let form = matches!(
        words.word(place),
        "gmbh"
            | "llc"
            | "ltd"
            | "inc"
            | "llp"
            | "plc"
            | "oy"
            | "oyj"
            | "incorporated"
            | "sarl"
            | "kft"
            | "bhd"
    );
    form.then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_written_as_names_are_read() {
        for form in ENDINGS.iter().chain(&BEGINNINGS) {
            assert_eq!(Words::of(form).letters, **form);
        }
    }

    #[test]
    fn every_ending_and_beginning_is_found() {
        for form in ENDINGS {
            let text = format!("星河{form}");
            let mut words = Words::of(&text);
            assert!(ending(&mut words, 0, &text), "{form}");
            assert_eq!(words.word(0), "星河", "{form}");
        }
        for form in BEGINNINGS {
            let text = format!("{form}星河");
            let mut words = Words::of(&text);
            assert!(beginning(&mut words, 0, &text), "{form}");
            assert_eq!(words.word(1), "星河", "{form}");
        }
    }
}
