//! Guessing the role of a column from its name, its values, and the columns beside it.

use super::facts::Facts;
use super::naming::{Hint, hint};
use super::repeats::set_aside_repetitions;
use super::{Guess, Role};
use crate::dedupe::Records;
use crate::error::Result;
use crate::profile::Meaning;

/// The guesses for all columns.
pub(super) fn guess(records: &Records) -> Result<Vec<Guess>> {
    let facts = Facts::of(records)?;
    let fields = records.schema().fields();
    let hints: Vec<Option<Hint>> = fields.iter().map(|field| hint(field.name())).collect();
    let table = Table::of(&hints, &facts);
    let columns = fields.iter().zip(&hints).zip(&facts);
    let guesses = columns.map(|((field, hint), facts)| {
        let (role, why) = Column { hint: *hint, facts, table: &table }.role();
        Guess { column: field.name().to_string(), role, why }
    });
    let mut guesses: Vec<Guess> = guesses.collect();
    set_aside_repetitions(records, &mut guesses)?;
    Ok(guesses)
}

/// What the columns together tell of the records.
struct Table {
    /// There is a column of companies beside.
    companies: bool,
    given: bool,
    family: bool,
    /// There is what only persons have: a birthday, a gender.
    persons: bool,
    /// There is what only works and products have: a price, a maker, a year.
    works: bool,
    /// There is where to find somebody: a phone, an address.
    places: bool,
    /// There is a web address, as companies have.
    websites: bool,
}

impl Table {
    fn of(hints: &[Option<Hint>], facts: &[Facts]) -> Self {
        let there = || hints.iter().zip(facts).filter(|(_, facts)| facts.filled > 0);
        let has = |role| there().any(|(hint, _)| *hint == Some(Hint::Is(role)));
        let is_people = |hint: &Option<Hint>| matches!(hint, Some(Hint::People));
        Table {
            companies: there().any(|(hint, facts)| {
                let is_flag = facts.share(&[Meaning::Boolean]) >= 0.7 || facts.shares.numeric_share() >= 0.9;
                *hint == Some(Hint::Is(Role::Company)) && !is_flag
            }),
            given: has(Role::GivenName),
            family: has(Role::FamilyName),
            persons: has(Role::Date) && !there().any(|(hint, _)| is_people(hint)),
            works: has(Role::Number) && !has(Role::Address) && !has(Role::Phone) && !has(Role::Email)
                || has(Role::FreeText) && !has(Role::Phone),
            places: has(Role::Phone) || has(Role::Address),
            websites: there().any(|(hint, _)| *hint == Some(Hint::Website)),
        }
    }
}

struct Column<'a> {
    hint: Option<Hint>,
    facts: &'a Facts,
    table: &'a Table,
}

type Decision = (Role, String);

/// Why a column is ignored that tells nobody apart.
pub(crate) const ONE_VALUE: &str = "says nothing: one value";

impl Column<'_> {
    fn role(&self) -> Decision {
        let facts = self.facts;
        if facts.filled == 0 {
            return (Role::Ignore, "empty".to_owned());
        }
        if facts.distinct == 1 && facts.filled > 1 {
            return (Role::Ignore, ONE_VALUE.to_owned());
        }
        match self.hint {
            Some(hint) => self.named(hint),
            None => self.by_values(),
        }
    }

    fn named(&self, hint: Hint) -> Decision {
        let role = match hint {
            Hint::Record => return (Role::Ignore, "the record's own id, by its name".to_owned()),
            Hint::Reference => return (Role::Ignore, "refers to something else, by its name".to_owned()),
            Hint::AnyId => return self.any_id(),
            Hint::AnyName => return self.any_name(),
            Hint::AnyTitle => return self.any_title(),
            Hint::People if self.facts.lists >= 0.2 => {
                return (Role::FreeText, "the name; several names in a value".to_owned());
            }
            Hint::People if self.facts.persons >= 0.6 => Role::PersonName,
            Hint::People => Role::FreeText,
            Hint::Website => Role::Id,
            Hint::Is(role) => role,
        };
        if let Some(decision) = self.contradiction(role) {
            return decision;
        }
        (role, format!("the name{}", self.support(role)))
    }

    /// What values show so clearly that a name cannot say otherwise.
    fn contradiction(&self, role: Role) -> Option<Decision> {
        use Role::*;
        let facts = self.facts;
        let other = |role, why: &str| Some((role, why.to_owned()));
        match role {
            PersonName | GivenName | FamilyName | Company | City if facts.shares.numeric_share() >= 0.9 => {
                Some(self.by_values())
            }
            Date if facts.years >= 0.6 => other(Number, "years"),
            Date if facts.integers >= 0.9 && facts.length <= 2 => other(Category, "a part of a day"),
            City if facts.is_few() && facts.length <= 3 => other(Category, "few short codes"),
            Number if facts.digits < 0.2 && facts.is_few() => other(Category, "words, not numbers"),
            PersonName | GivenName | FamilyName | Company | City | FreeText | Category => {
                let shown = [
                    (Email, Meaning::Email),
                    (Phone, Meaning::Phone),
                    (Date, Meaning::Date),
                    (Category, Meaning::Boolean),
                ];
                let shown = shown.map(|(role, meaning)| (role, facts.share(&[meaning])));
                let (role, share) =
                    shown.into_iter().find(|(shown, share)| *shown != role && *share >= 0.7)?;
                Some((role, format!("{} of the values, whatever the name", percent(share))))
            }
            _ => None,
        }
    }

    /// How many of the values are what the name says, where that can be told.
    fn support(&self, role: Role) -> String {
        let facts = self.facts;
        let share = match role {
            Role::Email => facts.share(&[Meaning::Email]),
            Role::Phone => facts.share(&[Meaning::Phone]),
            Role::Date => facts.share(&[Meaning::Date, Meaning::DateTime]).max(facts.compact_days),
            Role::Company => facts.companies,
            Role::PersonName => facts.persons,
            _ => 0.0,
        };
        if share >= 0.5 { format!(", and {} of the values", percent(share)) } else { String::new() }
    }

    fn any_id(&self) -> Decision {
        if self.facts.is_few() {
            return (Role::Ignore, "refers to something else: few values".to_owned());
        }
        if self.facts.is_unique {
            return (Role::Ignore, "the record's own id: no value comes twice".to_owned());
        }
        (Role::Id, "the name; values come again".to_owned())
    }

    fn any_title(&self) -> Decision {
        let facts = self.facts;
        if facts.share(&[Meaning::Salutation]) >= 0.5 {
            return (Role::Category, "forms of address".to_owned());
        }
        if self.table.given || self.table.family {
            return (Role::Category, "a position, beside names of persons".to_owned());
        }
        (Role::FreeText, "the title of a work".to_owned())
    }

    fn any_name(&self) -> Decision {
        let (facts, table) = (self.facts, self.table);
        if let Some(decision) = self.contradiction(Role::PersonName) {
            return decision;
        }
        if table.family && !table.given && facts.words < 1.6 {
            return (Role::GivenName, "the name, beside family names".to_owned());
        }
        let beside_persons = table.companies && !table.works || table.persons;
        let are_persons = table.given && table.family || beside_persons && facts.companies < 0.2;
        if are_persons && facts.persons >= 0.3 {
            return (Role::PersonName, "the name, beside what persons have".to_owned());
        }
        // Products have words of trades in their names, too.
        let least = if table.works && !table.websites { 0.4 } else { 0.2 };
        if facts.companies >= least && facts.coded < 0.3 {
            return (Role::Company, format!("company words in {} of the values", percent(facts.companies)));
        }
        if facts.known_persons >= 0.4 && facts.persons >= 0.6 && !table.works {
            return (Role::PersonName, format!("{} of the values", percent(facts.persons)));
        }
        if table.works || facts.coded >= 0.3 || facts.words >= 4.5 {
            return (Role::FreeText, "the name of a thing".to_owned());
        }
        if table.places || facts.companies >= 0.1 {
            return (Role::Company, "the name, and no name of a person".to_owned());
        }
        if facts.persons >= 0.6 {
            return (Role::PersonName, format!("{} of the values", percent(facts.persons)));
        }
        (Role::FreeText, "the name of a thing".to_owned())
    }

    fn by_values(&self) -> Decision {
        let facts = self.facts;
        if facts.serial >= 0.9 && facts.is_unique {
            return (Role::Ignore, "numbers the records".to_owned());
        }
        let values = |share: f64| format!("{} of the values", percent(share));
        let shown = [
            (Role::Email, facts.share(&[Meaning::Email]), 0.6),
            (Role::Id, facts.share(&[Meaning::Url]), 0.6),
            (Role::Id, facts.share(&[Meaning::CreditCode]), 0.5),
            (Role::Ignore, facts.share(&[Meaning::DateTime]), 0.5),
            (Role::Date, facts.share(&[Meaning::Date]).max(facts.compact_days), 0.7),
            (Role::Phone, facts.share(&[Meaning::Phone]), 0.6),
        ];
        if let Some((role, share, _)) = shown.into_iter().find(|(_, share, least)| share >= least) {
            return (role, if role == Role::Ignore { "times of day".to_owned() } else { values(share) });
        }
        if facts.shares.numeric_share() >= 0.9 {
            return self.number();
        }
        let codes = facts.share(&[Meaning::Id]);
        let is_address = facts.share(&[Meaning::Address]) >= 0.5;
        if codes >= 0.6 || facts.coded >= 0.9 && facts.words < 1.1 && facts.chars >= 5.0 && !is_address {
            return match facts.is_unique {
                true => (Role::Ignore, "codes of which none comes twice".to_owned()),
                false => (Role::Id, "codes".to_owned()),
            };
        }
        if facts.is_few() && facts.distinct <= 50 && facts.chars < 25.0 {
            return (Role::Category, format!("{} different values", facts.distinct));
        }
        let names = [
            (Role::Company, facts.companies, 0.3),
            (Role::Address, facts.share(&[Meaning::Address]), 0.5),
            (Role::PersonName, facts.known_persons, 0.4),
        ];
        if let Some((role, share, _)) = names.into_iter().find(|(_, share, least)| share >= least) {
            return (role, values(share));
        }
        let words =
            [(Role::GivenName, facts.given), (Role::FamilyName, facts.family), (Role::City, facts.cities)];
        let most = words.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((role, share)) = most.filter(|(_, share)| *share >= 0.2) {
            return (role, values(share));
        }
        (Role::FreeText, format!("text of about {:.0} words", facts.words.max(1.0)))
    }

    /// A column of numbers.
    fn number(&self) -> Decision {
        let facts = self.facts;
        let digits = facts.length;
        let is_code = facts.same_length >= 0.9 && facts.years < 0.9;
        if is_code && digits >= 6 && !facts.is_few() && facts.distinct * 10 >= facts.filled * 7 {
            return (Role::Id, format!("numbers of {digits} digits"));
        }
        if facts.is_few() && facts.integers >= 0.9 && facts.distinct <= 50 && facts.years < 0.9 {
            return (Role::Category, format!("{} different numbers", facts.distinct));
        }
        match is_code && (4..=6).contains(&digits) {
            true => (Role::Postcode, format!("numbers of {digits} digits")),
            false => (Role::Number, "numbers".to_owned()),
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
