use crate::dedupe::Records;
use crate::record::Record;
use crate::schema::Schema;

use super::*;

/// So many records of each table are made.
const ROWS: u64 = 60;

/// A table of the file: its name, and of each column name, expected role and values to draw from.
type Table<'a> = (&'a str, Vec<(&'a str, &'a str, Vec<&'a str>)>);

fn tables(text: &str) -> Vec<Table<'_>> {
    let mut tables: Vec<Table<'_>> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        match (line.strip_prefix("== "), tables.last_mut()) {
            (Some(name), _) => tables.push((name, Vec::new())),
            (None, Some((_, columns))) => {
                let mut parts = line.splitn(3, '|').map(str::trim);
                let mut next = || parts.next().unwrap();
                columns.push((next(), next(), next().split(';').collect()));
            }
            (None, None) => panic!("{line} stands in no table"),
        }
    }
    tables
}

/// Numbers that look random and are the same each time (splitmix64).
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

fn records(columns: &[(&str, &str, Vec<&str>)]) -> Records {
    let schema = Schema::text(columns.iter().map(|(name, ..)| *name)).unwrap();
    let mut records = Records::new(schema.clone());
    let mut state = 0;
    for row in 0..ROWS {
        let mut values: Vec<String> = Vec::new();
        for (_, _, pool) in columns {
            let mut value =
                pool[draw(&mut state) as usize % pool.len()].replace("{n}", &(row + 1).to_string());
            for ((name, ..), earlier) in columns.iter().zip(&values) {
                value = value.replace(&format!("{{{name}}}"), earlier);
            }
            let drawn = value.chars().map(|c| match c {
                '#' => char::from(b'0' + (draw(&mut state) % 10) as u8),
                c => c,
            });
            values.push(drawn.collect());
        }
        records.push(&Record::of(schema.clone(), values.iter().map(String::as_str)).unwrap()).unwrap();
    }
    records
}

#[test]
fn the_roles_of_many_tables_are_guessed() {
    let (mut wrong, mut all) = (Vec::new(), 0);
    for (table, columns) in tables(include_str!("../../../../tests/data/roles.txt")) {
        let roles = Roles::guess(&records(&columns)).unwrap();
        for ((name, expected, _), guess) in columns.iter().zip(roles.iter()) {
            all += 1;
            if guess.role.name() != *expected {
                wrong.push(format!("{table}: {name} is {expected}, not {} ({})", guess.role, guess.why));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn roles_are_shown_as_a_table() {
    let schema = Schema::text(["id", "given_name", "surname", "phone", "fax"]).unwrap();
    let mut records = Records::new(schema.clone());
    for row in [["1", "rosa", "lombardi", "212-228-9682", ""], ["2", "joshua", "weller", "404-875-0276", ""]]
    {
        records.push(&Record::of(schema.clone(), row).unwrap()).unwrap();
    }
    let mut roles = Roles::guess(&records).unwrap();
    roles.set("surname", Role::PersonName).unwrap();
    assert_eq!(
        roles.to_string(),
        "column      role         why\n\
         id          ignore       the record's own id, by its name\n\
         given_name  given_name   the name\n\
         surname     person_name  it was said\n\
         phone       phone        the name, and 100 % of the values\n\
         fax         ignore       empty"
    );
}
