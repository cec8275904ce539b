//! What each rule makes of a cluster.

use super::*;
use crate::dedupe::{Rule, Survivor, Survivorship};
use crate::record::RecordId;
use crate::schema::Schema;

const COLUMNS: [&str; 3] = ["name", "seen", "notes"];

fn merged<'v, V: Into<Value<'v>> + Copy>(
    survivorship: Survivorship,
    rows: &[[V; 3]],
) -> (Record, u32, MergeCounts) {
    let schema = Schema::text(COLUMNS).unwrap();
    let mut records = Records::new(schema.clone());
    for (row, input) in rows.iter().zip(0..) {
        let mut record = Record::of(schema.clone(), *row).unwrap();
        record.set_id(RecordId { input, row: 7, part: 0 });
        records.push(&record).unwrap();
    }
    let inputs: Vec<_> = (0..rows.len()).map(|input| Arc::from(format!("input {input}"))).collect();
    let mut merger = survivorship.bind(&schema, &inputs).unwrap();
    let mut golden = Record::new(schema);
    let members: Vec<u32> = (0..).take(rows.len()).collect();
    let survivor = merger.merge(&records, &members, &mut golden, None).unwrap();
    (golden, survivor, merger.counts())
}

fn texts(record: &Record) -> Vec<String> {
    record.values().map(|value| value.to_string()).collect()
}

const ROWS: [[&str; 3]; 4] = [
    ["", "2024-02-01", "x"],
    ["Li", "2024-03-01T00:30:00+08:00", ""],
    ["Li Na", "2024-02-29T23:00:00Z", "x"],
    ["Li", "soon", " "],
];

#[test]
fn nothing_is_lost_without_a_rule() {
    let (golden, survivor, counts) = merged(Survivorship::new(), &ROWS[..3]);
    assert_eq!(
        texts(&golden),
        ["Li; Li Na", "2024-02-01; 2024-03-01T00:30:00+08:00; 2024-02-29T23:00:00Z", "x"]
    );
    assert_eq!((survivor, golden.id().input), (0, 0));
    let told: Vec<_> = counts.columns.iter().map(|c| (c.filled, c.joined, c.kept, c.dropped)).collect();
    assert_eq!(told, [(1, 1, 0, 0), (0, 2, 0, 0), (0, 0, 0, 0)]);
}

#[test]
fn each_rule_chooses() {
    let name = |rule| {
        let (golden, _, counts) = merged(Survivorship::new().field("name", rule), &ROWS);
        (texts(&golden)[0].clone(), counts.columns[0].dropped, counts.columns[0].rule.to_string())
    };
    let chosen = |value: &str, rule: &str| (value.to_owned(), 1, rule.to_owned());
    assert_eq!(name(Rule::fill()), chosen("Li", "fill"));
    assert_eq!(name(Rule::first()), chosen("Li", "first"));
    assert_eq!(name(Rule::last()), chosen("Li", "last"));
    assert_eq!(name(Rule::longest()), chosen("Li Na", "longest"));
    assert_eq!(name(Rule::most_frequent()), chosen("Li", "most frequent"));
    assert_eq!(name(Rule::most_recent("seen")), chosen("Li Na", "most recent"));
    assert_eq!(name(Rule::from_source(["input 2", "input 0"])), chosen("Li Na", "from source"));
    assert_eq!(name(Rule::from_source(["input 0"])), chosen("Li", "from source"));
    assert_eq!(name(Rule::join_distinct("/")), ("Li/Li Na".to_owned(), 0, "join distinct".to_owned()));
}

#[test]
fn the_survivor_gives_origin_and_what_it_has() {
    let survivor = |survivor| {
        let rules = Survivorship::new().rest(Rule::fill()).survivor(survivor);
        let (golden, survivor, _) = merged(rules, &ROWS);
        assert_eq!(golden.id().input, survivor);
        (survivor, texts(&golden)[0].clone())
    };
    assert_eq!(survivor(Survivor::first()), (0, "Li".to_owned()));
    assert_eq!(survivor(Survivor::last()), (3, "Li".to_owned()));
    assert_eq!(survivor(Survivor::most_complete()), (2, "Li Na".to_owned()));
    assert_eq!(survivor(Survivor::most_recent("seen")), (2, "Li Na".to_owned()));
    assert_eq!(survivor(Survivor::from_source(["input 1"])), (1, "Li".to_owned()));
}

#[test]
fn what_a_rule_passes_over_can_be_kept() {
    let rules = Survivorship::new().field("name", Rule::longest()).keep_others_in("notes");
    let (golden, _, counts) = merged(rules, &ROWS[1..3]);
    assert_eq!(
        texts(&golden),
        ["Li Na", "2024-03-01T00:30:00+08:00", "x; name=Li; seen=2024-02-29T23:00:00Z"]
    );
    let told: Vec<_> = counts.columns.iter().map(|c| (c.filled, c.kept, c.dropped)).collect();
    assert_eq!(told, [(0, 1, 0), (0, 1, 0), (1, 0, 0)]);
}

#[test]
fn unreadable_dates_are_counted_and_oldest() {
    let rules = Survivorship::new().rest(Rule::most_recent("seen"));
    let (golden, _, counts) =
        merged(rules, &[["a", "03/04/2024", ""], ["b", "0001-01-01", ""], ["c", "", ""]]);
    assert_eq!(texts(&golden), ["b", "0001-01-01", ""]);
    assert_eq!(counts.unreadable_dates, 1);
}

#[test]
fn values_of_different_kinds_differ() {
    let values = [Value::Int(1), Value::Text("1"), Value::Bool(true), Value::Float(1.5), Value::Int(1)];
    let rows: Vec<_> = values.iter().map(|value| [*value, Value::Null, Value::Null]).collect();
    let (golden, _, _) = merged(Survivorship::new(), &rows);
    assert_eq!(texts(&golden)[0], "1; 1; true; 1.5");
}

/// Merges rows, and tells all of it: the golden values, what was lost as
/// `column=value of record by rule`, and where values come from likewise.
fn told<const N: usize>(
    survivorship: &Survivorship,
    columns: [&str; N],
    rows: &[[&str; N]],
) -> (Vec<String>, Vec<String>, Vec<String>) {
    let schema = Schema::text(columns).unwrap();
    let mut records = Records::new(schema.clone());
    for (row, input) in rows.iter().zip(0..) {
        let mut record = Record::of(schema.clone(), *row).unwrap();
        record.set_id(RecordId { input, row: 7, part: 0 });
        records.push(&record).unwrap();
    }
    let inputs: Vec<_> = (0..rows.len()).map(|input| Arc::from(format!("input {input}"))).collect();
    let mut merger = survivorship.bind(&schema, &inputs).unwrap();
    let (mut golden, mut provenance) = (Record::new(schema), Provenance::default());
    let members: Vec<u32> = (0..).take(rows.len()).collect();
    let survivor = merger.merge(&records, &members, &mut golden, Some(&mut provenance)).unwrap();
    assert_eq!(
        provenance.survivor().map(|member| (member.position, member.id)),
        Some((survivor, golden.id()))
    );
    let lost = provenance.lost().iter().map(|lost| {
        assert_eq!(lost.record.id.input, lost.record.position);
        format!("{}={} of {} by {}", lost.column, lost.value, lost.record.position, lost.rule)
    });
    let lost: Vec<_> = lost.collect();
    let dropped: u64 = merger.counts().columns.iter().map(|column| column.dropped).sum();
    assert_eq!(dropped, lost.len() as u64, "what is counted is listed");
    let cells = provenance.cells().iter().map(|cell| {
        assert_eq!(cell.record.id.input, cell.record.position);
        format!("{} of {} by {}", cell.column, cell.record.position, cell.rule)
    });
    (texts(&golden), lost, cells.collect())
}

/// The value that a rule chooses, and what it drops.
fn phone_by(rule: Rule, rows: &[[&str; 2]]) -> (String, Vec<String>) {
    let rules = Survivorship::new().field("phone", rule).field("updated", Rule::first());
    let (golden, lost, _) = told(&rules, ["phone", "updated"], rows);
    (golden[0].clone(), lost.into_iter().filter(|lost| lost.starts_with("phone")).collect())
}

#[cfg(feature = "phone")]
#[test]
fn a_valid_value_beats_an_invalid_one_and_then_the_next_rule_decides() {
    let rule = || Rule::valid(crate::normalize::phone("CN")).then(Rule::most_recent("updated"));
    let rows = [
        ["138", "2024-06-01"],
        ["13800138000", "2023-01-01"],
        ["13900139000", "2024-01-01"],
        ["+86 139 0013 9000", "2022-01-01"],
    ];
    let by = |value, record| format!("phone={value} of {record} by valid phone, then most recent");
    let lost = vec![by("138", 0), by("13800138000", 1), by("+86 139 0013 9000", 3)];
    assert_eq!(phone_by(rule(), &rows), ("13900139000".to_owned(), lost));
    assert_eq!(phone_by(rule(), &rows[..1]), ("138".to_owned(), vec![]), "none is valid");

    let compared = rule().compared_by(crate::normalize::phone("CN"));
    let lost = vec![by("138", 0), by("13800138000", 1)];
    assert_eq!(phone_by(compared, &rows), ("13900139000".to_owned(), lost));
}

#[test]
fn equal_values_agree_however_they_are_written() {
    let rows = [["ab", ""], ["A B", ""], ["c", ""], ["AB", ""], ["c", ""]];
    let squeezed = || {
        let squeeze = |text: &str| Ok(text.replace(' ', "").to_lowercase().into());
        crate::normalize::rule("squeezed", move |text| squeeze(text))
    };
    let lost = |by: &str| vec![format!("phone=c of 2 by {by}")];
    let frequent = Rule::most_frequent().compared_by(squeezed());
    assert_eq!(phone_by(frequent, &rows), ("ab".to_owned(), lost("most frequent")));
    let longest = Rule::most_frequent().then(Rule::longest()).compared_by(squeezed());
    assert_eq!(phone_by(longest, &rows), ("A B".to_owned(), lost("most frequent, then longest")));
    let joined = Rule::join_distinct("/").compared_by(squeezed());
    assert_eq!(phone_by(joined, &rows), ("ab/c".to_owned(), vec![]));
}

#[test]
fn records_speak_with_the_weight_of_their_input() {
    let rows = [["a", ""], ["b", ""], ["b", ""], ["c", ""]];
    let value =
        |weights: &[(&'static str, u32)]| phone_by(Rule::most_trusted(weights.iter().copied()), &rows).0;
    assert_eq!(value(&[]), "b");
    assert_eq!(value(&[("input 0", 2)]), "a", "the first of two that weigh the same");
    assert_eq!(value(&[("input 3", 3)]), "c");
    assert_eq!(value(&[("input 1", 0), ("input 2", 0)]), "a");
}

#[test]
fn a_rule_of_ones_own_chooses_by_all_that_is_known() {
    let rows = [["a", "x"], ["b", "y"], ["c", "z"], ["b", "z"]];
    let own = |choose: fn(&[Candidate<'_>]) -> Option<usize>| {
        phone_by(Rule::own("mine", choose).then(Rule::last()), &rows).0
    };
    assert_eq!(own(|all| all.iter().position(|one| one.records() == 2)), "b");
    assert_eq!(own(|all| all.iter().position(|one| one.value() == Value::Text("a"))), "a");
    assert_eq!(own(|all| all.iter().position(|one| one.row().value(1) == Value::Text("z"))), "c");
    assert_eq!(own(|_| None), "b");
    assert_eq!(own(|all| Some(all.len())), "b", "beyond the last");
    let test = Rule::valid_if("a to b", |value| value.as_text().is_some_and(|text| text < "c"));
    let lost =
        vec!["phone=a of 0 by a to b, then last".to_owned(), "phone=c of 2 by a to b, then last".to_owned()];
    assert_eq!(phone_by(test.then(Rule::last()), &rows), ("b".to_owned(), lost));
}

#[test]
fn those_that_are_as_good_as_the_best_can_be_joined() {
    let rows = [["13", ""], ["0", ""], ["138", ""], ["13", ""], ["139", ""]];
    let mobile = Rule::valid_if("mobile", |value| value.as_text().is_some_and(|text| text.starts_with("13")));
    let lost = vec!["phone=0 of 1 by mobile, then join distinct".to_owned()];
    assert_eq!(phone_by(mobile.then(Rule::join_distinct("; ")), &rows), ("13; 138; 139".to_owned(), lost));
}

#[test]
fn lists_grow_piece_by_piece() {
    let rows = [["vip", ""], ["new; vip", ""], ["old", ""], ["VIP; ; new", ""]];
    assert_eq!(phone_by(Rule::list("; "), &rows), ("vip; new; old; VIP".to_owned(), vec![]));
    let caseless = Rule::list("; ").compared_by(crate::normalize::lowercase());
    assert_eq!(phone_by(caseless, &rows), ("vip; new; old".to_owned(), vec![]));
}

const ADDRESS: [&str; 4] = ["name", "street", "city", "postcode"];

const ADDRESSES: [[&str; 4]; 4] = [
    ["Li", "", "Suzhou", ""],
    ["", "1 Long Street", "", ""],
    ["Li Na", "", "Shanghai", "200000"],
    ["", "", "", " "],
];

#[test]
fn an_address_survives_as_a_whole() {
    let rules = Survivorship::new()
        .field("name", Rule::longest())
        .together(["street", "city", "postcode"], Rule::most_complete());
    let (golden, lost, cells) = told(&rules, ADDRESS, &ADDRESSES);
    assert_eq!(golden, ["Li Na", "", "Shanghai", "200000"]);
    assert_eq!(
        lost,
        [
            "name=Li of 0 by longest",
            "street=1 Long Street of 1 by most complete",
            "city=Suzhou of 0 by most complete",
        ]
    );
    assert_eq!(
        cells,
        ["name of 2 by longest", "city of 2 by most complete", "postcode of 2 by most complete"]
    );
}

#[test]
fn what_others_have_of_an_address_can_be_kept() {
    let rules = Survivorship::new()
        .together(["city", "street"], Rule::valid_if("long", |value| value.to_string().len() > 8))
        .keep_others_in("postcode");
    let (golden, lost, cells) = told(&rules, ADDRESS, &ADDRESSES);
    assert_eq!(golden, ["Li", "1 Long Street", "", "200000; name=Li Na; city=Suzhou; city=Shanghai"]);
    assert_eq!(lost, [""; 0]);
    assert_eq!(
        cells,
        [
            "name of 0 by fill",
            "postcode of 2 by undisputed",
            "street of 1 by long",
            "postcode of 2 by fill",
            "postcode of 0 by long",
            "postcode of 2 by long",
        ]
    );
}

#[test]
fn each_value_knows_where_it_comes_from() {
    let rules = Survivorship::new().survivor(Survivor::last()).field("city", Rule::fill());
    let rows = [["a", "s", "x", ""], ["a", "t", "y", "1"], ["a", "s", "", ""]];
    let (golden, lost, cells) = told(&rules, ADDRESS, &rows);
    assert_eq!(golden, ["a", "s; t", "x", "1"]);
    assert_eq!(lost, ["city=y of 1 by fill"]);
    assert_eq!(
        cells,
        [
            "name of 2 by undisputed",
            "street of 0 by join distinct",
            "street of 1 by join distinct",
            "city of 0 by fill",
            "postcode of 1 by undisputed",
        ]
    );
}

#[test]
fn a_cluster_of_very_many_on_disk_is_merged_like_any_other() {
    const COUNT: u32 = 30_000;
    let schema = Schema::text(["phone", "name"]).unwrap();
    let mut records = Records::spilling(schema.clone(), 0);
    for row in 0..COUNT {
        let phone = if row >= COUNT - 2 { "twice".to_owned() } else { row.to_string() };
        let mut record = Record::of(schema.clone(), [phone.as_str(), "Li"]).unwrap();
        record.set_id(RecordId { input: 0, row: row.into(), part: 0 });
        records.push(&record).unwrap();
    }
    let rules = Survivorship::new().field("phone", Rule::most_frequent());
    let mut merger = rules.bind(&schema, &[Arc::from("crm")]).unwrap();
    let (mut golden, mut provenance) = (Record::new(schema), Provenance::default());
    let members: Vec<u32> = (0..COUNT).collect();
    merger.merge(&records, &members, &mut golden, Some(&mut provenance)).unwrap();
    assert_eq!(texts(&golden), ["twice", "Li"]);
    assert_eq!(provenance.of("phone").map(|cell| cell.record.position).collect::<Vec<_>>(), [COUNT - 2]);
    assert_eq!(provenance.lost().len(), COUNT as usize - 2);
    assert_eq!(provenance.lost()[7].value, "7");
}
