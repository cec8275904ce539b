//! Disjoint sets.

/// Disjoint sets as trees in one array, each item pointing to its parent
/// (Tarjan and van Leeuwen 1984, path halving). The smaller item becomes the
/// root, so that a root is the first of its set.
pub(in crate::dedupe) struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    /// As many sets as items.
    pub fn of(items: usize) -> Self {
        Forest { parents: (0..).take(items).collect() }
    }

    /// The first of an item's set.
    pub fn root(&mut self, mut item: u32) -> u32 {
        loop {
            let parent = self.parents[item as usize];
            if parent == item {
                return item;
            }
            let grandparent = self.parents[parent as usize];
            self.parents[item as usize] = grandparent;
            item = grandparent;
        }
    }

    /// Makes one set of two; false where they are one already.
    pub fn union(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b) as usize] = a.min(b);
        a != b
    }

    /// The first of every item's set.
    pub fn into_roots(mut self) -> Vec<u32> {
        // Parents stand before their children and are roots by then.
        for item in 0..self.parents.len() {
            self.parents[item] = self.parents[self.parents[item] as usize];
        }
        self.parents
    }
}
