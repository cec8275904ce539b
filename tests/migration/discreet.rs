//! No message, no report and no line of the audit log holds what a person is called.

use handover::migration::UndoOptions;

use super::demo::Demo;
use super::sqlite;

/// What stands in every value that is personal.
const MARK: &str = "qzx";

/// A demonstration whose names, addresses and phones are marked, and of which
/// much goes wrong.
fn marked() -> Demo {
    let demo = Demo::new();
    demo.input(
        "users.csv",
        "id,name,email,status\nu1,qzxLi,qzxli@example.cn,active\nu2,qzxWang,qzxwang@example.cn,inactive\n",
    );
    demo.input(
        "companies.csv",
        "id,name,city,parent,owner\na,qzxAlpha,qzxBerlin,c,u1\nb,qzxBeta,qzx of a very long name,a,u2\nb,qzxAgain,,,\n",
    );
    demo.input(
        "contacts.csv",
        "id,name,email,phone,company\n1,qzxAnna,anna@example.com,qzx1,a\n2,refused,qzxbo@example.com,qzx2,a\n\
         ,qzxNokey,qzx,qzx,a\n3,qzxCy,qzxcy@example.com,,zz\n4,,qzx4,,a\n5,qzx,qzx\u{0},qzx,a\nqzx;ragged,row\n",
    );
    let refusing = "CREATE UNIQUE INDEX one_phone ON contacts (phone); \
        INSERT INTO contacts VALUES (11, NULL, 'qzxThere', 'x@example.com', 'qzx1', NULL)";
    sqlite::execute(&demo.path("crm.db"), refusing);
    demo
}

#[test]
fn no_message_holds_a_personal_value() {
    let demo = marked();
    let mut migration = demo.migration();
    let mut said = Vec::new();
    let plan = migration.plan().unwrap();
    said.push(plan.to_string());
    said.push(format!("{:?}", plan.risks));
    said.push(migration.apply(&plan.hash).unwrap_err().to_string());
    migration.approve(&plan.hash, "wang", "").unwrap();
    let report = migration.apply(&plan.hash).unwrap();
    said.push(format!("{report:?}"));
    for entity in &report.entities {
        said.extend(entity.pipeline.as_ref().map(ToString::to_string));
    }
    sqlite::execute(&demo.path("crm.db"), "UPDATE contacts SET email = 'qzxchanged'");
    said.push(migration.verify(Default::default()).unwrap().to_string());
    said.push(format!("{:?}", migration.undo(report.run, UndoOptions::default()).unwrap()));
    said.extend(migration.events().unwrap().into_iter().map(|event| event.detail));
    said.push(demo.ledger());
    let store = rusqlite::Connection::open(demo.path("store.db")).unwrap();
    said.extend(sqlite::query(&store, "SELECT * FROM note").into_iter().flatten());
    said.extend(sqlite::query(&store, "SELECT place, reasons FROM aside").into_iter().flatten());
    assert!(said.iter().any(|text| text.contains("UNIQUE constraint failed")), "something went wrong");
    for text in said {
        assert!(!text.contains(MARK), "{text}");
    }
}
