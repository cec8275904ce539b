//! Genders, in the words, letters, titles and codes that forms hold.
//!
//! ```
//! use handover::normalize::gender::{Gender, gender};
//! use handover::normalize::{apply, named};
//!
//! assert_eq!(apply(&[gender()], "先生")?, "male");
//! assert_eq!(apply(&[gender()], "Mrs.")?, "female");
//! assert_eq!(apply(&[gender()], "保密")?, "unknown");
//! assert_eq!(apply(&[named("gender:gbt2261,zh")?], "2")?, "女");
//! assert_eq!(Gender::of_word("divers"), Some(Gender::Other));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::borrow::Cow;

use super::Normalizer;
use super::boolean::word;
use super::catalogue::{Entry, Options};
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "gender",
    about: "genders, of words, letters and titles, to male, female, other and unknown",
    options: "gbt2261 (0, 1, 2 and 9 are codes of GB/T 2261.1 and ISO 5218), one's own codes such as 0=female, \
              zh (to write 男, 女, 其他, 未知), letter (to write M, F, X, U)",
    example: ["gender", "女士", "female"],
    make: named,
}];

fn named(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut rule = GenderWords::default();
    for (key, value) in options.pairs() {
        rule = match (key.to_ascii_lowercase().as_str(), value) {
            ("gbt2261" | "gb/t2261" | "gb" | "iso5218" | "codes", "") => rule.codes(&GBT_2261),
            ("zh" | "chinese", "") => rule.written(GenderForm::Chinese),
            ("letter" | "short", "") => rule.written(GenderForm::Letter),
            (_, value) => match Gender::of_word(value) {
                Some(gender) => rule.codes(&[(key, gender)]),
                None => return Err(options.refuse(key)),
            },
        };
    }
    Ok(Box::new(rule))
}

/// A gender as customer records know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// `male`, 男.
    Male,
    /// `female`, 女.
    Female,
    /// `other`, 其他: neither, as some countries' registers have it.
    Other,
    /// `unknown`, 未知: not asked, not answered, or kept secret.
    Unknown,
}

/// How a gender is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GenderForm {
    /// `male`, `female`, `other`, `unknown`.
    #[default]
    English,
    /// 男, 女, 其他, 未知.
    Chinese,
    /// `M`, `F`, `X`, `U`.
    Letter,
}

/// The codes of GB/T 2261.1-2003, which are those of ISO/IEC 5218: 0 not
/// known, 1 male, 2 female, 9 not stated.
pub const GBT_2261: [(&str, Gender); 4] =
    [("0", Gender::Unknown), ("1", Gender::Male), ("2", Gender::Female), ("9", Gender::Unknown)];

const WORDS: [(Gender, &[&str]); 4] = [
    (
        Gender::Male,
        &[
            "m",
            "male",
            "man",
            "men",
            "boy",
            "gentleman",
            "masculine",
            "mr",
            "mister",
            "sir",
            "♂", // English
            "男",
            "男性",
            "男士",
            "男生",
            "男的",
            "男人",
            "男子",
            "先生",
            "公子", // Chinese
            "männlich",
            "maennlich",
            "herr",
            "h",
            "homme",
            "masculin",
            "monsieur",
            "hombre",
            "masculino",
            "varón",
            "varon",
            "señor",
            "sr",
            "uomo",
            "maschio",
            "maschile",
            "signor",
            "signore",
            "homem",
            "senhor",
            "meneer",
            "dhr",
            "мужской",
            "муж",
            "м",
            "мужчина",
            "господин",
            "mężczyzna",
            "erkek",
            "bay",
            "おとこ",
            "남",
            "남자",
            "남성",
            "nam",
            "ชาย",
            "ذكر",
            "pria",
            "laki-laki",
        ],
    ),
    (
        Gender::Female,
        &[
            "f",
            "female",
            "woman",
            "women",
            "girl",
            "lady",
            "feminine",
            "mrs",
            "ms",
            "miss",
            "madam",
            "ma'am",
            "♀",
            "女",
            "女性",
            "女士",
            "女生",
            "女的",
            "女人",
            "女子",
            "小姐",
            "太太",
            "夫人", // Chinese
            "weiblich",
            "w",
            "frau",
            "femme",
            "féminin",
            "feminin",
            "madame",
            "mme",
            "mademoiselle",
            "mlle",
            "mujer",
            "femenino",
            "señora",
            "sra",
            "señorita",
            "srta",
            "donna",
            "femmina",
            "femminile",
            "signora",
            "mulher",
            "feminino",
            "senhora",
            "vrouw",
            "mevrouw",
            "mevr",
            "mw",
            "женский",
            "жен",
            "ж",
            "женщина",
            "госпожа",
            "kobieta",
            "kadın",
            "bayan",
            "おんな",
            "여",
            "여자",
            "여성",
            "nữ",
            "หญิง",
            "أنثى",
            "wanita",
            "perempuan",
        ],
    ),
    (
        Gender::Other,
        &[
            "other",
            "x",
            "diverse",
            "divers",
            "d",
            "non-binary",
            "nonbinary",
            "non binary",
            "nb",
            "third gender",
            "其他",
            "其它",
            "非二元",
            "autre",
            "otro",
            "altro",
            "outro",
            "другой",
            "その他",
            "기타",
            "khác",
        ],
    ),
    (
        Gender::Unknown,
        &[
            "unknown",
            "u",
            "undisclosed",
            "unspecified",
            "not specified",
            "not stated",
            "not known",
            "secret",
            "prefer not to say",
            "rather not say",
            "decline to state",
            "n/a",
            "mx",
            "未知",
            "保密",
            "不详",
            "不明",
            "未说明",
            "未说明的性别",
            "未知的性别",
            "未填",
            "未填写",
            "不公开",
            "不愿透露",
            "unbekannt",
            "keine angabe",
            "inconnu",
            "desconocido",
            "desconhecido",
            "sconosciuto",
            "неизвестно",
            "未回答",
            "알 수 없음",
            "비공개",
        ],
    ),
];

impl Gender {
    /// The gender that a word, a letter, a title or a sign stands for: `F`,
    /// `Frau`, `女士`, `♀`. Digits are codes, and stand for none here.
    pub fn of_word(text: &str) -> Option<Gender> {
        let word = word(text);
        WORDS.iter().find(|(_, words)| words.contains(&&*word)).map(|(gender, _)| *gender)
    }

    /// How it is written.
    pub fn written(self, form: GenderForm) -> &'static str {
        let (english, chinese, letter) = match self {
            Gender::Male => ("male", "男", "M"),
            Gender::Female => ("female", "女", "F"),
            Gender::Other => ("other", "其他", "X"),
            Gender::Unknown => ("unknown", "未知", "U"),
        };
        match form {
            GenderForm::English => english,
            GenderForm::Chinese => chinese,
            GenderForm::Letter => letter,
        }
    }
}

/// Writes `male`, `female`, `other` and `unknown`: the rule [`GenderWords`] as it is by default.
pub fn gender() -> Box<dyn Normalizer> {
    Box::new(GenderWords::default())
}

/// Reads genders and writes one word for each.
///
/// Codes are read only where they are told, for systems number differently.
/// `M` is male, but in a column that holds `H` (hombre) and no `F` it may be
/// mujer, which is a fault.
///
/// Faults: `no gender`, `a code, and which is not told`, `several genders`,
/// `M may be man or mujer in a column with H`.
#[derive(Debug, Clone, Default)]
pub struct GenderWords {
    form: GenderForm,
    codes: Vec<(String, Gender)>,
    /// Whether the column holds `H`, and `F` or `W`.
    seen: [bool; 2],
}

impl GenderWords {
    /// Reads these codes too, before all words.
    #[must_use]
    pub fn codes(mut self, codes: &[(&str, Gender)]) -> Self {
        self.codes.extend(codes.iter().map(|(code, gender)| (word(code).into_owned(), *gender)));
        self
    }

    /// Writes another form.
    #[must_use]
    pub fn written(mut self, form: GenderForm) -> Self {
        self.form = form;
        self
    }

    fn read(&self, text: &str) -> Result<Gender, Fault> {
        let word = word(text);
        if let Some((_, gender)) = self.codes.iter().find(|(code, _)| *code == word) {
            return Ok(*gender);
        }
        if &*word == "m" && self.is_spanish() {
            return Err(Fault::new("M may be man or mujer in a column with H"));
        }
        Gender::of_word(&word).ok_or_else(|| Fault::new(wrong(&word)))
    }

    fn is_spanish(&self) -> bool {
        self.seen == [true, false]
    }
}

/// Why a word is no gender.
fn wrong(word: &str) -> &'static str {
    let parts = word.split(['/', '、', ',', '|']).filter_map(Gender::of_word).count();
    match word.parse::<i32>().is_ok() {
        true => "a code, and which is not told",
        false if parts > 1 || word == "男女" => "several genders",
        false => "no gender",
    }
}

impl Normalizer for GenderWords {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let gender = self.read(text).map_err(|fault| fault.rule("gender"))?;
        Ok(Cow::Borrowed(gender.written(self.form)))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("gender")
    }

    fn learn(&mut self, text: &str) {
        match &*word(text) {
            "h" => self.seen[0] = true,
            "f" | "w" => self.seen[1] = true,
            _ => {}
        }
    }

    fn learns(&self) -> bool {
        true
    }

    fn learnt(&self) -> Option<String> {
        self.is_spanish().then(|| "H stands in the column and F does not: M is not read".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        gender().normalize(text).unwrap_err().to_string()
    }

    #[test]
    fn no_word_means_two() {
        let mut all: Vec<_> = WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn what_says_too_little_is_a_fault() {
        assert_eq!(fault("1"), "a code, and which is not told");
        assert_eq!(fault("男/女"), "several genders");
        assert_eq!(fault("M/F"), "several genders");
        assert_eq!(fault("Dr."), "no gender");
    }

    #[test]
    fn m_beside_h_is_not_read() {
        let mut rule = GenderWords::default();
        ["H", "M"].iter().for_each(|text| rule.learn(text));
        assert_eq!(rule.normalize("M").unwrap_err().to_string(), "M may be man or mujer in a column with H");
        assert_eq!(rule.learnt().unwrap(), "H stands in the column and F does not: M is not read");
        rule.learn("F");
        assert_eq!(rule.normalize("M").unwrap(), "male");
    }
}
