//! What users reach before and after a transfer, and what is to be tried when it is done.

use std::path::PathBuf;

use super::Transfer;
use super::find::Found;
use super::users::Users;
use crate::error::{Error, Result};
use crate::migration::Migration;
use crate::migration::access::{Matrix, Ownership, Probes, Snapshot, Transfers, User, compare};
use crate::migration::handed::Handed;
use crate::migration::target::Target;

/// Who may do what in the target: with it, the plan of a transfer tells as a risk whatever goes
/// beyond what is needed, and a list of what to try is made when rows were handed over.
///
/// The [users](Users::role) must say which roles they have. What a table is called in a matrix is said by
/// [`Holding::called`](super::Holding::called).
///
/// ```
/// use handover::migration::access::Matrix;
/// use handover::migration::transfer::Access;
///
/// let needed = Matrix::from_toml("[roles.sales]\ncompany = { read = \"team\", write = \"own\" }")?;
/// let given = Matrix::from_toml("[roles.sales]\ncompany = { read = \"all\", write = \"own\" }")?;
/// let access = Access::new(needed).given(given).sample(3).probes("probes.csv");
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Access {
    needed: Matrix,
    given: Matrix,
    most: usize,
    pub(super) probes: Option<PathBuf>,
}

impl Access {
    /// What each role needs and no more; the target is taken to give just that.
    pub fn new(needed: Matrix) -> Self {
        Access { given: needed.clone(), needed, most: 5, probes: None }
    }

    /// What the target is set up to give.
    #[must_use]
    pub fn given(mut self, given: Matrix) -> Self {
        self.given = given;
        self
    }

    /// How many rows are to be tried for each pair of owners: 5 by default.
    #[must_use]
    pub fn sample(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// The file that gets the list of what to try, in the format of its name.
    #[must_use]
    pub fn probes(mut self, path: impl Into<PathBuf>) -> Self {
        self.probes = Some(path.into());
        self
    }

    /// What to try of rows that were handed over.
    pub(super) fn probes_of(&self, users: &[User], transfer: &Transfer, rows: &[Handed]) -> Probes {
        Probes::of(&self.needed, users, &changes(transfer, rows, self.most))
    }
}

/// Rows that change hands, as the comparison of access takes them.
fn changes(transfer: &Transfer, rows: &[Handed], most: usize) -> Transfers {
    let mut changes = Transfers::sampling(most);
    for row in rows {
        let [id, from, to] = [&row.id, &row.from, &row.to].map(ToString::to_string);
        changes.add(transfer.called(&row.table, &row.owner), &id, &from, &to);
    }
    changes
}

fn owned(found: &Found, transfer: &Transfer, target: &mut dyn Target) -> Result<Ownership> {
    let mut owned = Ownership::new();
    for held in &found.tables {
        let called = transfer.called(&held.shape.table, &held.owner);
        target.scan(&held.shape.table, &[&held.owner], &mut |row| {
            owned.add(called, &row.value(0).to_string(), 1);
            Ok(())
        })?;
    }
    Ok(owned)
}

impl Migration {
    /// Who may do what: see [`Access`].
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = Some(access);
        self
    }

    /// Who owns how many rows of the tables that are handed over, and which of them would change
    /// hands: what [access](crate::migration::access) is compared by, for those who do it themselves. At
    /// most so many rows are sampled for each pair of owners.
    ///
    /// # Errors
    ///
    /// As [`plan_transfer`](Self::plan_transfer).
    pub fn ownership(&mut self, transfer: &Transfer, most: usize) -> Result<(Ownership, Transfers)> {
        let events = self.events()?;
        let found = self.find_handed(transfer, &events)?;
        Ok((owned(&found, transfer, &mut *self.target)?, changes(transfer, &found.handed, most)))
    }

    /// Whatever users could do after a transfer and should not, a line each.
    pub(super) fn widenings(&mut self, transfer: &Transfer, found: &Found) -> Result<Vec<String>> {
        let Some(access) = &self.access else { return Ok(Vec::new()) };
        let users = transfer.known_users()?.everybody(&mut *self.target)?;
        let owned = owned(found, transfer, &mut *self.target)?;
        let changes = changes(transfer, &found.handed, 0);
        let before = Snapshot::of(&access.given, &users, &owned);
        let after = Snapshot::of(&access.given, &users, &owned.after(&changes));
        let found = compare(&before, &after, &changes, &access.needed);
        Ok(found.iter().map(ToString::to_string).collect())
    }
}

impl Users {
    /// All users, as access is compared.
    pub(super) fn everybody(&self, target: &mut dyn Target) -> Result<Vec<User>> {
        let Some(role) = &self.role else {
            return Err(Error::bind("it is not said which column holds the users' roles").at(&self.table));
        };
        let shape = target.describe(&self.table)?;
        let columns: Vec<&str> = self.deciding().chain([role.as_str()]).chain(self.team.as_deref()).collect();
        columns.iter().try_for_each(|column| shape.column(column).map(drop))?;
        let mut users = Vec::new();
        target.scan(&self.table, &columns, &mut |row| {
            let text =
                |column: &str| row.get(column).ok().filter(|it| !it.is_blank()).map(|it| it.to_string());
            let mut user = User::new(row.key().unwrap_or_default()).active(self.is_active(row, &shape)?);
            user = text(role).into_iter().fold(user, User::role);
            user = self.team.as_deref().and_then(text).into_iter().fold(user, User::team);
            users.push(user);
            Ok(())
        })?;
        Ok(users)
    }
}
