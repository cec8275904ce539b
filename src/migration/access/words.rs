//! Numbers and lists in words.

/// So many of an entity: `1 contact`, `12 companies`. An entity with a name in
/// another script than Latin has no plural.
pub(super) fn counted(rows: u64, entity: &str) -> String {
    if rows == 1 { format!("1 {entity}") } else { format!("{rows} {}", plural(entity)) }
}

pub(super) fn plural(entity: &str) -> String {
    match entity.as_bytes() {
        [.., b's', b's'] => format!("{entity}es"),
        [.., b's'] => entity.to_owned(),
        [.., b'a' | b'e' | b'i' | b'o' | b'u', b'y'] => format!("{entity}s"),
        [stem @ .., b'y'] => format!("{}ies", &entity[..stem.len()]),
        [.., last] if last.is_ascii_alphabetic() => format!("{entity}s"),
        _ => entity.to_owned(),
    }
}

/// `read`, `read and write`, `read, write and export`.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_counted_as_people_do() {
        let all =
            ["contact", "company", "survey", "address", "deals", "客户", ""].map(|entity| counted(2, entity));
        assert_eq!(all, ["2 contacts", "2 companies", "2 surveys", "2 addresses", "2 deals", "2 客户", "2 "]);
        assert_eq!(counted(1, "company"), "1 company");
    }

    #[test]
    fn lists_end_with_and() {
        let words = ["read", "write", "export"];
        assert_eq!(
            [1, 2, 3].map(|n| listed(&words[..n])),
            ["read", "read and write", "read, write and export"]
        );
    }
}
