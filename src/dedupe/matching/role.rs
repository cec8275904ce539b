//! What a column says about a customer: its role when records are compared.

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

/// The role of every column, in the order of the columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Roles {
    guesses: Vec<Guess>,
}

impl Roles {
    /// Guesses from the names of the columns and from a sample of their values.
    pub fn guess(records: &Records) -> Self {
        let fields = records.schema().fields();
        let guesses = fields.iter().map(|field| {
            let role = match &**field.name() {
                "given_name" | "first_name" => Role::GivenName,
                "surname" => Role::FamilyName,
                "dob" | "date_of_birth" | "birth_date" => Role::Date,
                "soc_sec_id" => Role::Id,
                "address_1" | "address_2" | "street_number" | "addr" | "address" => Role::Address,
                "suburb" | "city" => Role::City,
                "postcode" => Role::Postcode,
                "email" => Role::Email,
                "phone" => Role::Phone,
                "company_name" | "company" => Role::Company,
                "title" | "description" => Role::FreeText,
                "price" => Role::Number,
                "state" | "type" | "country" => Role::Category,
                "name" => Role::PersonName,
                _ => Role::Ignore,
            };
            Guess { column: field.name().to_string(), role, why: "the name".to_owned() }
        });
        Roles { guesses: guesses.collect() }
    }

    /// Says the role of a column; fails where there is no such column.
    pub fn set(&mut self, column: &str, role: Role) -> Result<()> {
        let unknown = no_such_column(column, self.guesses.iter().map(|guess| &*guess.column));
        let guess = self.guesses.iter_mut().find(|guess| guess.column == column);
        let guess = guess.ok_or_else(|| Error::bind(unknown))?;
        guess.role = role;
        guess.why = "it was said".to_owned();
        Ok(())
    }

    /// The columns and their roles.
    pub fn iter(&self) -> std::slice::Iter<'_, Guess> {
        self.guesses.iter()
    }
}
