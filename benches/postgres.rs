//! PostgreSQL: a table filled from CSV against `psql`'s `\copy`, filled again by upsert, and
//! read, in a throwaway server.
//!
//! `cargo bench --bench postgres --features postgres [-- ROWS [ROUNDS]]`, a million rows and
//! five rounds unless said otherwise. It needs the programs of the server, and `psql`.

#[allow(dead_code)]
#[path = "../tests/postgres/cluster.rs"]
mod cluster;
#[allow(dead_code)]
mod common;
#[path = "common/contest.rs"]
mod contest;

use std::path::Path;
use std::process::Command;

use handover::sink::table::Table;
use handover::{CsvSink, CsvSource, Pipeline, PostgresSink, PostgresSource};

use cluster::{Cluster, Database};
use contest::{Contest, Entry, Outcome};

const COLUMNS: [&str; 10] = [
    "customer_id",
    "name",
    "company",
    "phone",
    "email",
    "birth_date",
    "city",
    "address",
    "owner",
    "created_at",
];
/// Where the measuring processes find the server.
const URL: &str = "HANDOVER_BENCH_POSTGRES";

/// At least 0.8 of the rows a second is at most 1.25 of the time. The upsert may take 2.5 times
/// the insert, and is measured with the insert before it.
const CONTESTS: [Contest; 1] = [Contest {
    name: "CSV to PostgreSQL",
    input: common::customers,
    share: 1.0,
    entries: &[
        Entry { name: "psql copy", against: None, run: bare_copy },
        Entry { name: "insert", against: Some(("psql copy", 1.25)), run: insert },
        Entry { name: "psql copy, primary key", against: None, run: bare_copy_keyed },
        Entry {
            name: "insert, primary key",
            against: Some(("psql copy, primary key", 1.25)),
            run: insert_keyed,
        },
        Entry {
            name: "insert and upsert",
            against: Some(("insert, primary key", 3.5)),
            run: insert_and_upsert,
        },
        Entry { name: "insert and read", against: Some(("insert", f64::INFINITY)), run: insert_and_read },
    ],
}];

fn main() -> Outcome {
    if std::env::var_os(URL).is_some() {
        return contest::main(&CONTESTS, 1_000_000, 5);
    }
    let Some(server) = Cluster::start(&["shared_buffers=256MB"]) else { return Ok(()) };
    let database = server.database();
    let output = Command::new(std::env::current_exe()?)
        .args(std::env::args().skip(1))
        .env(URL, &database.url)
        .status()?;
    if output.success() { Ok(()) } else { Err("a measurement failed".into()) }
}

/// A new table; the one of the measurement before is gone.
fn table(key: &str) -> Result<String, Box<dyn std::error::Error>> {
    let url = std::env::var(URL)?;
    let columns = COLUMNS.map(|name| format!("{name} text")).join(", ");
    Database::open(url.clone())
        .run(&format!("DROP TABLE IF EXISTS customers; CREATE TABLE customers ({columns}{key})"));
    Ok(url)
}

const KEY: &str = ", PRIMARY KEY (customer_id)";

fn copy(input: &Path, key: &str) -> Outcome {
    let command = format!("\\copy customers from '{}' csv header", input.display());
    let output = Command::new("psql").args(["-q", "-c", &command, &table(key)?]).output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}

fn bare_copy(input: &Path, _: &Path) -> Outcome {
    copy(input, "")
}

fn bare_copy_keyed(input: &Path, _: &Path) -> Outcome {
    copy(input, KEY)
}

fn load(input: &Path, url: &str, table: Table) -> Outcome {
    Pipeline::from(CsvSource::path(input)).to(PostgresSink::connect(url, table)).run()?;
    Ok(())
}

fn insert(input: &Path, _: &Path) -> Outcome {
    load(input, &table("")?, Table::named("customers"))
}

fn insert_keyed(input: &Path, _: &Path) -> Outcome {
    load(input, &table(KEY)?, Table::named("customers"))
}

fn insert_and_upsert(input: &Path, _: &Path) -> Outcome {
    let url = table(KEY)?;
    load(input, &url, Table::named("customers"))?;
    load(input, &url, Table::named("customers").upsert("customer_id"))
}

fn insert_and_read(input: &Path, output: &Path) -> Outcome {
    let url = table("")?;
    load(input, &url, Table::named("customers"))?;
    Pipeline::from(PostgresSource::table(&url, "customers")).to(CsvSink::path(output)).run()?;
    Ok(())
}
