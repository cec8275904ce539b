//! Words that stand where there is no value.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::text::trimmed;
use super::{Normalizer, rule};

/// What [`empty_to_null`] takes for "no value". Words that may be an answer or
/// a name are left out: `NA` (Namibia), `Null` (a surname), `unknown` and `未知`
/// (an answer), spreadsheet errors other than `#N/A` (a fault, not an absence).
#[rustfmt::skip]
const EMPTY: [&str; 45] = [
    "-", "--", "---", "–", "—", "——", "－", "/", "N/A", "n/a", "N/a", "#N/A", "<NA>", "NaN",
    "null", "NULL", "(null)", "<null>", "[NULL]", "\\N", "none", "None", "NONE", "(none)", "nil",
    "(empty)", "(blank)", "empty", "EMPTY", "无", "無", "暂无", "暫無", "没有", "沒有", "未填", "未填写", "未填寫", "空", "空值",
    "なし", "無し", "該当なし", "없음", "해당없음",
];

/// Makes the usual words for "no value" null, white space around them ignored:
///
/// - dashes and the slash alone: `-` `--` `---` `–` `—` `——` `－` `/`
/// - of programs: `N/A` `n/a` `N/a` `#N/A` `<NA>` `NaN` `null` `NULL` `(null)`
///   `<null>` `[NULL]` `\N` `none` `None` `NONE` `(none)` `nil` `(empty)` `(blank)` `empty` `EMPTY`
/// - Chinese: `无` `無` `暂无` `暫無` `没有` `沒有` `未填` `未填写` `未填寫` `空` `空值`
/// - Japanese and Korean: `なし` `無し` `該当なし` `없음` `해당없음`
///
/// Upper and lower case count as written here, since `Null` is also a
/// surname. Not in the list, because they can be values: `NA`, `未知`, `unknown`.
/// [`empty_words`] takes another list.
///
/// ```
/// use handover::normalize::{apply, empty_to_null};
///
/// assert_eq!(apply(&[empty_to_null()], " 暂无 ")?, "");
/// assert_eq!(apply(&[empty_to_null()], "Null")?, "Null");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn empty_to_null() -> Box<dyn Normalizer> {
    words_to_null("empty_to_null", EMPTY)
}

/// Makes these words null, and no others, white space around them ignored.
///
/// ```
/// use handover::normalize::{apply, empty_words};
///
/// let rule = [empty_words(["NA", "未知"])];
/// assert_eq!(apply(&rule, "未知")?, "");
/// assert_eq!(apply(&rule, "-")?, "-");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn empty_words<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Box<dyn Normalizer> {
    words_to_null("empty_words", words)
}

fn words_to_null<W: Into<String>>(
    name: &'static str,
    words: impl IntoIterator<Item = W>,
) -> Box<dyn Normalizer> {
    let words = Words::new(words);
    rule(name, move |text| {
        let word = trimmed(text);
        Ok(Cow::Borrowed(if word.is_empty() || words.contains(word) { "" } else { text }))
    })
}

/// Whether a text, already trimmed, is one of those of [`empty_to_null`].
pub(super) fn is_empty_word(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(EMPTY));
    WORDS.contains(word)
}

/// Words to look up.
pub(super) struct Words(Vec<String>);

impl Words {
    pub fn new<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        let mut words: Vec<String> = words.into_iter().map(Into::into).collect();
        // Lengths first: they tell most values from all words without reading either.
        words.sort_unstable_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        Words(words)
    }

    pub fn contains(&self, word: &str) -> bool {
        self.0.binary_search_by(|known| (known.len(), known.as_str()).cmp(&(word.len(), word))).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;

    #[test]
    fn words_for_empty_become_nothing_and_others_stay() {
        let rule = [empty_to_null()];
        for text in EMPTY.into_iter().chain(["  ", " null\t"]) {
            assert_eq!(apply(&rule, text).unwrap(), "", "{text}");
        }
        for text in ["NA", "Null", "未知", "0", "#REF!", "no", " a "] {
            assert_eq!(apply(&rule, text).unwrap(), text);
        }
    }

    #[test]
    fn no_words_still_make_blank_text_null() {
        assert_eq!(apply(&[empty_words::<&str>([])], " ").unwrap(), "");
    }
}
