//! From all records and links to components, one after the other.

use super::component::{ALWAYS, Component, Outcome};
use super::forest::Forest;
use super::{Clustering, Clusters};
use crate::dedupe::{Link, Links, Records};
use crate::error::{Error, ErrorKind, Result};

/// The clusters of `count` records; `records`, where they are given, settle ties.
pub(super) fn gather(
    limits: &Clustering,
    count: usize,
    records: Option<&Records>,
    links: &Links,
) -> Result<Clusters> {
    let whole = Clusters::from_firsts(connect(limits.threshold, count, links)?.into_roots());
    let mut parts = Parts::of(limits, records, links, &whole, count);
    let (mut component, mut outcome) = (Component::default(), Outcome::default());
    for (number, members) in whole.iter().enumerate() {
        parts.fill(&mut component, number, members)?;
        if component.is_undisputed(limits) {
            component.leave_whole(&mut outcome);
            continue;
        }
        if let Some(records) = records {
            parts.fill(&mut component, number, &by_identity(records, members)?)?;
        }
        component.settle(limits, &mut outcome);
    }
    Ok(whole.after(outcome).after_doubts(links, limits.threshold))
}

/// The members in an order that is not that of their arrival: by input, then by
/// key, and by row where there is none or where it is the same.
fn by_identity(records: &Records, members: &[u32]) -> Result<Vec<u32>> {
    let identity = |member: &u32| {
        let row = records.row(*member as usize)?;
        let id = row.id();
        Ok((id.input, row.into_key(), id.row, id.part, *member))
    };
    let mut identities = members.iter().map(identity).collect::<Result<Vec<_>>>()?;
    identities.sort_unstable();
    Ok(identities.into_iter().map(|(.., member)| member).collect())
}

/// The components of the links above the threshold; fails if a link is none.
fn connect(threshold: f64, count: usize, links: &Links) -> Result<Forest> {
    if links.iter().len() > u32::MAX as usize {
        return Err(Error::new(ErrorKind::Limit, "more than 4,294,967,295 links"));
    }
    let check = |a: u32, b: u32| {
        if a.max(b) as usize >= count {
            return Err(Error::other(format!("the detector linked a record beyond the last of {count}")));
        }
        Ok(())
    };
    let mut forest = Forest::of(count);
    for link in links.iter() {
        if !(0.0..=1.0).contains(&link.probability) {
            return Err(Error::other("the detector linked two records with a probability not from 0 to 1"));
        }
        check(link.a, link.b)?;
        if link.probability >= threshold && !links.is_unsure(link) {
            forest.union(link.a, link.b);
        }
    }
    for &(a, b) in links.always_pairs() {
        check(a, b)?;
        forest.union(a, b);
    }
    links.never_pairs().iter().try_for_each(|&(a, b)| check(a, b))?;
    Ok(forest)
}

/// What there is to make components of.
struct Parts<'a> {
    records: Option<&'a Records>,
    all: &'a Links,
    links: &'a [Link],
    always: &'a [(u32, u32)],
    never: &'a [(u32, u32)],
    links_of: Shares,
    always_of: Shares,
    never_of: Shares,
    wants_inputs: bool,
    /// The number of each record within its component, once that is filled.
    locals: Vec<u32>,
}

impl<'a> Parts<'a> {
    fn of(
        limits: &Clustering,
        records: Option<&'a Records>,
        links: &'a Links,
        whole: &Clusters,
        count: usize,
    ) -> Self {
        let mut components = vec![u32::MAX; count];
        for (members, number) in whole.iter().zip(0..) {
            members.iter().for_each(|member| components[*member as usize] = number);
        }
        let (always, never) = (links.always_pairs(), links.never_pairs());
        let all = links;
        let links = links.iter().as_slice();
        Parts {
            records,
            all,
            links,
            always,
            never,
            links_of: Shares::of(links.iter().map(|link| (link.a, link.b)), &components, whole.count()),
            always_of: Shares::of(always.iter().copied(), &components, whole.count()),
            never_of: Shares::of(never.iter().copied(), &components, whole.count()),
            wants_inputs: limits.one_per_source,
            locals: components,
        }
    }

    /// Makes `component` the one of a number, of its members in this order.
    fn fill(&mut self, component: &mut Component, number: usize, members: &[u32]) -> Result<()> {
        let Component { members: own, inputs, links, never } = component;
        own.clear();
        own.extend(members);
        for (member, local) in members.iter().zip(0..) {
            self.locals[*member as usize] = local;
        }
        let local = |a: u32, b: u32| {
            let (a, b) = (self.locals[a as usize], self.locals[b as usize]);
            (a.min(b), a.max(b))
        };
        let linked = |(a, b), probability| Link { a, b, probability };
        links.clear();
        let reported = self.links_of.share(number).iter().map(|index| self.links[*index as usize]);
        let sure = reported.filter(|link| !self.all.is_unsure(link));
        links.extend(sure.map(|link| linked(local(link.a, link.b), link.probability)));
        let pair = |pair: &(u32, u32)| local(pair.0, pair.1);
        let always = self.always_of.share(number).iter().map(|index| pair(&self.always[*index as usize]));
        links.extend(always.map(|pair| linked(pair, ALWAYS)));
        one_for_each_pair(links);
        never.clear();
        never.extend(self.never_of.share(number).iter().map(|index| pair(&self.never[*index as usize])));
        inputs.clear();
        if let Some(records) = self.records.filter(|_| self.wants_inputs) {
            for member in members {
                inputs.push(records.row(*member as usize)?.id().input);
            }
        }
        Ok(())
    }
}

/// Keeps of the links between two records the most probable.
fn one_for_each_pair(links: &mut Vec<Link>) {
    let pair = |link: &Link| (link.a, link.b);
    links.sort_unstable_by(|x, y| pair(x).cmp(&pair(y)).then(y.probability.total_cmp(&x.probability)));
    links.dedup_by_key(|link| pair(link));
}

/// Which pairs of a list lie within each component, as numbers in the list.
struct Shares {
    indices: Vec<u32>,
    /// Where in `indices` the share of each component begins, and where the last ends.
    starts: Vec<usize>,
}

impl Shares {
    fn of(pairs: impl Iterator<Item = (u32, u32)> + Clone, components: &[u32], count: usize) -> Self {
        let component = |(a, b): (u32, u32)| {
            let component = components[a as usize];
            (a != b && component != u32::MAX && component == components[b as usize])
                .then_some(component as usize)
        };
        // A counting sort.
        let mut starts = vec![0; count + 1];
        pairs.clone().filter_map(component).for_each(|component| starts[component + 1] += 1);
        for component in 0..count {
            starts[component + 1] += starts[component];
        }
        let mut indices = vec![0; starts[count]];
        let mut free = starts.clone();
        for (index, component) in pairs.zip(0..).filter_map(|(pair, index)| Some((index, component(pair)?))) {
            indices[free[component]] = index;
            free[component] += 1;
        }
        Shares { indices, starts }
    }

    fn share(&self, component: usize) -> &[u32] {
        &self.indices[self.starts[component]..self.starts[component + 1]]
    }
}
