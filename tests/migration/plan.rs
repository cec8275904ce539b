//! Plans: what they say, what they are bound to, and that they write nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use handover::Error;
use handover::migration::{Approvals, ApprovedBy, Plan};

use super::demo::Demo;
use super::sqlite;

fn error<T>(result: Result<T, Error>) -> String {
    result.err().expect("an error").to_string()
}

#[test]
fn a_plan_writes_nothing_to_the_target() {
    let demo = Demo::new();
    let database = demo.path("crm.db");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o444)).unwrap();
    let (before, bytes) = (demo.dump(), fs::read(&database).unwrap());
    let plan = demo.migration().plan().unwrap();
    assert_eq!(demo.dump(), before);
    assert!(fs::read(&database).unwrap() == bytes);
    let companies = &plan.entities[1];
    assert_eq!((companies.read, companies.tally.of("created"), companies.tally.of("rejected")), (6, 4, 2));
    assert_eq!(plan.touched, 1, "Anna, who is there already");
}

#[test]
fn a_plan_says_what_is_at_risk() {
    let plan = Demo::new().migration().plan().unwrap();
    assert!(plan.risks.contains(&"crm_a/company: 1 reference in `owner_id` to somebody inactive".to_owned()));
    assert!(plan.risks.contains(&"crm_a/contact: 2 references in `company_id` to nothing".to_owned()));
    assert!(
        plan.risks.contains(&"crm_a/contact: 1 row of the target would be changed".to_owned()),
        "{:?}",
        plan.risks
    );
}

#[test]
fn approvals_are_demanded() {
    let demo = Demo::new();
    let mut migration = demo.migration().approval(Approvals(2));
    let hash = migration.plan().unwrap().hash;
    let short = &hash[..12];
    assert_eq!(
        error(migration.apply(&hash)),
        format!("plan {short} cannot be applied: it has 0 of 2 approvals")
    );
    migration.approve(&hash, "wang", "").unwrap();
    migration.approve(&hash, "wang", "again").unwrap();
    assert_eq!(
        error(migration.apply(&hash)),
        format!("plan {short} cannot be applied: it has 1 of 2 approvals")
    );
    let mut migration = demo.migration().approval(ApprovedBy(vec!["wang".into(), "chen".into()]));
    assert_eq!(
        error(migration.apply(&hash)),
        format!("plan {short} cannot be applied: the approval of chen is missing")
    );
    assert_eq!(error(migration.apply("0123")), "no plan `0123` is known");
}

#[test]
fn a_plan_holds_as_long_as_nothing_changes() {
    let approved = || {
        let demo = Demo::new();
        let mut migration = demo.migration();
        let plan = migration.plan().unwrap();
        migration.approve(&plan.hash, "wang", "").unwrap();
        (demo, plan.hash)
    };
    let (demo, hash) = approved();
    let short = hash[..12].to_owned();
    let contacts = demo.path("contacts.csv");
    fs::write(&contacts, fs::read_to_string(&contacts).unwrap() + "9,Late,,,\n").unwrap();
    assert_eq!(
        error(demo.migration().apply(&hash)),
        format!("{}: has changed since plan {short}: make a new plan", contacts.display())
    );
    let (demo, hash) = approved();
    let short = hash[..12].to_owned();
    sqlite::execute(&demo.path("crm.db"), "UPDATE contacts SET phone = '1'");
    assert_eq!(
        error(demo.migration().apply(&hash)),
        format!("table `contacts` of the target has changed since plan {short}: make a new plan")
    );
    let (demo, hash) = approved();
    let short = hash[..12].to_owned();
    assert_eq!(
        error(demo.migration().version("another").apply(&hash)),
        format!("the mapping has changed since plan {short}: make a new plan")
    );
}

#[test]
fn a_plan_that_somebody_edits_is_no_plan() {
    let demo = Demo::new();
    let path = demo.path("plan.json");
    let plan = demo.migration().plan().unwrap();
    plan.save(&path).unwrap();
    assert_eq!(Plan::load(&path).unwrap(), plan);
    let edited = fs::read_to_string(&path).unwrap().replacen("\"created\": 4", "\"created\": 5", 1);
    fs::write(&path, edited).unwrap();
    assert_eq!(
        error(Plan::load(&path)),
        format!("{}: the plan was changed after it was made", path.display())
    );
}
