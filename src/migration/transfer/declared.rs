//! Transfers that a migration knows by name.

use super::Transfer;
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::migration::plan::Plan;
use crate::schema::no_such;

impl Migration {
    /// Declares a transfer under a name, so that [plans](Self::declared_for) lead back to it.
    #[must_use]
    pub fn declare(mut self, name: impl Into<String>, transfer: Transfer) -> Self {
        self.transfers.push((name.into(), transfer));
        self
    }

    /// The transfer that was declared under a name; without a name the only one.
    ///
    /// # Errors
    ///
    /// Where there is none of the name, or none at all; and without a name where there are several.
    pub fn declared(&self, name: Option<&str>) -> Result<Transfer> {
        let names: Vec<&str> = self.transfers.iter().map(|(name, _)| name.as_str()).collect();
        let found = match (name, &self.transfers[..]) {
            (_, []) => return Err(Error::bind("no transfer is declared")),
            (None, [(_, only)]) => Some(only),
            (None, _) => {
                let message = format!("there are several transfers, say which: {}", names.join(", "));
                return Err(Error::bind(message));
            }
            (Some(name), all) => all.iter().find(|(known, _)| known == name).map(|(_, transfer)| transfer),
        };
        let unknown = || Error::bind(no_such("transfer", name.unwrap_or_default(), names.into_iter()));
        found.cloned().ok_or_else(unknown)
    }

    /// The transfer that a plan was made of.
    ///
    /// # Errors
    ///
    /// Where it is not declared, or not as it was when the plan was made.
    pub fn declared_for(&self, plan: &Plan) -> Result<Transfer> {
        let found = self.transfers.iter().find(|(_, transfer)| transfer.digest() == plan.mapping);
        let changed = || {
            let message = format!("the transfer of plan {} is not declared as it was", plan.short_hash());
            Error::bind(message)
        };
        found.map(|(_, transfer)| transfer.clone()).ok_or_else(changed)
    }
}
