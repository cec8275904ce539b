//! What was done, for all whom it concerns.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::readiness::{approval_lines, section};
use super::{PaperTable, outcomes, owners, references};
use crate::error::Result;
use crate::figures::grouped;
use crate::migration::apply::RunReport;
use crate::migration::approval::{Approval, approvals};
use crate::migration::builder::Migration;
use crate::migration::store::Event;

impl Migration {
    /// What a run did: by which plan and whose approval, counts, backups with their digests, how it is taken
    /// back, the last line of the audit log, and who is to be told. In Markdown.
    pub fn go_live_note(&mut self, report: &RunReport) -> Result<String> {
        let events = self.events()?;
        let agreed = approvals(&events, &report.plan);
        Ok(note(&self.system, report, &agreed, &events))
    }
}

fn note(system: &str, report: &RunReport, agreed: &[Approval], events: &[Event]) -> String {
    let RunReport { run, plan, entities, backups } = report;
    let plan = plan.get(..12).unwrap_or(plan);
    let of_run = |what: &str| events.iter().find(|event| event.run == Some(*run) && event.what == what);
    let moment = |event: Option<&Event>| event.map_or("unknown", |event| event.at.as_str()).to_owned();
    let (began, ended) = (moment(of_run("run began")), moment(of_run("run ended")));
    let mut out = format!("# `{system}` was moved\n\nRun {run} by plan {plan}, from {began} to {ended}.\n");
    section(&mut out, "Approved by", Some(approval_lines(agreed)).filter(|lines| !lines.is_empty()));
    out += "\n## What was done\n\n";
    out += &outcomes(entities.iter().map(|one| (&*one.entity, &*one.table, &one.tally)));
    let aside: i64 = entities.iter().map(|one| one.tally.of("rejected") + one.tally.of("parked")).sum();
    if aside > 0 {
        let aside = grouped(aside.unsigned_abs());
        // A `String` takes whatever is written to it.
        let _ =
            writeln!(out, "\n{aside} records were set aside: they stand in the table `aside` of the store.");
    }
    section(
        &mut out,
        "References that do not hold",
        references(entities.iter().map(|one| (&*one.entity, &one.tally))),
    );
    let mut table = PaperTable::new("backups", &["file", "rows", "SHA-256"]);
    for backup in backups {
        let cells = [backup.path.display().to_string(), grouped(backup.rows), backup.sha256.clone()];
        table.rows.push(cells.to_vec());
    }
    section(&mut out, "Backups", (!table.rows.is_empty()).then(|| table.to_markdown()));
    let _ = write!(
        out,
        "\n## How to take it back\n\n`migrate undo {run}`, or `Migration::undo({run}, …)`: rows that it made are deleted, \
         rows that it changed are as they were. A row that somebody has changed since is left alone and named.\n"
    );
    if let Some(last) = events.last() {
        let _ = write!(out, "\n## Audit log\n\nThe last line is {}, its hash {}.\n", last.number, last.hash);
    }
    let told: BTreeSet<&str> = agreed
        .iter()
        .map(|approval| approval.name.as_str())
        .chain(of_run("run began").map(|event| event.who.as_str()))
        .collect();
    let told: String = told.into_iter().map(|name| format!("- {name}\n")).collect();
    section(&mut out, "To be told", Some(told).filter(|told| !told.is_empty()));
    let absent = entities.iter().map(|one| (&*one.entity, &*one.owners));
    section(&mut out, "Owners who are not there, or inactive: whoever is above them", owners(absent));
    out
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::migration::backup::Backup;
    use crate::migration::run::EntityReport;

    #[test]
    fn what_was_done_is_told() {
        let mut entity =
            EntityReport { entity: "crm_a/user".into(), table: "users".into(), ..Default::default() };
        entity.tally.add("created", 2);
        entity.tally.add("parked", 1);
        let backup = Backup { path: PathBuf::from("b.jsonl"), rows: 3, sha256: "cd".into() };
        let report = RunReport {
            run: 7,
            plan: "0123456789abcdef".into(),
            entities: vec![entity],
            backups: vec![backup],
        };
        let event = |number, what: &str| Event {
            number,
            at: format!("2026-01-02T03:04:0{number}Z"),
            who: "li".into(),
            what: what.into(),
            plan: None,
            run: Some(7),
            detail: String::new(),
            hash: format!("h{number}"),
            seal: None,
        };
        let agreed =
            [Approval { name: "wang".into(), at: "2026-01-01T00:00:00Z".into(), remark: String::new() }];
        assert_eq!(
            note("crm_a", &report, &agreed, &[event(1, "run began"), event(2, "run ended")]),
            "# `crm_a` was moved\n\n\
             Run 7 by plan 0123456789ab, from 2026-01-02T03:04:01Z to 2026-01-02T03:04:02Z.\n\n\
             ## Approved by\n\n- wang, 2026-01-01T00:00:00Z\n\n\
             ## What was done\n\n\
             | entity | table | created | updated | unchanged | merged | rejected | filtered | parked |\n\
             |---|---|---|---|---|---|---|---|---|\n\
             | crm_a/user | users | 2 | 0 | 0 | 0 | 0 | 0 | 1 |\n\n\
             1 records were set aside: they stand in the table `aside` of the store.\n\n\
             ## Backups\n\n| file | rows | SHA-256 |\n|---|---|---|\n| b.jsonl | 3 | cd |\n\n\
             ## How to take it back\n\n`migrate undo 7`, or `Migration::undo(7, …)`: rows that it made are deleted, \
             rows that it changed are as they were. A row that somebody has changed since is left alone and named.\n\n\
             ## Audit log\n\nThe last line is 2, its hash h2.\n\n\
             ## To be told\n\n- li\n- wang\n"
        );
    }
}
