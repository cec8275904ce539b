//! Ownership transfer: who receives what, what stays, and the way back.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use handover::migration::target::{Change, EachRow, Outcome, TableShape, Target, TargetId};
use handover::migration::transfer::{Holding, Receivers, Transfer, TransferReport, Users};
use handover::migration::{Migration, Plan, SqliteStore, SqliteTarget, UndoOptions};
use handover::sink::Collect;
use handover::{Clock, CsvSink, DateTime, Error, ExcelSource, Pipeline, Result, Value};
use tempfile::TempDir;

use super::sqlite::{dump, execute, query};

const TABLES: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, status TEXT, manager_id INTEGER);
    CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT, city TEXT, status TEXT, owner_id INTEGER,
        CHECK (owner_id <> 5 OR name <> 'never 5'));
    CREATE TABLE contacts (id INTEGER PRIMARY KEY, name TEXT, email TEXT, company_id INTEGER, owner_id INTEGER);
    CREATE TABLE deals (id INTEGER PRIMARY KEY, stage TEXT, company_id INTEGER, owner_id INTEGER);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, deal_id INTEGER, contact_id INTEGER, owner_id INTEGER);
    INSERT INTO users VALUES (1, 'Boss', 'boss@example.cn', 'active', NULL), (3, '李娜', 'li@example.cn', 'active', 1),
        (4, 'Wang', 'wang@example.cn', 'active', 1), (5, 'Zhao', 'zhao@example.cn', 'active', NULL),
        (6, 'Gone', NULL, 'inactive', NULL), (7, 'Old', 'old@example.cn', 'inactive', 1), (8, 'Other', NULL, 'active', 1);
    INSERT INTO companies VALUES (1, 'Alpha', 'Berlin', 'active', 7), (2, 'Beta', 'Shanghai', 'prospect', 7),
        (3, 'Gamma', 'Berlin', 'closed', 7), (4, 'Delta', NULL, 'active', 7), (5, 'Other', 'Berlin', 'active', 8),
        (6, 'Zeta', 'Köln', 'active', 7), (10, 'Eta', 'Shanghai', 'active', 7), (11, 'Hers', 'Berlin', 'active', 3);
    INSERT INTO contacts VALUES (1, 'Anna Schmidt', 'anna@example.com', 1, 7), (2, 'Bo', NULL, 1, 8),
        (3, 'Cy', 'cy@example.com', 2, 7), (4, 'De', NULL, 3, 7), (5, 'Ed', NULL, NULL, 7);
    INSERT INTO deals VALUES (1, 'open', 1, 7), (2, 'won', 1, 7), (3, 'lost', 2, 7), (4, 'open', 2, 7), (5, 'open', 5, 7);
    INSERT INTO notes VALUES (1, 1, NULL, 7), (2, 2, NULL, 7), (3, NULL, 1, 7), (4, NULL, 3, 8), (5, 4, 3, 7), (6, 4, 1, 7);
";

const DAY: u64 = 86_400;

pub struct Crm {
    folder: TempDir,
}

impl Crm {
    pub fn new() -> Self {
        let crm = Crm { folder: tempfile::tempdir().unwrap() };
        execute(&crm.path("crm.db"), TABLES);
        crm
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn migration(&self) -> Migration {
        self.over(SqliteTarget::path(self.path("crm.db")))
    }

    fn over(&self, target: impl Target + 'static) -> Migration {
        Migration::new("crm_a", SqliteStore::open(self.path("store.db")).unwrap(), target)
            .by("li")
            .clock(Clock::new(|| Duration::from_secs(20_000 * DAY)))
    }

    pub fn execute(&self, sql: &str) {
        execute(&self.path("crm.db"), sql);
    }

    pub fn dump(&self) -> String {
        dump(&self.path("crm.db"))
    }

    /// The ids of a table with their owners: `1:3 2:4`.
    fn owners(&self, table: &str) -> String {
        let connection = rusqlite::Connection::open(self.path("crm.db")).unwrap();
        let rows = query(&connection, &format!("SELECT id, owner_id FROM {table} ORDER BY id"));
        rows.iter().map(|row| row.join(":")).collect::<Vec<_>>().join(" ")
    }

    pub fn plan(&self, transfer: &Transfer) -> Plan {
        let mut migration = self.migration();
        let plan = migration.plan_transfer(transfer).unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        plan
    }

    fn transfer(&self, transfer: &Transfer) -> TransferReport {
        let plan = self.plan(transfer);
        self.migration().transfer(transfer, &plan.hash).unwrap()
    }

    fn undo(&self, run: u64) -> handover::migration::UndoReport {
        self.migration().undo(run, UndoOptions::default()).unwrap()
    }

    fn refused(&self, transfer: &Transfer) -> String {
        self.migration().plan_transfer(transfer).unwrap_err().to_string()
    }
}

pub fn users() -> Users {
    Users::new("users").active("status", "active").name("name").email("email").manager("manager_id")
}

pub fn companies() -> Holding {
    Holding::new("companies", "owner_id").only("status", ["active", "prospect"])
}

/// Companies with all that hangs on them.
fn everything() -> Holding {
    let notes = || Holding::new("notes", "owner_id");
    let contacts = Holding::new("contacts", "owner_id").cascade("contact_id", notes());
    let deals =
        Holding::new("deals", "owner_id").except("stage", ["won", "lost"]).cascade("deal_id", notes());
    companies().cascade("company_id", contacts).cascade("company_id", deals)
}

pub fn to(root: Holding, receivers: Receivers) -> Transfer {
    Transfer::new(7).root(root).users(users()).to(receivers)
}

fn told(report: &TransferReport) -> Vec<String> {
    report.handed.iter().map(ToString::to_string).collect()
}

#[test]
fn what_hangs_on_a_company_follows_it_and_closed_deals_stay() {
    let crm = Crm::new();
    let before = crm.dump();
    let transfer = to(everything(), Receivers::round_robin([3, 4]));
    let plan = crm.plan(&transfer);
    assert_eq!(crm.dump(), before, "a plan writes nothing");
    let shown = plan.to_string();
    let rest = shown.split_once('\n').unwrap().1;
    assert_eq!(
        rest,
        "\nHanded over from 7\n\
         \ncompanies: 6 of the old owners\n           3  to 3\n           2  to 4\n           1  stay: its `status` is not handed over\n\
         \ncontacts: 4 of the old owners\n           1  to 3\n           1  to 4\n           1  stay: its `company_id` is empty\n           1  stay: its `company_id` is not handed over\n\
         \nnotes: 5 of the old owners\n           3  to 3\n           1  to 4\n           1  stay: its `deal_id` is not handed over\n\
         \ndeals: 5 of the old owners\n           1  to 3\n           1  to 4\n           1  stay: its `company_id` is not handed over\n           2  stay: its `stage` is excepted\n\
         \nRows of the target that would be changed: 13\n\
         \nAt risk\n  notes: rows that follow several others, which go to different receivers: 1; the first counts\n"
    );
    assert_eq!(
        plan.transfer().unwrap().receiver("4"),
        [("companies", 2), ("contacts", 1), ("notes", 1), ("deals", 1)]
    );

    let report = crm.migration().transfer(&transfer, &plan.hash).unwrap();
    assert_eq!(
        told(&report),
        [
            "companies: 3 to 3",
            "companies: 2 to 4",
            "contacts: 1 to 3",
            "contacts: 1 to 4",
            "notes: 3 to 3",
            "notes: 1 to 4",
            "deals: 1 to 3",
            "deals: 1 to 4"
        ]
    );
    assert_eq!(crm.owners("companies"), "1:3 2:4 3:7 4:3 5:8 6:4 10:3 11:3");
    assert_eq!(crm.owners("contacts"), "1:3 2:8 3:4 4:7 5:7");
    assert_eq!(crm.owners("deals"), "1:3 2:7 3:7 4:4 5:7");
    assert_eq!(crm.owners("notes"), "1:3 2:7 3:3 4:8 5:4 6:3");
    let undone = crm.undo(report.run);
    assert_eq!((undone.restored, undone.left), (13, vec![]));
    assert_eq!(crm.dump(), before);
}

#[test]
fn each_rule_has_its_receivers() {
    let cities = || Receivers::by("city", [("Berlin", 3), ("Shanghai", 4)]);
    for (receivers, owners) in [
        (Receivers::one(5), "1:5 2:5 3:7 4:5 5:8 6:5 10:5 11:3"),
        (Receivers::weighted([(3, 3), (4, 1)]), "1:3 2:3 3:7 4:4 5:8 6:3 10:3 11:3"),
        (cities(), "1:3 2:4 3:7 4:7 5:8 6:7 10:4 11:3"),
        (cities().otherwise(Receivers::one(5)), "1:3 2:4 3:7 4:5 5:8 6:5 10:4 11:3"),
        (Receivers::by("city", [("", 5)]), "1:7 2:7 3:7 4:5 5:8 6:7 10:7 11:3"),
        (Receivers::least_loaded([3, 4, 5]), "1:4 2:5 3:7 4:3 5:8 6:4 10:5 11:3"),
        (Receivers::table([(1, 5), (10, 4)]), "1:5 2:7 3:7 4:7 5:8 6:7 10:4 11:3"),
        (
            Receivers::table([("6", "5")]).otherwise(Receivers::round_robin([3, 5])),
            "1:3 2:5 3:7 4:3 5:8 6:5 10:3 11:3",
        ),
    ] {
        let crm = Crm::new();
        let shown = format!("{receivers:?}");
        let before = crm.dump();
        let report = crm.transfer(&to(companies(), receivers));
        assert_eq!(crm.owners("companies"), owners, "{shown}");
        crm.undo(report.run);
        assert_eq!(crm.dump(), before, "{shown}");
    }
}

#[test]
fn receivers_who_cannot_receive_are_refused() {
    let crm = Crm::new();
    let refused = |receivers| crm.refused(&to(companies(), receivers));
    assert_eq!(refused(Receivers::one(6)), "users: receiver 6 is not active");
    assert_eq!(
        refused(Receivers::weighted([(3, 1), (9, 1), (6, 1), (7, 1)])),
        "users: receiver 6 is not active; receiver 7 is whom rows are taken from; receiver 9 is not known"
    );
    assert_eq!(
        refused(Receivers::by("city", [("Berlin", 3)]).otherwise(Receivers::one("no-one"))),
        "users: receiver no-one is not known"
    );
    assert_eq!(
        refused(Receivers::by("city", [("Berlin", 3), ("Berlin", 4)])),
        "companies.city: a value has two receivers"
    );
    assert_eq!(refused(Receivers::round_robin([0; 0])), "there is nobody among whom rows are shared");
    let nobody = Transfer::new(7).root(companies()).users(users());
    assert_eq!(crm.refused(&nobody), "it is not said who receives the rows");
    assert_eq!(
        crm.refused(&Transfer::new(7).root(companies())),
        "it is not said in which table the users are"
    );
    assert_eq!(crm.refused(&Transfer::new(7)), "it is not said which table is handed over");
    let misspelt = to(companies().only("stauts", "x"), Receivers::one(3));
    assert!(
        crm.refused(&misspelt).starts_with("companies: no column `stauts`, did you mean `status`?"),
        "{}",
        crm.refused(&misspelt)
    );

    // Who became inactive after the plan was made is found out before anything is written.
    let transfer = to(companies(), Receivers::one(3));
    let plan = crm.plan(&transfer);
    crm.execute("UPDATE users SET status = 'inactive' WHERE id = 3");
    let before = crm.dump();
    let error = crm.migration().transfer(&transfer, &plan.hash).unwrap_err();
    assert_eq!(error.to_string(), "users: receiver 3 is not active");
    assert_eq!(crm.dump(), before);
}

#[test]
fn nothing_happens_before_its_time_or_without_approval() {
    let crm = Crm::new();
    let time = |text| DateTime::parse(text).unwrap();
    let transfer = || to(companies(), Receivers::one(3));
    let late = transfer().effective(time("2024-10-05T08:00:00+08:00"));
    let plan = crm.plan(&late);
    let begin = |transfer: &Transfer, plan: &Plan| crm.migration().transfer(transfer, &plan.hash);
    assert_eq!(
        begin(&late, &plan).unwrap_err().to_string(),
        "the transfer takes effect at 2024-10-05T00:00:00Z, and it is 2024-10-04T00:00:00Z"
    );
    assert_eq!(
        crm.refused(&transfer().effective(time("2024-10-05T08:00:00"))),
        "the effective time does not say its offset from UTC"
    );
    let due = transfer().effective(time("2024-10-04T08:00:00+08:00"));
    let short = |plan: &Plan| plan.short_hash().to_owned();
    assert_eq!(
        begin(&due, &plan).unwrap_err().to_string(),
        format!("the transfer has changed since plan {}: make a new plan", short(&plan))
    );
    let plan = crm.migration().plan_transfer(&due).unwrap();
    assert_eq!(
        begin(&due, &plan).unwrap_err().to_string(),
        format!("plan {} cannot be applied: it has 0 of 1 approvals", short(&plan))
    );
    crm.migration().approve(&plan.hash, "wang", "").unwrap();
    assert_eq!(
        crm.migration().apply(&plan.hash).unwrap_err().to_string(),
        format!("plan {} is of a transfer: do it with `transfer`", short(&plan))
    );
    crm.execute("INSERT INTO companies VALUES (12, 'Late', NULL, 'active', 7)");
    assert_eq!(
        begin(&due, &plan).unwrap_err().to_string(),
        format!("what is to be handed over has changed since plan {}: make a new plan", short(&plan))
    );
    let report = crm.transfer(&due);
    assert_eq!(report.effective.as_deref(), Some("2024-10-04T00:00:00Z"));
    let events = crm.migration().events().unwrap();
    let began = events.iter().find(|event| event.what == "run began").unwrap();
    assert_eq!(
        began.detail,
        r#"{"backups":[],"effective":"2024-10-04T00:00:00Z","from":["7"],"kind":"transfer"}"#
    );
}

#[test]
fn another_run_sweeps_what_came_later_and_stays_fair() {
    let crm = Crm::new();
    let transfer = to(everything(), Receivers::round_robin([3, 4]));
    let first = crm.transfer(&transfer);
    assert_eq!(crm.owners("companies"), "1:3 2:4 3:7 4:3 5:8 6:4 10:3 11:3");
    // Beta went on to somebody else; user 3 keeps what they have.
    crm.execute(
        "UPDATE companies SET owner_id = 8 WHERE id = 2;
         INSERT INTO companies VALUES (12, 'Late', NULL, 'active', 7), (13, 'Later', NULL, 'active', 7);
         INSERT INTO contacts VALUES (6, 'Of Alpha', NULL, 1, 7), (7, 'Of Beta', NULL, 2, 7), (8, 'Of Late', NULL, 12, 7);
         INSERT INTO notes VALUES (7, 1, NULL, 7), (8, NULL, 6, 7);",
    );
    let between = crm.dump();
    let plan = crm.plan(&transfer);
    let shown = plan.to_string();
    assert!(shown.contains("           1  stay: its `company_id` has gone on to somebody else\n"), "{shown}");
    let second = crm.migration().transfer(&transfer, &plan.hash).unwrap();
    assert_eq!(
        told(&second),
        ["companies: 1 to 3", "companies: 1 to 4", "contacts: 1 to 3", "contacts: 1 to 4", "notes: 2 to 3"]
    );
    assert_eq!(crm.owners("companies"), "1:3 2:8 3:7 4:3 5:8 6:4 10:3 11:3 12:4 13:3");
    assert_eq!(crm.owners("contacts"), "1:3 2:8 3:4 4:7 5:7 6:3 7:7 8:4");
    assert_eq!(crm.owners("notes"), "1:3 2:7 3:3 4:8 5:4 6:3 7:3 8:3");

    let third = crm.migration().plan_transfer(&transfer).unwrap();
    assert_eq!((third.touched, &*third.risks), (0, &["there is nothing to hand over".to_owned()][..]));
    let too_early = crm.migration().undo(first.run, UndoOptions::default()).unwrap_err();
    assert_eq!(too_early.to_string(), "run 2 was made after run 1: take it back first");
    crm.undo(second.run);
    assert_eq!(crm.dump(), between);
    let undone = crm.undo(first.run);
    let left: Vec<String> =
        undone.left.iter().map(|row| format!("{} {}: {}", row.table, row.id, row.why)).collect();
    assert_eq!((undone.restored, left), (12, vec!["companies 2: somebody has changed it since".to_owned()]));
}

#[test]
fn late_rows_do_not_go_to_somebody_who_left() {
    let crm = Crm::new();
    let transfer = |receiver| to(everything(), Receivers::one(receiver));
    crm.transfer(&transfer(3));
    crm.execute(
        "UPDATE users SET status = 'inactive' WHERE id = 3; INSERT INTO contacts VALUES (6, 'Of Alpha', NULL, 1, 7)",
    );
    let shown = crm.plan(&transfer(4)).to_string();
    assert!(shown.contains("           1  stay: who received its `company_id` is not active\n"), "{shown}");
}

#[test]
fn what_the_target_refuses_and_what_others_changed_is_left() {
    let crm = Crm::new();
    crm.execute("UPDATE companies SET name = 'never 5' WHERE id = 2");
    let report = crm.transfer(&to(companies(), Receivers::one(5)));
    let left: Vec<String> =
        report.left.iter().map(|row| format!("{} {}: {}", row.table, row.id, row.why)).collect();
    assert_eq!(left, ["companies 2: CHECK constraint failed: owner_id <> 5 OR name <> 'never 5'"]);
    assert_eq!(told(&report), ["companies: 4 to 5"]);
    crm.execute("UPDATE companies SET owner_id = 4 WHERE id = 1; DELETE FROM companies WHERE id = 4");
    let undone = crm.undo(report.run);
    let left: Vec<String> = undone.left.iter().map(|row| format!("{}: {}", row.id, row.why)).collect();
    assert_eq!(left, ["4: it is gone from the target", "1: somebody has changed it since"]);
    assert_eq!(crm.owners("companies"), "1:4 2:7 3:7 5:8 6:7 10:7 11:3");
}

/// A target that breaks down at a certain write, before it is done or after.
struct Fragile {
    target: SqliteTarget,
    writes: usize,
    is_done: bool,
}

impl Target for Fragile {
    fn name(&self) -> Cow<'_, str> {
        self.target.name()
    }

    fn describe(&mut self, table: &str) -> Result<TableShape> {
        self.target.describe(table)
    }

    fn scan(&mut self, table: &str, columns: &[&str], each: &mut EachRow<'_>) -> Result<()> {
        self.target.scan(table, columns, each)
    }

    fn find(
        &mut self,
        table: &str,
        columns: &[&str],
        column: &str,
        values: &[Value<'_>],
        each: &mut EachRow<'_>,
    ) -> Result<()> {
        self.target.find(table, columns, column, values, each)
    }

    fn reserve(&mut self, table: &str, count: usize) -> Result<Option<Vec<TargetId>>> {
        self.target.reserve(table, count)
    }

    fn write(&mut self, table: &str, changes: &[Change]) -> Result<Vec<(u64, Outcome)>> {
        if self.writes > 0 {
            self.writes -= 1;
            return self.target.write(table, changes);
        }
        if self.is_done {
            self.target.write(table, changes)?;
        }
        Err(Error::other("the target is gone"))
    }

    fn rehearsal(&mut self, tables: &[&str], folder: &Path) -> Result<Box<dyn Target>> {
        self.target.rehearsal(tables, folder)
    }
}

#[test]
fn a_transfer_that_was_cut_short_goes_on_or_is_taken_back() {
    let transfer = to(everything(), Receivers::round_robin([3, 4]));
    let whole = Crm::new();
    let expected = told(&whole.transfer(&transfer));
    for (writes, is_done) in [(0, false), (0, true), (1, false), (2, true), (3, false), (3, true)] {
        let crm = Crm::new();
        let before = crm.dump();
        let other = to(companies(), Receivers::one(4));
        let (first, plan) = (crm.plan(&other), crm.plan(&transfer));
        let fragile = Fragile { target: SqliteTarget::path(crm.path("crm.db")), writes, is_done };
        let error = crm.over(fragile).transfer(&transfer, &plan.hash).unwrap_err();
        assert_eq!(error.to_string(), "the target is gone");
        let unfinished = crm.refused(&transfer);
        assert_eq!(unfinished, "run 1 did not come to its end: resume it, or undo it");

        let error = crm.migration().resume().unwrap_err().to_string();
        let again =
            format!("run 1 is a transfer: do it again with its plan {}, or undo it", plan.short_hash());
        assert_eq!(error, again);
        assert_eq!(crm.migration().plan().unwrap_err().to_string(), unfinished);
        assert_eq!(crm.migration().transfer(&other, &first.hash).unwrap_err().to_string(), unfinished);

        let copy = Crm { folder: tempfile::tempdir().unwrap() };
        for name in ["crm.db", "store.db"] {
            std::fs::copy(crm.path(name), copy.path(name)).unwrap();
        }
        let report = crm.migration().transfer(&transfer, &plan.hash).unwrap();
        assert_eq!((told(&report), report.left), (expected.clone(), vec![]), "{writes} {is_done}");
        assert_eq!(crm.dump(), whole.dump());
        crm.undo(1);
        assert_eq!(crm.dump(), before);
        assert_eq!(copy.undo(1).left, []);
        assert_eq!(copy.dump(), before);
    }
}

#[test]
fn taking_back_that_was_cut_short_comes_before_anything_else() {
    let crm = Crm::new();
    let before = crm.dump();
    let transfer = to(everything(), Receivers::one(3));
    crm.transfer(&transfer);
    let fragile = Fragile { target: SqliteTarget::path(crm.path("crm.db")), writes: 1, is_done: false };
    let error = crm.over(fragile).undo(1, UndoOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "the target is gone");
    let again = "taking run 1 back did not come to its end: undo it again";
    assert_eq!(crm.refused(&transfer), again);
    assert_eq!(crm.migration().plan().unwrap_err().to_string(), again);
    assert_eq!(crm.migration().resume().unwrap_err().to_string(), again);
    crm.undo(1);
    assert_eq!(crm.dump(), before);
    crm.plan(&transfer);
}

#[test]
fn a_journal_that_is_not_whole_is_written_again() {
    let transfer = to(everything(), Receivers::round_robin([3, 4]));
    let crm = Crm::new();
    let before = crm.dump();
    let plan = crm.plan(&transfer);
    let fragile = Fragile { target: SqliteTarget::path(crm.path("crm.db")), writes: 0, is_done: false };
    crm.over(fragile).transfer(&transfer, &plan.hash).unwrap_err();
    // As if the program had been killed after two batches.
    execute(&crm.path("store.db"), "DELETE FROM batch WHERE id > 2; DELETE FROM journal WHERE batch > 2");
    let report = crm.migration().transfer(&transfer, &plan.hash).unwrap();
    assert_eq!(report.handed.iter().map(|handed| handed.rows).sum::<u64>(), 13);
    assert_eq!(crm.undo(1).restored, 13);
    assert_eq!(crm.dump(), before);
}

#[test]
fn a_sheet_shows_what_somebody_received() {
    let crm = Crm::new();
    let contacts = Holding::new("contacts", "owner_id").show(["name", "email"]).personal(["name", "email"]);
    let root = companies().show(["name", "city"]).cascade("company_id", contacts);
    let time = DateTime::parse("2024-10-04T08:00:00+08:00").unwrap();
    let transfer = to(root, Receivers::by("city", [("Berlin", 3), ("Shanghai", 4)])).effective(time);
    crm.execute("UPDATE companies SET name = '=1+1' WHERE id = 2");
    let run = crm.transfer(&transfer).run;
    crm.execute("UPDATE companies SET owner_id = 8 WHERE id = 10");
    let mut migration = crm.migration();
    let mut handover = migration.handover(&transfer, run).unwrap();
    let paths = handover.write_sheets(crm.path("sheets"), "csv").unwrap();
    assert_eq!(paths, ["run-1-to-3.csv", "run-1-to-4.csv"].map(|name| crm.path("sheets").join(name)));
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(
        read(&paths[0]),
        "table,id,name,city,email,old_owner,new_owner,effective\n\
         companies,1,Alpha,Berlin,,7,3,2024-10-04T00:00:00Z\n\
         contacts,1,A*** S***,,a***@e***.com,7,3,2024-10-04T00:00:00Z\n"
    );
    assert_eq!(
        read(&paths[1]),
        "table,id,name,city,email,old_owner,new_owner,effective\n\
         companies,2,'=1+1,Shanghai,,7,4,2024-10-04T00:00:00Z\n\
         contacts,3,C***,,c***@e***.com,7,4,2024-10-04T00:00:00Z\n"
    );
    let mut handover = handover.unmasked();
    let books = handover.write_sheets(crm.path("sheets"), "xlsx").unwrap();
    let mut rows = Collect::new();
    Pipeline::from(ExcelSource::path(&books[0])).to(&mut rows).run().unwrap();
    let names: Vec<String> = rows.records().iter().map(|row| row.text("name").unwrap().to_owned()).collect();
    assert_eq!(names, ["Alpha", "Anna Schmidt"]);
    let error = handover.write_sheets(crm.path("sheets"), "doc").unwrap_err().to_string();
    assert!(error.contains("run-1-to-3.doc: the name does not tell the format"), "{error}");

    let text_of = |sheet: &str| migration_error(&crm, &transfer, sheet);
    assert_eq!(text_of("9"), "run 9 is no transfer");
    crm.execute("UPDATE companies SET owner_id = 4 WHERE id = 10");
    crm.undo(run);
    assert_eq!(text_of("1"), "run 1 was taken back, by run 2");
}

fn migration_error(crm: &Crm, transfer: &Transfer, run: &str) -> String {
    crm.migration().handover(transfer, run.parse().unwrap()).err().unwrap().to_string()
}

#[test]
fn receivers_old_owners_and_managers_are_notified() {
    let crm = Crm::new();
    let transfer = to(everything(), Receivers::round_robin([3, 5]));
    let run = crm.transfer(&transfer).run;
    let mut migration = crm.migration();
    let notices = migration.handover(&transfer, run).unwrap().notices().unwrap();
    let path = crm.path("notify.csv");
    Pipeline::from(&notices).to(CsvSink::path(&path)).run().unwrap();
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "user,part,name,email,active,old_owners,rows,tables,effective\n\
         3,receiver,李娜,li@example.cn,true,7,8,\"companies: 3, contacts: 1, notes: 3, deals: 1\",\n\
         5,receiver,Zhao,zhao@example.cn,true,7,5,\"companies: 2, contacts: 1, notes: 1, deals: 1\",\n\
         7,old owner,Old,old@example.cn,false,7,13,\"companies: 5, contacts: 2, notes: 4, deals: 2\",\n\
         1,manager,Boss,boss@example.cn,true,7,13,\"companies: 5, contacts: 2, notes: 4, deals: 2\",\n"
    );
}

#[test]
fn rows_are_backed_up_first() {
    let crm = Crm::new();
    let migration = || crm.migration().backup(crm.path("backup"));
    let transfer = to(everything(), Receivers::one(3));
    let plan = crm.plan(&transfer);
    let report = migration().transfer(&transfer, &plan.hash).unwrap();
    assert_eq!(report.backups[0].rows, 13);
    report.backups[0].check(None).unwrap();
}
