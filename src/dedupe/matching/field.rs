//! From columns with roles to fields that are compared, and the rows that hold them.

use std::fmt::Write;

use super::Role;
use super::compare::{
    Bag, Code, CodeKind, Company, Compared, Date, Email, Key, Number, Own, Person, Phone, Rows, Seen,
};
use super::own::{OwnField, RuleKeys};
use super::role::Roles;
use crate::dedupe::Records;
use crate::error::Result;
use crate::record::Value;

/// So many columns at most are one field.
pub(crate) const COLUMNS: usize = 16;

/// Columns that are compared together, as one.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Its name: that of its columns, `street + city`.
    pub name: String,
    pub role: Role,
    pub columns: Vec<usize>,
    /// What compares them instead of the role.
    pub comparator: Option<OwnField>,
}

impl Field {
    /// The fields of columns: the names of a person are one, and so are the parts of an address.
    pub fn of(roles: &Roles) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for (column, guess) in roles.iter().enumerate() {
            let role = match guess.role {
                Role::Ignore => continue,
                Role::GivenName | Role::FamilyName => Role::PersonName,
                role => role,
            };
            let together = matches!(role, Role::PersonName | Role::Address);
            let free = |field: &&mut Field| together && field.role == role && field.columns.len() < COLUMNS;
            match fields.iter_mut().find(free) {
                Some(field) => {
                    let _ = write!(field.name, " + {}", guess.column);
                    field.columns.push(column);
                }
                None => {
                    let name = guess.column.to_string();
                    fields.push(Field { name, role, columns: vec![column], comparator: None });
                }
            }
        }
        fields
    }

    /// How much it costs to prepare values and to compare them, beside other fields.
    pub fn cost(&self) -> u8 {
        match self.role {
            _ if self.comparator.is_some() => 6,
            Role::Phone | Role::Date | Role::Number => 0,
            Role::City | Role::Postcode | Role::Id | Role::Category | Role::Ignore => 1,
            Role::Email => 2,
            Role::PersonName | Role::GivenName | Role::FamilyName => 3,
            Role::Address | Role::Company => 4,
            Role::FreeText => 5,
        }
    }

    fn compared(&self) -> Box<dyn Compared> {
        if let Some(own) = &self.comparator {
            return Box::new(Own::new(own.comparator.clone()));
        }
        match self.role {
            Role::PersonName | Role::GivenName | Role::FamilyName => Box::new(Person::default()),
            Role::Company => Box::new(Company::new()),
            Role::Email => Box::new(Email::default()),
            Role::Phone => Box::new(Phone::default()),
            Role::Date => Box::new(Date::new()),
            Role::Address | Role::FreeText => Box::new(Bag::default()),
            Role::City => Box::new(Code::new(CodeKind::City)),
            Role::Postcode => Box::new(Code::new(CodeKind::Postcode)),
            Role::Id => Box::new(Code::new(CodeKind::Id)),
            Role::Category | Role::Ignore => Box::new(Code::new(CodeKind::Category)),
            Role::Number => Box::new(Number::default()),
        }
    }
}

/// All records, prepared: a row of cells each.
pub(crate) struct Table {
    pub fields: Vec<Prepared>,
    /// The user's own blocking rules; as sources of keys they are numbered on
    /// from the last field.
    pub rules: Vec<RuleKeys>,
    rows: Vec<u32>,
    width: usize,
    records: usize,
}

/// A field and where its cells stand in a row.
pub(crate) struct Prepared {
    pub field: Field,
    pub compared: Box<dyn Compared>,
    start: usize,
    end: usize,
}

impl Table {
    /// Prepares the fields of all records, several at a time, the dearest first.
    pub fn of(records: &Records, fields: Vec<Field>, threads: usize) -> Result<Self> {
        let mut ordered: Vec<(usize, Field)> = fields.into_iter().enumerate().collect();
        ordered.sort_by_key(|(_, field)| std::cmp::Reverse(field.cost()));
        let mut columns = super::parallel::each(ordered, threads, |(number, field)| {
            let mut compared = field.compared();
            let mut cells = Vec::with_capacity(records.len() * compared.width());
            read(records, &field.columns, |values| compared.add(values, &mut cells))?;
            compared.flush(&mut cells);
            compared.finish(records.len());
            Ok((number, field, compared, cells))
        })?;
        columns.sort_by_key(|(number, ..)| *number);
        let width = columns.iter().map(|(_, _, compared, _)| compared.width()).sum();
        let mut rows = vec![0; width * records.len()];
        let (mut prepared, mut start) = (Vec::with_capacity(columns.len()), 0);
        for (_, field, compared, cells) in columns {
            let end = start + compared.width();
            let places = rows.chunks_exact_mut(width).zip(cells.chunks_exact(compared.width()));
            places.for_each(|(row, cells)| row[start..end].copy_from_slice(cells));
            prepared.push(Prepared { field, compared, start, end });
            start = end;
        }
        Ok(Table { fields: prepared, rules: Vec::new(), rows, width, records: records.len() })
    }

    pub fn len(&self) -> usize {
        self.records
    }

    /// What a field is called, or a blocking rule of the user's own.
    pub fn name(&self, field: usize) -> &str {
        match self.fields.get(field) {
            Some(prepared) => &prepared.field.name,
            None => &self.rules[field - self.fields.len()].name,
        }
    }

    fn row(&self, record: u32) -> &[u32] {
        &self.rows[record as usize * self.width..][..self.width]
    }

    /// Compares two records, field by field.
    pub fn compare(&self, a: u32, b: u32, seen: &mut [Seen]) {
        let (a, b) = (self.row(a), self.row(b));
        for (seen, field) in seen.iter_mut().zip(&self.fields) {
            *seen = field.compared.compare(&a[field.start..field.end], &b[field.start..field.end]);
        }
    }

    /// Compares pairs of records in a field, each into its place.
    pub fn compare_in(&self, field: usize, pairs: &[(u32, u32)], seen: &mut [Seen]) {
        let field = &self.fields[field];
        let rows =
            Rows { cells: &self.rows[field.start..], apart: self.width, width: field.end - field.start };
        field.compared.compare_all(rows, pairs, seen);
    }

    /// Adds the keys of a kind that a record has in a field.
    pub fn keys(&self, field: usize, key: Key, record: u32, keys: &mut Vec<u64>) {
        match self.fields.get(field) {
            Some(field) => field.compared.keys(key, &self.row(record)[field.start..field.end], keys),
            None => keys.extend(self.rules[field - self.fields.len()].key(record)),
        }
    }
}

/// Hands over the texts of some columns, record by record.
pub(crate) fn read(records: &Records, columns: &[usize], mut each: impl FnMut(&[&str])) -> Result<()> {
    let mut written: [String; COLUMNS] = Default::default();
    records.each(|_, row| {
        let mut texts = [""; COLUMNS];
        for ((text, column), written) in texts.iter_mut().zip(columns).zip(&mut written) {
            *text = match row.value(*column) {
                Value::Text(text) => text,
                Value::Null => "",
                value => {
                    written.clear();
                    let _ = write!(written, "{value}");
                    written
                }
            };
        }
        each(&texts[..columns.len()]);
        Ok(())
    })
}
