//! What the values of a column are about.

use std::fmt;

use serde::Serialize;

/// What a column is likely to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Meaning {
    /// What tells records apart: a key, a number of a customer.
    Id,
    /// The name of a company.
    Company,
    /// The name of a person, or a part of it.
    Person,
    /// A phone or fax number.
    Phone,
    /// An e-mail address.
    Email,
    /// A web address or a domain.
    Url,
    /// An address, or its street.
    Address,
    /// A district or county.
    District,
    /// A city.
    City,
    /// A province or state.
    State,
    /// A postcode.
    Postcode,
    /// A country.
    Country,
    /// A day.
    Date,
    /// A day and a time.
    DateTime,
    /// An amount of money.
    Amount,
    /// A currency.
    Currency,
    /// Any other number.
    Number,
    /// A percentage.
    Percent,
    /// Yes or no.
    Boolean,
    /// A gender.
    Gender,
    /// A form of address.
    Salutation,
    /// A position: sales manager.
    Title,
    /// A department.
    Department,
    /// Who looks after the record.
    Owner,
    /// How far something has come: a stage, a status.
    Stage,
    /// Where a customer comes from.
    Source,
    /// Some few values that divide the records.
    Category,
    /// A name in a network: WeChat, QQ, LinkedIn.
    Handle,
    /// A resident identity number or a social credit code.
    CreditCode,
    /// Free text.
    Text,
}

impl Meaning {
    /// The meaning of its name in the table of synonyms.
    pub(super) fn named(name: &str) -> Option<Self> {
        use Meaning::*;
        Some(match name {
            "id" => Id,
            "company" => Company,
            "person" => Person,
            "phone" => Phone,
            "email" => Email,
            "url" => Url,
            "address" => Address,
            "district" => District,
            "city" => City,
            "state" => State,
            "postcode" => Postcode,
            "country" => Country,
            "date" => Date,
            "datetime" => DateTime,
            "amount" => Amount,
            "currency" => Currency,
            "number" => Number,
            "percent" => Percent,
            "boolean" => Boolean,
            "gender" => Gender,
            "salutation" => Salutation,
            "title" => Title,
            "department" => Department,
            "owner" => Owner,
            "stage" => Stage,
            "source" => Source,
            "category" => Category,
            "handle" => Handle,
            "credit_code" => CreditCode,
            "text" => Text,
            _ => return None,
        })
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Meaning::*;
        f.write_str(match self {
            Id => "id",
            Company => "company",
            Person => "person",
            Phone => "phone",
            Email => "e-mail",
            Url => "web address",
            Address => "address",
            District => "district",
            City => "city",
            State => "province or state",
            Postcode => "postcode",
            Country => "country",
            Date => "date",
            DateTime => "date and time",
            Amount => "amount",
            Currency => "currency",
            Number => "number",
            Percent => "percent",
            Boolean => "yes or no",
            Gender => "gender",
            Salutation => "form of address",
            Title => "position",
            Department => "department",
            Owner => "owner",
            Stage => "stage",
            Source => "source",
            Category => "category",
            Handle => "account in a network",
            CreditCode => "identity or credit code",
            Text => "free text",
        })
    }
}
