use super::*;
use crate::dedupe::DuplicateDetector;
use crate::dedupe::matching::{Matcher, Matching, Reached};
use crate::record::Record;

/// Shelf marks of two numbers, which some write the other way round; marks
/// of a question are none, and no level is the highest.
struct ShelfMark(&'static [Level]);

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.05, chance: 0.99 },
    Level { name: "the other way round", same: 0.35, chance: 0.001 },
    Level { name: "same", same: 0.6, chance: 0.001 },
];

impl Comparator for ShelfMark {
    fn levels(&self) -> &'static [Level] {
        self.0
    }

    fn compare(&self, a: &str, b: &str) -> Option<usize> {
        if a == "?" || b == "?" {
            return None;
        }
        Some(if a == b { 99 } else { usize::from(self.key(a) == self.key(b)) })
    }

    fn key(&self, text: &str) -> Option<String> {
        let mut parts: Vec<&str> = text.split('/').collect();
        parts.sort_unstable();
        Some(parts.concat())
    }
}

/// Books on 120 shelves, those on every tenth told twice: half of them the
/// other way round, and half in the same way; of two the shelf is not known.
fn books() -> Records {
    let schema = Schema::text(["shelf", "title", "room"]).unwrap();
    let mut records = Records::new(schema.clone());
    let mut push = |row: [&str; 3]| records.push(&Record::of(schema.clone(), row).unwrap()).unwrap();
    for shelf in 0..120_u32 {
        let (row, place) = (shelf * 7919 % 1000 + 1000, shelf * 31 % 97);
        let (mark, title, room) =
            (format!("{row}/{place}"), format!("T{}", shelf / 2), format!("{}", shelf % 7));
        push([&mark, &title, &room]);
        match shelf % 20 {
            0 => push([&format!("{place}/{row}"), &title, &room]),
            10 => push([&mark, &title, &room]),
            _ => (),
        }
    }
    push(["?", "", ""]);
    push(["? ", "", ""]);
    records
}

fn likely(matching: &Matching) -> Vec<(u32, u32)> {
    matching.pairs().iter().filter(|pair| pair.probability() > 0.9).map(|pair| (pair.a, pair.b)).collect()
}

fn matcher() -> Matcher {
    Matcher::new().role("title", Role::Category).role("room", Role::Category).threads(1)
}

#[test]
fn a_comparator_of_ones_own_finds_what_it_is_made_for() {
    let books = books();
    let told_twice: Vec<(u32, u32)> = (0..12).map(|pair| (11 * pair, 11 * pair + 1)).collect();
    let by_role = matcher().role("shelf", Role::Category).matching(&books).unwrap();
    let own = matcher().compare(["shelf"], ShelfMark(LEVELS)).matching(&books).unwrap();
    assert_eq!(likely(&own), told_twice);
    assert_eq!(likely(&by_role).len(), 6);

    let mut blocked = matcher().compare(["shelf"], ShelfMark(LEVELS)).budget(100).matching(&books).unwrap();
    assert_eq!((likely(&blocked), blocked.compared()), (told_twice, 13));
    blocked.blocking = None;
    let told = |a, b| blocked.explain(a, b, &books).unwrap().fields[2].level.clone();
    assert_eq!(told(0, 1).unwrap(), "the other way round");
    assert_eq!(told(11, 12).unwrap(), "same");
    assert_eq!(told(0, 132), None);

    let roles = own.roles().to_string();
    assert!(roles.contains("shelf   ignore       compared by a comparator of one's own\n"), "{roles}");
    let model = own.model().clone();
    let again = matcher().compare(["shelf"], ShelfMark(LEVELS)).model(model).matching(&books).unwrap();
    assert_eq!(again.pairs(), own.pairs());
}

#[test]
fn a_rule_of_ones_own_is_always_used() {
    let books = books();
    let matcher = || matcher().role("shelf", Role::Category).budget(1);
    assert_eq!(matcher().matching(&books).unwrap().compared(), 0);
    let on_room = matcher().block_on("room and number", ["room", "shelf"], |values| {
        let [room, shelf] = values else { return None };
        (!room.is_empty()).then(|| format!("{room} {:?}", ShelfMark(LEVELS).key(shelf)))
    });
    let matching = on_room.matching(&books).unwrap();
    assert_eq!(matching.compared(), 12);
    let Reached::ByRules(tried) = matching.explain(0, 132, &books).unwrap().reached else { panic!() };
    assert_eq!(
        tried.iter().map(|it| format!("{}: {}", it.rule, it.outcome)).collect::<Vec<_>>(),
        ["room and number: missing"]
    );
    let rule = &matching.blocking().unwrap().rules[0];
    assert_eq!((&*rule.rule, rule.pairs, rule.largest, rule.skipped), ("room and number", 12, 2, 0));

    let on_nothing = matcher().block_on("all", ["room"], |_| Some(String::new()));
    let matching = on_nothing.matching(&books).unwrap();
    assert_eq!(matching.compared(), 0);
    assert_eq!(
        matching.explain(0, 1, &books).unwrap().reached.to_string(),
        "The pair was not compared: it agrees on no rule.\n  all: agree, as do 134 records: too many to compare"
    );
    let rule = &matching.blocking().unwrap().rules[0];
    assert_eq!((rule.skipped, rule.largest_skipped), (1, 134));
}

#[test]
fn what_cannot_be_is_refused() {
    let books = books();
    let refused = |matcher: Matcher| matcher.matching(&books).unwrap_err().to_string();
    let levels = |levels| refused(matcher().compare(["shelf"], ShelfMark(levels)));
    assert_eq!(levels(&[]), "the model: `shelf` has 0 levels, where 1 to 255 can be");
    assert_eq!(
        levels(&[Level { name: "same", same: 1.0, chance: 0.0 }]),
        "the model: `chance` of `shelf`, same is 0, and has to be above 0 and at most 1"
    );
    let unknown = "no column `self`, did you mean `shelf`? The columns are: shelf, title, room";
    let mut misspelt = matcher().compare(["self"], ShelfMark(LEVELS));
    let bound = misspelt.bind(books.schema()).unwrap_err().to_string();
    assert_eq!((bound, refused(misspelt)), (unknown.to_owned(), unknown.to_owned()));
    assert_eq!(refused(matcher().block_on("x", ["self"], |_| None)), unknown);
    assert_eq!(
        refused(matcher().compare(["room"; 17], ShelfMark(LEVELS))),
        "17 columns are to be compared as one, and 1 to 16 can be"
    );
    assert_eq!(
        refused(matcher().block_on("x", [""; 0], |_| None)),
        "0 columns are to be compared as one, and 1 to 16 can be"
    );
}
