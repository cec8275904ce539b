//! What columns are to become: the fields of a target, and the names that they go by.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::header::key;
use super::meaning::Meaning;
use crate::names::Names;
use crate::schema::Schema;

/// The table of the names that the fields of the canonical model go by.
const SYNONYMS: &str = include_str!("synonyms.tsv");

/// The fields that columns are matched with, and what those columns are called.
///
/// ```
/// use handover::profile::Target;
/// use handover::Schema;
///
/// // The canonical customer model: account.name, person.mobile, deal.stage, owner, …
/// assert!(Target::customer().fields().any(|field| field == "person.mobile"));
///
/// // The columns of a target of one's own. What the model has a name for is known by it.
/// let target = Target::of(&*Schema::text(["customer_no", "phone", "kunde_seit"])?)
///     .also_called("kunde_seit", ["customer since"]);
/// assert_eq!(target.fields().count(), 3);
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Target {
    pub(super) fields: Arc<Vec<TargetField>>,
    /// By their keys: which fields they name, and how surely.
    pub(super) names: Arc<Namings>,
    /// Whether it is the canonical model, where the object of a file decides.
    pub(super) is_canonical: bool,
}

/// By the keys of names, the fields that they mean.
type Namings = HashMap<Box<str>, Vec<Naming>>;

/// A field of a target.
#[derive(Debug, Clone)]
pub(super) struct TargetField {
    pub name: Arc<str>,
    pub meaning: Option<Meaning>,
}

impl TargetField {
    /// The object that it belongs to, or none: `account` of `account.name`.
    pub fn group(&self) -> &str {
        self.name.split_once('.').map_or("", |(group, _)| group)
    }
}

/// That a name means a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Naming {
    pub field: usize,
    pub tier: Tier,
}

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    /// CRM products call the field so.
    Seen,
    /// People do.
    Usual,
    /// The second column of its kind.
    Second,
    /// Pinyin, initials, abbreviations.
    Short,
}

impl Target {
    /// The canonical customer model: accounts, contacts, leads, deals and
    /// activities, with the names that CRM products and people use, Chinese and English.
    pub fn customer() -> Self {
        static CUSTOMER: LazyLock<Target> = LazyLock::new(|| Target::parse(SYNONYMS));
        CUSTOMER.clone()
    }

    /// The columns of a schema. One that the canonical model has a name for
    /// goes by all names of that field.
    pub fn of(schema: &Schema) -> Self {
        let customer = Target::customer();
        let mut target = Target { fields: Arc::default(), names: Arc::default(), is_canonical: false };
        for name in schema.names() {
            let own = key(name);
            let exact = customer.fields.iter().position(|field| *field.name == *name);
            let same: Vec<usize> = match exact {
                Some(field) => vec![field],
                None => customer.names.get(&*own).into_iter().flatten().map(|naming| naming.field).collect(),
            };
            let field = target.fields.len();
            let meaning = same.first().and_then(|&at| customer.fields[at].meaning);
            Arc::make_mut(&mut target.fields).push(TargetField { name: name.into(), meaning });
            for (known, namings) in customer.names.iter() {
                let naming = namings.iter().find(|naming| same.contains(&naming.field));
                if let Some(naming) = naming {
                    target.add(known, field, naming.tier);
                }
            }
            target.add(&own, field, Tier::Seen);
        }
        target
    }

    /// Adds names that a field goes by; without effect where there is no such field.
    #[must_use]
    pub fn also_called(mut self, field: &str, names: impl Into<Names>) -> Self {
        if let Some(at) = self.fields.iter().position(|known| *known.name == *field) {
            names.into().iter().for_each(|name| self.add(&key(name), at, Tier::Seen));
        }
        self
    }

    /// The names of the fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| &*field.name)
    }

    fn parse(table: &str) -> Self {
        let mut target = Target { fields: Arc::default(), names: Arc::default(), is_canonical: true };
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let Some((head, rest)) = line.split_once('\t') else { continue };
            let tier = match head {
                "=" => Tier::Seen,
                "+" => Tier::Usual,
                "2" => Tier::Second,
                "~" => Tier::Short,
                name => {
                    Arc::make_mut(&mut target.fields)
                        .push(TargetField { name: name.into(), meaning: Meaning::named(rest) });
                    continue;
                }
            };
            let field = target.fields.len().saturating_sub(1);
            rest.split('|').for_each(|name| target.add(&key(name), field, tier));
        }
        target
    }

    /// Adds a name, unless the field has it already.
    fn add(&mut self, key: &str, field: usize, tier: Tier) {
        let namings = Arc::make_mut(&mut self.names).entry(key.into()).or_default();
        match namings.iter_mut().find(|naming| naming.field == field) {
            Some(naming) if naming.tier == Tier::Short => naming.tier = tier,
            Some(_) => {}
            None => namings.push(Naming { field, tier }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let customer = Target::customer();
        assert_eq!(customer.fields.len(), 115);
        for field in customer.fields.iter() {
            assert!(field.meaning.is_some(), "{}", field.name);
        }
        assert!(customer.names.keys().all(|key| !key.is_empty()));
        let named = |name: &str| {
            let namings = customer.names.get(&*key(name)).cloned().unwrap_or_default();
            namings.iter().map(|naming| customer.fields[naming.field].name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(named("Stage Name"), ["deal.stage"]);
        assert_eq!(named("手機"), ["person.mobile"]);
    }

    #[test]
    fn a_target_of_ones_own_goes_by_the_names_of_the_model() {
        let schema = Schema::text(["company", "tel", "zzz"]).unwrap();
        let target = Target::of(&schema).also_called("zzz", "odd").also_called("none", "x");
        let named = |name: &str| target.names.get(&*key(name)).map(|namings| namings[0].field);
        assert_eq!(named("客户名称"), Some(0));
        assert_eq!(named("座机"), Some(1));
        assert_eq!((named("ODD"), named("x")), (Some(2), None));
    }
}
