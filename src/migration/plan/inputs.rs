//! What a plan is bound to: the bytes that are read, the mapping, the rows of the target.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::details::in_hex;
use crate::error::{Error, Result};
use crate::migration::entity::Entity;
use crate::migration::row::canonical;
use crate::migration::target::Target;

/// A file that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// The entity that is read from it.
    pub entity: String,
    /// Its name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: String,
}

/// A table of the target, as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// The table.
    pub table: String,
    /// How many rows it had.
    pub rows: u64,
    /// The SHA-256 of all of them, in the order of their ids.
    pub sha256: String,
}

/// The files of all entities. A source that is no file is known by its name alone.
pub(crate) fn inputs(entities: &[Entity], labels: &[String]) -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for (entity, label) in entities.iter().zip(labels) {
        let source = (entity.open)()?;
        let files: Vec<&Path> = source.files();
        if files.is_empty() {
            let (file, sha256) = (source.name().into_owned(), String::new());
            inputs.push(Input { entity: label.clone(), file, bytes: 0, sha256 });
        }
        for path in files {
            let (bytes, sha256) = digest_of(path)?;
            inputs.push(Input { entity: label.clone(), file: path.display().to_string(), bytes, sha256 });
        }
    }
    Ok(inputs)
}

/// The size and the SHA-256 of a file.
pub(crate) fn digest_of(path: &Path) -> Result<(u64, String)> {
    let read = || {
        let (mut file, mut digest, mut bytes) = (File::open(path)?, Sha256::new(), 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok((bytes, in_hex(digest))),
                read => {
                    digest.update(&buffer[..read]);
                    bytes += read as u64;
                }
            }
        }
    };
    read().map_err(|error| Error::io("cannot read", error).at(path.display()))
}

/// The tables of the target that entities go to, as they are now.
pub(crate) fn snapshots(entities: &[Entity], target: &mut dyn Target) -> Result<Vec<Snapshot>> {
    let tables: BTreeSet<&str> = entities.iter().map(|entity| entity.table.as_str()).collect();
    tables.into_iter().map(|table| snapshot(target, table)).collect()
}

fn snapshot(target: &mut dyn Target, table: &str) -> Result<Snapshot> {
    let shape = target.describe(table)?;
    let columns: Vec<&str> = shape.columns.iter().map(|column| &*column.name).collect();
    let (mut rows, mut digest) = (0, Sha256::new());
    let mut bytes = Vec::new();
    target.scan(table, &columns, &mut |row| {
        rows += 1;
        bytes.clear();
        for (value, column) in row.values().zip(&shape.columns) {
            let text = canonical(value, column.kind);
            bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        digest.update(&bytes);
        Ok(())
    })?;
    Ok(Snapshot { table: table.to_owned(), rows, sha256: in_hex(digest) })
}

/// The SHA-256 of everything that is declared of the entities.
pub(crate) fn mapping_digest(entities: &[Entity], labels: &[String], version: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(version);
    for (entity, label) in entities.iter().zip(labels) {
        let Entity { key, table, references, write, fields, clear, match_on, .. } = entity;
        let Entity { transient, personal, owner, inactive, high_water, external_key, .. } = entity;
        let Entity { tolerances, version, .. } = entity;
        let declared = serde_json::json!([
            label,
            key,
            table,
            entity.mapping.as_ref().map(|mapping| mapping.to_json().ok()),
            references,
            write,
            fields,
            clear,
            match_on,
            entity.match_by.is_some(),
            transient,
            personal,
            owner,
            inactive,
            high_water,
            external_key,
            tolerances,
            version
        ]);
        digest.update(declared.to_string());
    }
    in_hex(digest)
}
