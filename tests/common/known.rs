//! Sets of records whose duplicates are known, and how good what was found is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use handover::dedupe::matching::{Matcher, Role};
use handover::dedupe::{Gather, Links, Records};
use handover::{CsvSource, Pipeline, Schema, SourceReader};

pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Two records, by their positions, the smaller one first.
type PairOf = (u32, u32);

/// The files of a set: one that holds duplicates, or two that are to be linked; and the truth,
/// of the columns `id,cluster` or `id_a,id_b`.
pub struct Known {
    pub files: Vec<PathBuf>,
    pub truth: Option<PathBuf>,
}

impl Known {
    /// The set in a folder: `records.csv`, or `left.csv` and `right.csv`, and `truth.csv`.
    pub fn folder(folder: &Path) -> Self {
        let two = ["left.csv", "right.csv"].map(|name| folder.join(name));
        let files = if two[0].exists() { two.to_vec() } else { vec![folder.join("records.csv")] };
        Known { files, truth: Some(folder.join("truth.csv")) }
    }

    pub fn is_linkage(&self) -> bool {
        self.files.len() == 2
    }

    /// All records. The first column of each file is its id.
    pub fn records(&self) -> Outcome<(Records, Matcher)> {
        let open = |file: &PathBuf| -> Outcome<(CsvSource, String)> {
            let id = CsvSource::path(file).schema()?.names().next().unwrap_or_default().to_owned();
            Ok((CsvSource::path(file).key(&id), id))
        };
        let mut sources = self.files.iter().map(open).collect::<Outcome<Vec<_>>>()?;
        let schemas = sources.iter_mut().map(|(source, _)| source.schema());
        let mut records = Records::new(Schema::union(schemas.collect::<Result<Vec<_>, _>>()?)?);
        let mut matcher = if self.is_linkage() { Matcher::new().across_sources() } else { Matcher::new() };
        for (input, (source, id)) in sources.into_iter().enumerate() {
            matcher = matcher.role(id, Role::Ignore);
            Pipeline::from(source).to(Gather::to(&mut records).input(input as u32)).run()?;
        }
        Ok((records, matcher))
    }

    /// The pairs of records that are one customer; nothing where it is not told.
    pub fn truth(&self, records: &Records) -> Outcome<BTreeSet<PairOf>> {
        let Some(path) = &self.truth else { return Ok(BTreeSet::new()) };
        let mut positions = BTreeMap::new();
        for (position, row) in records.rows(0..records.len()).enumerate() {
            let row = row?;
            positions.insert((row.id().input, row.key().unwrap_or_default().to_owned()), position as u32);
        }
        let mut reader = csv::Reader::from_path(path)?;
        let by_cluster = reader.headers()?.get(1) == Some("cluster");
        let (mut pairs, mut clusters) = (BTreeSet::new(), BTreeMap::<String, Vec<u32>>::new());
        for row in reader.records() {
            let row = row?;
            let other = u32::from(self.is_linkage());
            let place = |input: u32, column: usize| {
                positions
                    .get(&(input, row[column].to_owned()))
                    .copied()
                    .ok_or("the truth is of other records")
            };
            match by_cluster {
                true => clusters.entry(row[1].to_owned()).or_default().push(place(0, 0)?),
                false => drop(pairs.insert(in_order(place(0, 0)?, place(other, 1)?))),
            }
        }
        clusters.values().for_each(|members| pairs.extend(within(members)));
        Ok(pairs)
    }

    /// The pairs that are one customer if everything from this probability on is: those within the
    /// clusters of one file, the links between two.
    pub fn found(&self, records: &Records, links: &Links, threshold: f64) -> Outcome<Vec<PairOf>> {
        if self.is_linkage() {
            return Ok(links.holding(threshold).iter().map(|link| in_order(link.a, link.b)).collect());
        }
        let clusters = Matcher::clustering().threshold(threshold).cluster(records, links)?;
        Ok(clusters.iter().flat_map(within).collect())
    }
}

/// How good the found pairs are: shares from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub struct Quality {
    pub precision: f64,
    pub recall: f64,
}

impl Quality {
    pub fn of(found: &[PairOf], truth: &BTreeSet<PairOf>) -> Self {
        let right = found.iter().filter(|pair| truth.contains(pair)).count() as f64;
        Quality { precision: right / found.len().max(1) as f64, recall: right / truth.len().max(1) as f64 }
    }

    pub fn f1(self) -> f64 {
        2.0 * self.precision * self.recall / (self.precision + self.recall).max(f64::MIN_POSITIVE)
    }
}

fn in_order(a: u32, b: u32) -> PairOf {
    (a.min(b), a.max(b))
}

fn within(members: &[u32]) -> Vec<PairOf> {
    let pairs = members.iter().enumerate();
    pairs.flat_map(|(place, a)| members[place + 1..].iter().map(|b| in_order(*a, *b))).collect()
}
