//! Nothing that is said of a generated migration holds a personal value, however much goes wrong in it.

use std::fs;

use handover::migration::{Migration, TraceOptions, UndoOptions, VerifyOptions};
use proptest::prelude::*;
use rusqlite::Connection;

use super::ground::Ground;
use super::world::{World, world};
use crate::cases::cases;
use crate::sqlite::{execute, query};

/// What stands in every value that is personal.
const MARK: &str = "qzx";

fn marked(mut world: World) -> World {
    let mark = |cell: &mut String| {
        if !cell.is_empty() && cell != "refused" {
            cell.insert_str(0, MARK);
        }
    };
    for sort in &mut world.sorts {
        sort.rows.iter_mut().for_each(|row| row[1..=3].iter_mut().for_each(mark));
        sort.there.iter_mut().for_each(|(cells, _)| cells[..3].iter_mut().for_each(mark));
    }
    world
}

/// What is said from planning to taking back, with rows changed by hand in between.
fn said(ground: &Ground, world: &World) -> Vec<String> {
    let mut migration = ground.migration();
    let plan = migration.plan().unwrap();
    let mut said = vec![plan.to_string(), serde_json::to_string(&plan).unwrap()];
    said.push(migration.apply(&plan.hash).unwrap_err().to_string());
    migration.approve(&plan.hash, "wang", "").unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    said.push(format!("{report:?}"));
    said.extend(report.entities.iter().filter_map(|entity| Some(entity.pipeline.as_ref()?.to_string())));
    for number in 0..world.sorts.len() {
        let sql = format!("UPDATE sort{number}s SET remark = 'qzxchanged' WHERE id % 2 = 0");
        execute(&ground.path("crm.db"), &sql);
    }
    let verification = migration.verify(VerifyOptions::default()).unwrap();
    said.extend([verification.to_string(), format!("{verification:?}")]);
    said.extend(stories(&mut migration, world));
    for paper in migration.write_papers(ground.path("papers")).unwrap() {
        said.push(String::from_utf8_lossy(&fs::read(paper).unwrap()).into_owned());
    }
    said.push(format!("{:?}", migration.undo(report.run, UndoOptions::default()).unwrap()));
    said.extend(migration.events().unwrap().into_iter().map(|event| event.detail));
    said.push(ground.ledger());
    let store = Connection::open(ground.path("store.db")).unwrap();
    said.extend(query(&store, "SELECT * FROM note").into_iter().flatten());
    said.extend(query(&store, "SELECT key, place, reasons FROM aside").into_iter().flatten());
    said
}

/// The story of every record.
fn stories(migration: &mut Migration, world: &World) -> Vec<String> {
    let keys = world.sorts.iter().enumerate().flat_map(|(number, sort)| {
        sort.rows.iter().map(move |row| (format!("sort{number}"), row[0].clone()))
    });
    keys.map(|(entity, key)| match migration.trace("old", &entity, &key, TraceOptions::default()) {
        Ok(story) => story.to_string(),
        Err(error) => error.to_string(),
    })
    .collect()
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn nothing_that_is_said_holds_a_personal_value(world in world()) {
        let world = marked(world);
        for text in said(&Ground::new(&world), &world) {
            prop_assert!(!text.contains(MARK), "{}", text);
        }
    }
}
