//! Which columns of a table the columns of the records go into.

use std::collections::HashMap;

use super::{Mode, Table};
use crate::error::{Error, Result};
use crate::schema::{Schema, no_such_column};

/// A column of a table that is there, with its type as the database has it.
#[derive(Debug, Clone)]
pub(crate) struct Column<T> {
    pub name: String,
    /// Whether a new row needs a value: not null, and no default.
    pub required: bool,
    /// Whether the database computes it.
    pub generated: bool,
    pub of: T,
}

/// The place in the table of each column of the records. `fold` brings names
/// that the database takes for the same into one form.
pub(crate) fn placed<T>(
    table: &Table,
    columns: &[Column<T>],
    schema: &Schema,
    fold: impl Fn(&str) -> String,
) -> Result<Vec<usize>> {
    schema.indexes(table.mode.key())?;
    let places: HashMap<String, usize> =
        columns.iter().enumerate().map(|(place, column)| (fold(&column.name), place)).collect();
    let mut filled = vec![None; columns.len()];
    let mut placed = Vec::with_capacity(schema.len());
    for name in schema.names() {
        let names = columns.iter().map(|column| column.name.as_str());
        let place = *places.get(&fold(name)).ok_or_else(|| Error::bind(no_such_column(name, names)))?;
        if columns[place].generated {
            return Err(Error::bind(format!("column `{name}` is computed by the database")));
        }
        if let Some(other) = filled[place].replace(name) {
            return Err(Error::bind(format!("columns `{other}` and `{name}` go into the same column")));
        }
        placed.push(place);
    }
    let creates = !matches!(table.mode, Mode::Update(_));
    match columns.iter().zip(filled).find(|(column, filled)| column.required && filled.is_none()) {
        Some((column, _)) if creates => {
            Err(Error::bind(format!("column `{}` needs a value, and the records have none", column.name)))
        }
        _ => Ok(placed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column<()>> {
        let column = |name: &str| Column { name: name.to_owned(), required: false, generated: false, of: () };
        vec![
            Column { required: true, ..column("Id") },
            column("name"),
            Column { generated: true, ..column("initial") },
        ]
    }

    #[track_caller]
    fn places(table: Table, names: &[&str], expected: Result<Vec<usize>, &str>) {
        let schema = Schema::text(names.iter().copied()).unwrap();
        let placed = placed(&table, &columns(), &schema, str::to_ascii_lowercase);
        assert_eq!(placed.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn columns_find_their_place() {
        let table = Table::named("customers");
        places(table.clone(), &["NAME", "id"], Ok(vec![1, 0]));
        places(table.clone().update("name"), &["name"], Ok(vec![1]));
        let there = "The columns are: Id, name, initial";
        let expected = format!("no column `nmae`, did you mean `name`? {there}");
        places(table.clone(), &["id", "nmae"], Err(&expected));
        places(table.clone(), &["id", "Initial"], Err("column `Initial` is computed by the database"));
        places(table.clone(), &["id", "ID"], Err("columns `id` and `ID` go into the same column"));
        places(table.clone(), &["name"], Err("column `Id` needs a value, and the records have none"));
        let expected = "no column `ident`, did you mean `id`? The columns are: id";
        places(table.upsert("ident"), &["id"], Err(expected));
    }
}
