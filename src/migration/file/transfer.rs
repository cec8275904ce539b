//! Transfers of owners as a file has them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::text::TextOr;
use crate::error::{Error, Result};
use crate::migration::Entity;
use crate::migration::transfer::{Holding, Receivers, Transfer, Users};
use crate::names::Names;
use crate::pipeline::Pipeline;
use crate::record::{DateTime, Record};
use crate::sink::Collect;
use crate::source::Open;

/// `[users]`: the target's table of those who own rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UsersTable {
    table: String,
    active: Option<ActiveTable>,
    name: Option<String>,
    email: Option<String>,
    manager: Option<String>,
    role: Option<String>,
    team: Option<String>,
}

/// `{ column = "status", values = "active" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActiveTable {
    column: String,
    values: Names,
}

/// `[transfer.NAME]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TransferTable {
    from: Names,
    to: TextOr<ToTable>,
    hand_over: Vec<HoldingTable>,
    effective: Option<String>,
    sheets: Option<TextOr<SheetsTable>>,
    notices: Option<String>,
}

/// `{ folder = "sheets", format = "xlsx" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetsTable {
    folder: String,
    format: String,
}

/// Who receives what, by one rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToTable {
    round_robin: Option<Names>,
    weights: Option<BTreeMap<String, u32>>,
    least_loaded: Option<Names>,
    receivers: Option<BTreeMap<String, String>>,
    file: Option<FileTable>,
    by: Option<String>,
    otherwise: Option<Box<TextOr<ToTable>>>,
}

/// `{ path = "who.csv", value = "customer", receiver = "new owner" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTable {
    path: String,
    value: String,
    receiver: String,
}

/// A table whose rows are handed over. `by` is the column by which it follows the one in which it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldingTable {
    table: String,
    owner: String,
    by: Option<String>,
    called: Option<String>,
    #[serde(default)]
    only: BTreeMap<String, Names>,
    #[serde(default)]
    except: BTreeMap<String, Names>,
    #[serde(default)]
    show: Names,
    #[serde(default)]
    personal: Names,
    #[serde(default)]
    cascade: Vec<HoldingTable>,
}

impl UsersTable {
    pub fn users(self) -> Users {
        let UsersTable { table, active, name, email, manager, role, team } = self;
        let mut users = Users::new(table);
        if let Some(ActiveTable { column, values }) = active {
            users = users.active(column, values);
        }
        type Set = fn(Users, String) -> Users;
        let set: [(Option<String>, Set); 5] = [
            (name, Users::name),
            (email, Users::email),
            (manager, Users::manager),
            (role, Users::role),
            (team, Users::team),
        ];
        set.into_iter().fold(users, |users, (column, set)| match column {
            Some(column) => set(users, column),
            None => users,
        })
    }
}

impl TransferTable {
    /// What is personal in a table of an entity is so here; paths begin at the folder.
    pub fn transfer(self, users: Option<&Users>, entities: &[Entity], folder: &Path) -> Result<Transfer> {
        let [first, more @ ..] = self.from.as_slice() else {
            return Err(Error::bind("it is not said whose rows are handed over").at("from"));
        };
        let receivers = receivers(self.to, folder).map_err(|error| error.at("to"))?;
        let mut transfer = Transfer::new(&**first).to(receivers);
        for owner in more {
            transfer = transfer.and(&**owner);
        }
        for root in self.hand_over {
            if root.by.is_some() {
                let message = "`by` is for what follows another table, in its `cascade`";
                return Err(Error::bind(message).at(format!("hand_over {}", root.table)));
            }
            transfer = transfer.root(root.holding(entities)?);
        }
        if let Some(users) = users {
            transfer = transfer.users(users.clone());
        }
        if let Some(text) = self.effective {
            let time = DateTime::parse(&text).filter(|time| time.offset().is_some());
            let wrong =
                || Error::bind(format!("`{text}` is no time with an offset, as 2026-11-22T20:00:00+08:00"));
            transfer = transfer.effective(time.ok_or_else(|| wrong().at("effective"))?);
        }
        transfer = match self.sheets {
            None => transfer,
            Some(TextOr::Text(sheets)) => transfer.sheets(folder.join(sheets), "csv"),
            Some(TextOr::Table(sheets)) => transfer.sheets(folder.join(sheets.folder), sheets.format),
        };
        Ok(match self.notices {
            Some(path) => transfer.notices(folder.join(path)),
            None => transfer,
        })
    }
}

impl HoldingTable {
    fn holding(self, entities: &[Entity]) -> Result<Holding> {
        let mut holding = Holding::new(&self.table, self.owner).show(self.show).personal(self.personal);
        for entity in entities.iter().filter(|entity| entity.table == self.table) {
            holding = holding.personal(entity.personal.clone());
        }
        if let Some(called) = self.called {
            holding = holding.called(called);
        }
        for (column, values) in self.only {
            holding = holding.only(column, values);
        }
        for (column, values) in self.except {
            holding = holding.except(column, values);
        }
        for mut follower in self.cascade {
            let no_by = || {
                let message = format!("say `by` which of its columns it follows `{}`", self.table);
                Error::bind(message).at(format!("cascade {}", follower.table))
            };
            let by = follower.by.take().ok_or_else(no_by)?;
            holding = holding.cascade(by, follower.holding(entities)?);
        }
        Ok(holding)
    }
}

fn receivers(to: TextOr<ToTable>, folder: &Path) -> Result<Receivers> {
    let to = match to {
        TextOr::Text(one) => return Ok(Receivers::one(one.as_str())),
        TextOr::Table(to) => to,
    };
    let ToTable { round_robin, weights, least_loaded, receivers: pairs, file, by, otherwise } = to;
    let shared = by.is_none() && otherwise.is_none();
    let ids = |names: &Names| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let pairs: Vec<(String, String)> = match (round_robin, weights, least_loaded, pairs, file) {
        (Some(all), None, None, None, None) if shared => return Ok(Receivers::round_robin(ids(&all))),
        (None, Some(all), None, None, None) if shared => return Ok(Receivers::weighted(all)),
        (None, None, Some(all), None, None) if shared => return Ok(Receivers::least_loaded(ids(&all))),
        (None, None, None, Some(pairs), None) => pairs.into_iter().collect(),
        (None, None, None, None, Some(file)) => file.pairs(folder)?,
        _ => {
            let message = "it is one of round_robin, weights, least_loaded, receivers or file; \
                           `by` and `otherwise` go with the last two";
            return Err(Error::bind(message));
        }
    };
    let found = match by {
        Some(column) => Receivers::by(column, pairs),
        None => Receivers::table(pairs),
    };
    Ok(match otherwise {
        Some(rest) => found.otherwise(receivers(*rest, folder)?),
        None => found,
    })
}

impl FileTable {
    /// The values of a file with their receivers.
    fn pairs(&self, folder: &Path) -> Result<Vec<(String, String)>> {
        let mut rows = Collect::new();
        Pipeline::from(Open::new(folder.join(&self.path)).open()?)
            .to(&mut rows)
            .run()
            .map_err(Error::from)?;
        let text = |row: &Record, column: &str| {
            row.schema().index(column).map(|position| row.value(position).to_string())
        };
        let pair = |row: &Record| Ok((text(row, &self.value)?, text(row, &self.receiver)?));
        rows.records().iter().map(pair).collect::<Result<_>>().map_err(|error: Error| error.at(&self.path))
    }
}
