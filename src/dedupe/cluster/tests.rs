use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::dedupe::Records;
use crate::record::{Record, RecordId};
use crate::schema::Schema;

/// Records of these inputs whose keys are these.
fn records(identities: &[(u32, usize)]) -> Records {
    let schema = Schema::text(["key"]).unwrap();
    let mut records = Records::new(schema.clone());
    for (row, (input, key)) in (1..).zip(identities) {
        let mut record = Record::of(schema.clone(), [format!("K{key:03}").as_str()]).unwrap();
        record.set_id(RecordId { input: *input, row, part: 0 });
        record.set_key(0);
        records.push(&record).unwrap();
    }
    records
}

fn plain(count: usize) -> Records {
    records(&(0..count).map(|key| (0, key)).collect::<Vec<_>>())
}

fn links(pairs: &[(usize, usize, f64)]) -> Links {
    let mut links = Links::default();
    pairs.iter().for_each(|(a, b, probability)| links.maybe(*a, *b, *probability));
    links
}

fn groups(clusters: &Clusters) -> Vec<Vec<u32>> {
    clusters.iter().map(<[u32]>::to_vec).collect()
}

type Refusals = Vec<(u32, u32, Why)>;

fn refusals(clusters: &Clusters) -> Refusals {
    clusters.refused().iter().map(|refused| (refused.a, refused.b, refused.why)).collect()
}

#[track_caller]
fn found(clustering: Clustering, records: &Records, links: &Links) -> (Vec<Vec<u32>>, Refusals) {
    let clusters = clustering.cluster(records, links).unwrap();
    (groups(&clusters), refusals(&clusters))
}

#[test]
fn chains_become_one_cluster_whatever_the_order() {
    let clusters = |records, pairs: &[(usize, usize)]| {
        let mut links = Links::default();
        pairs.iter().for_each(|(a, b)| links.same(*a, *b));
        groups(&Clusters::of(records, &links, 0.5).unwrap())
    };
    assert_eq!(clusters(6, &[(5, 4), (3, 5), (0, 2), (2, 0), (1, 1)]), [vec![0, 2], vec![3, 4, 5]]);
    assert_eq!(clusters(6, &[(2, 0), (3, 5), (4, 5)]), [vec![0, 2], vec![3, 4, 5]]);
    assert_eq!(clusters(0, &[]), Vec::<Vec<u32>>::new());
}

#[test]
fn weak_links_are_left_out() {
    let clusters = Clusters::of(3, &links(&[(0, 1, 0.9), (1, 2, 0.89)]), 0.9).unwrap();
    assert_eq!(groups(&clusters), [[0, 1]]);
    assert_eq!((clusters.count(), clusters.survivors(), clusters.first_of(1)), (1, 2, 0));
    assert_eq!(clusters.refused(), []);
}

#[test]
fn a_detector_that_errs_is_told() {
    let error = |links: &Links| Clusters::of(2, links, 0.5).unwrap_err().to_string();
    let beyond = "the detector linked a record beyond the last of 2";
    assert_eq!(error(&links(&[(0, 2, 1.0)])), beyond);
    assert_eq!(error(&links(&[(0, 1 << 32, 1.0)])), beyond);
    let mut never = Links::default();
    never.never(0, 2);
    assert_eq!(error(&never), beyond);
    let none = "the detector linked two records with a probability not from 0 to 1";
    assert_eq!(error(&links(&[(0, 1, f64::NAN)])), none);
    assert_eq!(error(&links(&[(0, 1, 1.01)])), none);
}

#[test]
fn limits_that_are_none_are_told() {
    let error =
        |clustering: Clustering| clustering.cluster(&plain(2), &Links::default()).unwrap_err().to_string();
    assert_eq!(error(Clustering::new(1.1)), "the threshold is not a probability from 0 to 1");
    let weakest = Clustering::new(0.9).weakest_edge(f64::NAN);
    assert_eq!(error(weakest), "the weakest edge is not a probability from 0 to 1");
    let missing = Clustering::new(0.9).missing_pair(-1.0);
    assert_eq!(error(missing), "the cost of a missing pair is not from 0 to 64 bits");
}

#[test]
fn strong_chains_are_followed_and_strangers_kept_apart() {
    let clustering = || Clustering::new(0.95);
    let chain = links(&[(0, 1, 0.99), (1, 2, 0.99), (2, 3, 0.99)]);
    assert_eq!(found(clustering(), &plain(4), &chain), (vec![vec![0, 1, 2, 3]], vec![]));
    // The ends were compared and are strangers.
    let strangers = links(&[(0, 1, 0.99), (1, 2, 0.98), (0, 2, 0.001)]);
    assert_eq!(found(clustering(), &plain(3), &strangers), (vec![vec![0, 1]], vec![(1, 2, Why::Evidence)]));
    // What is certain is followed all the same.
    let certain = links(&[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 0.001)]);
    assert_eq!(found(clustering(), &plain(3), &certain), (vec![vec![0, 1, 2]], vec![]));
    assert_eq!(found(clustering().transitive(), &plain(3), &strangers), (vec![vec![0, 1, 2]], vec![]));
}

#[test]
fn two_dense_groups_with_one_link_are_left_apart() {
    let within = |members: std::ops::Range<usize>| {
        members.clone().flat_map(move |b| (members.start..b).map(move |a| (a, b, 0.999)))
    };
    let with = |bridge: &[(usize, usize, f64)]| {
        let pairs: Vec<_> = within(0..5).chain(within(5..10)).chain(bridge.iter().copied()).collect();
        found(Clustering::new(0.95), &plain(10), &links(&pairs))
    };
    let (left, right) = (vec![0, 1, 2, 3, 4], vec![5, 6, 7, 8, 9]);
    assert_eq!(with(&[(4, 5, 0.99)]), (vec![left, right], vec![(4, 5, Why::Evidence)]));
    let all = (0..10).collect::<Vec<_>>();
    assert_eq!(with(&[(4, 5, 0.99), (3, 6, 0.99), (2, 7, 0.9)]), (vec![all], vec![]));
}

#[test]
fn each_limit_holds_and_is_told() {
    let chain = links(&[(0, 1, 0.97), (1, 2, 0.99), (2, 3, 0.98)]);
    let find = |clustering| found(clustering, &plain(4), &chain);
    let clustering = || Clustering::new(0.95);
    assert_eq!(find(clustering().largest(3)), (vec![vec![1, 2, 3]], vec![(0, 1, Why::Size)]));
    assert_eq!(find(clustering().largest(1)).1.len(), 3);
    assert_eq!(find(clustering().diameter(2)), (vec![vec![1, 2, 3]], vec![(0, 1, Why::Diameter)]));
    assert_eq!(find(clustering().diameter(3)), (vec![vec![0, 1, 2, 3]], vec![]));
    assert_eq!(find(clustering().weakest_edge(0.98)), (vec![vec![1, 2, 3]], vec![(0, 1, Why::WeakestEdge)]));
    let two = (vec![vec![0, 1], vec![2, 3]], vec![(1, 2, Why::WeakestEdge)]);
    let pairs = links(&[(0, 1, 0.97), (1, 2, 0.96), (2, 3, 0.98)]);
    assert_eq!(found(clustering().weakest_edge(0.99), &plain(4), &pairs), two);

    let inputs = records(&[(0, 0), (1, 0), (0, 1), (1, 1)]);
    let crossed = (vec![vec![1, 2]], vec![(0, 1, Why::Source), (2, 3, Why::Source)]);
    assert_eq!(found(clustering().one_per_source(), &inputs, &chain), crossed);
}

#[test]
fn what_is_decided_goes_before_limits_and_never_before_that() {
    let mut chain = links(&[(0, 1, 0.99), (1, 2, 0.98), (2, 3, 0.999)]);
    chain.never(0, 2);
    let cut = (vec![vec![0, 1], vec![2, 3]], vec![(1, 2, Why::Never)]);
    assert_eq!(found(Clustering::new(0.95), &plain(4), &chain), cut);
    chain.always(1, 2);
    let turned = (vec![vec![1, 2, 3]], vec![(0, 1, Why::Never)]);
    assert_eq!(found(Clustering::new(0.95), &plain(4), &chain), turned);
    assert_eq!(found(Clustering::new(0.95).largest(1), &plain(4), &chain).0, [[1, 2]]);
    chain.never(1, 2);
    assert_eq!(found(Clustering::new(0.95), &plain(4), &chain), cut);
    assert_eq!(Clusters::of(4, &chain, 0.95).unwrap().iter().collect::<Vec<_>>(), [[0, 1], [2, 3]]);
}

#[test]
fn the_weakest_link_is_that_of_the_strongest_tree() {
    let links = links(&[(0, 1, 0.97), (2, 1, 0.99), (0, 2, 0.98), (4, 3, 0.96), (3, 4, 0.95), (3, 3, 1.0)]);
    let clusters = Clustering::new(0.95).cluster(&plain(5), &links).unwrap();
    assert_eq!(clusters.weakest(0), Some(Link { a: 0, b: 2, probability: 0.98 }));
    assert_eq!(clusters.weakest(1), Some(Link { a: 3, b: 4, probability: 0.96 }));
    assert_eq!(clusters.weakest(2), None);
}

#[test]
fn ties_go_by_input_and_key_and_not_by_order() {
    // A chain of three, one too long, of which the end with the greater key is left out.
    let chain = |keys: [(u32, usize); 3]| {
        found(Clustering::new(0.9).largest(2), &records(&keys), &links(&[(0, 1, 0.95), (1, 2, 0.95)])).0
    };
    assert_eq!(chain([(0, 1), (0, 2), (0, 3)]), [[0, 1]]);
    assert_eq!(chain([(0, 3), (0, 2), (0, 1)]), [[1, 2]]);
    assert_eq!(chain([(1, 1), (0, 2), (0, 3)]), [[1, 2]]);
}

#[test]
fn equal_links_of_one_block_are_one_cluster_or_cut_to_size() {
    let pairs: Vec<_> = (0..200).flat_map(|b| (0..b).map(move |a| (a, b, 0.99))).collect();
    let mut twice = links(&pairs);
    pairs.iter().for_each(|(a, b, probability)| twice.maybe(*b, *a, *probability));
    let records = plain(200);
    let whole = Clustering::new(0.95).cluster(&records, &twice).unwrap();
    assert_eq!((whole.count(), whole.survivors(), whole.refused().len()), (1, 1, 0));
    let cut = Clustering::new(0.95).largest(10).cluster(&records, &twice).unwrap();
    assert_eq!((cut.survivors(), cut.iter().map(<[u32]>::len).max()), (20, Some(10)));
    assert_eq!(cut.refused().len(), pairs.len() - 20 * 45);
}

#[derive(Debug, Clone)]
struct Case {
    identities: Vec<(u32, usize)>,
    links: Vec<(usize, usize, f64)>,
    always: Vec<(usize, usize)>,
    never: Vec<(usize, usize)>,
    limits: (usize, usize, bool, f64),
}

const RECORDS: usize = 14;

prop_compose! {
    fn case()(
        inputs in prop::collection::vec(0u32..4, RECORDS),
        links in prop::collection::vec(
            (0..RECORDS, 0..RECORDS, prop::sample::select(vec![0.001, 0.2, 0.6, 0.9, 0.95, 0.99, 1.0])), 0..50),
        always in prop::collection::vec((0..RECORDS, 0..RECORDS), 0..2),
        never in prop::collection::vec((0..RECORDS, 0..RECORDS), 0..4),
        largest in prop::sample::select(vec![3, 5, RECORDS]),
        diameter in 1..5usize,
        one_per_source: bool,
        weakest in prop::sample::select(vec![0.0, 0.95]),
    ) -> Case {
        Case {
            identities: inputs.into_iter().zip(0..).collect(),
            links,
            always,
            never,
            limits: (largest, diameter, one_per_source, weakest),
        }
    }
}

impl Case {
    fn clustering(&self) -> Clustering {
        let (largest, diameter, one_per_source, weakest) = self.limits;
        let limits = Clustering::new(0.9).largest(largest).diameter(diameter).weakest_edge(weakest);
        if one_per_source { limits.one_per_source() } else { limits }
    }

    fn links(&self) -> Links {
        let mut links = links(&self.links);
        self.always.iter().for_each(|(a, b)| links.always(*a, *b));
        self.never.iter().for_each(|(a, b)| links.never(*a, *b));
        links
    }

    /// The same in another order of records and of links.
    fn shuffled(&self, order: &[usize]) -> Case {
        let mut places = [0; RECORDS];
        order.iter().enumerate().for_each(|(place, record)| places[*record] = place);
        let pair = |(a, b): &(usize, usize)| (places[*b], places[*a]);
        Case {
            identities: order.iter().map(|record| self.identities[*record]).collect(),
            links: self.links.iter().rev().map(|(a, b, p)| (places[*b], places[*a], *p)).collect(),
            always: self.always.iter().rev().map(pair).collect(),
            never: self.never.iter().rev().map(pair).collect(),
            limits: self.limits,
        }
    }

    fn found(&self) -> Clusters {
        self.clustering().cluster(&records(&self.identities), &self.links()).unwrap()
    }

    /// The clusters and what holds them together, and the refusals, by key.
    #[allow(clippy::type_complexity)]
    fn by_key(&self) -> (BTreeMap<BTreeSet<usize>, String>, BTreeMap<(usize, usize), Why>) {
        let clusters = self.found();
        let key = |record: &u32| self.identities[*record as usize].1;
        let pair = |a: u32, b: u32| (key(&a).min(key(&b)), key(&a).max(key(&b)));
        let refused = clusters.refused().iter().map(|r| (pair(r.a, r.b), r.why)).collect();
        let weakest = |cluster| format!("{:?}", clusters.weakest(cluster).map(|link| link.probability));
        let sets = clusters.iter().map(|members| members.iter().map(key).collect());
        (sets.zip((0..).map(weakest)).collect(), refused)
    }

    /// The most steps between two members along links above the threshold.
    fn diameter(&self, members: &[u32]) -> usize {
        let all = || members.iter().map(|member| *member as usize);
        let inside = |record: usize| members.contains(&(record as u32));
        let links = self.links.iter().filter(|(a, b, p)| *p >= 0.9 && inside(*a) && inside(*b));
        let ways = links.flat_map(|&(a, b, _)| [((a, b), 1), ((b, a), 1)]);
        let mut steps: BTreeMap<(usize, usize), usize> = ways.collect();
        steps.extend(all().map(|member| ((member, member), 0)));
        for via in all() {
            for (a, b) in all().flat_map(|a| all().map(move |b| (a, b))) {
                if let (Some(x), Some(y)) = (steps.get(&(a, via)), steps.get(&(via, b))) {
                    let way = x + y;
                    let known = steps.entry((a, b)).or_insert(way);
                    *known = way.min(*known);
                }
            }
        }
        steps.into_values().max().unwrap_or(0)
    }
}

proptest! {
    #[test]
    fn order_does_not_matter(case in case(), order in Just((0..RECORDS).collect::<Vec<_>>()).prop_shuffle()) {
        prop_assert_eq!(case.by_key(), case.shuffled(&order).by_key());
    }

    #[test]
    fn limits_and_decisions_hold(case in case()) {
        let clusters = case.found();
        let together = |a: usize, b: usize| clusters.first_of(a) == clusters.first_of(b);
        for &(a, b) in &case.never {
            prop_assert!(a == b || !together(a, b));
        }
        if case.never.is_empty() {
            prop_assert!(case.always.iter().all(|(a, b)| together(*a, *b)));
        }
        if case.always.is_empty() {
            let (largest, diameter, one_per_source, _) = case.limits;
            for members in clusters.iter() {
                prop_assert!(members.len() <= largest);
                prop_assert!(case.diameter(members) <= diameter);
                let inputs: BTreeSet<_> = members.iter().map(|m| case.identities[*m as usize].0).collect();
                prop_assert!(!one_per_source || inputs.len() == members.len());
            }
        }
    }

    #[test]
    fn every_link_is_followed_or_refused(case in case()) {
        let clusters = case.found();
        let refused: BTreeSet<_> = refusals(&clusters).iter().map(|(a, b, _)| (*a as usize, *b as usize)).collect();
        let above = case.links.iter().filter(|(a, b, p)| *p >= 0.9 && a != b).map(|(a, b, _)| (*a.min(b), *a.max(b)));
        let always = case.always.iter().filter(|(a, b)| a != b).map(|(a, b)| (*a.min(b), *a.max(b)));
        let apart = above.chain(always).filter(|(a, b)| clusters.first_of(*a) != clusters.first_of(*b));
        prop_assert_eq!(refused, apart.collect());
    }

    #[test]
    fn the_weakest_link_is_the_weakest_of_a_tree(case in case()) {
        let clusters = case.found();
        for (number, members) in clusters.iter().enumerate() {
            let weakest = clusters.weakest(number).unwrap();
            let inside = |record: usize| members.contains(&(record as u32));
            let stronger: Vec<_> = case.links.iter().copied()
                .chain(case.always.iter().map(|(a, b)| (*a, *b, 1.0)))
                .filter(|(a, b, p)| *p > weakest.probability && inside(*a) && inside(*b)).collect();
            let without = Clusters::of(RECORDS, &links(&stronger), 0.0).unwrap();
            prop_assert!(members.iter().any(|member| without.first_of(*member as usize) != members[0] as usize));
        }
    }
}
