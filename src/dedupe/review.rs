//! The questions that only a person can answer, the most valuable first.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cluster::Forest;
use super::key::Keyed;
use super::table::{pair_columns, pair_values, push_row};
use super::{Clusters, Link, Links, Records, Why};
use crate::error::Result;
use crate::names::Names;
use crate::record::Value;
use crate::schema::Schema;
use crate::source::{Feed, SourceReader};

/// Which doubtful pairs are to be looked at.
///
/// Doubtful are links from a lower threshold on that join nothing: those below
/// the upper threshold, and those that were [refused](Clusters::refused). What a
/// question is worth is the uncertainty that its answer takes away, in bits: the
/// entropy of its probability, for each pair of records that it would join or part,
/// which are all between the two clusters. A refused link counts as even odds,
/// because the evidence about it is divided.
///
/// About two clusters one question is asked, by their most probable link, and none
/// whose answer would follow if the others were answered with yes: those come up
/// in the next round, if at all. What was decided is not asked again; what somebody
/// was unsure about only if its probability has changed by a hundredth or more.
#[derive(Debug, Clone)]
pub struct Review {
    from: f64,
    most: usize,
}

/// A pair of records that somebody should look at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// The position of one record.
    pub a: u32,
    /// The position of the other, which is greater.
    pub b: u32,
    /// How sure the detector is, from 0 to 1.
    pub probability: f64,
    /// What kept them apart, where the link is above the threshold.
    pub refused: Option<Why>,
    /// How much uncertainty the answer takes away, in bits.
    pub value: f64,
}

impl Review {
    /// Questions about pairs that are at least as probable as this, from 0 to 1.
    pub fn from(probability: f64) -> Self {
        Review { from: probability, most: usize::MAX }
    }

    /// No more than so many questions, the most valuable.
    #[must_use]
    pub fn most(mut self, questions: usize) -> Self {
        self.most = questions;
        self
    }

    /// The questions, the most valuable first; those of the same value in the
    /// order of the records. The links are those that the clusters were made of,
    /// decisions [applied](super::Decisions::apply).
    pub fn questions(&self, links: &Links, clusters: &Clusters) -> Vec<Question> {
        let mut questions = self.between_clusters(links, clusters);
        questions.sort_by(|x, y| y.value.total_cmp(&x.value).then((x.a, x.b).cmp(&(y.a, y.b))));
        let mut joined = Forest::of(clusters.records());
        questions.retain(|question| {
            let (a, b) = firsts(clusters, question.a, question.b);
            joined.union(a, b)
        });
        questions.truncate(self.most);
        questions
    }

    /// The best open link between every two clusters, as a question.
    fn between_clusters(&self, links: &Links, clusters: &Clusters) -> Vec<Question> {
        let parted: BTreeSet<(u32, u32)> =
            links.never_pairs().iter().map(|(a, b)| firsts(clusters, *a, *b)).collect();
        let mut best: BTreeMap<(u32, u32), Link> = BTreeMap::new();
        for link in links.iter().filter(|link| link.probability >= self.from && is_open(links, link)) {
            let (a, b, between) = (link.a.min(link.b), link.a.max(link.b), firsts(clusters, link.a, link.b));
            if between.0 == between.1 || parted.contains(&between) {
                continue;
            }
            let link = Link { a, b, ..*link };
            let known = best.entry(between).or_insert(link);
            let order = link.probability.total_cmp(&known.probability).then((known.a, known.b).cmp(&(a, b)));
            if order.is_gt() {
                *known = link;
            }
        }
        let begins: Vec<u32> = clusters.iter().map(|members| members[0]).collect();
        let size =
            |first: u32| begins.binary_search(&first).map_or(1, |cluster| clusters.members(cluster).len());
        let question = |((one, other), link): ((u32, u32), Link)| {
            let refused = clusters.refused().binary_search_by_key(&(link.a, link.b), |it| (it.a, it.b));
            let refused = refused.ok().map(|place| clusters.refused()[place].why);
            let probability = if refused.is_some() { 0.5 } else { link.probability };
            let value = entropy(probability) * size(one) as f64 * size(other) as f64;
            Question { a: link.a, b: link.b, probability: link.probability, refused, value }
        };
        best.into_iter().map(question).collect()
    }
}

/// The first records of the clusters of two, in order.
fn firsts(clusters: &Clusters, a: u32, b: u32) -> (u32, u32) {
    let first = |record: u32| clusters.first_of(record as usize) as u32;
    (first(a).min(first(b)), first(a).max(first(b)))
}

/// Whether a link is worth a question although somebody may have been unsure about it.
fn is_open(links: &Links, link: &Link) -> bool {
    match links.unsure_at(link) {
        None => true,
        Some(before) => before.is_some_and(|before| (link.probability - before).abs() >= 0.01),
    }
}

/// Bits of uncertainty about what has this probability.
fn entropy(probability: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    part(probability) + part(1.0 - probability)
}

/// Questions with the records that they are about, side by side: the keys, the
/// probability, an empty column `decision` to be filled in with `same`,
/// `different` or `unsure`, and then each column of both records.
///
/// As a source it is a table for people, to be written by any sink; filled in, it
/// is read by [`Decisions::read`](super::Decisions::read). Its values are those of
/// customers: have the sink guard what a spreadsheet would take for a formula.
#[derive(Debug)]
pub struct ReviewTable<'a> {
    questions: &'a [Question],
    records: &'a Records,
    keyed: Keyed<'a>,
    columns: Vec<usize>,
}

impl<'a> ReviewTable<'a> {
    /// A table with all columns of the records. The inputs are named in the order
    /// of their numbers in [`RecordId`](crate::RecordId).
    pub fn of(questions: &'a [Question], records: &'a Records, inputs: &[impl AsRef<str>]) -> Self {
        let columns = (0..records.schema().len()).collect();
        ReviewTable { questions, records, keyed: Keyed::new(records, inputs), columns }
    }

    /// The same with these columns only; fails if one is not there.
    pub fn columns(mut self, columns: impl Into<Names>) -> Result<Self> {
        self.columns = self.records.schema().indexes(columns.into().as_slice())?;
        Ok(self)
    }
}

impl SourceReader for ReviewTable<'_> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed("review")
    }

    fn schema(&mut self) -> Result<Arc<Schema>> {
        let head =
            pair_columns(self.keyed.names_sources()).iter().copied().chain(["probability", "decision"]);
        let mut names: Vec<String> = head.map(str::to_owned).collect();
        for column in &self.columns {
            let mut name = self.records.schema().name(*column).to_string();
            while ["a", "b"].iter().any(|side| names.contains(&format!("{name}_{side}"))) {
                name = format!("value_{name}");
            }
            names.extend(["a", "b"].map(|side| format!("{name}_{side}")));
        }
        Schema::text(names)
    }

    fn read(&mut self, feed: &mut Feed<'_>) -> Result<()> {
        for question in self.questions {
            let (a, b) = (self.keyed.key(question.a)?, self.keyed.key(question.b)?);
            let rows = [self.records.row(question.a as usize)?, self.records.row(question.b as usize)?];
            let head = pair_values(self.keyed.names_sources(), &a, &b);
            let asked = [Value::Float(question.probability), Value::Null];
            let sides = self.columns.iter().flat_map(|column| rows.iter().map(|row| row.value(*column)));
            push_row(feed, head.chain(asked).chain(sides))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::Clustering;
    use crate::record::Record;

    fn records(count: usize) -> Records {
        let schema = Schema::text(["id", "name"]).unwrap();
        let mut records = Records::new(schema.clone());
        for number in 0..count {
            let mut record = Record::of(
                schema.clone(),
                [format!("K{number}"), format!("name {number}")].iter().map(String::as_str),
            )
            .unwrap();
            record.set_key(0);
            records.push(&record).unwrap();
        }
        records
    }

    fn asked(review: &Review, links: &Links) -> Vec<(u32, u32, f64)> {
        let clusters = Clustering::new(0.95).largest(3).cluster(&records(8), links).unwrap();
        let questions = review.questions(links, &clusters);
        questions.iter().map(|it| (it.a, it.b, (it.value * 100.0).round() / 100.0)).collect()
    }

    #[test]
    fn what_decides_most_is_asked_first() {
        let mut links = Links::default();
        links.maybe(0, 1, 0.99);
        links.maybe(3, 2, 0.5);
        links.maybe(4, 5, 0.9);
        links.maybe(6, 1, 0.9);
        links.maybe(6, 0, 0.7); // about the same two clusters
        links.maybe(6, 7, 0.4); // not worth a question
        assert_eq!(asked(&Review::from(0.5), &links), [(2, 3, 1.0), (1, 6, 0.94), (4, 5, 0.47)]);
        assert_eq!(asked(&Review::from(0.5).most(1), &links), [(2, 3, 1.0)]);
    }

    #[test]
    fn refused_links_are_asked_about_and_what_would_follow_is_not() {
        let mut links = Links::default();
        (1..4).for_each(|record| links.maybe(0, record, 0.99));
        // The cluster is full; its last member is a question, at even odds for each of its pairs.
        assert_eq!(asked(&Review::from(0.5), &links), [(0, 3, 3.0)]);
        let mut links = Links::default();
        links.maybe(0, 1, 0.6);
        links.maybe(1, 2, 0.7);
        links.maybe(2, 0, 0.8); // follows if the others are yes
        assert_eq!(asked(&Review::from(0.5), &links), [(0, 1, 0.97), (1, 2, 0.88)]);
    }

    #[test]
    fn what_was_decided_is_not_asked_again() {
        let mut links = Links::default();
        links.maybe(0, 1, 0.99);
        links.maybe(1, 2, 0.6);
        links.maybe(0, 2, 0.7);
        links.maybe(4, 5, 0.6);
        links.maybe(6, 7, 0.6);
        links.never(0, 2);
        links.unsure(4, 5, Some(0.595));
        links.unsure(7, 6, Some(0.5));
        assert_eq!(asked(&Review::from(0.5), &links), [(6, 7, 0.97)]);
        links.unsure(7, 6, None);
        assert_eq!(asked(&Review::from(0.5), &links), []);
    }

    #[test]
    fn columns_stand_side_by_side_and_a_name_that_is_taken_is_another() {
        let records = records(2);
        let questions = [Question { a: 0, b: 1, probability: 0.6, refused: None, value: 1.0 }];
        let mut table = ReviewTable::of(&questions, &records, &["crm"]);
        let names =
            |table: &mut ReviewTable<'_>| table.schema().unwrap().names().collect::<Vec<_>>().join(",");
        assert_eq!(names(&mut table), "id_a,id_b,probability,decision,value_id_a,value_id_b,name_a,name_b");
        let mut table = ReviewTable::of(&questions, &records, &["crm", "shop"]).columns("name").unwrap();
        assert_eq!(names(&mut table), "source_a,key_a,source_b,key_b,probability,decision,name_a,name_b");
        let missing = ReviewTable::of(&questions, &records, &["crm"]).columns("nam").unwrap_err();
        assert_eq!(missing.to_string(), "no column `nam`, did you mean `name`? The columns are: id, name");
    }
}
