//! A transfer as the comparison of access takes it.

use super::Transfer;
use crate::error::Result;
use crate::migration::Migration;
use crate::migration::access::{Ownership, Transfers};

impl Migration {
    /// Who owns how many rows of the tables that are handed over, and which of them would change
    /// hands: what [access](crate::migration::access) is compared by, before anything is done. At
    /// most so many rows are sampled for each pair of owners.
    ///
    /// ```
    /// use handover::Result;
    /// use handover::migration::Migration;
    /// use handover::migration::access::{Matrix, Probes, Snapshot, User, compare};
    /// use handover::migration::transfer::Transfer;
    ///
    /// fn check(migration: &mut Migration, transfer: &Transfer, matrix: &Matrix, users: &[User]) -> Result<Probes> {
    ///     let (owned, changes) = migration.ownership(transfer, 5)?;
    ///     let before = Snapshot::of(matrix, users, &owned);
    ///     let after = Snapshot::of(matrix, users, &owned.after(&changes));
    ///     for widening in compare(&before, &after, &changes, matrix) {
    ///         println!("{widening}");
    ///     }
    ///     Ok(Probes::of(matrix, users, &changes)) // what to try when it is done
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`plan_transfer`](Self::plan_transfer).
    pub fn ownership(&mut self, transfer: &Transfer, most: usize) -> Result<(Ownership, Transfers)> {
        let events = self.events()?;
        let found = self.find_handed(transfer, &events)?;
        let (mut owned, mut changes) = (Ownership::new(), Transfers::sampling(most));
        for held in &found.tables {
            self.target.scan(&held.shape.table, &[&held.owner], &mut |row| {
                owned.add(&held.called, &row.value(0).to_string(), 1);
                Ok(())
            })?;
            let own =
                found.handed.iter().filter(|row| row.table == held.shape.table && row.owner == held.owner);
            for row in own {
                let [id, from, to] = [&row.id, &row.from, &row.to].map(ToString::to_string);
                changes.add(&held.called, &id, &from, &to);
            }
        }
        Ok((owned, changes))
    }
}
