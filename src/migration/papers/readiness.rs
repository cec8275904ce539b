//! Whether a plan can be applied, and what it would do.

use std::fmt::Write;

use super::{PaperTable, outcomes, owners, references};
use crate::error::Result;
use crate::figures::grouped;
use crate::migration::approval::{Approval, approvals};
use crate::migration::builder::Migration;
use crate::migration::plan::Plan;

impl Migration {
    /// What a plan would do, for those who decide: inputs with their digests, counts, what is set aside and
    /// why, owners who are not there, risks, and which approvals are missing. In Markdown.
    pub fn readiness_report(&mut self, plan: &Plan) -> Result<String> {
        let agreed = approvals(&self.events()?, &plan.hash);
        let missing = self.approval.missing(plan, &agreed);
        Ok(report(plan, &agreed, missing.as_deref()))
    }
}

fn report(plan: &Plan, agreed: &[Approval], missing: Option<&str>) -> String {
    let verdict = match missing {
        Some(missing) => format!("**Not yet**: {missing}."),
        None => "**Ready**: all approvals are there.".to_owned(),
    };
    let mut out = format!(
        "# Readiness of `{}`\n\nPlan {}, made {}. {verdict}\n\n## Inputs\n\n",
        plan.migration,
        plan.short_hash(),
        plan.made
    );
    out += &inputs(plan);
    out += "\n## What would be done\n\n";
    out += &outcomes(plan.entities.iter().map(|one| (&*one.entity, &*one.table, &one.tally)));
    let touched = grouped(plan.touched);
    // A `String` takes whatever is written to it.
    let _ = writeln!(out, "\nRows of the target that would be changed, and are backed up first: {touched}.");
    section(&mut out, "Set aside or left out, and why", reasons(plan));
    let tallies = plan.entities.iter().map(|one| (&*one.entity, &one.tally));
    section(&mut out, "References that do not hold", references(tallies));
    let absent = plan.entities.iter().map(|one| (&*one.entity, &*one.owners));
    section(&mut out, "Owners who are not there, or inactive", owners(absent));
    let risks: String = plan.risks.iter().map(|risk| format!("- {risk}\n")).collect();
    section(&mut out, "Risks", Some(risks).filter(|risks| !risks.is_empty()));
    section(&mut out, "Approvals", Some(approval_lines(agreed)).filter(|lines| !lines.is_empty()));
    out
}

pub(super) fn section(out: &mut String, title: &str, text: Option<String>) {
    if let Some(text) = text {
        *out += &format!("\n## {title}\n\n{text}");
    }
}

pub(super) fn approval_lines(agreed: &[Approval]) -> String {
    let line = |approval: &Approval| {
        let remark =
            if approval.remark.is_empty() { String::new() } else { format!(": {}", approval.remark) };
        format!("- {}, {}{remark}\n", approval.name, approval.at)
    };
    agreed.iter().map(line).collect()
}

fn inputs(plan: &Plan) -> String {
    let mut table = PaperTable::new("inputs", &["entity", "file", "bytes", "SHA-256"]);
    for input in &plan.inputs {
        let cells = [&input.entity, &input.file, &grouped(input.bytes), &input.sha256];
        table.rows.push(cells.map(String::clone).to_vec());
    }
    table.to_markdown()
}

fn reasons(plan: &Plan) -> Option<String> {
    let mut table = PaperTable::new("reasons", &["entity", "column and rule", "records"]);
    for entity in &plan.entities {
        for (reason, count) in &entity.reasons {
            table.rows.push(vec![entity.entity.clone(), reason.clone(), grouped(*count)]);
        }
    }
    (!table.rows.is_empty()).then(|| table.to_markdown())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::plan::{EntityPlan, Input, Purpose};
    use crate::migration::run::AbsentOwner;
    use crate::migration::store::Tally;

    fn plan() -> Plan {
        let mut tally = Tally::default();
        for (what, count) in [("created", 1200), ("rejected", 2), ("owner_id: orphan", 3)] {
            tally.add(what, count);
        }
        tally.add(&AbsentOwner::counted("orphan", "u3"), 3);
        let owners = AbsentOwner::take(&mut tally);
        Plan {
            migration: "crm_a".into(),
            made: "2026-01-02T03:04:05Z".into(),
            purpose: Purpose::Move,
            inputs: vec![Input {
                entity: "crm_a/contact".into(),
                file: "contacts.csv".into(),
                bytes: 4321,
                sha256: "ab12".into(),
            }],
            mapping: String::new(),
            target: Vec::new(),
            entities: vec![EntityPlan {
                entity: "crm_a/contact".into(),
                table: "contacts".into(),
                read: 1202,
                tally,
                reasons: vec![("name: required".into(), 2)],
                owners,
            }],
            touched: 0,
            risks: vec!["crm_a/contact: 3 references in `owner_id` to nothing".into()],
            milliseconds: 5,
            hash: "0123456789abcdef".into(),
        }
    }

    #[test]
    fn all_that_decides_is_there() {
        let agreed =
            [Approval { name: "wang".into(), at: "2026-01-03T00:00:00Z".into(), remark: "seen".into() }];
        assert_eq!(
            report(&plan(), &agreed, Some("it has 1 of 2 approvals")),
            "# Readiness of `crm_a`\n\n\
             Plan 0123456789ab, made 2026-01-02T03:04:05Z. **Not yet**: it has 1 of 2 approvals.\n\n\
             ## Inputs\n\n| entity | file | bytes | SHA-256 |\n|---|---|---|---|\n\
             | crm_a/contact | contacts.csv | 4,321 | ab12 |\n\n\
             ## What would be done\n\n\
             | entity | table | created | updated | unchanged | merged | rejected | filtered | parked |\n\
             |---|---|---|---|---|---|---|---|---|\n\
             | crm_a/contact | contacts | 1,200 | 0 | 0 | 0 | 2 | 0 | 0 |\n\n\
             Rows of the target that would be changed, and are backed up first: 0.\n\n\
             ## Set aside or left out, and why\n\n| entity | column and rule | records |\n|---|---|---|\n\
             | crm_a/contact | name: required | 2 |\n\n\
             ## References that do not hold\n\n| entity | column | what | records |\n|---|---|---|---|\n\
             | crm_a/contact | owner_id | points to nothing | 3 |\n\n\
             ## Owners who are not there, or inactive\n\n| owner | entity | what | records |\n|---|---|---|---|\n\
             | u3 | crm_a/contact | not there | 3 |\n\n\
             ## Risks\n\n- crm_a/contact: 3 references in `owner_id` to nothing\n\n\
             ## Approvals\n\n- wang, 2026-01-03T00:00:00Z: seen\n"
        );
    }
}
