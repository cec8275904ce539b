//! What a column says about a customer: its role when records are compared.

mod facts;
mod guess;
mod naming;
mod repeats;

pub(crate) use guess::ONE_VALUE;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::dedupe::Records;
use crate::error::{Error, Result};
use crate::schema::{no_such, no_such_column};

/// What a column says about a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// The whole name of a person.
    PersonName,
    /// The given name of a person, middle names included.
    GivenName,
    /// The family name of a person.
    FamilyName,
    /// The name of a company, shop or other organisation.
    Company,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A day in the life of the customer: a birthday, a founding day. Not when the record was written.
    Date,
    /// An address or a part of it: street, number, district.
    Address,
    /// A city, suburb or place.
    City,
    /// A postcode.
    Postcode,
    /// A number or code that tells customers apart: a resident id, a tax number, a bar code.
    Id,
    /// Text of several words: a title, a description.
    FreeText,
    /// One of a few values: a state, a gender, a genre.
    Category,
    /// A number that is measured or counted: a price, a year.
    Number,
    /// Says nothing about who the customer is: the record's own id, an owner, a time stamp.
    Ignore,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 15] = [
        Role::PersonName,
        Role::GivenName,
        Role::FamilyName,
        Role::Company,
        Role::Email,
        Role::Phone,
        Role::Date,
        Role::Address,
        Role::City,
        Role::Postcode,
        Role::Id,
        Role::FreeText,
        Role::Category,
        Role::Number,
        Role::Ignore,
    ];

    /// The role's name: `person_name`.
    pub fn name(self) -> &'static str {
        match self {
            Role::PersonName => "person_name",
            Role::GivenName => "given_name",
            Role::FamilyName => "family_name",
            Role::Company => "company",
            Role::Email => "email",
            Role::Phone => "phone",
            Role::Date => "date",
            Role::Address => "address",
            Role::City => "city",
            Role::Postcode => "postcode",
            Role::Id => "id",
            Role::FreeText => "free_text",
            Role::Category => "category",
            Role::Number => "number",
            Role::Ignore => "ignore",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let role = Role::ALL.into_iter().find(|role| role.name() == text);
        role.ok_or_else(|| Error::bind(no_such("role", text, Role::ALL.iter().map(|role| role.name()))))
    }
}

/// The role of a column, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guess {
    /// The column's name.
    pub column: String,
    /// Its role.
    pub role: Role,
    /// What speaks for it, in a few words: `the name, and 97 % of the values`.
    pub why: String,
}

/// The role of every column, in the order of the columns. For people by `{}`, a line for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Roles {
    guesses: Vec<Guess>,
}

impl Roles {
    /// Guesses from the names of the columns and from a sample of their values,
    /// of which there are some from all parts of the file: the order of the records matters.
    ///
    /// # Errors
    ///
    /// When records are on disk and cannot be read back.
    pub fn guess(records: &Records) -> Result<Self> {
        Ok(Roles { guesses: guess::guess(records)? })
    }

    /// Says the role of a column; fails where there is no such column.
    pub fn set(&mut self, column: &str, role: Role) -> Result<()> {
        self.say(column, role, "it was said")
    }

    /// Says the role of a column, and why.
    pub(crate) fn say(&mut self, column: &str, role: Role, why: &str) -> Result<()> {
        let unknown = no_such_column(column, self.guesses.iter().map(|guess| &*guess.column));
        let guess = self.guesses.iter_mut().find(|guess| guess.column == column);
        let guess = guess.ok_or_else(|| Error::bind(unknown))?;
        guess.role = role;
        guess.why = why.to_owned();
        Ok(())
    }

    /// The columns and their roles.
    pub fn iter(&self) -> std::slice::Iter<'_, Guess> {
        self.guesses.iter()
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.guesses.iter().map(|guess| guess.column.chars().count()).max().unwrap_or_default();
        let width = longest.clamp("column".len(), 40);
        write!(f, "{:width$}  {:11}  why", "column", "role")?;
        for Guess { column, role, why } in &self.guesses {
            write!(f, "\n{column:width$}  {:11}  {why}", role.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
