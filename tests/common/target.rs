//! What holds for every target of a migration that is a database.

use handover::migration::target::{Change, Op, Outcome, Target, TargetId};
use handover::{Field, Kind, Record, Schema, Value};

/// Rows are created, found, changed and deleted. The target has two tables:
///
/// - `people` with `id` (whole numbers that the database gives), `name` (never null), `mail` (up
///   to 20 characters, unique), `status` (`new` by default), `score`, `paid`, `born`, `seen`,
///   `active` (false by default) and `made` (the time by default);
/// - `codes` with `id` (a text that nobody gives) and `label`.
pub fn keeps_its_word(target: &mut dyn Target) {
    describes(target);
    creates_and_refuses(target);
    changes_and_deletes(target);
    finds(target);
    reserves(target);
    keeps_kinds(target);
    rehearses(target);
}

fn describes(target: &mut dyn Target) {
    let shape = target.describe("people").unwrap();
    assert_eq!((&*shape.table, &*shape.id), ("people", "id"));
    let kinds = shape.columns.iter().map(|column| (&*column.name, column.kind));
    assert!(kinds.eq([
        ("id", Kind::Int),
        ("name", Kind::Text),
        ("mail", Kind::Text),
        ("status", Kind::Text),
        ("score", Kind::Float),
        ("paid", Kind::Decimal),
        ("born", Kind::Date),
        ("seen", Kind::DateTime),
        ("active", Kind::Bool),
        ("made", Kind::DateTime),
    ]));
    let has = |flag: fn(&handover::migration::target::TargetColumn) -> bool| {
        let columns = shape.columns.iter().filter(|column| flag(column));
        columns.map(|column| &*column.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(has(|column| column.required), "name");
    assert_eq!(has(|column| column.unique), "id mail");
    assert_eq!(has(|column| column.max_chars == Some(20)), "mail");
    assert_eq!(has(|column| column.own_default), "id made");
    assert_eq!(has(|column| column.default.as_deref() == Some("new")), "status");
    assert_eq!(has(|column| column.default.as_deref() == Some("false")), "active");
    assert_eq!(has(|column| column.computed), "");
    let error = target.describe("poeple").unwrap_err().to_string();
    assert!(error.contains("no table `poeple`, did you mean `people`?"), "{error}");
}

fn creates_and_refuses(target: &mut dyn Target) {
    let mut changes = Vec::new();
    for id in 1..=1000 {
        let mail = if id == 700 { "m7".to_owned() } else { format!("m{id}") };
        let values = [("name", Value::Text("An")), ("mail", Value::Text(&mail))];
        changes.push(change(Op::Create(Some(number(id))), &values));
    }
    changes.push(change(Op::Create(Some(number(1001))), &[("name", Value::Null)]));
    changes.push(change(
        Op::Create(Some(number(1002))),
        &[("name", Value::Text("Bo")), ("born", "soon".into())],
    ));
    changes.push(change(Op::Create(None), &[("name", Value::Text("Cy"))]));
    let outcomes = write(target, "people", changes);
    assert!((1..700).all(|id| outcomes[id - 1] == done(id as i64)));
    for place in [699, 1000, 1001] {
        assert!(matches!(outcomes[place], Outcome::Refused(_)), "{place}: {:?}", outcomes[place]);
    }
    // What comes without an id gets one that nobody has.
    let Outcome::Done(given) = &outcomes[1002] else { panic!("{:?}", outcomes[1002]) };
    write(target, "people", vec![change(Op::Delete(given.clone()), &[])]);
    let id = |id: &str| TargetId::Text(id.into());
    let codes = ["b", "007", "7", "a"].map(|key| change(Op::Create(Some(id(key))), &[("label", key.into())]));
    let outcomes = write(target, "codes", codes.into());
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done(_))), "{outcomes:?}");
    let outcomes = write(target, "codes", vec![change(Op::Create(None), &[("label", "x".into())])]);
    let Outcome::Refused(fault) = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!(fault.to_string(), "a new row needs an id: the table gives none");
    assert_eq!(rows(target, "codes", &["label"]), ["007|007", "7|7", "a|a", "b|b"]);
    let all = rows(target, "people", &["mail"]);
    assert_eq!(all.len(), 999);
    assert_eq!((&*all[0], &*all[1], &*all[998]), ("1|m1", "2|m2", "1000|m1000"));
}

fn changes_and_deletes(target: &mut dyn Target) {
    let changes = vec![
        change(Op::Update(number(1)), &[("score", Value::Float(1.5)), ("mail", Value::Null)]),
        change(Op::Update(number(2)), &[("name", Value::Text("Bo"))]),
        change(Op::Update(number(3)), &[("name", Value::Null)]),
        change(Op::Update(number(5000)), &[("name", Value::Text("Cy"))]),
        change(Op::Delete(number(4)), &[]),
        change(Op::Delete(number(5000)), &[]),
        change(Op::Delete(TargetId::Text("x".into())), &[]),
        // Of one row they are done one after the other.
        change(Op::Update(number(1)), &[("score", Value::Float(2.5))]),
        change(Op::Create(Some(number(4))), &[("name", Value::Text("Di"))]),
        change(Op::Update(number(5)), &[]),
    ];
    let outcomes = write(target, "people", changes);
    assert!(matches!(outcomes[2], Outcome::Refused(_)), "{:?}", outcomes[2]);
    let others: Vec<_> =
        outcomes.into_iter().enumerate().filter(|(at, _)| *at != 2).map(|(_, one)| one).collect();
    let gone = || Outcome::Gone;
    assert_eq!(others, [done(1), done(2), gone(), done(4), gone(), gone(), done(1), done(4), done(5)]);
    let there = rows(target, "people", &["name", "mail", "score"]);
    assert_eq!(there[..4], ["1|An||2.5", "2|Bo|m2|", "3|An|m3|", "4|Di||"]);
    let id = [("id", Value::Int(9)), ("name", Value::Text("x"))];
    let error = target.write("people", &[change(Op::Update(number(1)), &id)]).unwrap_err().to_string();
    assert!(error.ends_with("column `id` is the id, which the change says and not the record"), "{error}");
}

fn finds(target: &mut dyn Target) {
    let mut find = |table: &str, column: &str, values: &[Value<'_>]| {
        let mut found = Vec::new();
        let mut each = |record: &Record| {
            assert_eq!(record.len(), 1);
            found.push(record.key().unwrap().to_owned());
            Ok(())
        };
        target.find(table, &[column], column, values, &mut each).unwrap();
        found.sort_by_key(|key| (key.len(), key.clone()));
        found
    };
    let ids: Vec<Value<'_>> = (1..=300).chain([5, 999_999, -1]).map(Value::Int).collect();
    assert_eq!(find("people", "id", &ids).len(), 300);
    assert_eq!(find("people", "id", &ids[298..]), ["5", "299", "300"]);
    assert_eq!(find("people", "mail", &["m9".into(), "M8".into(), "m9".into(), Value::Null]), ["9"]);
    assert_eq!(find("people", "name", &["Bo".into(), "nobody's \"\\name".into()]), ["2"]);
    assert_eq!(find("people", "id", &["007".into(), "8".into(), "x".into()]), ["8"]);
    assert_eq!(find("codes", "id", &["007".into(), "A".into(), "a\0".into()]), ["007"]);
    assert_eq!(find("codes", "id", &[]), Vec::<String>::new());
}

fn reserves(target: &mut dyn Target) {
    assert_eq!(target.reserve("people", 2).unwrap(), Some(vec![number(1001), number(1002)]));
    assert_eq!(target.reserve("people", 1).unwrap(), Some(vec![number(1001)]));
    assert_eq!(target.reserve("codes", 1).unwrap(), None);
}

fn keeps_kinds(target: &mut dyn Target) {
    let parse = |text, kind| Value::parse(text, kind).unwrap();
    let values = [
        ("name", Value::Text("王\t伟\\N\n'\"")),
        ("score", Value::Float(0.1)),
        ("paid", parse("1234567.5", Kind::Decimal)),
        ("born", parse("2024-02-29", Kind::Date)),
        ("seen", parse("2024-02-29T08:30:00.5Z", Kind::DateTime)),
        ("active", Value::Bool(true)),
        ("status", Value::Null),
        ("mail", Value::Text("")),
    ];
    let outcomes = write(target, "people", vec![change(Op::Create(Some(number(2000))), &values)]);
    assert_eq!(outcomes, [done(2000)]);
    let columns = values.map(|(name, _)| name);
    let mut each = |record: &Record| {
        assert!(record.values().eq(values.iter().map(|(_, value)| *value)), "{record:?}");
        Ok(())
    };
    target.find("people", &columns, "id", &[Value::Int(2000)], &mut each).unwrap();
    for (column, value) in values.iter().filter(|(_, value)| !value.is_null()) {
        let mut found = 0;
        let mut each = |_: &Record| {
            found += 1;
            Ok(())
        };
        target.find("people", &[], column, &[*value], &mut each).unwrap();
        assert_eq!(found, 1, "{column}");
    }
}

fn rehearses(target: &mut dyn Target) {
    let folder = tempfile::tempdir().unwrap();
    let mut copy = target.rehearsal(&["people", "codes"], folder.path()).unwrap();
    assert_eq!(copy.name(), target.name());
    for (table, columns) in
        [("people", &["name", "paid", "seen", "active", "made"][..]), ("codes", &["label"])]
    {
        assert_eq!(copy.describe(table).unwrap(), target.describe(table).unwrap());
        assert_eq!(rows(&mut *copy, table, columns), rows(target, table, columns));
    }
    assert_eq!(copy.reserve("people", 3).unwrap(), target.reserve("people", 3).unwrap());
    let long = [("name", Value::Text("x")), ("mail", Value::Text("one and twenty chars."))];
    let changes = || vec![change(Op::Delete(number(1)), &[]), change(Op::Create(None), &long)];
    let outcomes = write(&mut *copy, "people", changes());
    assert_eq!(outcomes[0], done(1));
    assert!(matches!(outcomes[1], Outcome::Refused(_)), "{:?}", outcomes[1]);
    assert!(rows(target, "people", &["name"])[0].starts_with("1|"));
    let outcomes = write(target, "people", changes());
    assert!(matches!(outcomes[..], [Outcome::Done(_), Outcome::Refused(_)]), "{outcomes:?}");
}

fn change(op: Op, values: &[(&str, Value<'_>)]) -> Change {
    let fields = values.iter().map(|(name, value)| Field::new(*name, value.kind().unwrap_or_default()));
    let record = Record::of(Schema::new(fields).unwrap(), values.iter().map(|(_, value)| *value)).unwrap();
    Change { token: 0, op, record }
}

/// What becomes of changes, in their order.
fn write(target: &mut dyn Target, table: &str, mut changes: Vec<Change>) -> Vec<Outcome> {
    for (at, change) in changes.iter_mut().enumerate() {
        change.token = 10 + at as u64;
    }
    let mut outcomes = target.write(table, &changes).unwrap();
    outcomes.sort_by_key(|(token, _)| *token);
    let tokens = outcomes.iter().map(|(token, _)| *token);
    assert!(tokens.eq(changes.iter().map(|change| change.token)));
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn rows(target: &mut dyn Target, table: &str, columns: &[&str]) -> Vec<String> {
    let mut rows = Vec::new();
    let mut each = |record: &Record| {
        let values: Vec<String> = record.values().map(|value| value.to_string()).collect();
        rows.push(format!("{}|{}", record.key().unwrap(), values.join("|")));
        Ok(())
    };
    target.scan(table, columns, &mut each).unwrap();
    rows
}

fn number(id: i64) -> TargetId {
    TargetId::Number(id)
}

fn done(id: i64) -> Outcome {
    Outcome::Done(number(id))
}
