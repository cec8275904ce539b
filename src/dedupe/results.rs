//! What was found, as tables: sources for any sink.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::golden::Merger;
use super::matching::Matching;
use super::table::push_row;
use super::{Clusters, Link, Links, Records, Survivorship};
use crate::error::{Error, Result};
use crate::record::Value;
use crate::schema::{Field, Kind, Schema};
use crate::source::{Feed, SourceReader};

/// Which cluster every record belongs to: a table of the columns `id` and
/// `cluster`, in the order of the records.
///
/// A cluster is called by the smallest key of its members, as text, which depends
/// on no order; records without keys go by their rows, and clusters by the first. It is for records of one input:
/// [`ClusterIds`](super::ClusterIds) are for several, and for ids that stay from
/// run to run.
///
/// ```
/// use handover::dedupe::{ClusterTable, Clusters, Gather, Links, Records};
/// use handover::{Pipeline, Record, Schema, sink::Collect, source::Memory};
///
/// let schema = Schema::text(["id", "name"])?;
/// let rows = [["K3", "Li Na"], ["K2", "Wu"], ["K1", "Lina Li"]];
/// let crm = Memory::new("crm", schema.clone(), rows.map(|row| Record::of(schema.clone(), row).unwrap()));
/// let mut records = Records::new(schema);
/// Pipeline::from(crm.key("id")).to(Gather::to(&mut records)).run()?;
/// let mut links = Links::default();
/// links.same(0, 2);
/// let clusters = Clusters::of(records.len(), &links, 0.9)?;
///
/// let mut table = Collect::new(); // or CsvSink::path("clusters.csv")
/// Pipeline::from(ClusterTable::of(&records, &clusters)?).to(&mut table).run()?;
/// let cluster_of_li_na = table.records()[0].text("cluster")?;
/// assert_eq!(cluster_of_li_na, "K1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ClusterTable<'a> {
    records: &'a Records,
    /// The record that each record's cluster is called by.
    namesakes: Vec<u32>,
}

impl<'a> ClusterTable<'a> {
    /// The clusters of these records. Fails if a record cannot be read back.
    pub fn of(records: &'a Records, clusters: &Clusters) -> Result<Self> {
        let mut namesakes: Vec<u32> = (0..).take(records.len()).collect();
        for members in clusters.iter() {
            let mut smallest = (records.row(members[0] as usize)?, members[0]);
            for member in &members[1..] {
                let row = records.row(*member as usize)?;
                if (row.key(), row.id()) < (smallest.0.key(), smallest.0.id()) {
                    smallest = (row, *member);
                }
            }
            members.iter().for_each(|member| namesakes[*member as usize] = smallest.1);
        }
        Ok(ClusterTable { records, namesakes })
    }
}

impl SourceReader for ClusterTable<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("clusters")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Schema::text(["id", "cluster"])
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        self.records.each(|position, row| {
            let namesake = self.namesakes[position] as usize;
            let other = (namesake != position).then(|| self.records.row(namesake)).transpose()?;
            let ids = [row.called(), other.as_ref().unwrap_or(row).called()];
            push_row(feed, ids.iter().map(|id| Value::Text(id)))
        })
    }
}

/// Pairs of records: a table of the columns `id_a`, `id_b` and `probability`, in
/// the order of the records. Of two inputs, `id_a` is of the first and `id_b` of
/// the second. A record without a key goes by its row.
#[derive(Debug)]
pub struct LinkTable<'a> {
    records: &'a Records,
    links: Vec<Link>,
    /// In the order of the links; none where they are not asked for.
    weights: Option<Vec<f32>>,
}

impl<'a> LinkTable<'a> {
    /// The links that [hold](Links::holding) from this probability on.
    pub fn of(records: &'a Records, links: &Links, threshold: f64) -> Self {
        LinkTable { records, links: links.holding(threshold), weights: None }
    }

    /// Without links between records of the same input, which only a decision can make.
    ///
    /// # Errors
    ///
    /// When a record cannot be read back.
    pub fn across_sources(mut self) -> Result<Self> {
        let input = |record: u32| Ok::<_, Error>(self.records.row(record as usize)?.id().input);
        let mut across = Vec::with_capacity(self.links.len());
        for link in &self.links {
            if input(link.a)? != input(link.b)? {
                across.push(*link);
            }
        }
        self.links = across;
        Ok(self)
    }

    /// The pairs that a matcher kept, with their `weight` in a column behind the
    /// others: the log2 odds.
    pub fn of_pairs(records: &'a Records, matching: &Matching) -> Self {
        let pairs = matching.pairs().iter();
        let links = pairs.clone().map(|pair| Link { a: pair.a, b: pair.b, probability: pair.probability() });
        LinkTable { records, links: links.collect(), weights: Some(pairs.map(|pair| pair.weight).collect()) }
    }
}

impl SourceReader for LinkTable<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("links")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let mut fields = vec![Field::new("id_a", Kind::Text), Field::new("id_b", Kind::Text)];
        fields.push(Field::new("probability", Kind::Float));
        fields.extend(self.weights.as_ref().map(|_| Field::new("weight", Kind::Float)));
        Schema::new(fields)
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for (place, link) in self.links.iter().enumerate() {
            let (a, b) = (self.records.row(link.a as usize)?, self.records.row(link.b as usize)?);
            let (a, b) = (a.called(), b.called());
            let weight = self.weights.as_ref().map(|weights| Value::Float(rounded(weights[place])));
            let values = [Value::Text(&a), Value::Text(&b), Value::Float(link.probability)];
            push_row(feed, values.into_iter().chain(weight))?;
        }
        Ok(())
    }
}

/// The records with a golden one in place of each cluster: a table of all
/// columns, in the order of the first records.
pub struct GoldenTable<'a> {
    records: &'a Records,
    clusters: &'a Clusters,
    merger: Merger,
}

impl<'a> GoldenTable<'a> {
    /// What becomes of the clusters by these rules. The inputs are named in the
    /// order of their numbers.
    ///
    /// # Errors
    ///
    /// When a rule names a column or an input that is not there, or does not fit.
    pub fn of(
        records: &'a Records,
        clusters: &'a Clusters,
        survivorship: &Survivorship,
        inputs: &[impl AsRef<str>],
    ) -> Result<Self> {
        let inputs: Vec<Arc<str>> = inputs.iter().map(|input| input.as_ref().into()).collect();
        let merger = survivorship.bind(records.schema(), &inputs)?;
        Ok(GoldenTable { records, clusters, merger })
    }
}

impl SourceReader for GoldenTable<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("golden records")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        Ok(Arc::clone(self.records.schema()))
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        let mut merged = self.clusters.iter().peekable();
        for position in 0..self.records.len() {
            if self.clusters.first_of(position) != position {
                continue;
            }
            match merged.next_if(|members| members[0] as usize == position) {
                Some(members) => {
                    self.merger.merge(self.records, members, feed.record(), None)?;
                }
                None => self.records.row(position)?.read(feed.record()),
            }
            feed.push()?;
        }
        Ok(())
    }
}

impl fmt::Debug for GoldenTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoldenTable").field("records", self.records).finish_non_exhaustive()
    }
}

/// A weight to a ten-thousandth of a bit.
fn rounded(weight: f32) -> f64 {
    (f64::from(weight) * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::{Gather, Rule};
    use crate::pipeline::Pipeline;
    use crate::record::Record;
    use crate::sink::Collect;
    use crate::source::Memory;

    /// Two inputs of two records each; `key` is the column of their keys.
    fn records(key: Option<&str>) -> Records {
        let schema = Schema::text(["id", "name"]).unwrap();
        let mut records = Records::new(schema.clone());
        for (input, rows) in
            [[["9", "Li Na"], ["10", "Wu"]], [["7", "Lina Li"], ["8", "Li"]]].iter().enumerate()
        {
            let rows = rows.map(|row| Record::of(schema.clone(), row).unwrap());
            let source = Memory::new("crm", schema.clone(), rows);
            let source = if let Some(key) = key { source.key(key) } else { source };
            Pipeline::from(source).to(Gather::to(&mut records).input(input as u32)).run().unwrap();
        }
        records
    }

    fn written(table: impl SourceReader) -> Vec<String> {
        let mut rows = Collect::new();
        Pipeline::from(table).to(&mut rows).run().unwrap();
        let line = |row: &Record| row.values().map(|value| value.to_string()).collect::<Vec<_>>().join(",");
        rows.records().iter().map(line).collect()
    }

    #[test]
    fn a_cluster_is_called_by_its_smallest_key_or_first_row() {
        let mut links = Links::default();
        links.same(0, 1);
        let clusters = Clusters::of(4, &links, 0.9).unwrap();
        let called = |key| written(ClusterTable::of(&records(key), &clusters).unwrap())[..2].to_vec();
        assert_eq!(called(Some("id")), ["9,10", "10,10"]);
        assert_eq!(called(None), ["1,1", "2,1"]);
    }

    #[test]
    fn links_that_hold_stand_in_the_order_of_the_records() {
        let mut links = Links::default();
        links.maybe(3, 0, 0.75);
        links.maybe(2, 0, 0.95);
        links.maybe(0, 2, 0.9);
        links.maybe(1, 2, 0.97);
        links.maybe(1, 3, 0.98);
        links.never(2, 1);
        links.unsure(3, 1, None);
        links.always(1, 0);
        let records = records(Some("id"));
        let table = |threshold| LinkTable::of(&records, &links, threshold);
        assert_eq!(written(table(0.9)), ["9,10,1", "9,7,0.95"]);
        assert_eq!(written(table(0.75).across_sources().unwrap()), ["9,7,0.95", "9,8,0.75"]);
    }

    #[test]
    fn golden_records_stand_where_the_first_of_each_cluster_stood() {
        let mut links = Links::default();
        links.same(1, 3);
        let clusters = Clusters::of(4, &links, 0.9).unwrap();
        let (records, rules) =
            (records(Some("id")), Survivorship::new().field("id", Rule::from_source(["shop"])));
        let golden = GoldenTable::of(&records, &clusters, &rules, &["crm", "shop"]).unwrap();
        assert_eq!(written(golden), ["9,Li Na", "8,Wu; Li", "7,Lina Li"]);
        let error = GoldenTable::of(&records, &clusters, &rules, &["crm"]).unwrap_err().to_string();
        assert_eq!(error, "no input `shop`. The inputs are: crm");
    }
}
