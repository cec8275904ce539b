//! A migration as a file has it, for those who write no program.
//!
//! `docs/migration.md` describes the format. The whole text of the file and of
//! the mapping files that it names is part of what a plan is bound to.

mod access;
mod dedupe;
mod entity;
mod refer;
mod steps;
mod target;
#[cfg(test)]
mod tests;
mod text;
mod transfer;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::transfer::{Transfer, Users};
use super::{Approvals, ApprovedBy, Entity, Migration, SqliteStore};
use crate::details::in_hex;
use crate::error::{Error, Result};
use crate::map::read_toml;
use crate::names::Names;
use crate::protect::Key;
use access::AccessTable;
use entity::EntityTable;
use transfer::{TransferTable, UsersTable};

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    system: String,
    store: String,
    target: String,
    password: Option<String>,
    #[serde(default)]
    approvals: Option<Agree>,
    #[serde(default)]
    backup: Names,
    key: Option<String>,
    by: Option<String>,
    threads: Option<usize>,
    entity: BTreeMap<String, Spanned<EntityTable>>,
    users: Option<UsersTable>,
    #[serde(default)]
    transfer: BTreeMap<String, TransferTable>,
    access: Option<AccessTable>,
}

/// Who must agree.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected how many people must agree, or a list of their names")]
enum Agree {
    Number(usize),
    Names(Vec<String>),
}

/// What the tables of a file have in common.
pub(super) struct Context<'c> {
    /// The folder of the file, from which paths begin.
    pub folder: &'c Path,
    pub key: Option<&'c Key>,
    /// The texts that a plan is bound to.
    pub digest: Sha256,
}

impl Migration {
    /// Reads a migration from a `.toml` file; paths in it begin at the file's folder.
    /// The store is made if it is not there; sources and the target are opened when they are needed.
    ///
    /// # Errors
    ///
    /// Where the file, a mapping that it names or the key cannot be read, and
    /// where a name in it is not known: the error says which there are.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| Error::io("cannot read", error).at(&file))?;
        let text = text.trim_start_matches('\u{feff}');
        let document: Document = read_toml(text, &file)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        document.migration(text, folder).map_err(|error| error.at(&file))
    }
}

impl Document {
    fn migration(self, text: &str, folder: &Path) -> Result<Migration> {
        let key = self.key.as_deref().map(|source| key_of(source, folder)).transpose()?;
        let mut context =
            Context { folder, key: key.as_ref(), digest: Sha256::new_with_prefix(text.as_bytes()) };
        if let Some(key) = &key {
            context.digest.update(key.id());
        }
        let entities = entities(self.entity, &mut context)?;
        let version = in_hex(context.digest);
        // The store is made where everything else is as it should be.
        let target = target::open(&self.target, self.password.as_deref(), folder)
            .map_err(|error| error.at("target"))?;
        let users = self.users.map(UsersTable::users);
        let transfers = transfers(self.transfer, users.as_ref(), &entities, folder)?;
        let access = self.access.map(|access| access.access(folder).map_err(|error| error.at("access")));
        let access = access.transpose()?;
        let store = SqliteStore::open(folder.join(&self.store))?;
        let mut migration = Migration::new(self.system, store, target).version(version);
        migration = entities.into_iter().fold(migration, Migration::entity);
        migration = transfers.into_iter().fold(migration, |all, (name, one)| all.declare(name, one));
        migration = access.into_iter().fold(migration, Migration::access);
        migration = match self.approvals {
            Some(Agree::Number(number)) => migration.approval(Approvals(number)),
            Some(Agree::Names(names)) => migration.approval(ApprovedBy(names)),
            None => migration,
        };
        migration = self.backup.iter().fold(migration, |all, one| all.backup(folder.join(&**one)));
        migration = self.by.into_iter().fold(migration, Migration::by);
        migration = self.threads.into_iter().fold(migration, Migration::threads);
        Ok(key.into_iter().fold(migration, Migration::sealed))
    }
}

/// The entities, in the order of the file.
fn entities(
    tables: BTreeMap<String, Spanned<EntityTable>>,
    context: &mut Context<'_>,
) -> Result<Vec<Entity>> {
    let mut tables: Vec<(String, Spanned<EntityTable>)> = tables.into_iter().collect();
    tables.sort_by_key(|(_, table)| table.span().start);
    let names: Vec<String> = tables.iter().map(|(name, _)| name.clone()).collect();
    let entity = |(name, table): (String, Spanned<EntityTable>)| {
        let table = table.into_inner();
        let entity = known(&table, &names).and_then(|()| table.entity(&name, context));
        entity.map_err(|error| error.at(format!("entity {name}")))
    };
    tables.into_iter().map(entity).collect()
}

/// The transfers by their names.
fn transfers(
    tables: BTreeMap<String, TransferTable>,
    users: Option<&Users>,
    entities: &[Entity],
    folder: &Path,
) -> Result<Vec<(String, Transfer)>> {
    let transfer = |(name, table): (String, TransferTable)| {
        let transfer = table.transfer(users, entities, folder);
        let transfer = transfer.map_err(|error| error.at(format!("transfer {name}")))?;
        Ok((name, transfer))
    };
    tables.into_iter().map(transfer).collect()
}

/// Makes sure that an entity refers to those of the file.
fn known(table: &EntityTable, names: &[String]) -> Result<()> {
    let unknown = table.refers_to().find(|to| !to.contains('/') && !names.iter().any(|name| name == to));
    match unknown {
        None => Ok(()),
        Some(to) => Err(Error::bind(format!("no entity `{to}`: there are {}", names.join(", ")))),
    }
}

/// The key that a file names; its path begins at the file's folder.
fn key_of(source: &str, folder: &Path) -> Result<Key> {
    let key = match source.strip_prefix("file:") {
        Some(path) if Path::new(path).is_relative() && path.contains(['.', '/', '\\']) => {
            Key::from_file(folder.join(path))
        }
        _ => Key::from_source(source),
    };
    key.map_err(|error| error.at("key"))
}
