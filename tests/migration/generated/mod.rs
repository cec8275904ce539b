//! Generated migrations: whatever is moved, under whatever policies, the laws hold.

mod discreet;
mod ground;
mod world;

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use handover::Severity;
use handover::migration::{
    FieldPolicy, Plan, RunReport, UndoOptions, VerifyOptions, VerifyRule, WritePolicy,
};
use handover::testing::{Death, KillMatrix, Mortal};
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::Value as Json;

use crate::cases::cases;
use crate::sqlite::{differ, query};
use ground::{Ground, mortal};
use world::{SPLIT, World, world};

/// The rows of every table by their ids, column by column.
type Rows = Vec<BTreeMap<String, BTreeMap<String, String>>>;

/// Why records would be set aside or left out, as the report of a run tells it.
fn reasons(report: &RunReport, entity: usize) -> Vec<(String, u64)> {
    let mut reasons = BTreeMap::new();
    let pipeline = report.entities[entity].pipeline.as_ref().unwrap();
    for tally in pipeline.findings.iter().filter(|tally| tally.severity == Severity::Error) {
        let reason = [&*tally.column, &*tally.rule].join(": ");
        *reasons.entry(reason.trim_matches([':', ' ']).to_owned()).or_default() += tally.count;
    }
    for (reason, count) in &pipeline.filtered {
        *reasons.entry(reason.clone()).or_default() += count;
    }
    reasons.into_iter().collect()
}

/// What is done is what was planned, by entity and rule.
fn agree(plan: &Plan, report: &RunReport) -> Result<(), TestCaseError> {
    prop_assert_eq!(plan.entities.len(), report.entities.len());
    for (at, (planned, done)) in plan.entities.iter().zip(&report.entities).enumerate() {
        let counts = &done.pipeline.as_ref().unwrap().counts;
        prop_assert_eq!(&planned.tally, &done.tally, "{}", planned.entity);
        prop_assert_eq!(&planned.owners, &done.owners, "{}", planned.entity);
        prop_assert_eq!(planned.read, counts.read + counts.split);
        prop_assert_eq!(&planned.reasons, &reasons(report, at));
        prop_assert!(counts.balanced());
    }
    Ok(())
}

/// Every record of every input is in the ledger once, with what became of it, as it was counted.
fn balance(ground: &Ground, world: &World, report: &RunReport) -> Result<(), TestCaseError> {
    let store = Connection::open(ground.path("store.db")).unwrap();
    for (number, (name, rows)) in world.inputs().enumerate() {
        let splits = world.sorts.get(number).unwrap_or(&world.sorts[0]).splits;
        let lines = query(
            &store,
            &format!("SELECT row, disposition, in_doubt FROM record WHERE entity = '{name}' ORDER BY row"),
        );
        let (placeholders, lines): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line[0] == "0");
        let stood_for = lines.iter().filter(|line| line[1] == "placeholder").count() as i64;
        let known: Vec<String> = lines.iter().map(|line| line[0].clone()).collect();
        let parts = |row: &[String; 8]| if splits && row[3] == SPLIT && row[5] != "skip" { 2 } else { 1 };
        let expected = (1..).zip(rows).flat_map(|(number, row)| vec![i32::to_string(&number); parts(row)]);
        prop_assert_eq!(known, expected.collect::<Vec<_>>(), "{}", name);
        let mut counted = BTreeMap::new();
        for line in lines.iter().chain(&placeholders) {
            prop_assert_eq!(&line[2], "0", "in doubt");
            *counted.entry(line[1].clone()).or_insert(0) += 1;
        }
        let tally = &report.entities[number].tally;
        let aside = |of: &dyn Fn(&str) -> i64| ["rejected", "parked", "filtered"].map(of).iter().sum::<i64>();
        let of = |disposition: &str| counted.get(disposition).copied().unwrap_or_default();
        for disposition in ["created", "updated", "unchanged", "merged", "placeholder"] {
            prop_assert_eq!(of(disposition), tally.of(disposition), "{} of {}", disposition, name);
        }
        prop_assert_eq!(aside(&of) + stood_for, aside(&|one| tally.of(one)), "{}", name);
    }
    Ok(())
}

/// Rows that were there are as the policies leave them, whatever the records say.
fn policies_are_kept(ground: &Ground, world: &World, before: &Rows) -> Result<(), TestCaseError> {
    for ((number, sort), before) in world.sorts.iter().enumerate().zip(before) {
        let after = ground.rows(number);
        let all = matches!(sort.write, WritePolicy::CreateOnly | WritePolicy::LinkOnly);
        for (id, row) in before {
            for ((column, was), is) in row.iter().zip(after[id].values()) {
                let policy = sort.policy_of(column);
                let stays = match policy {
                    FieldPolicy::NeverOverwrite => true,
                    FieldPolicy::FillEmpty => was != "NULL" && !(sort.clears && column == "remark"),
                    _ => false,
                };
                prop_assert!(!(all || stays) || was == is, "{} of sort{}: {} is {}", column, number, was, is);
            }
        }
        if matches!(sort.write, WritePolicy::UpdateOnly | WritePolicy::LinkOnly) && !world.has_placeholders()
        {
            prop_assert_eq!(after.len(), before.len(), "sort{}", number);
        }
    }
    Ok(())
}

/// What verifying finds, but for what it must find: rows that stand for records that
/// were never read, and references that the target refused.
fn unexpected(ground: &Ground) -> Vec<String> {
    let mut migration = ground.migration();
    let verification = migration.verify(VerifyOptions::default()).unwrap();
    let notes = migration.store().notes(1).unwrap();
    let is_noted = |key: &Option<String>| notes.iter().any(|note| note.key == *key);
    let mut found = verification.tampering.clone();
    for one in &verification.findings {
        let is_known = match one.rule {
            VerifyRule::Placeholder => true,
            VerifyRule::Reference => is_noted(&one.key),
            _ => false,
        };
        found.extend((!is_known).then(|| format!("{}: {one}", one.rule.name())));
    }
    found
}

/// What was counted of each entity, as the last run tells it.
fn tallies(ground: &Ground) -> Vec<[Json; 2]> {
    let events = ground.migration().events().unwrap();
    let ended = events.iter().rev().find(|event| event.what == "run ended").unwrap();
    let report: Json = serde_json::from_str(&ended.detail).unwrap();
    let of = |entity: &Json| ["tally", "owners"].map(|what| entity[what].clone());
    report["entities"].as_array().unwrap().iter().map(of).collect()
}

/// Whether a run wrote anything.
fn writes(report: &RunReport) -> bool {
    let written = ["created", "updated", "placeholder"];
    report.entities.iter().any(|entity| written.iter().any(|what| entity.tally.of(what) > 0))
}

/// In which folder a child is to do what was planned, and how many records at a time.
const FOLDER: &str = "HANDOVER_GENERATED_FOLDER";

fn child(part: &str) {
    let (batch, folder) = part.split_once('|').unwrap();
    let mut migration = mortal(Path::new(folder)).batch_records(batch.parse().unwrap());
    let plan = migration.last_plan().unwrap().unwrap();
    migration.apply(&plan.hash).unwrap();
    Mortal::tell();
}

#[test]
fn what_is_killed_and_goes_on_ends_as_if_nothing_had_happened() {
    if let Ok(part) = env::var(FOLDER) {
        return child(&part);
    }
    let matrix = KillMatrix::of_test("generated::what_is_killed_and_goes_on_ends_as_if_nothing_had_happened");
    let inputs = (world(), 0..6_usize, 1..5_usize, any::<prop::sample::Index>());
    proptest!(cases(24), |((world, earlier, batch, step) in inputs)| {
        let part = |ground: &Ground| format!("{batch}|{}", ground.folder().display());
        let whole = Ground::grown(&world, earlier);
        whole.planned();
        let steps = matrix.undisturbed().run_whole(FOLDER, &part(&whole));
        let ground = Ground::grown(&world, earlier);
        let before = ground.dump();
        let plan = ground.planned();
        let runs = ground.migration().runs().unwrap().len();
        let child = matrix.at_step(step.index(steps as usize) as u64 + 1);
        prop_assert_eq!(child.run(FOLDER, &part(&ground)), Death::Killed);
        let mut migration = ground.migration().batch_records(batch);
        match migration.runs().unwrap().get(runs) {
            Some(run) if run.ended => {}
            Some(_) => drop(migration.resume().unwrap()),
            None => drop(migration.apply(&plan.hash).unwrap()),
        }
        prop_assert_eq!(differ(&ground.dump(), &whole.dump()), None);
        prop_assert_eq!(differ(&ground.ledger(), &whole.ledger()), None);
        prop_assert_eq!(tallies(&ground), tallies(&whole));
        let last = migration.runs().unwrap().last().unwrap().run;
        prop_assert_eq!(migration.undo(last, UndoOptions::default()).unwrap().left, vec![]);
        prop_assert_eq!(differ(&ground.dump(), &before), None);
    });
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_plan_is_what_is_done_and_what_is_done_is_as_it_should_be(world in world()) {
        let ground = Ground::new(&world);
        let bytes = fs::read(ground.path("crm.db")).unwrap();
        let before: Rows = (0..world.sorts.len()).map(|number| ground.rows(number)).collect();
        let plan = ground.planned();
        prop_assert!(fs::read(ground.path("crm.db")).unwrap() == bytes, "planning wrote to the target");
        let report = ground.migration().apply(&plan.hash).unwrap();
        agree(&plan, &report)?;
        balance(&ground, &world, &report)?;
        policies_are_kept(&ground, &world, &before)?;
        let target = Connection::open(ground.path("crm.db")).unwrap();
        prop_assert_eq!(query(&target, "PRAGMA foreign_key_check"), Vec::<Vec<String>>::new());
        prop_assert_eq!(unexpected(&ground), Vec::<String>::new());
    }

    #[test]
    fn doing_it_again_writes_nothing_and_undoing_it_leaves_no_trace(world in world()) {
        let ground = Ground::new(&world);
        let before = ground.dump();
        ground.applied(1, 64);
        let after = ground.dump();
        let mut again = ground.applied(1, 64);
        // Who waits for somebody, or was refused, may find a row that was made later, for somebody else.
        if world.finds_rows_later() {
            for _ in 0..5 {
                again = if writes(&again) { ground.applied(1, 64) } else { again };
            }
        }
        prop_assert!(!writes(&again));
        let in_the_end = ground.dump();
        again = ground.applied(1, 64);
        prop_assert!(!writes(&again));
        prop_assert_eq!(differ(&ground.dump(), &in_the_end), None);
        for run in (1..=again.run).rev() {
            let undone = ground.migration().undo(run, UndoOptions::default()).unwrap();
            prop_assert_eq!(undone.left, vec![], "run {}", run);
        }
        prop_assert_eq!(differ(&ground.dump(), &before), None);
        ground.applied(1, 64);
        prop_assert_eq!(differ(&ground.dump(), &after), None);
    }

    #[test]
    fn neither_threads_nor_batches_show(world in world(), threads in 1..4_usize, batch in 1..7_usize) {
        let [one, other] = [Ground::new(&world), Ground::new(&world)];
        one.applied(1, 64);
        other.applied(threads, batch);
        prop_assert_eq!(differ(&other.dump(), &one.dump()), None);
        prop_assert_eq!(differ(&other.ledger(), &one.ledger()), None);
    }
}
