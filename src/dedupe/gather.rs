//! Reading sources to compare what is in them.

use std::sync::Arc;

use super::Records;
use crate::error::{Error, Result};
use crate::record::{Record, RecordId};
use crate::schema::{Field, Schema};
use crate::source::SourceReader;
use crate::source::within::read_within;

impl Records {
    /// Reads sources to their ends: all their records, with the columns of all
    /// of them by name. Records that a source sets aside are handed to
    /// `rejected`, with what is wrong with them.
    ///
    /// Fails as the sources do, and where two of them hold a column in different kinds.
    pub fn gather(
        sources: &mut [Box<dyn SourceReader + '_>],
        mut rejected: impl FnMut(String),
    ) -> Result<Records> {
        let mut fields: Vec<Field> = Vec::new();
        let mut schemas = Vec::new();
        for source in sources.iter_mut() {
            let schema = source.schema()?;
            for field in schema.fields() {
                match fields.iter().find(|known| known.name() == field.name()) {
                    Some(known) if known.kind() == field.kind() => (),
                    Some(known) => return Err(Error::bind(kinds_differ(known, field)).at(source.name())),
                    None => fields.push(field.clone()),
                }
            }
            schemas.push(schema);
        }
        let schema = Schema::new(fields)?;
        let mut records = Records::new(Arc::clone(&schema));
        for (input, (source, own)) in sources.iter_mut().zip(&schemas).enumerate() {
            let names = own.fields().iter().map(|field| &**field.name());
            let columns = names.map(|name| schema.index(name)).collect::<Result<Vec<_>>>()?;
            let mut record = Record::new(Arc::clone(&schema));
            read_within(source, own, |pushed| {
                if pushed.rejected {
                    let faults: Vec<String> = pushed.faults.iter().map(ToString::to_string).collect();
                    rejected(format!("{}: {}", pushed.place(), faults.join(", ")));
                    return Ok(());
                }
                record.reset(&schema);
                let row = pushed.record.origin().id;
                record.set_id(RecordId { input: input as u32, ..row });
                if let Some(key) = pushed.record.key() {
                    record.set_key_text(key);
                }
                columns.iter().zip(pushed.record.values()).for_each(|(column, value)| {
                    record.set_value(*column, value);
                });
                records.push(&record)
            })?;
        }
        Ok(records)
    }
}

fn kinds_differ(known: &Field, field: &Field) -> String {
    format!("column `{}` holds {} here and {} in the input before", field.name(), field.kind(), known.kind())
}
