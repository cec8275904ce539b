use super::demo::Demo;

#[test]
fn a_plan_and_a_run_and_back() {
    let demo = Demo::new();
    let before = demo.dump();
    let report = demo.apply();
    println!("{}", demo.dump());
    for entity in &report.entities {
        println!("{}: {:?}", entity.entity, entity.tally);
    }
    let undone = demo.migration().undo(report.run, Default::default()).unwrap();
    println!("{undone:?}");
    assert_eq!(demo.dump(), before);
}
