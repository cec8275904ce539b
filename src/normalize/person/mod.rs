//! Names of persons: their parts, their order, and a key to compare them by.
//!
//! ```
//! use handover::normalize::person::PersonName;
//! use handover::normalize::{apply, person_key, person_name};
//!
//! let name = PersonName::parse("Smith, Dr. John V., Jr.")?;
//! assert_eq!((name.title.as_str(), name.given.as_str(), name.family.as_str()), ("Dr.", "John", "Smith"));
//! assert_eq!((name.middle.as_str(), name.suffix.as_str()), ("V.", "Jr."));
//! assert_eq!(name.to_string(), "Dr. John V. Smith, Jr.");
//!
//! let name = PersonName::parse("欧阳娜娜女士")?;
//! assert_eq!((name.family.as_str(), name.given.as_str(), name.suffix.as_str()), ("欧阳", "娜娜", "女士"));
//! let name = PersonName::parse("王总")?;
//! assert_eq!((name.family.as_str(), name.given.as_str(), name.suffix.as_str()), ("王", "", "总"));
//!
//! assert_eq!(apply(&[person_name()], "Berg, Jan van der")?, "Jan van der Berg");
//! assert_eq!(apply(&[person_key()], "O'Brien, Dr. Séan")?, "obrien sean");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! Names in words are read given name first; those in Chinese characters, kana
//! or Hangul family name first, but for transcriptions (`威廉·莎士比亚`, katakana
//! only). A comma puts the family name in front in all of them. Where no space
//! tells the family name, tables and length do: `高橋みなみ`, `司马相如`, `남궁민`.
//! A couple is one name: `Mr. & Mrs. John Smith` has the title `Mr. & Mrs.`,
//! `John and Jane Smith` the given name `John and Jane`.
//!
//! The tables of titles, suffixes, particles and family names are our own.

mod case;
mod clauses;
mod display;
mod east_asian;
mod key;
mod piece;
mod read;
mod refuse;
mod surnames;
mod western;
mod words;

use std::borrow::Cow;

pub(crate) use east_asian::chinese_family;

use super::Normalizer;
use super::Splitter;
use super::catalogue::{Entry, Options};
use crate::error::{Fault, Result};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "person_name",
    about: "a person's name in its usual order, a part of it, or a key to compare it by",
    options: "given_first, family_first, repair_case; title, given, middle, family, suffix, nickname, maiden, \
              parts (all of them as JSON) or key",
    example: ["person_name:repair_case", "SMITH, JOHN MCDONALD, JR.", "John McDonald Smith, Jr."],
    make,
}];

fn make(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut names = PersonNames::new();
    for (key, value) in options.pairs() {
        let word = if matches!(key, "order" | "part" | "write") { value } else { key };
        names = match word.to_ascii_lowercase().as_str() {
            "given_first" => names.order(Order::GivenFirst),
            "family_first" => names.order(Order::FamilyFirst),
            "by_script" => names.order(Order::ByScript),
            "repair_case" => names.repair_case(),
            "key" => names.write(Form::Key),
            "parts" => names.write(Form::Parts),
            part => match Part::ALL.into_iter().find(|known| known.name() == part) {
                Some(part) => names.write(Form::Part(part)),
                None => return Err(options.refuse(key)),
            },
        };
    }
    Ok(Box::new(names))
}

/// Writes names in their usual order: the rule [`PersonNames`] as it is by default.
pub fn person_name() -> Box<dyn Normalizer> {
    Box::new(PersonNames::new())
}

/// Writes what names are compared by: letters without case and accents, the
/// words in alphabetical order, Chinese characters as pinyin (feature
/// `chinese`), without titles, suffixes and nicknames. Two names of one key are
/// probably the same name, in whichever order and script they stand.
///
/// ```
/// use handover::normalize::{apply, person_key};
///
/// for name in ["WANG, Wei", "Wang Wei", "wei wang", "Mr. Wei Wang"] {
///     assert_eq!(apply(&[person_key()], name)?, "wang wei");
/// }
/// assert_eq!(apply(&[person_key()], "Dr. Jean-Luc van der Berg")?, "jeanluc vanderberg");
/// # #[cfg(feature = "chinese")]
/// assert_eq!(apply(&[person_key()], "单雄信")?, "shan xiongxin");
/// # Ok::<(), handover::Fault>(())
/// ```
///
/// `ü` is written `u` (吕 and 卢 have the same key, as in passports without
/// umlauts). Generations are suffixes: `John Smith, Jr.` has the key of his
/// father. A family name with a form of address (`王总`) is the family name alone.
pub fn person_key() -> Box<dyn Normalizer> {
    Box::new(PersonNames::new().write(Form::Key))
}

/// A name in its parts, each empty where the name has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonName {
    /// In front of the name: `Dr.`, `Prof. Dr.`, `Mr. and Mrs.`.
    pub title: String,
    /// `John`, `伟`; the names of both where it is a couple's: `John and Jane`.
    pub given: String,
    /// `V.`, `Carlos`.
    pub middle: String,
    /// `Smith`, `van der Berg`, `欧阳`.
    pub family: String,
    /// Behind the name: `Jr.`, `III, PhD`; the form of address of East Asian names: `先生`, `总`, `様`, `씨`.
    pub suffix: String,
    /// In brackets or quotation marks: `Jack`.
    pub nickname: String,
    /// The family name at birth: `Jones` of `Jane Smith née Jones`.
    pub maiden: String,
    /// The given name stands first, with a dot behind it: `威廉·莎士比亚`.
    transcribed: bool,
}

impl PersonName {
    /// Reads a name, its order told by its script.
    ///
    /// Fails where the text cannot be a person's name: no letters, an e-mail
    /// or web address, a long number, a company, a placeholder, a form of address alone.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        PersonNames::new().parse(text)
    }

    /// One of the parts.
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::Title => &self.title,
            Part::Given => &self.given,
            Part::Middle => &self.middle,
            Part::Family => &self.family,
            Part::Suffix => &self.suffix,
            Part::Nickname => &self.nickname,
            Part::Maiden => &self.maiden,
        }
    }

    /// What the name is compared by, as [`person_key`] writes it.
    pub fn key(&self) -> String {
        key::key(self)
    }
}

/// The parts of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// What stands in front.
    Title,
    /// The first of the given names.
    Given,
    /// The others.
    Middle,
    /// The family name.
    Family,
    /// What stands behind.
    Suffix,
    /// What the person is called.
    Nickname,
    /// The family name at birth.
    Maiden,
}

impl Part {
    /// All of them, in the order in which [`Form::Parts`] writes them.
    pub const ALL: [Part; 7] =
        [Part::Title, Part::Given, Part::Middle, Part::Family, Part::Suffix, Part::Nickname, Part::Maiden];

    /// `given`.
    pub fn name(self) -> &'static str {
        match self {
            Part::Title => "title",
            Part::Given => "given",
            Part::Middle => "middle",
            Part::Family => "family",
            Part::Suffix => "suffix",
            Part::Nickname => "nickname",
            Part::Maiden => "maiden",
        }
    }
}

/// Which name stands first, where no comma says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// The family name in Chinese characters, kana and Hangul, the given name elsewhere.
    #[default]
    ByScript,
    /// The given name, in all scripts (but not where no space parts the names).
    GivenFirst,
    /// The family name. Western names are then written with a comma behind it.
    FamilyFirst,
    /// The family name of names in Chinese characters, kana and Hangul, and of
    /// those in pinyin: what stands in a Chinese column.
    Pinyin,
}

/// What is written of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Form {
    /// The name, as [`PersonName`] is displayed.
    #[default]
    Whole,
    /// One part alone; no value where the name has none.
    Part(Part),
    /// All parts that are not empty, as a JSON object.
    Parts,
    /// What names are compared by; see [`person_key`].
    Key,
}

/// Reads names, and writes them in one form.
///
/// ```
/// use handover::Normalizer;
/// use handover::normalize::person::{Form, Order, Part, PersonNames};
///
/// let names = PersonNames::new().repair_case();
/// assert_eq!(names.normalize("o'brien, MARY")?, "MARY o'brien");
/// assert_eq!(names.normalize("O'BRIEN, MARY")?, "Mary O'Brien");
///
/// let family = PersonNames::new().order(Order::FamilyFirst).write(Form::Part(Part::Family));
/// assert_eq!(family.normalize("Kovács Anna")?, "Kovács");
///
/// assert_eq!(names.normalize("先生").unwrap_err().to_string(), "only a form of address");
/// # Ok::<(), handover::Fault>(())
/// ```
///
/// As a [`Splitter`] it makes title, given, middle, family and suffix, in this
/// order, for [`Spread`](crate::map::Spread).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PersonNames {
    order: Order,
    repair_case: bool,
    form: Form,
}

impl PersonNames {
    /// The order told by the script, upper and lower case as they are, the name written whole.
    pub fn new() -> Self {
        PersonNames::default()
    }

    /// Which name stands first, where no comma says it.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// The order that the name of a column tells: `姓名`, `Last name, first name`, `first_last`.
    #[must_use]
    pub fn from_column(self, name: &str) -> Self {
        self.order(read::order_of_column(name))
    }

    /// Gives names that are all capitals or all lower case their usual case:
    /// `MCDONALD` becomes `McDonald`, `VAN DER BERG` `van der Berg`, `PHD` `PhD`.
    #[must_use]
    pub fn repair_case(mut self) -> Self {
        self.repair_case = true;
        self
    }

    /// What is written of a name.
    #[must_use]
    pub fn write(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Reads a name. Fails as [`PersonName::parse`] does.
    pub fn parse(&self, text: &str) -> Result<PersonName, Fault> {
        self.read(&read::tidied(text))
    }

    fn read(&self, tidy: &str) -> Result<PersonName, Fault> {
        refuse::what_is_no_name(tidy)?;
        let mut name = read::read(tidy, self.order);
        if Part::ALL
            .iter()
            .all(|part| matches!(part, Part::Title | Part::Suffix) || name.part(*part).is_empty())
        {
            return Err(Fault::new("only a form of address"));
        }
        if self.repair_case {
            case::repair(&mut name);
        }
        Ok(name)
    }

    /// The whole name, if it is read as the same again: what would not be is
    /// left as it stands.
    fn whole(&self, tidy: &str, name: &PersonName) -> Option<String> {
        let written = display::written(name, self.order);
        if written == tidy {
            return Some(written);
        }
        let again = self.read(&written).ok()?;
        (display::written(&again, self.order) == written && *read::tidied(&written) == *written)
            .then_some(written)
    }
}

impl Normalizer for PersonNames {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let tidy = read::tidied(text);
        let name = match self.read(&tidy) {
            Ok(name) => name,
            Err(_) if tidy.is_empty() => return Ok(Cow::Borrowed("")),
            Err(fault) => return Err(fault.rule(Normalizer::name(self))),
        };
        let written = match self.form {
            Form::Whole => match self.whole(&tidy, &name) {
                Some(written) => written,
                None => return Ok(tidy),
            },
            Form::Part(part) => name.part(part).to_owned(),
            Form::Parts => display::json(&name),
            Form::Key => key::key(&name),
        };
        Ok(if written == text { Cow::Borrowed(text) } else { Cow::Owned(written) })
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(if self.form == Form::Key { "person_key" } else { "person_name" })
    }
}

impl Splitter for PersonNames {
    fn split(&self, text: &str, values: &mut Vec<String>) -> Result<(), Fault> {
        let PersonName { title, given, middle, family, suffix, .. } = self.parse(text)?;
        values.extend([title, given, middle, family, suffix]);
        Ok(())
    }

    fn name(&self) -> Cow<'static, str> {
        Normalizer::name(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> String {
        let name = PersonName::parse(text).unwrap();
        [&*name.title, &name.family, &name.given, &name.suffix].join("|")
    }

    #[test]
    fn chinese_names_are_parted_by_their_family_names() {
        for (text, expected) in [
            ("王伟", "|王|伟|"),
            ("欧阳修", "|欧阳|修|"),
            ("司马相如", "|司马|相如|"),
            ("諸葛亮", "|諸葛|亮|"),
            ("爱新觉罗溥仪", "|爱新觉罗|溥仪|"),
            ("东方不败", "|东方|不败|"),
            ("长孙无忌", "|长孙|无忌|"),
            ("張學友", "|張|學友|"),
            ("金子轩", "|金|子轩|"),
            ("江山", "|江|山|"),
            ("林志玲", "|林|志玲|"),
            ("陈方安生", "|陈方|安生|"),
            ("司徒", "|司徒||"),
            ("王", "|王||"),
            ("小明", "||小明|"),
            ("威廉·莎士比亚", "|莎士比亚|威廉|"),
            ("王 小 明", "|王|小明|"),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn forms_of_address_are_no_names() {
        for (text, expected) in [
            ("王总", "|王||总"),
            ("欧阳总", "|欧阳||总"),
            ("李经理", "|李||经理"),
            ("张老师", "|张||老师"),
            ("刘工", "|刘||工"),
            ("陈姐", "|陈||姐"),
            ("王伟先生", "|王|伟|先生"),
            ("周女士", "|周||女士"),
            ("孙董事长", "|孙||董事长"),
            ("老王", "老|王||"),
            ("小李", "小|李||"),
            ("李建工", "|李|建工|"),
            ("王君", "|王|君|"),
            ("山田太郎様", "|山田|太郎|様"),
            ("김 민준 씨", "|김|민준|씨"),
            ("박 사장님", "|박||사장님"),
            ("Mr. 王伟", "Mr.|王|伟|"),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
        for text in ["先生", "Mr.", "女士", "Dr. Prof.", "さん"] {
            assert_eq!(PersonName::parse(text).unwrap_err().to_string(), "only a form of address", "{text}");
        }
    }

    #[test]
    fn japanese_and_korean_names_are_parted_by_tables_and_length() {
        for (text, expected) in [
            ("田中太郎", "|田中|太郎|"),
            ("佐々木希", "|佐々木|希|"),
            ("長谷川潤", "|長谷川|潤|"),
            ("東海林太郎", "|東海林|太郎|"),
            ("小林一茶", "|小林|一茶|"),
            ("山本五十六", "|山本|五十六|"),
            ("森鴎外", "|森|鴎外|"),
            ("高橋みなみ", "|高橋|みなみ|"),
            ("渡辺", "|渡辺||"),
            ("김철수", "|김|철수|"),
            ("남궁옥분", "|남궁|옥분|"),
            ("이순신", "|이|순신|"),
            ("황보 관", "|황보|관|"),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn case_is_repaired_where_all_of_a_name_is_in_one() {
        let names = PersonNames::new().repair_case();
        for (text, expected) in [
            ("JOHN O'NEIL-MCGRATH", "John O'Neil-McGrath"),
            ("ludwig van beethoven", "Ludwig van Beethoven"),
            ("DR. MARIA DE LA CRUZ, MD, PHD", "Dr. Maria de la Cruz, MD, PhD"),
            ("MEGAN MACCULLOCH", "Megan MacCulloch"),
            ("LUIS MACHADO", "Luis Machado"),
            ("john smith iv", "John Smith, IV"),
            ("J. R. SMITH", "J. R. Smith"),
            ("JEAN-LUC D'ARTAGNAN", "Jean-Luc D'Artagnan"),
            ("ИВАН ИВАНОВ", "Иван Иванов"),
            ("LI Wei", "LI Wei"),
        ] {
            assert_eq!(names.normalize(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn the_name_of_a_column_tells_the_order() {
        let given = |column: &str, text: &str| {
            PersonNames::new()
                .from_column(column)
                .write(Form::Part(Part::Given))
                .normalize(text)
                .map(Cow::into_owned)
        };
        assert_eq!(given("姓名", "Wang Xiaoming").unwrap(), "Xiaoming");
        assert_eq!(given("姓名", "John Smith").unwrap(), "John");
        assert_eq!(given("Last name, first name", "Smith John").unwrap(), "John");
        assert_eq!(given("First and last name", "Wang Wei").unwrap(), "Wang");
        assert_eq!(given("contact", "Wang Wei").unwrap(), "Wang");
        let chinese = PersonNames::new().from_column("联系人");
        assert_eq!(chinese.normalize("Wang, Xiaoming").unwrap(), "Wang Xiaoming");
        assert_eq!(chinese.normalize("Wang Xiaoming").unwrap(), "Wang Xiaoming");
    }

    #[cfg(feature = "chinese")]
    #[test]
    fn keys_are_the_same_in_every_script_and_order() {
        let key = person_key();
        for (text, expected) in [
            ("王伟", "wang wei"),
            ("王偉", "wang wei"),
            ("王伟先生", "wang wei"),
            ("Mr. Wei Wang", "wang wei"),
            ("欧阳修", "ouyang xiu"),
            ("Ouyang Xiu", "ouyang xiu"),
            ("Xiu Ou-Yang", "ouyang xiu"),
            ("单雄信", "shan xiongxin"),
            ("仇英", "qiu ying"),
            ("曾巩", "gong zeng"),
            ("解缙", "jin xie"),
            ("查良镛", "liangyong zha"),
            ("盖叫天", "ge jiaotian"),
            ("尉迟恭", "gong yuchi"),
            ("令狐冲", "chong linghu"),
            ("吕布", "bu lu"),
            ("Lü Bu", "bu lu"),
            ("Lv Bu", "bu lu"),
            ("王小明", "wang xiaoming"),
            ("Xiao-Ming Wang", "wang xiaoming"),
        ] {
            assert_eq!(
                crate::normalize::apply(std::slice::from_ref(&key), text).unwrap(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn parts_are_spread_over_columns() {
        let mut values = Vec::new();
        PersonNames::new().split("Dr. Juan Q. de la Vega III", &mut values).unwrap();
        assert_eq!(values, ["Dr.", "Juan", "Q.", "de la Vega", "III"]);
    }

    #[test]
    fn what_is_as_it_should_be_is_borrowed() {
        let names = PersonNames::new();
        for text in ["John Smith", "王小明", "Dr. Jan van der Berg, PhD", ""] {
            assert!(matches!(names.normalize(text), Ok(Cow::Borrowed(same)) if same == text), "{text}");
        }
    }
}
