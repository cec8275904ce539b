//! What the name of a column tells of its role.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Role;
use crate::profile::{Meaning, customer_field, words};

/// What a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// The role.
    Is(Role),
    /// The record's own id: it tells nothing, repeated or not.
    Record,
    /// The id of something else, or a picture of it.
    Reference,
    /// A number that may be the record's own.
    AnyId,
    /// The name of whatever the record is about.
    AnyName,
    /// The title of a work, the position of a person, or how to address them.
    AnyTitle,
    /// One person or several.
    People,
    /// A web address.
    Website,
}

/// The table of names.
const NAMES: &str = include_str!("names.tsv");

static TABLE: LazyLock<HashMap<String, Hint>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (head, names) in NAMES.lines().filter_map(|line| line.split_once('\t')) {
        let Some(hint) = hint_of(head) else { continue };
        for name in names.split('|') {
            table.entry(key(name)).or_insert(hint);
        }
    }
    table
});

fn hint_of(head: &str) -> Option<Hint> {
    Some(match head {
        "record" => Hint::Record,
        "reference" => Hint::Reference,
        "any_id" => Hint::AnyId,
        "any_name" => Hint::AnyName,
        "any_title" => Hint::AnyTitle,
        "people" => Hint::People,
        "website" => Hint::Website,
        role => Hint::Is(role.parse().ok()?),
    })
}

/// Without accents.
pub(super) fn folded(name: &str) -> String {
    name.nfkd().filter(|c| !is_combining_mark(*c)).nfc().collect()
}

fn key(name: &str) -> String {
    words(&folded(name)).concat()
}

/// Ends of names that leave open of what: what stands before them tells more.
const OPEN: &[&str] = &[
    "name", "nm", "title", "no", "nr", "num", "number", "code", "cd", "desc", "txt", "text", "lbl", "label",
    "str", "val", "value", "clean", "std", "norm", "raw", "orig", "original", "c", "s", "full", "line",
    "left", "right", "l", "r",
];

/// What a name tells; none where it says nothing: `col_1`, `a`.
pub(super) fn hint(name: &str) -> Option<Hint> {
    // What is longer is no name.
    if name.len() > 200 {
        return None;
    }
    let mut words = words(&folded(name));
    let whole = lookup(&words).or_else(|| {
        // `fname_c1`, `address2`
        words.retain(|word| word.parse::<u64>().is_err());
        lookup(&words)
    });
    whole
        .or_else(|| customer(name))
        .or_else(|| ending(&words))
        .or_else(|| (1..words.len()).rev().find_map(|to| lookup(&words[..to])))
}

fn lookup(words: &[String]) -> Option<Hint> {
    TABLE.get(&words.concat()).copied()
}

/// What the end of a name tells: `res_city_desc` is a city, `brew_factory_name` a factory.
fn ending(words: &[String]) -> Option<Hint> {
    let (last, before) = words.split_last()?;
    let longest = (0..before.len()).find_map(|from| lookup(&words[from..]));
    if longest.is_some() {
        return longest;
    }
    let own = || lookup(std::slice::from_ref(last)).or_else(|| unparted(last));
    match OPEN.contains(&last.as_str()) && !before.is_empty() {
        true => ending(before).or_else(|| match last.as_str() {
            "no" | "nr" | "num" | "number" => Some(Hint::AnyId),
            _ => own(),
        }),
        false => own(),
    }
}

/// The longest known end of a word of a script that parts no words: `客户手机号码`.
fn unparted(word: &str) -> Option<Hint> {
    if word.chars().any(|c| c.is_ascii() || c.is_lowercase()) {
        return None;
    }
    word.char_indices().skip(1).find_map(|(at, _)| TABLE.get(&word[at..]).copied())
}

/// What the profile knows of the fields of CRM products.
fn customer(name: &str) -> Option<Hint> {
    let (field, meaning) = customer_field(name)?;
    let group = field.split_once('.').map_or("", |(group, _)| group);
    Some(match (&*field, group, meaning) {
        ("person.first_name", ..) => Hint::Is(Role::GivenName),
        ("person.last_name", ..) => Hint::Is(Role::FamilyName),
        ("account.name", ..) => Hint::AnyName,
        ("person.birthday", ..) => Hint::Is(Role::Date),
        ("account.number", ..) => Hint::AnyId,
        ("person.reports_to" | "person.assistant" | "account.parent", ..) => Hint::Is(Role::Ignore),
        ("account.level" | "account.pool" | "account.deal_status" | "tags" | "description", ..) => {
            Hint::Is(Role::Ignore)
        }
        (_, "deal" | "activity", _) => return None,
        (_, _, meaning) => match meaning {
            Meaning::Id => Hint::Record,
            Meaning::Company => Hint::Is(Role::Company),
            Meaning::Person => Hint::Is(Role::PersonName),
            Meaning::Phone => Hint::Is(Role::Phone),
            Meaning::Email => Hint::Is(Role::Email),
            Meaning::Url => Hint::Website,
            Meaning::Address | Meaning::District => Hint::Is(Role::Address),
            Meaning::City => Hint::Is(Role::City),
            Meaning::Postcode => Hint::Is(Role::Postcode),
            Meaning::Amount | Meaning::Number | Meaning::Percent => Hint::Is(Role::Number),
            Meaning::Handle | Meaning::CreditCode => Hint::Is(Role::Id),
            Meaning::Title
            | Meaning::State
            | Meaning::Country
            | Meaning::Currency
            | Meaning::Gender
            | Meaning::Salutation
            | Meaning::Department
            | Meaning::Category => Hint::Is(Role::Category),
            Meaning::Text => Hint::Is(Role::FreeText),
            Meaning::Owner
            | Meaning::Stage
            | Meaning::Source
            | Meaning::Date
            | Meaning::DateTime
            | Meaning::Boolean => Hint::Is(Role::Ignore),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for line in NAMES.lines().filter(|line| !line.starts_with('#')) {
            let (head, names) = line.split_once('\t').unwrap();
            assert!(hint_of(head).is_some(), "{head}");
            for name in names.split('|') {
                assert!(!key(name).is_empty(), "{name} of {head}");
                let before = *seen.entry(key(name)).or_insert(head);
                assert_eq!(before, head, "{name}");
            }
        }
    }

    #[test]
    fn names_are_known_in_many_spellings() {
        for (name, expected) in [
            ("givenName", Some(Hint::Is(Role::GivenName))),
            ("fname_c1", Some(Hint::Is(Role::GivenName))),
            ("PRÉNOM", Some(Hint::Is(Role::GivenName))),
            ("res_city_desc", Some(Hint::Is(Role::City))),
            ("Brew_Factory_Name", Some(Hint::Is(Role::Company))),
            ("Beer_Name", Some(Hint::Is(Role::FreeText))),
            ("客户手机号码", Some(Hint::Is(Role::Phone))),
            ("RegAddress.PostCode", Some(Hint::Is(Role::Postcode))),
            ("OwnerId", Some(Hint::Reference)),
            ("col_1", None),
            ("a", None),
        ] {
            assert_eq!(hint(name), expected, "{name}");
        }
    }
}
