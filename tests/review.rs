//! Doubtful pairs go to a person, and what was decided is obeyed from then on.

use std::fs;

use handover::dedupe::{
    ClusterIds, Clustering, Decisions, Dedupe, DuplicateDetector, Links, RecordKey, Records, Review,
    ReviewTable,
};
use handover::{CsvSink, CsvSource, Pipeline, Record, Result, Schema};

const ROWS: [[&str; 2]; 4] = [["K1", "Li Na"], ["K2", "=Li, Na"], ["K3", "Wang Wei"], ["K4", "Wang \"Wei\""]];

/// Finds the names that begin with the same letter, or a letter after a sign, likely to be the same.
struct Initials;

impl DuplicateDetector for Initials {
    fn bind(&mut self, _: &Schema) -> Result<()> {
        Ok(())
    }

    fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()> {
        let initial = |record| -> Result<Option<char>> {
            Ok(records
                .row(record)?
                .value(1)
                .as_text()
                .and_then(|text| text.trim_start_matches('=').chars().next()))
        };
        for b in 0..records.len() {
            for a in 0..b {
                if initial(a)? == initial(b)? {
                    links.maybe(a, b, if initial(a)? == Some('L') { 0.75 } else { 0.625 });
                }
            }
        }
        Ok(())
    }
}

fn records(rows: &[[&str; 2]]) -> Records {
    let schema = Schema::text(["id", "name"]).unwrap();
    let mut records = Records::new(schema.clone());
    for row in rows {
        let mut record = Record::of(schema.clone(), *row).unwrap();
        record.set_key(0);
        records.push(&record).unwrap();
    }
    records
}

#[test]
fn a_review_is_filled_in_and_obeyed_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let [review, kept, ids_file] =
        ["review.csv", "decisions.csv", "ids.csv"].map(|name| folder.path().join(name));
    let bound = |decisions| {
        Dedupe::by(Initials).decisions(decisions).bind(&Schema::text(["id", "name"]).unwrap(), &["crm"])
    };

    let first = records(&ROWS);
    let links = bound(Decisions::default()).unwrap().links(&first).unwrap();
    let clusters = Clustering::new(0.99).cluster(&first, &links).unwrap();
    let questions = Review::from(0.5).questions(&links, &clusters);
    let table = ReviewTable::of(&questions, &first, &["crm"]).columns("name").unwrap();
    Pipeline::from(table).to(CsvSink::path(&review).guard_formulas()).run().unwrap();
    let text = fs::read_to_string(&review).unwrap();
    assert_eq!(
        text,
        "id_a,id_b,probability,decision,name_a,name_b\n\
         K3,K4,0.625,,Wang Wei,\"Wang \"\"Wei\"\"\"\n\
         K1,K2,0.75,,Li Na,\"'=Li, Na\"\n"
    );

    fs::write(&review, text.replace("0.625,", "0.625,different").replace("0.75,", "0.75,same")).unwrap();
    let decisions = Decisions::read(CsvSource::path(&review).guarded()).unwrap();
    Pipeline::from(&decisions).to(CsvSink::path(&kept)).run().unwrap();
    assert_eq!(
        fs::read_to_string(&kept).unwrap(),
        "id_a,id_b,decision,probability\nK1,K2,same,0.75\nK3,K4,different,0.625\n"
    );

    // Another month, in another order and with one record more.
    let mut rows = vec![["K0", "Wang"]];
    rows.extend(ROWS.iter().rev());
    let later = records(&rows);
    let mut dedupe = bound(Decisions::read(CsvSource::path(&kept)).unwrap()).unwrap();
    let links = dedupe.links(&later).unwrap();
    let clusters = dedupe.find(&later).unwrap();
    assert_eq!(clusters.iter().collect::<Vec<_>>(), [[3, 4]]);
    assert_eq!(dedupe.applied().obeyed, 2);
    // K0 and K3 or K0 and K4: the two are different, so that both are to be asked.
    assert_eq!(Review::from(0.5).questions(&links, &clusters).len(), 2);

    let mut ids = ClusterIds::default();
    ids.update(&later, &["crm"], &clusters).unwrap();
    Pipeline::from(&ids).to(CsvSink::path(&ids_file)).run().unwrap();
    assert_eq!(fs::read_to_string(&ids_file).unwrap(), "id,cluster\nK0,K0\nK1,K1\nK2,K1\nK3,K3\nK4,K4\n");
    let read = ClusterIds::read(CsvSource::path(&ids_file)).unwrap();
    assert_eq!((read.get(&RecordKey::only("K2")), &read), (Some("K1"), &ids));
}
