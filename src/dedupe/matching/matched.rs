//! What a matcher has found and learnt.

use std::fmt;

use super::block::Blocking;
use super::field::Table;
use super::model::Model;
use super::pairs::Pair;
use super::role::Roles;
use super::rules::BlockingReport;
use super::universe::Universe;
use crate::dedupe::Links;

/// What a [`Matcher`](super::Matcher) has found and learnt of some records.
pub struct Matching {
    pub(super) roles: Roles,
    pub(super) table: Table,
    pub(super) universe: Universe,
    pub(super) model: Model,
    pub(super) blocking: Option<Blocking>,
    pub(super) pairs: Vec<Pair>,
    pub(super) compared: u64,
}

impl Matching {
    /// What the columns hold.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// What agreement is worth.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The pairs that may be one customer, in the order of their records: all
    /// whose weight is at least -6 bits, a probability of 1.5 %.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// By which rules pairs were found; nothing where all pairs were compared.
    pub fn blocking(&self) -> Option<BlockingReport> {
        self.blocking.as_ref().map(|blocking| BlockingReport::of(blocking, &self.table))
    }

    /// How many pairs were compared.
    pub fn compared(&self) -> u64 {
        self.compared
    }

    /// Reports the pairs as links.
    pub fn report(&self, links: &mut Links) {
        for pair in &self.pairs {
            links.maybe(pair.a as usize, pair.b as usize, pair.probability());
        }
    }
}

/// Says what was learnt and how many pairs were found, and nothing of the records.
impl fmt::Debug for Matching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matching")
            .field("records", &self.universe.records)
            .field("roles", &self.roles)
            .field("model", &self.model)
            .field("blocking", &self.blocking())
            .field("compared", &self.compared)
            .field("pairs", &self.pairs.len())
            .finish()
    }
}
