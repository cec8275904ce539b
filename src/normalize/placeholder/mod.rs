//! What people type into fields that must not stay empty.
//!
//! ```
//! use handover::normalize::placeholder::{Placeholder, Subject, is_placeholder};
//!
//! assert!(is_placeholder(Subject::Any, "待补充"));
//! assert!(is_placeholder(Subject::Phone, "138 0013 8000"));
//! assert!(is_placeholder(Subject::Email, "Test@test.com"));
//! assert!(!is_placeholder(Subject::Person, "王伟"));
//!
//! // What documentation takes for examples may be a person all the same.
//! assert!(!is_placeholder(Subject::Person, "John Doe"));
//! assert!(Placeholder::of(Subject::Person).examples().matches("John Doe"));
//! ```
//!
//! Where a value has no place in any field of its kind (`asdf`, `n/a`), it is
//! a placeholder. Where it could be real (`NA`, `110`, `Mr. Null`), it is not.
//! Judged is the value alone, so that a name which is rare among placeholders
//! only (`Test`, a family in Germany) is taken for one: look before you null.

mod date;
mod email;
mod number;
mod words;

use std::borrow::Cow;

use super::Normalizer;
use super::catalogue::{Entry, Options};
use super::empty::is_empty_word;
use super::text::trimmed;
use super::unicode::width_folded;
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "placeholder",
    about: "makes null what people type into fields that must not stay empty",
    options: "phone, email, person, company, id or date; examples (takes John Doe and example.com too)",
    example: ["placeholder:phone", "12345678901", ""],
    make,
}];

/// Nothing that is longer, in bytes, is a placeholder.
const LONGEST: usize = 96;

/// What a field is for: that decides what stands in it in place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// Any text: words only, since any number can be a value.
    #[default]
    Any,
    /// A phone number, as typed or in E.164.
    Phone,
    /// An e-mail address.
    Email,
    /// A person's name.
    Person,
    /// A company's name.
    Company,
    /// An identity, registration or tax number of six characters or more; not the key of a record.
    Id,
    /// A date, in any order, with or without a time.
    Date,
}

impl Subject {
    /// What the field should hold: `a phone number`.
    pub fn noun(self) -> &'static str {
        match self {
            Subject::Any => "a value",
            Subject::Phone => "a phone number",
            Subject::Email => "an e-mail address",
            Subject::Person => "a name",
            Subject::Company => "a company",
            Subject::Id => "an identity number",
            Subject::Date => "a date",
        }
    }

    /// The subject of a name: those of the catalogue and their usual synonyms.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "any" | "text" => Subject::Any,
            "phone" | "mobile" => Subject::Phone,
            "email" => Subject::Email,
            "person" | "person_name" | "name" => Subject::Person,
            "company" => Subject::Company,
            "id" | "id_cn" | "credit_code_cn" => Subject::Id,
            "date" | "datetime" => Subject::Date,
            _ => return None,
        })
    }
}

/// Whether a text stands in place of a value.
///
/// - Everywhere: the words of [`empty_to_null`](super::empty_to_null);
///   punctuation alone; `test`, `asdf`, `qwerty`, `xxx`, `aaaa`, `unknown`, `tbd`,
///   `待补充`, `不详`, `未知`, `保密`, `測試`, `テスト`, `테스트` and their like, in any case and width.
/// - For phones: all digits the same, digits in sequence (`12345678901`), seven zeros at the
///   end, `13800138000`, mobile numbers of China that end in eight equal digits or in
///   `12345678`, and the numbers set aside for fiction in North America (`555-01xx`) and by Ofcom.
/// - For e-mail: `noemail@…`, `test@…`, `none@none.com`, `a@b.com`, `123456@qq.com`.
/// - For people: `test test`, `测试用户`, `先生`, and digits; for companies: `个人`, `无单位`, `self`, `private`, and
///   single digits.
/// - For identity numbers: one character all along or for nine places, sequences.
/// - For dates: where calendars begin and end: `1900-01-01`, `1970-01-01`, `9999-12-31`, `1111-11-11`, `0000-00-00`.
///
/// A number is judged as it is, without labels around it: normalize first.
/// A blank text is no placeholder: there is no value already.
pub fn is_placeholder(subject: Subject, text: &str) -> bool {
    Placeholder::of(subject).matches(text)
}

/// Makes placeholders null, and leaves all else as it is: the rule [`Placeholder`] as it is by default.
pub fn placeholder_to_null(subject: Subject) -> Box<dyn Normalizer> {
    Box::new(Placeholder::of(subject))
}

/// Knows placeholders when it sees them; as a rule, makes them null.
///
/// ```
/// use handover::Normalizer;
/// use handover::normalize::placeholder::{Placeholder, Subject};
///
/// let rule = Placeholder::of(Subject::Email).examples();
/// assert_eq!(rule.normalize("zhang@example.com")?, "");
/// assert_eq!(rule.normalize("zhang@xn--fiqs8s.cn")?, "zhang@xn--fiqs8s.cn");
/// # Ok::<(), handover::Fault>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Placeholder {
    subject: Subject,
    examples: bool,
}

impl Placeholder {
    /// The placeholders of fields for this.
    pub fn of(subject: Subject) -> Self {
        Placeholder { subject, examples: false }
    }

    /// Takes the names and domains of documentation too: `John Doe`, `Max
    /// Mustermann`, `张三`, `Acme`, and the domains of RFC 2606 (`example.com`, `.test`,
    /// `.invalid`). By default they pass: there are people of these names, and
    /// test data is made of these domains.
    #[must_use]
    pub fn examples(mut self) -> Self {
        self.examples = true;
        self
    }

    /// What the field should hold.
    pub fn subject(self) -> Subject {
        self.subject
    }

    /// Whether the text stands in place of a value.
    pub fn matches(self, text: &str) -> bool {
        let text = trimmed(text);
        if text.is_empty() || text.len() > LONGEST {
            return false;
        }
        let folded = folded(text);
        is_empty_word(text)
            || words::is_punctuation(&folded)
            || words::is_general(&folded)
            || words::is_of(self.subject, &folded)
            || (self.examples && words::is_example(self.subject, &folded))
            || match self.subject {
                Subject::Any => false,
                Subject::Phone => number::is_phone(&folded),
                Subject::Email => email::is_placeholder(&folded, self.examples),
                Subject::Person => number::is_run(&folded) || words::is_digit(&folded),
                Subject::Company => words::is_digit(&folded),
                Subject::Id => number::is_id(&folded),
                Subject::Date => date::is_limit(&folded),
            }
    }
}

impl From<Subject> for Placeholder {
    fn from(subject: Subject) -> Self {
        Placeholder::of(subject)
    }
}

impl Normalizer for Placeholder {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        Ok(Cow::Borrowed(if self.matches(text) { "" } else { text }))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("placeholder")
    }
}

fn make(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut rule = Placeholder::default();
    for (key, value) in options.pairs() {
        rule = match (Subject::named(key), value) {
            (Some(subject), "") => Placeholder { subject, ..rule },
            (None, "") if key == "examples" => rule.examples(),
            _ => return Err(options.refuse(key)),
        };
    }
    Ok(Box::new(rule))
}

/// In one width and case.
fn folded(text: &str) -> Cow<'_, str> {
    let text = width_folded(text);
    match text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        true => text,
        false => Cow::Owned(text.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(subject: Subject, placeholders: &[&str], values: &[&str]) {
        for text in placeholders {
            assert!(is_placeholder(subject, text), "{text} passes as {}", subject.noun());
        }
        for text in values {
            assert!(!is_placeholder(subject, text), "{text} is not taken for {}", subject.noun());
        }
    }

    #[test]
    fn words_of_any_field() {
        all(
            Subject::Any,
            &[
                "test",
                " TEST ",
                "Test123",
                "asdf",
                "ASDFGH",
                "qwerty",
                "xxx",
                "XXXX",
                "n/a",
                "N/A",
                "待补充",
                "不详",
                "未知",
                "没有",
                ".",
                "...",
                "？？",
                "……",
                "-",
                "Ｔｅｓｔ",
                "测试",
                "测试数据",
                "テスト",
                "to be determined",
                "foo",
                "aaaa",
                "asdfasdf",
                "test test",
                "请填写",
                "tbd",
            ],
            &[
                "",
                " ",
                "NA",
                "Null",
                "1",
                "0",
                "12345",
                "III",
                "AAA",
                "attest",
                "Testa",
                "a",
                "未知数科技",
                "we",
                "C#",
                "👍",
            ],
        );
    }

    #[test]
    fn phones() {
        all(
            Subject::Phone,
            &[
                "13800138000",
                "138 0013 8000",
                "+86 138-0013-8000",
                "+8613800138000",
                "12345678901",
                "1234567",
                "0",
                "1111111",
                "0000",
                "0000-0000000",
                "111-111-1111",
                "+1 555-555-5555",
                "(202) 555-0143",
                "+12025550143",
                "555-0100",
                "13888888888",
                "139 1234 5678",
                "010-00000000",
                "无电话",
                "987654321",
                "12345678910",
                "+442079460018",
                "07700 900123",
                "none",
                "１２３４５６７８",
                "000",
            ],
            &[
                "+12123456789",
                "13912345679",
                "110",
                "10086",
                "400-888-8000",
                "010-88886666",
                "202-555-1234",
                "+8613901390139",
                "+16502530000",
                "+81312345678",
                "95588",
                "021-61234567",
            ],
        );
    }

    #[test]
    fn addresses() {
        all(
            Subject::Email,
            &[
                "test@test.com",
                "TEST1@gmail.com",
                "noemail@firm.cn",
                "no-email@x-y.cn",
                "none@none.com",
                "a@a.com",
                "a@b.com",
                "123456@qq.com",
                "111@163.com",
                "asdf@asdf.com",
                "abc@abc.com",
                "xxx@xxx.com",
                "na@na.com",
                "无邮箱",
                "no email",
                "john@test.com",
                "someone@nowhere.com",
                "mailto:test@test.com",
            ],
            &[
                "zhang@example.com",
                "na@firm.com",
                "tester@firm.com",
                "info@test.de",
                "10086@chinamobile.com",
                "noel@none.cc",
                "abc@gmail.com",
                "hp@hpe.com",
                "contest@firm.com",
                "wang@qq.com",
                "12345697@qq.com",
                "a@bc.com",
            ],
        );
        let examples = Placeholder::of(Subject::Email).examples();
        assert!(
            ["zhang@example.com", "li@mail.example.org", "w@host.test"]
                .iter()
                .all(|text| examples.matches(text))
        );
        assert!(!examples.matches("zhang@example.cn.com"));
    }

    #[test]
    fn names() {
        all(
            Subject::Person,
            &[
                "测试",
                "测试用户",
                "测试1",
                "Test Test",
                "123",
                "1",
                "匿名",
                "xx",
                "某某",
                "First Last",
                "asd",
            ],
            &["王伟", "John Doe", "张三", "Null", "Testino", "Max", "No"],
        );
        let examples = Placeholder::of(Subject::Person).examples();
        assert!(["John Doe", "张三", "max mustermann", "山田太郎"].iter().all(|text| examples.matches(text)));
        all(
            Subject::Company,
            &[
                "个人",
                "无",
                "Self",
                "private",
                "无单位",
                "self-employed",
                "测试公司",
                "1",
                "XX公司",
                "na",
                "公司",
            ],
            &["3M", "360", "111", "AAA", "测试科技有限公司", "Private Bank"],
        );
    }

    #[test]
    fn identity_numbers() {
        all(
            Subject::Id,
            &[
                "111111111111111111",
                "123456789012345678",
                "12345678901234567X",
                "000-00-0000",
                "123-45-6789",
                "xxxxxxxxxxxxxxxxxx",
                "123123123",
                "91110000000000000X",
            ],
            &["1111", "110105194912310021", "91110000600037341L", "12-3456780"],
        );
    }

    #[test]
    fn dates() {
        all(
            Subject::Date,
            &[
                "1900-01-01",
                "1970/1/1",
                "1111-11-11",
                "0000-00-00",
                "9999-12-31",
                "01.01.1900",
                "31/12/9999",
                "19000101",
                "1900年1月1日",
                "1970-01-01 08:00:00",
                "1970-01-01T00:00:00Z",
                "1899-12-30",
                "00/00/0000",
                "0",
            ],
            &["1900-01-02", "1990-01-01", "2024-11-11", "1", "2001-01-01 00:00", "11:11:11", "19000102"],
        );
    }

    #[test]
    fn what_is_no_placeholder_is_borrowed_as_it_is() {
        let rule = placeholder_to_null(Subject::Any);
        assert!(matches!(rule.normalize(" 王 "), Ok(Cow::Borrowed(" 王 "))));
        assert_eq!(rule.normalize("TBD").unwrap(), "");
    }
}
