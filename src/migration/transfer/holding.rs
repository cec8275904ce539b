//! What is handed over: tables whose rows have owners, and which of them follow which.

use serde::Serialize;

use crate::error::Result;
use crate::migration::row::canonical;
use crate::migration::target::TableShape;
use crate::names::Names;
use crate::record::{Record, Value};

/// A table whose rows have an owner, which rows of it are handed over, and what follows them.
///
/// ```
/// use handover::migration::transfer::Holding;
///
/// let notes = Holding::new("notes", "owner_id");
/// let deals = Holding::new("deals", "owner_id").except("stage", ["won", "lost"]).cascade("deal_id", notes);
/// let companies = Holding::new("companies", "owner_id")
///     .called("company")
///     .only("status", ["active", "prospect"])
///     .show(["name", "city"])
///     .personal("name")
///     .cascade("company_id", deals);
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Holding {
    pub(super) table: String,
    pub(super) owner: String,
    filters: Vec<Filter>,
    pub(super) cascades: Vec<(String, Holding)>,
    /// What says nothing of which rows are handed over is no part of what a plan is bound to.
    #[serde(skip)]
    pub(super) called: Option<String>,
    #[serde(skip)]
    pub(super) shown: Names,
    #[serde(skip)]
    pub(super) personal: Names,
}

#[derive(Debug, Clone, Serialize)]
struct Filter {
    column: String,
    values: Names,
    /// Whether rows with these values are handed over, and no others; or all others.
    only: bool,
}

impl Holding {
    /// A table, and the column that holds the owner's id.
    pub fn new(table: impl Into<String>, owner: impl Into<String>) -> Self {
        Holding {
            table: table.into(),
            owner: owner.into(),
            filters: Vec::new(),
            cascades: Vec::new(),
            called: None,
            shown: Names::default(),
            personal: Names::default(),
        }
    }

    /// Hands over only rows with one of these values in a column: a status, a city. What is empty is `""`.
    #[must_use]
    pub fn only(mut self, column: impl Into<String>, values: impl Into<Names>) -> Self {
        self.filters.push(Filter { column: column.into(), values: values.into(), only: true });
        self
    }

    /// Leaves rows with one of these values in a column with their owner: closed deals keep their credit.
    #[must_use]
    pub fn except(mut self, column: impl Into<String>, values: impl Into<Names>) -> Self {
        self.filters.push(Filter { column: column.into(), values: values.into(), only: false });
        self
    }

    /// Rows of another table follow: those that belong to the old owner, and whose column `refers` holds
    /// the id of a row of this table that is handed over, now or by an
    /// earlier transfer. They go to the same receiver.
    #[must_use]
    pub fn cascade(mut self, refers: impl Into<String>, follower: Holding) -> Self {
        self.cascades.push((refers.into(), follower));
        self
    }

    /// The entity, as a matrix of [access](crate::migration::access) calls it. By default the table's name.
    #[must_use]
    pub fn called(mut self, entity: impl Into<String>) -> Self {
        self.called = Some(entity.into());
        self
    }

    /// Columns that hand-over sheets show, beside the row's id.
    #[must_use]
    pub fn show(mut self, columns: impl Into<Names>) -> Self {
        self.shown.extend(columns.into());
        self
    }

    /// Columns whose values are personal: sheets show them masked.
    #[must_use]
    pub fn personal(mut self, columns: impl Into<Names>) -> Self {
        self.personal.extend(columns.into());
        self
    }

    /// The columns that decide about a row.
    pub(super) fn deciding(&self) -> impl Iterator<Item = &str> {
        self.filters.iter().map(|filter| filter.column.as_str())
    }

    /// Why a row stays, if its values say that.
    pub(super) fn stays(&self, row: &Record, shape: &TableShape) -> Result<Option<String>> {
        for Filter { column, values, only } in &self.filters {
            match (is_one_of(row, column, values, shape)?, only) {
                (false, true) => return Ok(Some(format!("its `{column}` is not handed over"))),
                (true, false) => return Ok(Some(format!("its `{column}` is excepted"))),
                _ => {}
            }
        }
        Ok(None)
    }

    /// This table and all that follow it, directly or not.
    pub(super) fn all(&self) -> Vec<&Holding> {
        let followers = self.cascades.iter().flat_map(|(_, holding)| holding.all());
        std::iter::once(self).chain(followers).collect()
    }
}

/// Whether a row has one of these values in a column.
pub(super) fn is_one_of(row: &Record, column: &str, values: &Names, shape: &TableShape) -> Result<bool> {
    let kind = shape.column(column)?.kind;
    let there = canonical(row.get(column).unwrap_or(Value::Null), kind);
    Ok(values.iter().any(|value| canonical(Value::Text(value), kind) == there))
}
