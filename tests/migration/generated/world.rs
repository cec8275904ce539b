//! What is moved in a generated migration: one to four kinds of record that refer to each
//! other, under policies of all sorts, with keys that are missing, odd or there twice.

use std::collections::BTreeSet;

use handover::migration::{FieldPolicy, WritePolicy};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::{Deserialize, Serialize};

/// A whole migration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct World {
    pub sorts: Vec<Sort>,
    /// Records of another kind that go into the first table, as the first sort does.
    pub twins: Vec<[String; 8]>,
}

/// A kind of record, and its table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sort {
    pub write: WritePolicy,
    /// What happens to `name`, `remark` and every reference of a row that is there.
    pub fields: [FieldPolicy; 3],
    /// Whether an empty `remark` clears.
    pub clears: bool,
    /// Whether rows are found by their `code`.
    pub matches: bool,
    /// Whether records whose `remark` is [`SPLIT`] become two.
    pub splits: bool,
    /// Whether records of one `code` are merged.
    pub merges: bool,
    /// Whether those whose `status` is `gone` are not to be given anything.
    pub retires: bool,
    /// Whether the table takes a `code` once, and no row that refers to itself.
    pub strict: bool,
    pub references: Vec<Points>,
    /// The cells of the input: [`COLUMNS`].
    pub rows: Vec<[String; 8]>,
    /// Rows that are in the table before: name, code, remark, score, status, and what they refer to.
    pub there: Vec<([String; 5], [u8; 2])>,
}

/// A reference: where it points, and what becomes of those that point to nothing or to somebody who is gone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Points {
    pub to: usize,
    pub orphans: Lost,
    pub inactive: Gone,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Lost {
    Reject,
    Null,
    Park,
    Placeholder,
    GiveToFirst,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Gone {
    Keep,
    Null,
    Reject,
    GiveToFirst,
}

/// The columns of an input.
pub const COLUMNS: [&str; 8] = ["key", "name", "code", "remark", "score", "status", "r0", "r1"];
/// Whom things are given to instead.
pub const FIRST: &str = "k0";
/// What is in two parts.
pub const SPLIT: &str = "x; y";

impl World {
    /// The name of each kind of record, and its input.
    pub fn inputs(&self) -> impl Iterator<Item = (String, &[[String; 8]])> {
        let sorts =
            self.sorts.iter().enumerate().map(|(number, sort)| (format!("sort{number}"), &sort.rows[..]));
        sorts.chain((!self.twins.is_empty()).then(|| ("twin".to_owned(), &self.twins[..])))
    }

    /// Whether who was set aside may find a row that was made after that.
    pub fn finds_rows_later(&self) -> bool {
        self.has_placeholders() || self.sorts.iter().any(|sort| sort.matches)
    }

    /// Whether rows are made that stand for others.
    pub fn has_placeholders(&self) -> bool {
        let mut all = self.sorts.iter().flat_map(|sort| &sort.references);
        all.any(|one| matches!(one.orphans, Lost::Placeholder))
    }
}

impl Sort {
    /// Somebody is there to whom things can be given, whatever becomes of the others.
    fn begin_with_first(&mut self) {
        self.rows.insert(0, [FIRST, "Ann", "", "", "", "on", "", ""].map(str::to_owned));
        if matches!(self.write, WritePolicy::UpdateOnly | WritePolicy::LinkOnly) {
            self.write = WritePolicy::Upsert;
        }
    }

    /// What happens to a column of a row that is there.
    pub fn policy_of(&self, column: &str) -> FieldPolicy {
        match column {
            "name" => self.fields[0].clone(),
            "remark" => self.fields[1].clone(),
            "r0" | "r1" => self.fields[2].clone(),
            _ => FieldPolicy::Overwrite,
        }
    }
}

pub fn world() -> impl Strategy<Value = World> {
    let sorts = (1..=4_usize).prop_flat_map(|count| vec(sort(count), count));
    let twins = prop_oneof![2 => Just(Vec::new()), 1 => vec(row(), 1..5)];
    (sorts, any::<bool>(), twins).prop_map(|(mut sorts, in_order, twins)| {
        for (number, sort) in sorts.iter_mut().enumerate() {
            sort.references.iter_mut().for_each(|reference| reference.settle(number, in_order));
        }
        for to in given_to(&sorts) {
            sorts[to].begin_with_first();
        }
        World { sorts, twins }
    })
}

/// The sorts of whom things are given to.
fn given_to(sorts: &[Sort]) -> BTreeSet<usize> {
    let gives = |points: &&Points| matches!(points.orphans, Lost::GiveToFirst);
    sorts.iter().flat_map(|sort| &sort.references).filter(gives).map(|points| points.to).collect()
}

impl Points {
    /// In order, all refers to what comes before it. Elsewhere a reference may be
    /// set afterwards, and then nothing can be rejected for it.
    fn settle(&mut self, own: usize, in_order: bool) {
        if in_order && own > 0 {
            self.to %= own;
            return;
        }
        self.to = if in_order { 0 } else { self.to };
        if matches!(self.orphans, Lost::Reject) {
            self.orphans = Lost::Park;
        }
        if matches!(self.inactive, Gone::Reject) {
            self.inactive = Gone::Null;
        }
    }
}

fn sort(count: usize) -> impl Strategy<Value = Sort> {
    let write = prop_oneof![
        6 => Just(WritePolicy::Upsert),
        1 => Just(WritePolicy::CreateOnly),
        1 => Just(WritePolicy::UpdateOnly),
        1 => Just(WritePolicy::LinkOnly),
    ];
    let fields = [policy(true), policy(true), policy(false)];
    let flags = (any::<[bool; 5]>(), prop::bool::weighted(0.3));
    let there = vec((row_there(), any::<[u8; 2]>()), 0..5);
    let parts = (write, fields, flags, vec(points(count), 0..=2), vec(row(), 0..10), there);
    parts.prop_map(|(write, fields, (flags, splits), references, rows, there)| {
        let [clears, matches, merges, retires, strict] = flags;
        Sort { write, fields, clears, matches, splits, merges, retires, strict, references, rows, there }
    })
}

fn policy(is_text: bool) -> BoxedStrategy<FieldPolicy> {
    let append = FieldPolicy::Append("; ".to_owned());
    let last = if is_text { append } else { FieldPolicy::Overwrite };
    select(vec![FieldPolicy::Overwrite, FieldPolicy::FillEmpty, FieldPolicy::NeverOverwrite, last]).boxed()
}

fn points(count: usize) -> impl Strategy<Value = Points> {
    let orphans = select(vec![Lost::Reject, Lost::Null, Lost::Park, Lost::Placeholder, Lost::GiveToFirst]);
    let inactive = select(vec![Gone::Keep, Gone::Null, Gone::Reject, Gone::GiveToFirst]);
    (0..count, orphans, inactive).prop_map(|(to, orphans, inactive)| Points { to, orphans, inactive })
}

fn key() -> impl Strategy<Value = String> {
    let odd = ["", "", " k1", "K1", "#2", "#", "k1/1", "k2/1", "#3/1", "键", "007", "7", "zz", "a b"];
    prop_oneof![
        6 => (0..10_u8).prop_map(|number| format!("k{number}")),
        1 => word(&odd),
    ]
}

fn word(words: &[&str]) -> BoxedStrategy<String> {
    select(words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>()).boxed()
}

fn row() -> impl Strategy<Value = [String; 8]> {
    [
        key().boxed(),
        word(&["Ann", "Bo", "Cy", "Dé", "Eve", "Flo", "", "refused", "a name too long"]),
        code(),
        remark(),
        word(&["", "1.5", "2", "10.50", "-3", "much"]),
        word(&["", "on", "on", "gone", "skip"]),
        key().boxed(),
        prop_oneof![key(), Just(String::new())].boxed(),
    ]
}

fn row_there() -> impl Strategy<Value = [String; 5]> {
    [word(&["Ann", "Old", "Bo"]), code(), remark(), word(&["", "1.5", "7"]), word(&["", "on", "gone"])]
}

fn code() -> BoxedStrategy<String> {
    word(&["c1", "c2", "c3", "c4", "c5", "c6", "C1 ", "", ""])
}

fn remark() -> BoxedStrategy<String> {
    word(&["", "", "x", "y", "x; y", "xy"])
}
