//! Where the values of a golden record come from, and those that it does not have.

use std::sync::Arc;

use crate::record::RecordId;

/// Where every value of a golden record comes from, and every value that is lost.
///
/// Each value that a member of the cluster has is a value of the golden record,
/// is among [`cells`](Self::cells) as kept in the column of others, or is listed
/// as [`lost`](Self::lost). Values that a rule holds equal are one, which the
/// first of them stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    pub(super) survivor: Option<Member>,
    pub(super) cells: Vec<CellOrigin>,
    pub(super) lost: Vec<Lost>,
}

/// One of the records that became the golden one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its position in [`Records`](crate::dedupe::Records).
    pub position: u32,
    /// Which record it is.
    pub id: RecordId,
    /// The source's own key, where one is declared.
    pub key: Option<Box<str>>,
}

/// Where a value of a golden record comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellOrigin {
    /// The column's name.
    pub column: Arc<str>,
    /// The record that had the value.
    pub record: Member,
    /// The rule that chose it: [`UNDISPUTED`](Self::UNDISPUTED) where there was no choice.
    pub rule: Arc<str>,
}

/// A value that is not in the golden record.
///
/// It holds the value, which is personal data: it is for a list that a person
/// asked for, and not for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The column's name.
    pub column: Arc<str>,
    /// The value, as it is written.
    pub value: String,
    /// The first record that had it.
    pub record: Member,
    /// The rule that passed it over.
    pub rule: Arc<str>,
}

impl CellOrigin {
    /// In place of a rule: all records that have a value have this one.
    pub const UNDISPUTED: &'static str = "undisputed";
}

impl Provenance {
    /// The record that lives on: that which the golden record goes by. `None`
    /// before the first merge.
    pub fn survivor(&self) -> Option<&Member> {
        self.survivor.as_ref()
    }

    /// An origin for every value that is not blank, in the order of the columns
    /// but that columns which survive together come last; several for joined values.
    pub fn cells(&self) -> &[CellOrigin] {
        &self.cells
    }

    /// The values that are lost, in the order of the columns as above.
    pub fn lost(&self) -> &[Lost] {
        &self.lost
    }

    /// Where the value of a column comes from; several where values were joined,
    /// none where it is blank.
    pub fn of(&self, column: &str) -> impl Iterator<Item = &CellOrigin> {
        self.cells.iter().filter(move |cell| *cell.column == *column)
    }

    pub(super) fn begin(&mut self, survivor: Member) {
        self.survivor = Some(survivor);
        self.cells.clear();
        self.lost.clear();
    }
}
