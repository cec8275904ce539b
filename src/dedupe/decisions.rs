//! What people decided about pairs of records, kept by identity and obeyed.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::cluster::Forest;
use super::key::{Found, Keyed};
use super::table::{pair_columns, pair_values, push_row};
use super::{Links, RecordKey, Records};
use crate::error::{Error, Place, Result};
use crate::record::{Record, Value};
use crate::schema::Schema;
use crate::source::within::read_within;
use crate::source::{Feed, SourceReader};

/// What somebody said about two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Decision {
    /// They are the same customer.
    Same,
    /// They are not, and are never to be in one cluster.
    Different,
    /// Nobody can say. They are not merged on their own account, and not asked
    /// about again unless their probability changes.
    Unsure,
}

impl Decision {
    const ALL: [Decision; 3] = [Decision::Same, Decision::Different, Decision::Unsure];

    /// The word for it: `same`, `different`, `unsure`.
    pub fn name(self) -> &'static str {
        match self {
            Decision::Same => "same",
            Decision::Different => "different",
            Decision::Unsure => "unsure",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Decisions about pairs of records, by their [keys](RecordKey) and never by
/// their positions.
///
/// They are read from any source with the columns `id_a`, `id_b` and `decision`,
/// or, where there are several inputs, `source_a`, `key_a`, `source_b`, `key_b`
/// and `decision`; also `probability`, which was the detector's when somebody was
/// unsure. Other columns are passed over, and so are rows without a decision: a
/// [review](super::Review) that was filled in is read as it is. Of two decisions
/// about the same pair the later counts. As a source, decisions are a table of that
/// kind, to be written by any sink.
///
/// ```
/// use handover::dedupe::{Decision, Decisions, RecordKey};
/// use handover::{Record, Schema, source::Memory};
///
/// let schema = Schema::text(["id_a", "id_b", "decision"])?;
/// let rows = [["K1", "K2", "same"], ["K3", "K2", "different"], ["K4", "K1", ""]];
/// let rows = rows.into_iter().map(|row| Record::of(schema.clone(), row)).collect::<Result<Vec<_>, _>>()?;
/// let mut decisions = Decisions::read(Memory::new("review", schema, rows))?;
/// assert_eq!(decisions.get(&RecordKey::only("K2"), &RecordKey::only("K3")), Some(Decision::Different));
/// assert_eq!(decisions.len(), 2);
///
/// decisions.decide(RecordKey::only("K1"), RecordKey::only("K3"), Decision::Same, None);
/// assert_eq!(decisions.contradictions().len(), 1); // K1 is K2 and K3, which differ
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    pairs: BTreeMap<(RecordKey, RecordKey), (Decision, Option<f64>)>,
}

/// What became of decisions when they were applied to records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Decisions that are obeyed.
    pub obeyed: usize,
    /// Decisions about a record that is not there this time.
    pub absent: usize,
    /// Decisions about a key that several records have: nobody knows which was meant.
    pub ambiguous: usize,
}

impl Decisions {
    /// Reads decisions.
    ///
    /// # Errors
    ///
    /// When the columns are missing, when a row cannot be read, has no key, holds
    /// another decision than the three, or pairs a record with itself; and what the
    /// source reports.
    pub fn read(source: impl SourceReader) -> Result<Self> {
        Decisions::read_between(["", ""], source)
    }

    /// Reads decisions about two inputs of these names: where the table names no
    /// sources, `id_a` is of the first and `id_b` of the second.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_between(inputs: [&str; 2], mut source: impl SourceReader) -> Result<Self> {
        let name = source.name().into_owned();
        let within = |error: Error| error.within(&name);
        let schema = source.schema().map_err(within)?;
        let columns = Columns::of(&schema, inputs).map_err(within)?;
        let mut decisions = Decisions::default();
        read_within(&mut source, &schema, |pushed| {
            if let Some(fault) = pushed.faults.iter().find(|_| pushed.rejected) {
                return Err(Error::format(fault.to_string()).at(pushed.place()));
            }
            columns.read(pushed.record, &mut decisions, || pushed.place())
        })?;
        Ok(decisions)
    }

    /// Adds a decision, in place of an earlier one about the same pair, with the
    /// probability that the detector gave the pair. A record is always the same as itself.
    pub fn decide(&mut self, a: RecordKey, b: RecordKey, decision: Decision, probability: Option<f64>) {
        if a != b {
            self.pairs.insert(ordered(a, b), (decision, probability));
        }
    }

    /// Adds later decisions.
    pub fn extend(&mut self, later: Decisions) {
        self.pairs.extend(later.pairs);
    }

    /// What was decided about two records.
    pub fn get(&self, a: &RecordKey, b: &RecordKey) -> Option<Decision> {
        self.pairs.get(&ordered(a.clone(), b.clone())).map(|decided| decided.0)
    }

    /// How many pairs are decided.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The pairs that were decided to be different although a chain of others
    /// makes them the same, in the order of their keys. They are kept apart, and
    /// the chain is cut.
    pub fn contradictions(&self) -> Vec<(&RecordKey, &RecordKey)> {
        let keys: BTreeSet<&RecordKey> = self.pairs.keys().flat_map(|(a, b)| [a, b]).collect();
        let numbers: BTreeMap<&RecordKey, u32> = keys.into_iter().zip(0..).collect();
        let mut groups = Forest::of(numbers.len());
        for (a, b) in self.pairs_that_are(Decision::Same) {
            groups.union(numbers[a], numbers[b]);
        }
        let different = self.pairs_that_are(Decision::Different);
        different.filter(|(a, b)| groups.root(numbers[a]) == groups.root(numbers[b])).collect()
    }

    /// Has the links obey the decisions. The inputs are named in the order of
    /// their numbers in [`RecordId`](crate::RecordId). Decisions that cannot be
    /// obeyed this time are counted.
    ///
    /// # Errors
    ///
    /// When there are several inputs and a decision names none, and when a record
    /// cannot be read back.
    pub fn apply(&self, records: &Records, inputs: &[impl AsRef<str>], links: &mut Links) -> Result<Applied> {
        let mut applied = Applied::default();
        if self.is_empty() {
            return Ok(applied);
        }
        let keyed = Keyed::new(records, inputs);
        let located = keyed.locate(self.pairs.keys().flat_map(|(a, b)| [a, b]))?;
        for ((a, b), (decision, probability)) in &self.pairs {
            match (keyed.find(&located, a), keyed.find(&located, b)) {
                (Found::One(a), Found::One(b)) => {
                    applied.obeyed += 1;
                    match decision {
                        Decision::Same => links.always(a, b),
                        Decision::Different => links.never(a, b),
                        Decision::Unsure => links.unsure(a, b, *probability),
                    }
                }
                (Found::Nobody, _) | (_, Found::Nobody) => applied.absent += 1,
                _ => applied.ambiguous += 1,
            }
        }
        Ok(applied)
    }

    fn names_sources(&self) -> bool {
        self.pairs.keys().any(|(a, b)| !a.source.is_empty() || !b.source.is_empty())
    }

    fn pairs_that_are(&self, decision: Decision) -> impl Iterator<Item = (&RecordKey, &RecordKey)> {
        let pairs = self.pairs.iter().filter(move |(_, decided)| decided.0 == decision);
        pairs.map(|((a, b), _)| (a, b))
    }
}

/// A table of all decisions, in the order of the keys, that [`Decisions::read`]
/// reads again: `Pipeline::from(&decisions).to(CsvSink::path("decisions.csv"))`.
impl SourceReader for &Decisions {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("decisions")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::text(pair_columns(self.names_sources()).iter().copied().chain(["decision", "probability"]))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let named = self.names_sources();
        for ((a, b), (decision, probability)) in &self.pairs {
            let rest = [decision.name().into(), Value::from(*probability)];
            push_row(feed, pair_values(named, a, b).chain(rest))?;
        }
        Ok(())
    }
}

/// Where a table of decisions has what.
struct Columns<'i> {
    /// Source, where it is said, and key of one record and of the other.
    keys: [(Option<usize>, usize); 2],
    /// Their sources, where none is said.
    inputs: [&'i str; 2],
    decision: usize,
    probability: Option<usize>,
}

impl<'i> Columns<'i> {
    fn of(schema: &Schema, inputs: [&'i str; 2]) -> Result<Self> {
        let named = schema.find("id_a").is_none() && schema.find("key_a").is_some();
        let keys = if named {
            let side = |source, key| Ok::<_, Error>((Some(schema.index(source)?), schema.index(key)?));
            [side("source_a", "key_a")?, side("source_b", "key_b")?]
        } else {
            [(None, schema.index("id_a")?), (None, schema.index("id_b")?)]
        };
        let (decision, probability) = (schema.index("decision")?, schema.find("probability"));
        Ok(Columns { keys, inputs, decision, probability })
    }

    /// Reads one row; one without a decision says nothing.
    fn read(&self, record: &Record, into: &mut Decisions, place: impl Fn() -> Place) -> Result<()> {
        let text = |column: usize| record.value(column).to_string().trim().to_owned();
        let wrong = |message| Err(Error::format(message).at(place()));
        let said = text(self.decision).to_lowercase();
        if said.is_empty() {
            return Ok(());
        }
        let Some(decision) = Decision::ALL.into_iter().find(|decision| decision.name() == said) else {
            return wrong("the decision is not one of same, different, unsure");
        };
        let [a, b] = [0, 1].map(|side: usize| {
            let (source, key) = self.keys[side];
            RecordKey::new(&source.map_or_else(|| self.inputs[side].to_owned(), text), &text(key))
        });
        if a.key.is_empty() || b.key.is_empty() {
            return wrong("a decision about a record without a key");
        }
        if a == b {
            return wrong("a decision about a record and itself");
        }
        let probability = self.probability.and_then(|column| text(column).parse().ok());
        into.decide(a, b, decision, probability);
        Ok(())
    }
}

fn ordered(a: RecordKey, b: RecordKey) -> (RecordKey, RecordKey) {
    if a <= b { (a, b) } else { (b, a) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::Clustering;
    use crate::source::Memory;
    use proptest::prelude::*;

    fn memory(columns: &[&str], rows: &[&[&str]]) -> Memory {
        let schema = Schema::text(columns.iter().copied()).unwrap();
        let rows = rows.iter().map(|row| Record::of(schema.clone(), row.iter().copied()).unwrap());
        Memory::new("decisions.csv", schema.clone(), rows.collect::<Vec<_>>())
    }

    fn error(columns: &[&str], row: &[&str]) -> String {
        Decisions::read(memory(columns, &[row])).unwrap_err().to_string()
    }

    /// Records of one input with these keys.
    fn records(keys: &[&str]) -> Records {
        let schema = Schema::text(["key"]).unwrap();
        let mut records = Records::new(schema.clone());
        for key in keys {
            let mut record = Record::of(schema.clone(), [*key]).unwrap();
            record.set_key(0);
            records.push(&record).unwrap();
        }
        records
    }

    fn only(key: &str) -> RecordKey {
        RecordKey::only(key)
    }

    const ONE: [&str; 3] = ["id_a", "id_b", "decision"];

    #[test]
    fn a_review_that_was_filled_in_is_read() {
        let columns = ["id_a", "id_b", "probability", "decision", "name_a", "name_b"];
        let rows: [&[&str]; 3] = [
            &["K2", "K1", "0.7", " Same ", "Li Na", "Lina Li"],
            &["K1", "K3", "0.6", "", "Li Na", "Li Ming"],
            &["K1", "K4", "0.55", "unsure", "Li Na", "L. N."],
        ];
        let decisions = Decisions::read(memory(&columns, &rows)).unwrap();
        assert_eq!(decisions.get(&only("K1"), &only("K2")), Some(Decision::Same));
        assert_eq!(decisions.get(&only("K1"), &only("K3")), None);
        assert_eq!(decisions.pairs[&(only("K1"), only("K4"))], (Decision::Unsure, Some(0.55)));
    }

    #[test]
    fn between_two_inputs_the_first_id_is_of_the_first() {
        let rows: [&[&str]; 2] = [&["7", "3", "same"], &["3", "7", "different"]];
        let decisions = Decisions::read_between(["left", "right"], memory(&ONE, &rows)).unwrap();
        let get = |a, b| decisions.get(&RecordKey::new("right", b), &RecordKey::new("left", a));
        assert_eq!([get("7", "3"), get("3", "7")], [Some(Decision::Same), Some(Decision::Different)]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let at = "decisions.csv:row 1: ";
        assert_eq!(
            error(&ONE, &["1", "2", "yes"]),
            format!("{at}the decision is not one of same, different, unsure")
        );
        assert_eq!(error(&ONE, &["1", "", "same"]), format!("{at}a decision about a record without a key"));
        assert_eq!(error(&ONE, &["1", "1", "same"]), format!("{at}a decision about a record and itself"));
        assert_eq!(
            error(&["id_a", "id_b"], &["1", "2"]),
            "decisions.csv: no column `decision`. The columns are: id_a, id_b"
        );
        assert_eq!(
            error(&["source_a", "key_a", "key_b", "decision"], &["x", "1", "2", "same"]),
            "decisions.csv: no column `source_b`, did you mean `source_a`? \
             The columns are: source_a, key_a, key_b, decision"
        );
    }

    #[test]
    fn the_later_decision_counts_and_contradictions_are_told() {
        let rows: [&[&str]; 4] =
            [&["A", "B", "different"], &["B", "A", "same"], &["C", "B", "same"], &["D", "A", "different"]];
        let mut decisions = Decisions::read(memory(&ONE, &rows)).unwrap();
        assert_eq!(decisions.get(&only("A"), &only("B")), Some(Decision::Same));
        assert_eq!(decisions.contradictions(), []);
        let later: [&[&str]; 1] = [&["A", "C", "different"]];
        decisions.extend(Decisions::read(memory(&ONE, &later)).unwrap());
        assert_eq!(decisions.contradictions(), [(&only("A"), &only("C"))]);
    }

    #[test]
    fn decisions_are_obeyed_by_key() {
        let rows: [&[&str]; 5] = [
            &["A", "B", "different"],
            &["D", "E", "same"],
            &["A", "gone", "same"],
            &["A", "twice", "same"],
            &["C", "B", "unsure"],
        ];
        let decisions = Decisions::read(memory(&ONE, &rows)).unwrap();
        let records = records(&["twice", "E", "B", "C", "A", "D", "twice"]);
        let mut links = Links::default();
        links.maybe(4, 3, 0.999); // A and C
        links.maybe(3, 2, 0.99); // C and B
        let applied = decisions.apply(&records, &["crm"], &mut links).unwrap();
        assert_eq!(applied, Applied { obeyed: 3, absent: 1, ambiguous: 1 });
        let clusters = Clustering::new(0.95).largest(1).cluster(&records, &links).unwrap();
        assert_eq!(clusters.iter().collect::<Vec<_>>(), [[1, 5]]);
        let clusters = Clustering::new(0.95).cluster(&records, &links).unwrap();
        assert_eq!(clusters.iter().collect::<Vec<_>>(), [[1, 5], [3, 4]]);
        let why: Vec<_> =
            clusters.refused().iter().map(|refused| (refused.a, refused.b, refused.why)).collect();
        assert_eq!(why, [(2, 3, crate::dedupe::Why::Unsure)]);
    }

    #[test]
    fn of_several_inputs_the_source_must_be_named() {
        let columns = ["source_a", "key_a", "source_b", "key_b", "decision"];
        let named = Decisions::read(memory(&columns, &[&["crm", "1", "shop", "1", "same"]])).unwrap();
        let schema = Schema::text(["key"]).unwrap();
        let mut records = Records::new(schema.clone());
        for input in [0, 1] {
            let mut record = Record::of(schema.clone(), ["1"]).unwrap();
            record.set_key(0);
            record.set_id(crate::record::RecordId { input, row: 1, part: 0 });
            records.push(&record).unwrap();
        }
        let mut links = Links::default();
        let obeyed = Applied { obeyed: 1, ..Applied::default() };
        assert_eq!(named.apply(&records, &["crm", "shop"], &mut links).unwrap(), obeyed);
        let blank = Decisions::read(memory(&ONE, &[&["1", "2", "same"]])).unwrap();
        assert_eq!(
            blank.apply(&records, &["crm", "shop"], &mut links).unwrap_err().to_string(),
            "a decision names no source, and there are several inputs"
        );
    }

    proptest! {
        #[test]
        fn decisions_come_back_as_they_were_written(
            pairs in prop::collection::vec(("[a-c]?", "[a-e]{1,2}", "[a-c]?", "[a-e]{1,2}", 0..3usize, prop::option::of(0.0..1.0f64)), 0..9),
        ) {
            let mut decisions = Decisions::default();
            for (source_a, a, source_b, b, decision, probability) in &pairs {
                let (a, b) = (RecordKey::new(source_a, a), RecordKey::new(source_b, b));
                decisions.decide(a, b, Decision::ALL[*decision], *probability);
            }
            prop_assert_eq!(Decisions::read(&decisions).unwrap().pairs, decisions.pairs);
        }
    }
}
