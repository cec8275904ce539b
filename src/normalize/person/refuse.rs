//! What cannot be the name of a person.

use super::east_asian::{is_address, is_east_asian};
use crate::error::Fault;
use crate::normalize::placeholder::{Subject, is_placeholder};

/// A name is not longer, in bytes.
const LONGEST: usize = 400;

/// More digits than these are a number, beside a name or alone.
const DIGITS: usize = 4;

/// Legal forms and kinds of organisations that end a name in words.
const WESTERN: &[&str] = &[
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "llc",
    "llp",
    "corp",
    "corporation",
    "plc",
    "gmbh",
    "mbh",
    "sarl",
    "srl",
    "bv",
    "pty",
    "pte",
    "company",
    "holdings",
    "holding",
    "bank",
    "university",
    "foundation",
    "kgaa",
    "ohg",
    "ltda",
    "ооо",
    "зао",
];

/// The same, at the end of a name in Chinese characters or Hangul.
const EAST_ASIAN: &[&str] = &[
    "公司",
    "集团",
    "集團",
    "企业",
    "企業",
    "银行",
    "銀行",
    "大学",
    "大學",
    "学校",
    "學校",
    "医院",
    "醫院",
    "事务所",
    "事務所",
    "合作社",
    "研究所",
    "研究院",
    "协会",
    "協會",
    "委员会",
    "委員會",
    "工作室",
    "商行",
    "有限合伙",
    "工厂",
    "工廠",
    "株式会社",
    "有限会社",
    "合同会社",
    "주식회사",
    "유한회사",
    "(주)",
    "은행",
];

/// Forms that stand in front, or anywhere.
const ANYWHERE: &[&str] =
    &["有限公司", "株式会社", "有限会社", "合同会社", "주식회사", "유한회사", "(株)", "(주)", "㈱", "㈜"];

/// Fails where the text cannot be the name of a person, whatever its parts.
pub(super) fn what_is_no_name(text: &str) -> Result<(), Fault> {
    let mut letters = false;
    let (mut digits, mut marks) = (0, 0);
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' => letters = true,
            '0'..='9' => digits += 1,
            '@' => marks += 1,
            _ => letters |= c.is_alphabetic(),
        }
    }
    if text.is_empty() {
        return Err(Fault::new("no name"));
    }
    let fault = match () {
        () if text.len() > LONGEST => "too long",
        () if marks > 0 => "an e-mail address or account, no name",
        () if !letters => "no letters",
        () if digits > DIGITS => "holds a number",
        () if is_several(text) => "more than one name",
        () if is_web_address(text) => "a web address, no name",
        () if is_company(text) => "a company, no person",
        () if !is_address(text) && is_placeholder(Subject::Person, text) => "a placeholder, no name",
        () => return Ok(()),
    };
    Err(Fault::new(fault))
}

/// Names in Chinese characters or Hangul that stand side by side: `王伟/李娜`.
fn is_several(text: &str) -> bool {
    let mut names = text.split(['/', '、', ';', '&', '|']).filter(|name| !name.trim().is_empty());
    let long = |name: &str| name.split(' ').any(is_east_asian) && name.chars().count() > 1;
    !text.is_ascii() && names.next().is_some_and(long) && names.next().is_some_and(long)
}

fn is_web_address(text: &str) -> bool {
    text.contains("://") || text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
}

fn is_company(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or(text);
    if last.len() < text.len() {
        let mut letters = last.bytes().filter(|b| *b != b'.' && *b != b',').map(|b| b.to_ascii_lowercase());
        let is = |form: &&str| form.bytes().eq(letters.clone());
        if WESTERN.iter().any(is) {
            return true;
        }
        let before = text.get(..text.len() - last.len() - 1).unwrap_or_default();
        let partners = before.ends_with('&') || before.ends_with(',');
        if partners && letters.by_ref().eq("co".bytes()) {
            return true;
        }
    }
    if text.is_ascii() {
        return false;
    }
    let long = text.chars().nth(3).is_some();
    long && EAST_ASIAN.iter().any(|form| text.ends_with(form))
        || ANYWHERE.iter().any(|form| text.contains(form))
}
