//! E-mail addresses, by mailbox and by domain.

use super::{Compared, Key, Level, NONE, Seen, Shared, bits, shared_bits};
use crate::dedupe::matching::distance::damerau_within;
use crate::dedupe::matching::fold::cut;
use crate::dedupe::matching::shape::Shape;
use crate::dedupe::matching::units::with_units;
use crate::dedupe::matching::words::{Waiting, Words, mix};

/// An address: its mailbox and its domain.
#[derive(Default)]
pub(crate) struct Email {
    addresses: Shared,
    mailboxes: Words,
    domains: Words,
    shapes: [Vec<Shape>; 2],
    records: usize,
    folded: String,
    /// Mailboxes of records whose cells are not added yet, and their domains.
    waiting: Waiting,
    waiting_domains: Vec<u32>,
}

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.10, chance: 1.0 },
    Level { name: "same domain", same: 0.03, chance: 0.003 },
    Level { name: "mailbox nearly the same", same: 0.05, chance: 0.0003 },
    Level { name: "same mailbox, other domain", same: 0.07, chance: 0.00003 },
    Level { name: "nearly the same", same: 0.10, chance: 0.00001 },
    Level { name: "same address", same: 0.65, chance: 0.00001 },
];

/// The longest that is compared, in bytes: RFC 5321 allows 254.
const LONGEST: usize = 254;

/// Writes the address in lower case, without what mailers ignore or what
/// stands behind a `+`; says where the domain begins.
fn fold(text: &str, out: &mut String) -> Option<usize> {
    out.clear();
    let text = cut(text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>')), LONGEST);
    let (mailbox, domain) = text.rsplit_once('@').or_else(|| text.rsplit_once('＠'))?;
    let mailbox = mailbox.split_once('+').map_or(mailbox, |(mailbox, _)| mailbox);
    push_small(mailbox, |c| !matches!(c, '.' | '_' | '-' | ' ' | '"'), out);
    let at = out.len();
    out.push('@');
    push_small(domain.trim(), |_| true, out);
    (at > 0 && out.len() > at + 1).then_some(at)
}

fn address(cells: &[u32]) -> u64 {
    u64::from(cells[0]) << 32 | u64::from(cells[1])
}

fn push_small(text: &str, kept: impl Fn(char) -> bool, out: &mut String) {
    for c in text.chars().filter(|c| kept(*c)) {
        if c.is_ascii() { out.push(c.to_ascii_lowercase()) } else { out.extend(c.to_lowercase()) }
    }
}

impl Email {
    /// Whether two mailboxes or two domains are nearly the same.
    fn close(words: &Words, shapes: &[Shape], a: u32, b: u32) -> bool {
        shapes[a as usize].is_near(shapes[b as usize], 2)
            && with_units(
                words.text(a),
                words.text(b),
                |a, b| match a.len().min(b.len()) {
                    ..4 => false,
                    4..8 => damerau_within(a, b, 1).is_some(),
                    _ => damerau_within(a, b, 2).is_some(),
                },
                |a, b| a.len().min(b.len()) >= 4 && damerau_within(a, b, 1).is_some(),
            )
    }
}

impl Compared for Email {
    fn width(&self) -> usize {
        2
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let at = fold(values.first().copied().unwrap_or(""), &mut self.folded);
        let domain = at.map_or(NONE, |at| self.domains.count(&self.folded[at + 1..]));
        self.waiting.push(&self.folded[..at.unwrap_or(0)]);
        self.waiting_domains.push(domain);
        if self.waiting.is_full() {
            self.flush(cells);
        }
    }

    fn flush(&mut self, cells: &mut Vec<u32>) {
        self.mailboxes.look_at(self.waiting.hashes());
        for ((mailbox, hash), domain) in self.waiting.iter().zip(self.waiting_domains.drain(..)) {
            if domain == NONE {
                cells.extend([NONE; 2]);
                continue;
            }
            let mailbox = self.mailboxes.intern_hashed(mailbox, hash);
            self.mailboxes.tally(mailbox);
            self.addresses.add(address(&[mailbox, domain]));
            cells.extend([mailbox, domain]);
        }
        self.waiting.clear();
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
        self.shapes = [&self.mailboxes, &self.domains].map(|words| words.texts().map(Shape::of).collect());
        self.addresses.count();
        self.mailboxes.close();
        self.domains.close();
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        if a[0] == NONE || b[0] == NONE {
            return Seen::MISSING;
        }
        let same_domain = a[1] == b[1];
        if a[0] == b[0] {
            let mailbox = bits(self.mailboxes.frequency(a[0]), self.records);
            if !same_domain {
                let level = if Email::close(&self.domains, &self.shapes[1], a[1], b[1]) { 4 } else { 3 };
                return Seen { level, bits: mailbox };
            }
            let domain = bits(self.domains.frequency(a[1]), self.records).min(6.0);
            let count = self.addresses.of(address(a));
            return Seen { level: 5, bits: shared_bits(mailbox + domain, count, self.records) };
        }
        if Email::close(&self.mailboxes, &self.shapes[0], a[0], b[0]) {
            return Seen::level(if same_domain { 4 } else { 2 });
        }
        if same_domain {
            return Seen { level: 1, bits: bits(self.domains.frequency(a[1]), self.records) };
        }
        Seen::level(0)
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        match key {
            _ if cells[0] == NONE => (),
            Key::Whole => keys.push(mix(address(cells))),
            Key::Rough => keys.push(mix(u64::from(cells[0]) + 1)),
            Key::Word => keys.push(mix(u64::from(cells[1]) + 1)),
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.65), (Key::Rough, 0.75)]
    }
}
