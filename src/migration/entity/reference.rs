//! References from one entity to another.

use crate::error::{Error, Result};

/// A column that holds the source's key of a record of another entity, or of the same.
///
/// ```
/// use handover::migration::{Inactive, Orphans, Reference};
///
/// let company = Reference::new("company_id", "company", Orphans::Park);
/// let owner = Reference::new("owner_id", "user", Orphans::Null).inactive(Inactive::GiveTo("u-1".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reference {
    pub(crate) column: String,
    pub(crate) to: String,
    pub(crate) orphans: Orphans,
    pub(crate) inactive: Inactive,
}

/// What happens to a record whose reference points to nothing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orphans {
    /// It is rejected.
    Reject,
    /// It is written without the reference.
    Null,
    /// It waits: it is written when it is read again and the other is there.
    Park,
    /// A row is made for the other, with these values beside what the target needs; if
    /// the other arrives, it takes that row.
    Placeholder(Vec<(String, String)>),
    /// It refers to the record of this key instead, which must be there.
    GiveTo(String),
}

/// What happens to a record that refers to somebody who is not to be given anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inactive {
    /// The reference stays, and is counted.
    #[default]
    Keep,
    /// It is written without the reference.
    Null,
    /// It is rejected.
    Reject,
    /// It refers to the record of this key instead.
    GiveTo(String),
}

impl Reference {
    /// A column of the mapped records that refers to an entity.
    pub fn new(column: impl Into<String>, to: impl Into<String>, orphans: Orphans) -> Self {
        Reference { column: column.into(), to: to.into(), orphans, inactive: Inactive::Keep }
    }

    /// The keys of the records that are referred to instead of others.
    pub(crate) fn stand_ins(&self) -> impl Iterator<Item = &str> {
        let of_inactive = match &self.inactive {
            Inactive::GiveTo(key) => Some(key.as_str()),
            _ => None,
        };
        let of_orphans = match &self.orphans {
            Orphans::GiveTo(key) => Some(key.as_str()),
            _ => None,
        };
        of_inactive.into_iter().chain(of_orphans)
    }

    /// What happens where it refers to somebody [inactive](super::Entity::inactive_when).
    #[must_use]
    pub fn inactive(mut self, inactive: Inactive) -> Self {
        self.inactive = inactive;
        self
    }
}

/// The order in which entities are loaded, and which references must be set
/// afterwards because they point to what comes later: entity and reference by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoadOrder {
    pub entities: Vec<usize>,
    pub deferred: Vec<(usize, usize)>,
}

/// Puts entities in an order in which what is referred to comes first, as far
/// as that can be: references within an entity and those that close a cycle are deferred.
pub(crate) fn load_order(names: &[&str], references: &[Vec<&Reference>]) -> Result<LoadOrder> {
    let place = |name: &str| names.iter().position(|known| *known == name);
    for (name, reference) in
        names.iter().zip(references).flat_map(|(name, all)| all.iter().map(move |one| (name, one)))
    {
        if place(&reference.to).is_none() {
            let message = format!("no entity `{}`: there are {}", reference.to, names.join(", "));
            return Err(Error::bind(message).at(format!("{name}.{}", reference.column)));
        }
    }
    let (mut entities, mut deferred): (Vec<usize>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
    let open = |entity: usize, done: &[usize]| {
        let waits = |reference: &&&Reference| {
            place(&reference.to).is_some_and(|to| to != entity && !done.contains(&to))
        };
        references[entity].iter().filter(waits).count()
    };
    while entities.len() < names.len() {
        let left = (0..names.len()).filter(|entity| !entities.contains(entity));
        // Where all that is left waits for each other, the one that waits for least goes first.
        let Some(next) = left.min_by_key(|entity| (open(*entity, &entities), *entity)) else { break };
        for (number, reference) in references[next].iter().enumerate() {
            if !place(&reference.to).is_some_and(|to| entities.contains(&to)) {
                deferred.push((next, number));
            }
        }
        entities.push(next);
    }
    Ok(LoadOrder { entities, deferred })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(entities: &[(&str, &[&str])]) -> (Vec<usize>, Vec<(usize, usize)>) {
        let names: Vec<&str> = entities.iter().map(|(name, _)| *name).collect();
        let made: Vec<Vec<Reference>> = entities
            .iter()
            .map(|(_, to)| to.iter().map(|to| Reference::new("column", *to, Orphans::Null)).collect())
            .collect();
        let references: Vec<Vec<&Reference>> = made.iter().map(|all| all.iter().collect()).collect();
        let LoadOrder { entities, deferred } = load_order(&names, &references).unwrap();
        (entities, deferred)
    }

    #[test]
    fn what_is_referred_to_comes_first() {
        let crm: [(&str, &[&str]); 4] = [
            ("deal", &["company", "contact", "user"]),
            ("contact", &["company", "user"]),
            ("company", &["company", "user"]),
            ("user", &[]),
        ];
        assert_eq!(order(&crm), (vec![3, 2, 1, 0], vec![(2, 0)]));
    }

    #[test]
    fn a_cycle_is_cut_where_least_is_missing() {
        let cycle: [(&str, &[&str]); 2] = [("company", &["contact"]), ("contact", &["company"])];
        assert_eq!(order(&cycle), (vec![0, 1], vec![(0, 0)]));
    }

    #[test]
    fn what_is_referred_to_must_be_there() {
        let reference = Reference::new("company_id", "compny", Orphans::Null);
        let error = load_order(&["company", "contact"], &[vec![], vec![&reference]]).unwrap_err();
        assert_eq!(error.to_string(), "contact.company_id: no entity `compny`: there are company, contact");
    }
}
