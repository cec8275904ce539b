//! Patterns of postcodes, which both read and write.

use std::sync::LazyLock;

/// How the postcodes of a country look.
#[derive(Debug)]
pub(super) struct Patterns {
    /// ISO 3166, two letters.
    pub country: &'static str,
    pub example: &'static str,
    /// `# digit, @ letter, * either, [..]` one of a set, anything else itself.
    patterns: Vec<&'static str>,
}

static ALL: LazyLock<Vec<Patterns>> = LazyLock::new(|| {
    let read = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        Patterns { country: next(), example: next(), patterns: next().split('|').collect() }
    };
    include_str!("postcodes.tsv").lines().map(read).collect()
});

impl Patterns {
    #[cfg(test)]
    pub fn all() -> &'static [Patterns] {
        &ALL
    }

    pub fn of(country: &str) -> Option<&'static Patterns> {
        let at = ALL.binary_search_by(|patterns| patterns.country.cmp(country)).ok()?;
        ALL.get(at)
    }

    /// Whether a text is a postcode, to the letter and separator.
    pub fn is_written(&self, text: &str) -> bool {
        self.patterns.iter().any(|pattern| walk(pattern, text, false, |_| {}))
    }

    /// The postcode whose letters and digits these are, with its separators.
    pub fn written(&self, compact: &str) -> Option<String> {
        self.patterns.iter().find(|pattern| walk(pattern, compact, true, |_| {})).map(|pattern| {
            let mut code = String::with_capacity(compact.len() + 1);
            walk(pattern, compact, true, |c| code.push(c));
            code
        })
    }
}

/// Whether a text fits a pattern, whose separators it may lack. `write` gets
/// every character, separators included.
fn walk(pattern: &str, text: &str, lacking: bool, mut write: impl FnMut(char)) -> bool {
    let mut chars = text.chars();
    let mut rest = pattern.chars();
    while let Some(sign) = rest.next() {
        if lacking && matches!(sign, ' ' | '-') {
            write(sign);
            continue;
        }
        let Some(c) = chars.next() else { return false };
        let fits = match sign {
            '#' => c.is_ascii_digit(),
            '@' => c.is_ascii_uppercase(),
            '*' => c.is_ascii_digit() || c.is_ascii_uppercase(),
            '[' => {
                let set = rest.as_str();
                let end = set.find(']').unwrap_or(set.len());
                rest = set.get(end + 1..).unwrap_or_default().chars();
                set.get(..end).is_some_and(|set| set.contains(c))
            }
            sign => sign == c,
        };
        if !fits {
            return false;
        }
        write(c);
    }
    chars.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_by_country() {
        assert!(Patterns::all().is_sorted_by_key(|patterns| patterns.country));
        assert!(Patterns::all().len() > 180 && Patterns::of("XX").is_none());
    }

    #[test]
    fn patterns_read_and_write() {
        let fits = |pattern, text| walk(pattern, text, true, |_| {});
        assert!(fits("[AB]# *@", "B1ZZ") && fits("LV-####", "LV1073"));
        assert!(!fits("##", "1") && !fits("##", "123") && !fits("[AB]", "C") && !fits("[AB]", ""));
        assert_eq!(Patterns::of("GB").and_then(|gb| gb.written("SW1A1AA")).as_deref(), Some("SW1A 1AA"));
    }
}
