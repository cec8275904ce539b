//! Rules by their names, as programs and their users ask for them: `phone:CN`.

use super::Normalizer;
use crate::error::{Error, Result};
use crate::schema::no_such;

/// What one kind of value is called, and how its rule is made.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// `phone`.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// The options that may follow the name and a colon, with commas between
    /// them: `a region such as CN, national, drop_extension`.
    pub options: &'static str,
    /// A rule asked for, a value, and what becomes of it: `phone:CN`,
    /// `138 0013 8000`, `+8613800138000`.
    pub example: [&'static str; 3],
    pub(super) make: fn(&Options<'_>) -> Result<Box<dyn Normalizer>>,
}

/// All rules that can be asked for by name, in the order of the subjects.
pub fn catalogue() -> impl Iterator<Item = &'static Entry> + Clone {
    const SUBJECTS: &[&[Entry]] = &[
        super::text::ENTRIES,
        super::html::ENTRIES,
        super::quotes::ENTRIES,
        super::mojibake::ENTRIES,
        super::chinese::ENTRIES,
        super::placeholder::ENTRIES,
        #[cfg(any(feature = "phone", feature = "phonenumber"))]
        super::phone::ENTRIES,
        super::email::ENTRIES,
        super::url::ENTRIES,
        super::person::ENTRIES,
        super::company::ENTRIES,
        super::date::ENTRIES,
        super::number::ENTRIES,
        super::boolean::ENTRIES,
        super::gender::ENTRIES,
        super::country::ENTRIES,
        super::region_cn::ENTRIES,
        super::postcode::ENTRIES,
        super::id_cn::ENTRIES,
    ];
    SUBJECTS.iter().copied().flatten()
}

/// The rule of a name and its options: `trim`, `phone:CN`, `date:dmy,pivot=50`.
///
/// ```
/// use handover::normalize::{apply, named};
///
/// assert_eq!(apply(&[named("text")?], " a　b ")?, "a b");
/// let error = named("txt").err().unwrap().to_string();
/// assert!(error.starts_with("no rule `txt`, did you mean `text`? The rules are: text, html, "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn named(asked: &str) -> Result<Box<dyn Normalizer>> {
    named_in(asked, None)
}

/// Like [`named`], for rules that also look at a column with a country, by
/// its code or name: those of phone numbers and postcodes. The others do not read it.
pub fn named_in(asked: &str, region_column: Option<&str>) -> Result<Box<dyn Normalizer>> {
    let (name, options) = asked.split_once(':').unwrap_or((asked, ""));
    let entries = catalogue();
    let Some(entry) = entries.clone().find(|entry| entry.name == name.trim()) else {
        return Err(Error::bind(no_such("rule", name, entries.map(|entry| entry.name))));
    };
    let words = options.split([',', ';']).map(str::trim).filter(|word| !word.is_empty()).collect();
    (entry.make)(&Options { entry, words, region_column })
}

/// What stands behind the name of a rule.
pub(super) struct Options<'a> {
    entry: &'static Entry,
    words: Vec<&'a str>,
    /// The column that holds the region of each record.
    pub region_column: Option<&'a str>,
}

impl<'a> Options<'a> {
    /// The options one by one, as a key and a value, which is empty for a
    /// plain word: `pivot=50` is `("pivot", "50")`.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.words.iter().map(|word| match word.split_once('=') {
            Some((key, value)) => (key.trim_end(), value.trim_start()),
            None => (*word, ""),
        })
    }

    /// What to say of an option that is not known, or whose value cannot be read.
    pub fn refuse(&self, key: &str) -> Error {
        let Entry { name, options, .. } = self.entry;
        Error::bind(match options.is_empty() {
            true => format!("`{name}` takes no options, found `{key}`"),
            false => format!("`{name}` has no option `{key}`. It takes: {options}"),
        })
    }

    /// Fails if there are any, for rules that take none.
    pub fn none(&self) -> Result<()> {
        self.pairs().next().map_or(Ok(()), |(key, _)| Err(self.refuse(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;

    #[test]
    fn every_example_is_true_and_every_name_is_there_once() {
        let mut names = std::collections::HashSet::new();
        for entry in catalogue() {
            assert!(names.insert(entry.name), "{} twice", entry.name);
            let [asked, input, output] = entry.example;
            assert_eq!(asked.split(':').next(), Some(entry.name));
            let rule = named(asked).unwrap_or_else(|error| panic!("{asked}: {error}"));
            assert_eq!(apply(&[rule], input).as_deref(), Ok(output), "{asked}");
        }
    }

    #[test]
    fn an_option_that_is_not_there_is_told_with_those_that_are() {
        for entry in catalogue() {
            let error = named(&format!("{}:no_such_option", entry.name)).err().map(|error| error.to_string());
            assert!(error.is_some_and(|error| error.contains("`no_such_option`")), "{}", entry.name);
        }
    }
}
