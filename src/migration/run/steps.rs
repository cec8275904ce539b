//! The parts of a run, in the order in which they are done.

use crate::error::{Error, Result};
use crate::migration::entity::{Entity, Inactive, LoadOrder, Orphans, Reference, load_order};

/// One part of a run. Its place among the others is the phase of its batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The records of an entity are loaded.
    Load(usize),
    /// A reference of an entity is set in its rows, after what it points to is there.
    Relink(usize, usize),
}

/// The entities of a migration in their order.
pub(crate) struct Steps {
    pub steps: Vec<Step>,
    /// `system/name` of each entity.
    pub labels: Vec<String>,
    /// For each reference of each entity: the entity, and whether it is set afterwards.
    pub to: Vec<Vec<(usize, bool)>>,
}

impl Steps {
    /// Orders entities. Those that have no system are of the one given.
    pub fn of(entities: &[Entity], system: &str) -> Result<Self> {
        let label =
            |entity: &Entity| format!("{}/{}", entity.system.as_deref().unwrap_or(system), entity.name);
        let labels: Vec<String> = entities.iter().map(label).collect();
        for (at, label) in labels.iter().enumerate() {
            if labels[..at].contains(label) {
                return Err(Error::bind(format!("entity `{label}` is there twice")));
            }
        }
        let absolute = |entity: &Entity, label: &str| -> Vec<Reference> {
            let of_system = label.split('/').next().unwrap_or_default();
            let absolute = |reference: &Reference| {
                let to = match reference.to.contains('/') {
                    true => reference.to.clone(),
                    false => format!("{of_system}/{}", reference.to),
                };
                Reference { to, ..reference.clone() }
            };
            entity.references.iter().map(absolute).collect()
        };
        let references: Vec<Vec<Reference>> =
            entities.iter().zip(&labels).map(|(entity, label)| absolute(entity, label)).collect();
        let names: Vec<&str> = labels.iter().map(String::as_str).collect();
        let borrowed: Vec<Vec<&Reference>> = references.iter().map(|all| all.iter().collect()).collect();
        let order = load_order(&names, &borrowed)?;
        let place = |to: &str| labels.iter().position(|label| label == to).unwrap_or_default();
        let to = references.iter().enumerate().map(|(entity, all)| {
            let bound = |(number, reference): (usize, &Reference)| {
                (place(&reference.to), order.deferred.contains(&(entity, number)))
            };
            all.iter().enumerate().map(bound).collect()
        });
        let to: Vec<Vec<(usize, bool)>> = to.collect();
        check_orphans(entities, &labels, &to)?;
        check_matching(entities, &labels)?;
        Ok(Steps { steps: steps(&order, &to), labels, to })
    }
}

/// The loads in their order, each followed by the references that can be set then.
fn steps(order: &LoadOrder, to: &[Vec<(usize, bool)>]) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut loaded, mut left) = (Vec::new(), order.deferred.clone());
    for &entity in &order.entities {
        steps.push(Step::Load(entity));
        loaded.push(entity);
        left.retain(|&(of, reference)| {
            let is_due = loaded.contains(&of) && loaded.contains(&to[of][reference].0);
            steps.extend(is_due.then_some(Step::Relink(of, reference)));
            !is_due
        });
    }
    steps
}

/// A record that is there already cannot be rejected for a reference that is set later.
fn check_orphans(entities: &[Entity], labels: &[String], to: &[Vec<(usize, bool)>]) -> Result<()> {
    for ((entity, label), to) in entities.iter().zip(labels).zip(to) {
        for (reference, (_, deferred)) in entity.references.iter().zip(to) {
            let message = match (&reference.orphans, &reference.inactive) {
                (Orphans::Reject, _) => {
                    "its orphans cannot be rejected, because it is set after the records are written: \
                     let them be null, be parked, be given to somebody, or have a placeholder"
                }
                (_, Inactive::Reject) => {
                    "who refers to somebody inactive cannot be rejected, because it is set after the records are \
                     written: let the reference be kept, be null, or be given to somebody"
                }
                _ => continue,
            };
            if *deferred {
                return Err(Error::bind(message).at(format!("{label}.{}", reference.column)));
            }
        }
    }
    Ok(())
}

/// Two ways of finding rows would not know of each other which rows are taken.
fn check_matching(entities: &[Entity], labels: &[String]) -> Result<()> {
    let has_both = |entity: &Entity| entity.match_by.is_some() && !entity.match_on.is_empty();
    match entities.iter().position(has_both) {
        None => Ok(()),
        Some(number) => {
            let message = "rows are found either by equal values (match_on) or by a detector (match_by)";
            Err(Error::bind(message).at(&labels[number]))
        }
    }
}
