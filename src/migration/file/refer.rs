//! References as a file has them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::text::TextOr;
use crate::error::{Error, Result};
use crate::migration::{Inactive, Orphans, Reference};
use crate::schema::no_such;

/// `{ column = "company_id", to = "company", orphans = "park" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refer {
    column: String,
    pub to: String,
    orphans: TextOr<OrphansTable>,
    inactive: Option<TextOr<GiveTo>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OrphansTable {
    Placeholder(BTreeMap<String, String>),
    GiveTo(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GiveTo {
    give_to: String,
}

impl Refer {
    pub fn reference(self) -> Result<Reference> {
        let place = format!("references {}", self.column);
        let orphans = match self.orphans {
            TextOr::Table(OrphansTable::Placeholder(values)) => {
                Orphans::Placeholder(values.into_iter().collect())
            }
            TextOr::Table(OrphansTable::GiveTo(key)) => Orphans::GiveTo(key),
            TextOr::Text(word) => orphans(&word).map_err(|error| error.at(&place))?,
        };
        let reference = Reference::new(self.column, self.to, orphans);
        match self.inactive {
            None => Ok(reference),
            Some(TextOr::Table(GiveTo { give_to })) => Ok(reference.inactive(Inactive::GiveTo(give_to))),
            Some(TextOr::Text(word)) => {
                Ok(reference.inactive(inactive(&word).map_err(|error| error.at(&place))?))
            }
        }
    }
}

fn orphans(word: &str) -> Result<Orphans> {
    match word {
        "reject" => Ok(Orphans::Reject),
        "null" => Ok(Orphans::Null),
        "park" => Ok(Orphans::Park),
        _ => {
            let words = ["reject", "null", "park", "{ give_to = KEY }", "{ placeholder = { … } }"];
            Err(Error::bind(no_such("value", word, words.into_iter())).at("orphans"))
        }
    }
}

fn inactive(word: &str) -> Result<Inactive> {
    match word {
        "keep" => Ok(Inactive::Keep),
        "null" => Ok(Inactive::Null),
        "reject" => Ok(Inactive::Reject),
        _ => {
            let words = ["keep", "null", "reject", "{ give_to = KEY }"];
            Err(Error::bind(no_such("value", word, words.into_iter())).at("inactive"))
        }
    }
}
