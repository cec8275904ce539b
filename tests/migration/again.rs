//! Runs after the first: only what is new or has changed is written.

use super::demo::Demo;

#[test]
fn the_same_inputs_change_nothing() {
    let demo = Demo::new();
    demo.apply();
    let after = demo.dump();
    let report = demo.apply();
    assert_eq!(demo.dump(), after);
    let of = |entity: usize, what| report.entities[entity].tally.of(what);
    assert_eq!((of(1, "as before"), of(1, "created"), of(1, "updated")), (4, 0, 0));
    assert_eq!((of(0, "as before"), of(0, "parked"), of(0, "rejected")), (2, 2, 3));
}

#[test]
fn what_changed_is_changed_and_what_is_new_is_made() {
    let demo = Demo::new();
    demo.apply();
    demo.input("companies.csv", "id,name,city,parent,owner\na,Alpha AG,,c,u1\nzz,Late,Rome,a,u1\n");
    demo.input(
        "contacts.csv",
        "id,name,email,phone,company\n1,Anna S.,anna@example.com,777,a\n3,Cy,cy@example.com,,zz\n",
    );
    let report = demo.apply();
    let dump = demo.dump();
    // An empty city does not clear Berlin.
    assert!(dump.contains("companies: 1|a|Alpha AG|Berlin|3|1|NULL|0\n"), "{dump}");
    // What waited for its company is written when both are there; a new row of `zz` has the parent `a`.
    assert!(dump.contains("|zz|Late|Rome|1|1|NULL|0\n"), "{dump}");
    assert!(dump.contains("|3|Cy|cy@example.com|NULL|"), "{dump}");
    // A phone is filled once, a name is never written over.
    assert!(dump.contains("contacts: 10|1|Anna|anna@example.com|123|1\n"), "{dump}");
    assert_eq!(report.entities[0].tally.of("created"), 1);
}
