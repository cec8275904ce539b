//! What was learnt and done, in a few lines for people.

use std::fmt;

use super::Matching;
use super::block::{Blocking, Rule};
use super::compare::Key;
use super::field::Table;
use super::model::{FieldModel, LevelModel, Model};
use crate::figures::grouped;

/// A line for each field: what its highest level of agreement speaks for, and
/// its lowest against, in bits.
impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = width(self.fields.iter().map(|field| &*field.field), "field");
        write!(f, "{:width$}  {:11}  {:>8}  {:>8}", "field", "role", "agree", "differ")?;
        for field in &self.fields {
            let weight = |level: Option<&LevelModel>| level.map_or(0.0, bits);
            let (agree, differ) = (weight(field.levels.last()), weight(field.levels.first()));
            let FieldModel { field, role, trained, .. } = field;
            let usual = if *trained { "" } else { "  as is usual: too little to learn from" };
            write!(f, "\n{field:width$}  {:11}  {agree:>+8.1}  {differ:>+8.1}{usual}", role.name())?;
        }
        let among = 1.0 / self.prior.max(f64::MIN_POSITIVE);
        write!(f, "\none pair in {} is one customer, before anything is compared", grouped(among as u64))
    }
}

/// What agreement of this level is worth, in bits.
fn bits(level: &LevelModel) -> f64 {
    (level.same.max(f64::MIN_POSITIVE) / level.chance.max(f64::MIN_POSITIVE)).log2()
}

/// The roles of the columns, how pairs were found, and the model.
impl fmt::Display for Matching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.roles)?;
        let compared = grouped(self.compared);
        match &self.blocking {
            None => writeln!(f, "{compared} pairs were compared, which are all there are")?,
            Some(blocking) => {
                let recall = 100.0 * blocking.recall;
                let rules = blocking.rules.len();
                writeln!(
                    f,
                    "{compared} pairs were compared, found by {rules} rules: an estimated {recall:.1} % of all duplicates"
                )?;
                blocking.lines(&self.table, f)?;
            }
        }
        write!(f, "\n{}", self.model)
    }
}

impl Blocking {
    fn lines(&self, table: &Table, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.rules.iter().map(|rule| rule.name(table)).collect();
        let width = width(names.iter().map(String::as_str), "agree on");
        writeln!(f, "{:width$}  {:>12}  {:>13}", "agree on", "pairs", "largest block")?;
        for (rule, name) in self.rules.iter().zip(&names) {
            let (pairs, largest) = (grouped(rule.pairs as u64), grouped(rule.sizes.largest as u64));
            write!(f, "{name:width$}  {pairs:>12}  {largest:>13}")?;
            if rule.sizes.oversized > 0 {
                write!(
                    f,
                    "  blocks of up to {} records were too large",
                    grouped(rule.sizes.oversized as u64)
                )?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl Rule {
    /// What records agree on: `email`, `name, roughly + a word of street`.
    fn name(&self, table: &Table) -> String {
        let part = |(field, key): &(usize, Key)| {
            let name = &table.fields[*field].field.name;
            match key {
                Key::Whole => name.clone(),
                Key::Rough => format!("{name}, roughly"),
                Key::Word => format!("a word of {name}"),
            }
        };
        self.keys.iter().map(part).collect::<Vec<_>>().join(" and ")
    }
}

/// The width of a column that holds these texts.
fn width<'t>(texts: impl Iterator<Item = &'t str>, title: &str) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or_default().clamp(title.len(), 60)
}
