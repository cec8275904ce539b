//! Given names and their familiar forms: William and Bill, Aleksandr and Sasha, José and Pepe.
//!
//! Names are compared in small letters of ASCII, as keys of names are written. The table beside this file says where it
//! comes from.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The groups that a name stands in, by number and in ascending order; none where the table does not know the name.
///
/// A group is a full name with its familiar forms and other writings. Numbers are for comparing within one version of
/// this library, and not to be kept.
pub fn groups(name: &str) -> &'static [u16] {
    static GROUPS: LazyLock<HashMap<&str, Vec<u16>>> = LazyLock::new(|| {
        let mut groups: HashMap<_, Vec<_>> = HashMap::new();
        for (number, names) in (0..).zip(rows()) {
            names.for_each(|name| groups.entry(name).or_default().push(number));
        }
        groups
    });
    GROUPS.get(name).map_or(&[], Vec::as_slice)
}

/// Whether two ascending rows of numbers have one in common: of the groups of two names, whether one name may be a
/// familiar form or another writing of the other. Equal names that the table does not know share none.
pub fn share(a: &[u16], b: &[u16]) -> bool {
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            Ordering::Equal => return true,
            Ordering::Less => a.next(),
            Ordering::Greater => b.next(),
        };
    }
    false
}

/// The names of each group in the table.
fn rows() -> impl Iterator<Item = impl Iterator<Item = &'static str>> {
    let lines = include_str!("nicknames.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).map(|(_, names)| names.split(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same_given_name(a: &str, b: &str) -> bool {
        share(groups(a), groups(b))
    }

    #[test]
    fn familiar_forms_are_the_same_name_either_way() {
        for (full, familiar) in [
            ("william", "bill"),
            ("robert", "bob"),
            ("elizabeth", "liz"),
            ("katharina", "kathi"),
            ("aleksandr", "sasha"),
            ("yevgeniy", "evgenii"),
            ("jose", "pepe"),
            ("guillaume", "willy"),
            ("giuseppe", "beppe"),
            ("johannes", "jan"),
            ("lars", "lasse"),
            ("malgorzata", "gosia"),
        ] {
            assert!(same_given_name(full, familiar), "{full} {familiar}");
            assert!(same_given_name(familiar, full), "{familiar} {full}");
        }
    }

    #[test]
    fn a_form_of_two_names_does_not_make_them_one() {
        assert!(same_given_name("bert", "albert") && same_given_name("bert", "robert"));
        assert!(!same_given_name("albert", "robert"));
        assert!(same_given_name("alex", "alexander") && same_given_name("alex", "alexandra"));
        assert!(!same_given_name("alexander", "alexandra"));
    }

    #[test]
    fn names_of_other_people_and_of_other_languages_are_not_the_same() {
        for (a, b) in [("william", "robert"), ("wilhelm", "guillaume"), ("anna", "maria"), ("", "")] {
            assert!(!same_given_name(a, b), "{a} {b}");
        }
        assert!(groups("xyzzy").is_empty());
    }

    #[test]
    fn the_table_is_written_as_its_head_says() {
        let mut groups = 0;
        for names in rows() {
            let names: Vec<&str> = names.collect();
            assert!(names.len() > 1, "{names:?}");
            for (place, name) in names.iter().enumerate() {
                assert!(!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()), "{names:?}");
                assert!(!names[..place].contains(name), "{names:?}");
            }
            groups += 1;
        }
        assert!((1000..u16::MAX).contains(&groups));
    }
}
