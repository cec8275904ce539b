//! Rows of this wing as tables: sources for any sink.

use std::borrow::Cow;
use std::sync::Arc;

use super::probes::Probes;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::record::Value;
use crate::schema::{Field, Kind, Schema};
use crate::source::{Feed, SourceReader};

/// A table of the columns `user`, `entity`, `record`, `action`, `expected`, `reason`.
impl SourceReader for &Probes {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("probes")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::text(["user", "entity", "record", "action", "expected", "reason"])
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for probe in self.rows() {
            let row = [
                &probe.user,
                &probe.entity,
                &probe.record,
                probe.action.name(),
                probe.expected.name(),
                &probe.reason,
            ];
            push(feed, row.map(Value::Text))?;
        }
        Ok(())
    }
}

/// A table of the columns `user`, `entity`, `action`, `scope`, `rows`.
impl SourceReader for &Snapshot {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("access")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let text = ["user", "entity", "action", "scope"].map(|name| Field::new(name, Kind::Text));
        Schema::new(text.into_iter().chain([Field::new("rows", Kind::Int)]))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for reach in self.reaches() {
            let rows = i64::try_from(reach.rows).unwrap_or(i64::MAX);
            let text = [reach.user, reach.entity, reach.action.name(), reach.scope.name()].map(Value::Text);
            push(feed, text.into_iter().chain([Value::Int(rows)]))?;
        }
        Ok(())
    }
}

fn push<'v>(feed: &mut Feed<'_>, values: impl IntoIterator<Item = Value<'v>>) -> Result<()> {
    let record = feed.record();
    values.into_iter().enumerate().for_each(|(position, value)| record.set_value(position, value));
    feed.push()
}
