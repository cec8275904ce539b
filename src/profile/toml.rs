//! A proposal as a mapping file, to be corrected by hand.

use std::fmt::Write;

use super::propose::{Proposal, ProposedColumn};

impl Proposal {
    /// The mapping as a file in TOML, with the scores and the reasons as
    /// comments; [`Mapping::from_toml`](crate::Mapping::from_toml) reads it.
    ///
    /// What is accepted stands first, as columns of the target. What is not is
    /// kept under its own name, and the comment says what it might be.
    pub fn to_toml(&self) -> String {
        let mut text = String::from("# A proposal: look at what each column is to become, and correct it.\n");
        if let Some(object) = self.object() {
            let _ = writeln!(text, "# The records look like {}.", object.plural());
        }
        let empty: Vec<&ProposedColumn> =
            self.columns().iter().filter(|column| column.is_empty() && !column.is_accepted()).collect();
        if !empty.is_empty() {
            let names: Vec<String> = empty.iter().map(|column| quoted(column.column())).collect();
            let _ = writeln!(text, "\n# Columns without values.\nignore = [{}]", names.join(", "));
        }
        for (field, columns) in self.accepted() {
            text.push('\n');
            columns.iter().for_each(|column| said(&mut text, column));
            let _ = writeln!(text, "[[column]]\nname = {}", quoted(field));
            let names: Vec<String> = columns.iter().map(|column| quoted(column.column())).collect();
            let _ = match names.as_slice() {
                [one] => writeln!(text, "from = {one}"),
                several => writeln!(text, "join = [{}]\nwith = \", \"", several.join(", ")),
            };
        }
        let kept = self.columns().iter().filter(|column| !column.is_accepted() && !column.is_empty());
        for (number, column) in kept.enumerate() {
            if number == 0 {
                text.push_str("\n# Not accepted, and kept as they are so that nothing is lost.\n");
            }
            let _ = writeln!(text, "\n# {}", commented(&column.doubt(self.accepted_above())));
            said(&mut text, column);
            let (name, kept_as) = (column.column(), self.kept_as(column));
            let _ = writeln!(text, "[[column]]\nname = {}", quoted(&kept_as));
            if kept_as != name {
                let _ = writeln!(text, "from = {}", quoted(name));
            }
        }
        text
    }
}

/// The score, the reasons, and what else there is.
fn said(text: &mut String, column: &ProposedColumn) {
    if column.field().is_none() {
        return;
    }
    let _ = write!(text, "# {:.2}: {}", column.score(), commented(&column.reasons().join("; ")));
    for (number, other) in column.alternatives().iter().enumerate() {
        let or = if number == 0 { "; or" } else { "," };
        let _ = write!(text, "{or} {} {:.2}", commented(&other.field), other.score);
    }
    text.push('\n');
}

/// A text that stays on its line.
fn commented(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(all(test, feature = "toml"))]
mod tests {
    use crate::profile::{Profile, Target};
    use crate::source::Memory;
    use crate::{Mapping, Record, Schema};

    #[test]
    fn names_of_any_characters_are_read_again() {
        let odd =
            ["a\n[[column]]", "\"phone\"", "C:\\mail", "# 客户", "x = 1", "\u{7F}", "phone", "a.b", "'", " "];
        let schema = Schema::text(odd).unwrap();
        let record = Record::of(schema.clone(), odd.map(|_| "13800138000")).unwrap();
        let profile = Profile::of(Memory::new("m", schema.clone(), [record])).unwrap();
        let target = Schema::text(["a\n[[column]]", "tel\n[[column]]", "mobile\n[["]).unwrap();
        for target in [Target::customer(), Target::of(&target).also_called("tel\n[[column]]", ["phone"])] {
            let proposal = Mapping::propose(&profile, &target).accept_above(0.0);
            let mut read = Mapping::from_toml(&proposal.to_toml()).unwrap();
            use crate::map::FieldMapper;
            assert_eq!(read.bind(&schema).unwrap().len(), odd.len());
        }
    }
}
