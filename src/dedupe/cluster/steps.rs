//! How many links lead from one record to another.

use super::component::Component;

/// The links of a component above the threshold, to be walked along.
pub(super) struct Steps {
    /// The neighbours of every record, one record after the other.
    neighbours: Vec<u32>,
    /// Where in `neighbours` those of each record begin, and where the last end.
    starts: Vec<usize>,
    /// The last walk that came by each record, or in whose reach it is; used over and over.
    seen: Vec<u64>,
    walk: u64,
}

impl Steps {
    pub fn of(component: &Component, threshold: f64) -> Self {
        let links = component.links.iter().filter(|link| link.probability >= threshold);
        let mut ways: Vec<_> = links.flat_map(|link| [(link.a, link.b), (link.b, link.a)]).collect();
        ways.sort_unstable();
        let size = component.members.len() as u32;
        let starts = (0..=size).map(|record| ways.partition_point(|way| way.0 < record)).collect();
        let neighbours = ways.into_iter().map(|way| way.1).collect();
        Steps { neighbours, starts, seen: vec![0; size as usize], walk: 0 }
    }

    /// Whether some member of one group is more than `most` steps from some
    /// member of the other, along members of both.
    pub fn too_many(&mut self, a: &[u32], b: &[u32], most: usize) -> bool {
        let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
        few.iter().any(|start| self.out_of_reach(*start, few, many, most))
    }

    fn out_of_reach(&mut self, start: u32, few: &[u32], many: &[u32], most: usize) -> bool {
        // Two numbers for each walk: one marks where it may go, the next where it has been.
        self.walk += 2;
        let (open, done) = (self.walk, self.walk + 1);
        few.iter().chain(many).for_each(|member| self.seen[*member as usize] = open);
        self.seen[start as usize] = done;
        let (mut front, mut next) = (vec![start], Vec::new());
        for _ in 0..most {
            for record in front.drain(..) {
                let ways = self.starts[record as usize]..self.starts[record as usize + 1];
                for &neighbour in &self.neighbours[ways] {
                    if self.seen[neighbour as usize] == open {
                        self.seen[neighbour as usize] = done;
                        next.push(neighbour);
                    }
                }
            }
            std::mem::swap(&mut front, &mut next);
        }
        many.iter().any(|member| self.seen[*member as usize] == open)
    }
}
