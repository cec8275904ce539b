//! The columns of nested objects: which key leads to which.

use std::collections::HashMap;
use std::sync::Arc;

use crate::dotted::{MOST_DEPTH, below, keys};
use crate::error::{Error, Result};

/// The most keys that all records may have together.
const MOST_KEYS: usize = 1 << 16;

/// The keys that records have, nested as they are there.
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

/// A key, or the record itself.
#[derive(Default)]
struct Node {
    /// The name of the column that it is, or would be; none for the record itself.
    name: Option<Arc<str>>,
    parent: usize,
    /// The keys below it, in the order in which they came up.
    below: Vec<(Arc<str>, usize)>,
    positions: HashMap<Arc<str>, usize>,
    /// The position in `below` of the key that probably comes next.
    next: usize,
    /// Whether a record had a plain value there.
    held: bool,
    column: Option<usize>,
    /// The record that had the key last.
    seen: u64,
}

impl Tree {
    /// The record itself.
    pub const ROOT: usize = 0;

    pub fn new() -> Self {
        Tree { nodes: vec![Node::default()] }
    }

    /// A tree of declared columns.
    pub fn of<'n>(columns: impl IntoIterator<Item = &'n str>) -> Result<Self> {
        let mut tree = Tree::new();
        for (column, name) in columns.into_iter().enumerate() {
            let keys = Some(keys(name)).filter(|keys| keys.len() <= MOST_DEPTH);
            let node =
                keys.and_then(|keys| keys.iter().try_fold(Self::ROOT, |node, key| tree.add(node, key)));
            let node = node.ok_or_else(|| Error::bind("too many columns, or nested too deep"))?;
            if tree.nodes[node].column.replace(column).is_some() {
                return Err(Error::bind(format!("column `{name}` is there twice")));
            }
        }
        Ok(tree)
    }

    /// The node of a key, if it is known.
    pub fn find(&mut self, node: usize, key: &str) -> Option<usize> {
        let node = &mut self.nodes[node];
        let at = match node.below.get(node.next) {
            Some((probable, _)) if **probable == *key => node.next,
            _ => *node.positions.get(key)?,
        };
        node.next = at + 1;
        node.below.get(at).map(|(_, child)| *child)
    }

    /// The node of a key, which is added if it is not known; none when there are too many.
    pub fn add(&mut self, parent: usize, key: &str) -> Option<usize> {
        if let Some(child) = self.find(parent, key) {
            return Some(child);
        }
        if self.is_full() {
            return None;
        }
        let (added, name) = (self.nodes.len(), Some(self.name_below(parent, key).into()));
        self.nodes.push(Node { name, parent, ..Node::default() });
        let (key, parent) = (Arc::<str>::from(key), &mut self.nodes[parent]);
        parent.positions.insert(Arc::clone(&key), parent.below.len());
        parent.below.push((key, added));
        Some(added)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.nodes.len() - 1
    }

    /// Whether no key can be added.
    pub fn is_full(&self) -> bool {
        self.len() >= MOST_KEYS
    }

    /// Takes away all but the first so many keys.
    pub fn truncate(&mut self, len: usize) {
        for node in self.nodes.drain(len + 1..).collect::<Vec<_>>().into_iter().rev() {
            if let Some(parent) = self.nodes.get_mut(node.parent)
                && let Some((key, _)) = parent.below.pop()
            {
                parent.positions.remove(&key);
            }
        }
    }

    /// Notes that a record has a plain value there.
    pub fn hold(&mut self, node: usize) {
        self.nodes[node].held = true;
    }

    /// Notes that the members of an object follow.
    pub fn begin(&mut self, node: usize) {
        self.nodes[node].next = 0;
    }

    /// Notes that a record has the key; false if it had it before.
    pub fn see(&mut self, node: usize, record: u64) -> bool {
        std::mem::replace(&mut self.nodes[node].seen, record) != record
    }

    /// The column that a node is, if it is one.
    pub fn column(&self, node: usize) -> Option<usize> {
        self.nodes[node].column
    }

    /// The name of the column that a node is or would be.
    pub fn name(&self, node: usize) -> &str {
        self.nodes[node].name.as_deref().unwrap_or_default()
    }

    /// The name of the column that a key below a node is or would be.
    pub fn name_below(&self, node: usize, key: &str) -> String {
        below(self.nodes[node].name.as_deref(), key)
    }

    /// Makes columns of all keys with plain values, in the order in which
    /// they came up; those of an object stand together. A key that was null in
    /// every record is one too, unless other records have an object there.
    pub fn columns(&mut self) -> Vec<Arc<str>> {
        let (mut names, mut ahead) = (Vec::new(), vec![Self::ROOT]);
        while let Some(at) = ahead.pop() {
            let node = &mut self.nodes[at];
            ahead.extend(node.below.iter().rev().map(|(_, child)| *child));
            if at != Self::ROOT && (node.held || node.below.is_empty()) {
                node.column = Some(names.len());
                names.extend(node.name.clone());
            }
        }
        names
    }
}
