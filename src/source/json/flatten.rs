//! From an object to a record: nested objects become columns.

use serde::de::IgnoredAny;

use super::splitter::TOO_DEEP;
use super::tree::Tree;
use super::value::{RULE, elements, members, put, text};
use crate::dotted::MOST_DEPTH;
use crate::error::Fault;
use crate::record::{Record, Value};

/// The rule that a list breaks which cannot be joined.
const LIST: &str = "list";

/// What is said of inputs whose keys are values, mostly.
pub(crate) const TOO_MANY: &str = "more than 65,536 different keys: declare the columns";

/// Fills records, one after the other.
pub(crate) struct Flattener {
    pub tree: Tree,
    /// The column of the children that are records of their own, and its node, once it is known.
    children: Option<String>,
    children_node: Option<usize>,
    separator: char,
    /// What to do about a key that is no column.
    advice: &'static str,
    /// How many objects were filled in.
    filled: u64,
    joined: String,
    pub warnings: Vec<Fault>,
}

/// Why a record cannot be filled.
pub(crate) enum Broken {
    Syntax(serde_json::Error),
    Fault(Fault),
}

impl Flattener {
    pub fn new(tree: Tree, children: Option<String>, separator: char, advice: &'static str) -> Self {
        let (joined, warnings) = (String::new(), Vec::new());
        Flattener { tree, children, children_node: None, separator, advice, filled: 0, joined, warnings }
    }

    /// The column of the children, if it did not come up.
    pub fn missing_children(&self) -> Option<&str> {
        self.children.as_deref().filter(|_| self.children_node.is_none())
    }

    /// Whether records have children that are records of their own.
    pub fn has_children(&self) -> bool {
        self.children.is_some()
    }

    /// Learns which keys an object has. One that will be rejected teaches nothing.
    pub fn learn(&mut self, json: &str) -> Result<(), Broken> {
        let known = self.tree.len();
        let learned = self.learn_object(Tree::ROOT, json, 1);
        if learned.is_err() && !self.tree.is_full() {
            self.tree.truncate(known);
        }
        learned
    }

    fn learn_object(&mut self, node: usize, json: &str, depth: usize) -> Result<(), Broken> {
        self.tree.begin(node);
        object(json, depth, |key, value| {
            let too_many = || Fault::new(TOO_MANY);
            let child = self.tree.add(node, key).ok_or_else(too_many)?;
            if !self.is_children(child) {
                return self.learn_value(child, value, depth);
            }
            children(value)?.into_iter().try_for_each(|value| self.learn_value(child, value, depth))
        })
    }

    fn learn_value(&mut self, node: usize, value: &str, depth: usize) -> Result<(), Fault> {
        match value.as_bytes() {
            _ if is_nothing(value) => Ok(()),
            [b'{', ..] => self.learn_object(node, value, depth + 1).map_err(Broken::into_fault),
            _ => {
                self.tree.hold(node);
                Ok(())
            }
        }
    }

    /// Fills a record from an object. What is returned are its children, where
    /// they are to be records of their own.
    pub fn fill<'j>(&mut self, json: &'j str, record: &mut Record) -> Result<Vec<&'j str>, Broken> {
        self.filled += 1;
        let mut list = None;
        self.fill_object(Tree::ROOT, json, 1, record, &mut list)?;
        list.map_or(Ok(Vec::new()), |list| children(list).map_err(Broken::Fault))
    }

    /// Fills the columns of a child.
    pub fn fill_child(&mut self, json: &str, record: &mut Record) -> Result<(), Fault> {
        self.filled += 1;
        match self.children_node {
            Some(node) => self.fill_value(node, json, 1, record, &mut None),
            None => Ok(()),
        }
    }

    fn fill_object<'j>(
        &mut self,
        node: usize,
        json: &'j str,
        depth: usize,
        record: &mut Record,
        list: &mut Option<&'j str>,
    ) -> Result<(), Broken> {
        self.tree.begin(node);
        object(json, depth, |key, value| {
            let Some(child) = self.tree.find(node, key) else {
                return if is_nothing(value) {
                    Ok(())
                } else {
                    Err(self.unknown(self.tree.name_below(node, key)))
                };
            };
            if !self.tree.see(child, self.filled) {
                return Err(Fault::new("the key is there twice").rule(RULE).column(self.tree.name(child)));
            }
            if self.is_children(child) {
                *list = Some(value);
                return Ok(());
            }
            self.fill_value(child, value, depth, record, list)
        })
    }

    fn fill_value<'j>(
        &mut self,
        node: usize,
        value: &'j str,
        depth: usize,
        record: &mut Record,
        list: &mut Option<&'j str>,
    ) -> Result<(), Fault> {
        let first = value.as_bytes().first();
        if first == Some(&b'{') {
            return self.fill_object(node, value, depth + 1, record, list).map_err(Broken::into_fault);
        }
        match self.tree.column(node) {
            _ if is_nothing(value) => Ok(()),
            None => Err(self.unknown(self.tree.name(node))),
            Some(column) if first == Some(&b'[') => self
                .put_list(node, column, value, record)
                .map_err(|fault| fault.rule(RULE).column(self.tree.name(node))),
            Some(column) => put(record, column, value).map_err(|fault| fault.column(self.tree.name(node))),
        }
    }

    /// Joins a list, if it can be taken apart again: any other stays JSON.
    fn put_list(&mut self, node: usize, column: usize, json: &str, record: &mut Record) -> Result<(), Fault> {
        match self.join(node, json)? {
            true => record.set_value(column, Value::Text(&self.joined)),
            false => record.set_value(column, json),
        }
        Ok(())
    }

    /// Joins a list; false if it cannot be taken apart again.
    fn join(&mut self, node: usize, json: &str) -> Result<bool, Fault> {
        self.joined.clear();
        for element in elements(json).map_err(|_| Fault::new("not a list"))? {
            let shown = match element.as_bytes().first() {
                Some(b'[' | b'{' | b'n') | None => return Ok(false),
                Some(b'"') => text(element)?,
                Some(_) => element.into(),
            };
            if shown.contains(self.separator) {
                let fault = Fault::warning("the separator stands in an element: the list is kept as JSON");
                self.warnings.push(fault.rule(LIST).column(self.tree.name(node)));
                return Ok(false);
            }
            // Text that begins with a bracket would be taken for JSON.
            let first = self.joined.is_empty();
            if shown.is_empty() || (first && shown.starts_with('[')) {
                return Ok(false);
            }
            if !first {
                self.joined.push(self.separator);
            }
            self.joined.push_str(&shown);
        }
        Ok(true)
    }

    /// Whether the children stand there.
    fn is_children(&mut self, node: usize) -> bool {
        let is = self.children.as_deref().is_some_and(|column| column == self.tree.name(node));
        if is {
            self.children_node = Some(node);
        }
        is
    }

    fn unknown(&self, name: impl Into<std::sync::Arc<str>>) -> Fault {
        Fault::new(self.advice).rule("column").column(name)
    }
}

impl Broken {
    fn into_fault(self) -> Fault {
        match self {
            Broken::Fault(fault) => fault,
            // The text around it was read before, but not the escapes in its keys.
            Broken::Syntax(_) => Fault::new("a key with an escape that is no character").rule(RULE),
        }
    }
}

/// Goes over the members of an object.
fn object<'j>(
    json: &'j str,
    depth: usize,
    each: impl FnMut(&str, &'j str) -> Result<(), Fault>,
) -> Result<(), Broken> {
    if depth > MOST_DEPTH {
        return Err(Broken::Fault(Fault::new(TOO_DEEP).rule(RULE)));
    }
    if !json.trim_start().starts_with('{') {
        serde_json::from_str::<IgnoredAny>(json).map_err(Broken::Syntax)?;
        return Err(Broken::Fault(Fault::new("not an object").rule(RULE)));
    }
    members(json, each).map_err(Broken::Syntax)?.map_err(Broken::Fault)
}

/// The elements of a list; what is no list is its only element.
fn children(json: &str) -> Result<Vec<&str>, Fault> {
    match json.as_bytes().first() {
        _ if is_nothing(json) => Ok(Vec::new()),
        Some(b'[') => elements(json).map_err(|_| Fault::new("not a list").rule(RULE)),
        _ => Ok(vec![json]),
    }
}

/// Whether a value holds none: null, an empty list, an empty object.
fn is_nothing(json: &str) -> bool {
    match json.as_bytes() {
        [b'n', ..] => true,
        [b'[' | b'{', within @ .., _] => within.iter().all(u8::is_ascii_whitespace),
        _ => false,
    }
}
