//! Columns that stand for values in nested objects: `address.city`.

/// The deepest that objects are nested, in records and in names.
pub(crate) const MOST_DEPTH: usize = 64;

/// The name of a column below `parent`. A dot or a backslash that stands in
/// the key itself has a backslash before it.
pub(crate) fn below(parent: Option<&str>, key: &str) -> String {
    let mut name = String::with_capacity(key.len() + parent.map_or(0, |parent| parent.len() + 1));
    if let Some(parent) = parent {
        name.push_str(parent);
        name.push('.');
    }
    for char in key.chars() {
        if matches!(char, '.' | '\\') {
            name.push('\\');
        }
        name.push(char);
    }
    name
}

/// The keys that lead to a column. A backslash that stands before neither a
/// dot nor a backslash is itself.
pub(crate) fn keys(name: &str) -> Vec<String> {
    let (mut keys, mut key) = (Vec::new(), String::new());
    let mut chars = name.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '.' => keys.push(std::mem::take(&mut key)),
            '\\' => key.push(chars.next_if(|next| matches!(next, '.' | '\\')).unwrap_or('\\')),
            _ => key.push(char),
        }
    }
    keys.push(key);
    keys
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_come_back_whatever_is_in_them(path in proptest::collection::vec(r"[a.\\é]{0,4}", 1..5)) {
            let name = path.iter().fold(None, |name: Option<String>, key| Some(below(name.as_deref(), key)));
            prop_assert_eq!(keys(&name.unwrap()), path);
        }
    }

    #[test]
    fn a_backslash_that_escapes_nothing_is_itself() {
        assert_eq!(keys(r"a\b.c\"), [r"a\b", r"c\"]);
        assert_eq!(below(Some("address"), r"c.d\e"), r"address.c\.d\\e");
    }
}
