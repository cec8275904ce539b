//! Ids of clusters that stay when records come and go.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::key::Keyed;
use super::table::push_row;
use super::{Clusters, RecordKey, Records};
use crate::error::{Error, Result};
use crate::record::Value;
use crate::schema::Schema;
use crate::source::within::read_within;
use crate::source::{Feed, SourceReader};

/// An id for every cluster, and for every record that stands alone, that depends
/// on no order and stays from run to run.
///
/// A new cluster is called by the smallest [key](RecordKey) of its members. A
/// cluster that had an id keeps it when members join. Of clusters that are joined
/// the smallest id stays; of one that is split, the part keeps it that has most
/// of its members, or else the smallest of them. Records that are missing from a
/// run keep what they had.
///
/// As a source, ids are a table of the columns `id` and `cluster`, or of `source`,
/// `key` and `cluster` where there are several inputs, to be written by any sink
/// and [read](Self::read) again.
///
/// ```
/// use handover::dedupe::{ClusterIds, Clusters, IdChange, Links, RecordKey, Records};
/// use handover::{Record, Schema};
///
/// let schema = Schema::text(["id"])?;
/// let mut records = Records::new(schema.clone());
/// for id in ["K3", "K1", "K2"] {
///     let mut record = Record::of(schema.clone(), [id])?;
///     record.set_key(0);
///     records.push(&record)?;
/// }
/// let mut links = Links::default();
/// links.same(0, 2);
/// let mut ids = ClusterIds::default();
/// ids.update(&records, &["crm"], &Clusters::of(3, &links, 0.99)?)?;
/// assert_eq!(ids.get(&RecordKey::only("K3")), Some("K2"));
///
/// links.same(0, 1);
/// let changes = ids.update(&records, &["crm"], &Clusters::of(3, &links, 0.99)?)?;
/// assert_eq!(ids.get(&RecordKey::only("K3")), Some("K1"));
/// assert_eq!(changes, [IdChange::Merged { id: "K2".into(), into: "K1".into() }]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterIds {
    ids: BTreeMap<RecordKey, Arc<str>>,
}

/// What happened to the id of a cluster that had one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdChange {
    /// The cluster, or what was left of it, went into another and its id is no longer used.
    Merged {
        /// The id it had.
        id: Arc<str>,
        /// The id of the cluster that it is part of now.
        into: Arc<str>,
    },
    /// Some members left the cluster.
    Split {
        /// The id that it had, and that the other members keep.
        id: Arc<str>,
        /// The id of the cluster that the members are in who left.
        off: Arc<str>,
    },
}

impl ClusterIds {
    /// Reads ids from a table of the columns `id` and `cluster`, or `source`, `key`
    /// and `cluster`, as they are written.
    ///
    /// # Errors
    ///
    /// When the columns are missing, when a row cannot be read or lacks a value,
    /// when two rows are about the same record; and what the source reports.
    pub fn read(mut source: impl SourceReader) -> Result<Self> {
        let name = source.name().into_owned();
        let within = |error: Error| error.within(&name);
        let schema = source.schema().map_err(within)?;
        let named = schema.find("source");
        let key = schema.index(if named.is_some() { "key" } else { "id" }).map_err(within)?;
        let cluster = schema.index("cluster").map_err(within)?;
        let mut ids = ClusterIds::default();
        read_within(&mut source, &schema, |pushed| {
            let wrong = |message: String| Err(Error::format(message).at(pushed.place()));
            if let Some(fault) = pushed.faults.iter().find(|_| pushed.rejected) {
                return wrong(fault.to_string());
            }
            let text = |column| pushed.record.value(column).to_string();
            let record = RecordKey::new(&named.map_or_else(String::new, text), &text(key));
            let cluster: Arc<str> = text(cluster).into();
            if record.key.is_empty() || cluster.is_empty() {
                return wrong("the key or the cluster is missing".to_owned());
            }
            match ids.ids.insert(record, cluster) {
                Some(_) => wrong("the record has a cluster already".to_owned()),
                None => Ok(()),
            }
        })?;
        Ok(ids)
    }

    /// The id of a record's cluster; none where the record was never there.
    pub fn get(&self, record: &RecordKey) -> Option<&str> {
        self.ids.get(record).map(|id| &**id)
    }

    /// Gives every cluster of a run its id, and says what happened to ids that
    /// were given before, in their order. The inputs are named in the order of
    /// their numbers in [`RecordId`](crate::RecordId).
    ///
    /// # Errors
    ///
    /// When a record has no key or two have the same, and when one cannot be read back.
    pub fn update(
        &mut self,
        records: &Records,
        inputs: &[impl AsRef<str>],
        clusters: &Clusters,
    ) -> Result<Vec<IdChange>> {
        let found = by_cluster(&Keyed::new(records, inputs), clusters)?;
        let kept = self.kept(&found);
        let mut used: BTreeSet<Arc<str>> = self.ids.values().cloned().collect();
        let mut changes = BTreeSet::new();
        for (cluster, keys) in found.iter().enumerate() {
            let id = match kept.get(&cluster) {
                Some(id) => Arc::clone(id),
                None => fresh(keys, &used),
            };
            used.insert(Arc::clone(&id));
            for key in keys {
                let before = self.ids.insert(key.clone(), Arc::clone(&id));
                if let Some(before) = before.filter(|before| *before != id) {
                    changes.insert((before, Arc::clone(&id)));
                }
            }
        }
        let alive: BTreeSet<&Arc<str>> = self.ids.values().collect();
        let change = |(id, now): (Arc<str>, Arc<str>)| {
            if alive.contains(&id) {
                IdChange::Split { id, off: now }
            } else {
                IdChange::Merged { id, into: now }
            }
        };
        Ok(changes.into_iter().map(change).collect())
    }

    fn names_sources(&self) -> bool {
        self.ids.keys().any(|key| !key.source.is_empty())
    }

    /// Which clusters keep an id.
    fn kept(&self, found: &[Vec<RecordKey>]) -> BTreeMap<usize, Arc<str>> {
        // How many members of each cluster have each id.
        let mut shares: BTreeMap<(&Arc<str>, usize), usize> = BTreeMap::new();
        for (cluster, keys) in found.iter().enumerate() {
            for id in keys.iter().filter_map(|key| self.ids.get(key)) {
                *shares.entry((id, cluster)).or_default() += 1;
            }
        }
        let mut heirs: BTreeMap<&Arc<str>, (usize, usize)> = BTreeMap::new();
        for ((id, cluster), members) in shares {
            let heir = heirs.entry(id).or_insert((members, cluster));
            // Clusters come in the order of their smallest keys.
            if members > heir.0 {
                *heir = (members, cluster);
            }
        }
        let mut kept = BTreeMap::new();
        for (id, (_, cluster)) in heirs {
            kept.entry(cluster).or_insert_with(|| Arc::clone(id));
        }
        kept
    }
}

/// A row for every record, in the order of the keys:
/// `Pipeline::from(&ids).to(CsvSink::path("clusters.csv"))`.
impl SourceReader for &ClusterIds {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("cluster ids")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let columns: &[&str] =
            if self.names_sources() { &["source", "key", "cluster"] } else { &["id", "cluster"] };
        Schema::text(columns.iter().copied())
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let named = self.names_sources();
        for (key, cluster) in &self.ids {
            let source = named.then_some(&*key.source);
            let values = source.into_iter().chain([&*key.key, &**cluster]);
            push_row(feed, values.map(Value::Text))?;
        }
        Ok(())
    }
}

/// An id that no cluster has: the smallest key of its members, or where that is
/// taken, the smallest that is not, or a numbered one.
fn fresh(keys: &[RecordKey], used: &BTreeSet<Arc<str>>) -> Arc<str> {
    let names = keys.iter().map(ToString::to_string);
    let numbered = (2u64..).map(|number| format!("{}~{number}", keys[0]));
    let mut free = names.chain(numbered).map(Arc::from).filter(|id| !used.contains(id));
    free.next().unwrap_or_else(|| "".into())
}

/// The members of every cluster by their keys, in order; the clusters in the
/// order of their smallest. Fails if two records have the same key.
fn by_cluster(keyed: &Keyed<'_>, clusters: &Clusters) -> Result<Vec<Vec<RecordKey>>> {
    let mut all = Vec::with_capacity(clusters.records());
    for record in 0..clusters.records() {
        all.push((keyed.key(record as u32)?, clusters.first_of(record)));
    }
    all.sort_unstable();
    if all.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(Error::bind("two records have the same key, so that nobody knows which is which"));
    }
    let mut numbers = vec![usize::MAX; clusters.records()];
    let mut found: Vec<Vec<RecordKey>> = Vec::new();
    for (key, first) in all {
        let number = &mut numbers[first];
        if *number == usize::MAX {
            *number = found.len();
            found.push(Vec::new());
        }
        found[*number].push(key);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::Links;
    use crate::record::Record;
    use proptest::prelude::*;

    /// Updates the ids by a run in which these keys stand in these clusters.
    fn run(ids: &mut ClusterIds, clusters: &[&[&str]]) -> Vec<IdChange> {
        let schema = Schema::text(["key"]).unwrap();
        let (mut records, mut links) = (Records::new(schema.clone()), Links::default());
        for members in clusters {
            let first = records.len();
            for key in *members {
                let mut record = Record::of(schema.clone(), [*key]).unwrap();
                record.set_key(0);
                links.same(first, records.len());
                records.push(&record).unwrap();
            }
        }
        let clusters = Clusters::of(records.len(), &links, 0.99).unwrap();
        ids.update(&records, &["crm"], &clusters).unwrap()
    }

    fn id<'i>(ids: &'i ClusterIds, key: &str) -> &'i str {
        ids.get(&RecordKey::only(key)).unwrap()
    }

    fn merged(id: &str, into: &str) -> IdChange {
        IdChange::Merged { id: id.into(), into: into.into() }
    }

    fn split(id: &str, off: &str) -> IdChange {
        IdChange::Split { id: id.into(), off: off.into() }
    }

    #[test]
    fn new_members_join_and_the_id_stays() {
        let mut ids = ClusterIds::default();
        assert_eq!(run(&mut ids, &[&["K5", "K4"], &["K9"]]), []);
        assert_eq!((id(&ids, "K5"), id(&ids, "K9")), ("K4", "K9"));
        assert_eq!(run(&mut ids, &[&["K1", "K9"], &["K4", "K0", "K5"]]), []);
        assert_eq!((id(&ids, "K0"), id(&ids, "K1")), ("K4", "K9"));
        assert_eq!(run(&mut ids, &[&["K0"]]), []);
        assert_eq!(id(&ids, "K5"), "K4");
    }

    #[test]
    fn joined_clusters_keep_the_smaller_id_and_split_ones_say_so() {
        let mut ids = ClusterIds::default();
        run(&mut ids, &[&["A", "B", "C"], &["D", "E"]]);
        assert_eq!(run(&mut ids, &[&["A", "B", "C", "D", "E"]]), [merged("D", "A")]);
        assert_eq!(run(&mut ids, &[&["A"], &["B", "C"], &["E", "D"]]), [split("A", "A~2"), split("A", "D")]);
        assert_eq!((id(&ids, "A"), id(&ids, "B"), id(&ids, "E")), ("A~2", "A", "D"));
    }

    #[test]
    fn records_that_cannot_be_told_apart_are_an_error() {
        let schema = Schema::text(["key"]).unwrap();
        let mut record = Record::of(schema.clone(), ["K1"]).unwrap();
        let error = |record: &Record| {
            let mut records = Records::new(schema.clone());
            (0..2).for_each(|_| records.push(record).unwrap());
            let clusters = Clusters::of(2, &Links::default(), 0.99).unwrap();
            ClusterIds::default().update(&records, &["crm"], &clusters).unwrap_err().to_string()
        };
        assert_eq!(
            error(&record),
            "row 0 of input 1 has no key by which it is found again: declare the column that holds it"
        );
        record.set_key(0);
        assert_eq!(error(&record), "two records have the same key, so that nobody knows which is which");
    }

    #[test]
    fn a_table_of_ids_is_read_or_says_what_is_wrong() {
        let read = |columns: &[&str], rows: &[&[&str]]| {
            let schema = Schema::text(columns.iter().copied()).unwrap();
            let rows = rows.iter().map(|row| Record::of(schema.clone(), row.iter().copied()).unwrap());
            let rows: Vec<_> = rows.collect();
            ClusterIds::read(crate::source::Memory::new("ids.csv", schema.clone(), rows))
        };
        let ids =
            read(&["source", "key", "cluster"], &[&["crm", "1", "crm:1"], &["shop", "1", "crm:1"]]).unwrap();
        assert_eq!(ids.get(&RecordKey::new("shop", "1")), Some("crm:1"));
        let twice: &[&[&str]] = &[&["1", "1"], &["1", "2"]];
        let error = |columns: &[&str], rows| read(columns, rows).unwrap_err().to_string();
        assert_eq!(error(&["id", "cluster"], twice), "ids.csv:row 2: the record has a cluster already");
        assert_eq!(
            error(&["id", "cluster"], &[&["1", ""]]),
            "ids.csv:row 1: the key or the cluster is missing"
        );
        assert_eq!(error(&["id"], &[]), "ids.csv: no column `cluster`. The columns are: id");
    }

    proptest! {
        #[test]
        fn ids_are_one_for_each_cluster_and_stay(
            runs in prop::collection::vec(prop::collection::vec(0..4usize, 8), 1..4),
        ) {
            let mut ids = ClusterIds::default();
            for groups in &runs {
                let keys: Vec<String> = (0..groups.len()).map(|key| format!("K{key}")).collect();
                let members: Vec<Vec<&str>> = (0..4).map(|group| {
                    let all = keys.iter().zip(groups).filter(|(_, of)| **of == group);
                    all.map(|(key, _)| key.as_str()).collect()
                }).collect();
                let clusters: Vec<&[&str]> = members.iter().map(Vec::as_slice).collect();
                run(&mut ids, &clusters);
                for (a, b) in (0..8).flat_map(|a| (0..a).map(move |b| (a, b))) {
                    prop_assert_eq!(id(&ids, &keys[a]) == id(&ids, &keys[b]), groups[a] == groups[b]);
                }
                prop_assert_eq!(&ClusterIds::read(&ids).unwrap(), &ids);
                let before = ids.clone();
                let turned: Vec<&[&str]> = clusters.into_iter().rev().collect();
                prop_assert_eq!(run(&mut ids, &turned), []);
                prop_assert_eq!(&ids, &before);
            }
        }
    }
}
