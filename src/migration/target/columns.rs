//! Columns of a table of a database, by the names that others call them by.

use super::TargetId;
use crate::error::{Error, Result};
use crate::schema::{Schema, list, no_such_column};
use crate::sink::table::Column;

/// Whether two names are those of one column.
pub(super) type Same = fn(&str, &str) -> bool;

/// A column by its name. The error names those there are.
pub(super) fn find<'c, T>(columns: &'c [Column<T>], name: &str, same: Same) -> Result<&'c Column<T>> {
    let found = columns.iter().find(|column| same(&column.name, name));
    let names = columns.iter().map(|column| column.name.as_str());
    found.ok_or_else(|| Error::bind(no_such_column(name, names)))
}

/// The columns that a record fills, in its order: never the id, nor what the database computes.
pub(super) fn filled<'c, T>(
    columns: &'c [Column<T>],
    id: &Column<T>,
    schema: &Schema,
    same: Same,
) -> Result<Vec<&'c Column<T>>> {
    let column = |name: &str| {
        let column = find(columns, name, same)?;
        if column.name == id.name {
            let message = format!("column `{name}` is the id, which the change says and not the record");
            return Err(Error::bind(message));
        }
        match column.generated {
            true => Err(Error::bind(format!("column `{name}` is computed by the database"))),
            false => Ok(column),
        }
    };
    schema.names().map(column).collect()
}

/// The place of the column that is the primary key.
pub(super) fn id<T>(columns: &[Column<T>], key: &[String]) -> Result<usize> {
    let id = match key {
        [key] => columns.iter().position(|column| column.name == *key),
        _ => None,
    };
    id.ok_or_else(|| match key {
        [] => Error::bind("the table has no primary key: its rows cannot be told apart"),
        key => {
            let names = list(key.iter().map(String::as_str));
            Error::bind(format!("the primary key ({names}) has several columns, and an id is one value"))
        }
    })
}

/// The ids behind the greatest number that is there.
pub(super) fn behind(greatest: i64, count: usize) -> Result<Vec<TargetId>> {
    // A new table begins at 1, whoever has negative numbers.
    let greatest = greatest.max(0);
    let count = i64::try_from(count).ok().filter(|count| greatest.checked_add(*count).is_some());
    let count = count.ok_or_else(|| Error::bind("there are not as many ids left as are needed"))?;
    Ok((1..=count).map(|number| TargetId::Number(greatest + number)).collect())
}

/// The text that stands between two quotes, if there is nothing else.
pub(super) fn unquoted(sql: &str, quote: &str) -> Option<String> {
    let text = sql.strip_prefix(quote)?.strip_suffix(quote)?;
    let twice = quote.repeat(2);
    (!text.replace(&twice, "").contains(quote)).then(|| text.replace(&twice, quote))
}
