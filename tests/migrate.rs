//! The example `migrate`, run as a user runs it: every command on the legacy CRM, and what goes wrong.

use std::fs;
use std::path::PathBuf;

use regex::Regex;
use tempfile::TempDir;

use crate::examples::{example, project, said};

/// The legacy CRM in a folder of its own, with a target that is new.
struct Legacy(TempDir);

impl Legacy {
    fn new() -> Self {
        let legacy = Legacy(tempfile::tempdir().unwrap());
        let (from, to) = (project("examples/data/legacy_crm"), legacy.path(""));
        fs::create_dir(to.join("mapping")).unwrap();
        for folder in ["", "mapping"] {
            for entry in fs::read_dir(from.join(folder)).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_file() {
                    fs::copy(entry.path(), to.join(folder).join(entry.file_name())).unwrap();
                }
            }
        }
        legacy.change("../../../target/handover/legacy_crm/", "");
        let tables = fs::read_to_string(from.join("target_sqlite.sql")).unwrap();
        rusqlite::Connection::open(legacy.path("crm.db")).unwrap().execute_batch(&tables).unwrap();
        legacy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Changes the migration file.
    fn change(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.path("migration.toml")).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(self.path("migration.toml"), text.replace(from, to)).unwrap();
    }

    /// What a command says: with `MIGRATE` for the hash of a plan to move, `TRANSFER` for one to hand over.
    fn run(&self, words: &str) -> (Option<i32>, String, String) {
        let run = example("migrate").current_dir(&self.0).args(words.split(' ')).output().unwrap();
        let (status, out, error) = said(run);
        let times = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").unwrap();
        let hashes = Regex::new(r"\b[0-9a-f]{12}\b").unwrap();
        let plain = |text: String| {
            let text = times.replace_all(&text, "TIME").into_owned();
            hashes.replace_all(&text, "HASH").replace(&format!("{}/", self.0.path().display()), "")
        };
        (status, plain(out), plain(error))
    }

    /// What a command says that does what it should.
    fn does(&self, words: &str) -> String {
        let (status, out, error) = self.run(words);
        assert_eq!((status, error.as_str()), (Some(0), ""), "{words}: {out}");
        out
    }

    /// What is said of a command that cannot be done.
    fn fails(&self, words: &str) -> String {
        let (status, out, error) = self.run(words);
        assert_eq!(status, Some(1), "{words}: {out}{error}");
        assert_eq!(error.matches('\n').count(), 1, "{words}: a line, and no more: {error}");
        error.trim_end().strip_prefix("error: ").unwrap_or_else(|| panic!("{error}")).to_owned()
    }

    fn applied() -> Self {
        let legacy = Legacy::new();
        legacy.does("plan");
        legacy.does("approve --by wang");
        legacy.does("approve --by zhao");
        legacy.does("apply");
        legacy
    }
}

const RECORDS: &str = "\nRecords
  legacy/user: 8 rejected, 32 unchanged
  legacy/company: 835 created, 40 merged, 10 rejected, 15 updated
  legacy/contact: 2219 created, 120 merged, 21 rejected, 40 updated
  legacy/deal: 1263 created, 13 parked, 24 rejected
  legacy/activity: 2445 created, 55 parked
";

const WHERE: &str = "legacy/contact C-001673: merged
read from contacts.csv:1685
  联系人编号: C-001673
  姓名: 朱*** 英***
  客户编号: A-00079
  邮箱: 
  手机: １***
  电话: 
  职务: 
  生日: 
  退订: 否
  负责人编号: U037
  最后跟进时间: 2023-07-04 17:08
  备注: 重**
mapped to
  legacy_id: C-001673
  name: 朱*** 英***
  company_id: A-00079
  email: 
  mobile: *********19
  phone: 
  title: 
  birthday: 
  opted_out: false
  owner_id: U037
  last_activity_at: 2023-07-04T17:08:00
  remark: 重**
  last_activity_at is changed by datetime
  mobile is changed by phone
  name is changed by text
  opted_out is changed by bool
merged into C-000326
written as row 1325 of contacts
  id: 1325
  legacy_id: C-000326
  name: 朱**
  company_id: 1078
  email: z***@e***.com
  mobile: *********19
  phone: 
  title: CTO
  birthday: *********15
  opted_out: false
  owner_id: 11
  last_activity_at: 2023-07-04T17:08:00
  remark: c***
  created_by: import
  lock_version: 0
owned by row 11 of users, says owner_id
  id: 11
  legacy_id: 
  name: 王**
  email: w***@e***.com
  team: 
  city: 上海
  role: sales
  status: active
  created_by: admin
  lock_version: 0
run 1 (apply) began TIME by li, plan HASH, approved by wang TIME, approved by zhao TIME
not verified since

";

const TRANSFER: &str = "Plan HASH of `legacy`, made TIME

Handed over from 13

companies: 27 of the old owners
          27  to 45

contacts: 90 of the old owners
          46  to 45
           3  stay: its `company_id` is empty
          41  stay: its `company_id` is not handed over

activities: 93 of the old owners
          51  to 45
          24  stay: its `deal_id` is empty
          18  stay: its `deal_id` is not handed over

deals: 45 of the old owners
          22  to 45
          15  stay: its `company_id` is not handed over
           8  stay: its `stage` is excepted

Rows of the target that would be changed: 146

At risk
  user 27 is inactive and still owns 2 activities
  user 31 is inactive and still owns 4 activities
  user 39 is inactive and still owns 4 activities
  user 41 is inactive and still owns 5 activities
  user 27 is inactive and still owns 1 company
  user 27 is inactive and still owns 1 contact
  user 31 is inactive and still owns 1 contact
  user 39 is inactive and still owns 1 contact
  user 41 is inactive and still owns 1 contact
  user 27 is inactive and still owns 7 deals
  user 31 is inactive and still owns 6 deals
  user 39 is inactive and still owns 4 deals
  user 41 is inactive and still owns 4 deals
  user 33 can still write 768 companies of all teams, where the matrix allows team
  user 51 can still write 768 companies of all teams, where the matrix allows team
  user 65 can still write 768 companies of all teams, where the matrix allows team

Nothing was done: approve the plan and apply it, or say at once who agrees (--approve NAME)
";

const HANDED_OVER: &str = "
Run 2 handed over:
  companies: 27 to 45
  contacts: 46 to 45
  activities: 51 to 45
  deals: 22 to 45
  sheets/run-2-to-45.csv
  notices.csv
  probes.csv
";

#[test]
fn a_whole_crm_is_moved_told_of_handed_over_and_taken_back() {
    let legacy = Legacy::applied();
    let plans = "\nPlans\n  HASH  TIME  approved by: wang, zhao\n";
    assert_eq!(legacy.does("status"), format!("{plans}\nRuns\n  1  apply  ended\n{RECORDS}"));
    assert_eq!(legacy.does("where legacy contact C-001673"), WHERE);

    assert_eq!(legacy.does("crosswalk ids.csv"), "7009 records and their rows are in ids.csv\n");
    let ids = fs::read_to_string(legacy.path("ids.csv")).unwrap();
    assert!(ids.starts_with("system,entity,id,target_id,disposition\nlegacy,user,U001,11,unchanged\n"));
    assert_eq!(ids.lines().count(), 7010);
    let rejects = legacy.does("rejects legacy/company rejects.jsonl");
    assert_eq!(rejects, "10 records that are set aside are in rejects.jsonl\n");
    assert_eq!(fs::read_to_string(legacy.path("rejects.jsonl")).unwrap().lines().count(), 10);

    assert_eq!(legacy.does("transfer leaving"), TRANSFER);
    let agreed = |name| format!("{name} agrees to plan HASH\n");
    assert_eq!(legacy.does("approve --by wang"), agreed("wang"));
    assert_eq!(legacy.fails("apply"), "plan HASH cannot be applied: it has 1 of 2 approvals");
    assert_eq!(legacy.does("approve --by zhao"), agreed("zhao"));
    assert_eq!(legacy.does("apply"), HANDED_OVER);
    assert_eq!(
        fs::read_to_string(legacy.path("notices.csv")).unwrap(),
        "user,part,name,email,active,old_owners,rows,tables,effective\n\
         45,receiver,高翔,gao.xiang@example.com,true,13,146,\"companies: 27, contacts: 46, activities: 51, deals: 22\",\n\
         13,old owner,李静,li.jing@example.com,true,13,146,\"companies: 27, contacts: 46, activities: 51, deals: 22\",\n"
    );
    let sheet = fs::read_to_string(legacy.path("sheets/run-2-to-45.csv")).unwrap();
    assert!(
        sheet
            .starts_with("table,id,name,city,email,type,subject,title,stage,old_owner,new_owner,effective\n")
    );
    assert_eq!(sheet.lines().count(), 147);
    assert_eq!(fs::read_to_string(legacy.path("probes.csv")).unwrap().lines().count(), 49);
    let verified = legacy.does("verify");
    assert!(verified.starts_with("\nVerified TIME: all is as it should be\n"), "{verified}");

    assert_eq!(legacy.fails("undo 1"), "run 2 was made after run 1: take it back first");
    let undone = "Run 3 took back run 2:\n       0  rows deleted\n     146  changes restored\n";
    assert_eq!(legacy.does("undo 2"), undone);
    assert_eq!(legacy.fails("undo 2"), "run 2 was taken back already, by run 3");
    let runs = "\nRuns\n  1  apply  ended\n  2  transfer  taken back by run 3\n";
    let plans = format!("{plans}{}", plans.replace("\nPlans\n", ""));
    assert_eq!(legacy.does("status"), format!("{plans}{runs}{RECORDS}"));

    let head = legacy.does("audit head");
    assert_eq!(
        legacy.does(&format!("audit check {}", head.trim())),
        "The audit log has line 18 as it was written down\n"
    );
    assert_eq!(legacy.does("audit export audit.jsonl"), "18 lines are in audit.jsonl\n");
    let undone = "Run 4 took back run 1:\n    6762  rows deleted\n";
    assert!(legacy.does("undo 1").starts_with(undone));
}

#[test]
fn what_cannot_be_done_is_said_in_a_line() {
    let legacy = Legacy::new();
    for words in ["bogus", "--bogus", "undo", "apply a b", "where legacy contact", "audit", "transfer a b"] {
        let (status, out, error) = legacy.run(words);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{words}");
        assert!(
            error.starts_with("usage: migrate plan|") && error.ends_with(" … [migration.toml]\n"),
            "{error}"
        );
    }
    for (words, message) in [
        ("plan nowhere.toml", "nowhere.toml: cannot read: No such file or directory (os error 2)"),
        ("approve", "say who agrees: --by NAME"),
        ("approve --by wang", "there is no plan yet"),
        ("apply 1234", "no plan `1234` is known"),
        ("resume", "there is no run to be resumed"),
        ("undo x", "a run is a number"),
        ("undo 1", "there is no run 1 to be taken back"),
        ("where legacy contact C-1", "no entity `legacy/contact`: nothing was migrated yet"),
        ("rejects legacy/contact a.jsonl", "no entity `legacy/contact`: nothing was migrated yet"),
        ("crosswalk no/ids.csv", "no/ids.csv: cannot write: the folder no does not exist"),
        ("transfer leavin", "no transfer `leavin`, did you mean `leaving`? The transfers are: leaving"),
        ("audit check x y", "a line of the audit log is told by its number"),
        ("audit check 1 y", "the audit log: line 1 is missing, there are 0"),
    ] {
        assert_eq!(legacy.fails(words), message, "{words}");
    }
    assert_eq!(legacy.does("audit head"), "The audit log has no line yet\n");
}

#[test]
fn what_is_wrong_with_a_migration_file_is_said_in_a_line() {
    for (from, to, message) in [
        (
            "approvals = 2",
            "approvals = \"two\"",
            "migration.toml:7:13: expected how many people must agree, or a list of their names",
        ),
        ("system = \"legacy\"", "", "migration.toml:1:1: missing field `system`"),
        ("[entity.deal]", "[entity.deal", "migration.toml:98:13: unclosed table, expected `]`"),
        ("[users]", "[user]", "migration.toml:128:2: unknown key `user`, did you mean `users`?"),
        (
            "approvals = 2",
            "key = \"env:NO_KEY\"",
            "migration.toml: key: $NO_KEY: no such environment variable, which should hold a key",
        ),
        (
            "approvals = 2",
            "key = \"file:no.key\"",
            "migration.toml: key: no.key: cannot open the key: No such file or directory (os error 2)",
        ),
        (
            "sqlite:",
            "mysql:",
            "migration.toml: target: a target is `sqlite:PATH` or `postgres://USER@HOST/DATABASE`",
        ),
        ("users.csv", "nobody.csv", "nobody.csv: cannot open: No such file or directory (os error 2)"),
        ("crm.db", "nothing.db", "nothing.db: cannot open: No such file or directory (os error 2)"),
        (
            "store = \"store.db\"",
            "store = \"crm.db\"",
            "migration.toml: crm.db: is a database, but not the store of a migration",
        ),
        (
            "store = \"store.db\"",
            "store = \"users.csv\"",
            "migration.toml: users.csv: not a SQLite database, or an encrypted one",
        ),
    ] {
        let legacy = Legacy::new();
        legacy.change(from, to);
        let said = legacy.fails("plan");
        assert!(said.starts_with(message), "{said}\n  and not {message}");
    }
}

#[test]
fn a_store_that_is_damaged_or_of_another_migration_is_named() {
    let legacy = Legacy::applied();
    let store = fs::read(legacy.path("store.db")).unwrap();
    let _ = fs::remove_file(legacy.path("store.db-wal"));
    for kept in [100, 4096, 300_000] {
        fs::write(legacy.path("store.db"), &store[..kept]).unwrap();
        for words in ["status", "verify", "plan", "undo 1"] {
            let said = legacy.fails(words);
            assert_eq!(
                said,
                "migration.toml: store.db: the database is damaged: database disk image is malformed"
            );
        }
    }
    fs::write(legacy.path("store.db"), &store).unwrap();
    legacy.change("system = \"legacy\"", "system = \"other\"");
    assert_eq!(legacy.fails("undo 1"), "run 1 wrote `legacy/user`, which is not declared here");
    assert_eq!(
        legacy.fails("where legacy contact C-001673"),
        "entity `legacy/contact` is not declared any more"
    );
    assert_eq!(legacy.fails("apply"), "the mapping has changed since plan HASH: make a new plan");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_goes_on_where_it_was() {
    let whole = Legacy::applied();
    let legacy = Legacy::new();
    legacy.does("plan");
    legacy.does("approve --by wang");
    legacy.does("approve --by zhao");
    let mut child = example("migrate")
        .current_dir(&legacy.0)
        .arg("apply")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let has_begun = || {
        let store = rusqlite::Connection::open(legacy.path("store.db")).unwrap();
        let count = store
            .query_row("SELECT count(*) FROM audit WHERE what = 'loading'", [], |row| row.get::<_, i64>(0));
        count.is_ok_and(|count| count > 1)
    };
    while !has_begun() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let kill = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    let (status, _, error) = said(child.wait_with_output().unwrap());
    assert_eq!(status, Some(130), "{error}");
    assert!(error.ends_with(": stopped on request\n"), "{error}");

    assert_eq!(legacy.fails("plan"), "run 1 did not come to its end: resume it, or undo it");
    assert_eq!(legacy.fails("transfer"), "run 1 did not come to its end: resume it, or undo it");
    let status = legacy.does("status");
    assert!(status.contains("  1  apply  cut short: resume it, or undo it\n"), "{status}");
    legacy.does("resume");
    assert_eq!(legacy.fails("resume"), "there is no run to be resumed");
    let ids = |legacy: &Legacy| {
        legacy.does("crosswalk ids.csv");
        fs::read(legacy.path("ids.csv")).unwrap()
    };
    assert!(ids(&legacy) == ids(&whole), "the same rows as of a run that nobody stopped");
}

#[cfg(unix)]
#[test]
fn the_same_file_with_another_target_moves_into_postgresql() {
    let Some(cluster) = crate::postgres::cluster::Cluster::start(&[]) else { return };
    let mut database = cluster.database();
    let legacy = Legacy::new();
    database.run(&fs::read_to_string(legacy.path("target_postgres.sql")).unwrap());
    let url = &database.url;
    legacy.change("target = \"sqlite:crm.db\"", &format!("target = \"{url}\""));
    legacy.does("plan");
    legacy.does("approve --by wang");
    legacy.does("approve --by zhao");
    legacy.does("apply");
    let status = legacy.does("status");
    assert!(status.ends_with(RECORDS), "{status}");
    let verified = legacy.does("verify");
    assert!(verified.starts_with("\nVerified TIME: all is as it should be\n"), "{verified}");
    let handed = legacy.does("transfer --approve wang --approve zhao");
    assert!(handed.ends_with(HANDED_OVER), "{handed}");
    legacy.does("undo 2");
    legacy.does("undo 1");
    assert_eq!(database.rows("SELECT count(*) FROM activities"), ["0"]);
}
