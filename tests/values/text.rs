//! What web forms and word processors leave: the laws of the options.

use handover::normalize::named;
use proptest::prelude::*;

use super::laws::messy_text;
use crate::common::cases;

/// Pieces of pages, whole and broken, among other text.
fn page() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "<p>",
        "</p>",
        "<br>",
        "<b",
        "<td>",
        "</td>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<a href=\"",
        "\">",
        "&amp;",
        "&lt;",
        "&gt;",
        "&#38;",
        "&nbsp;",
        "&l",
        "t;",
        "amp;",
        "&",
        "<",
        ">",
        ";",
        "＜b＞",
        "＆lt；",
        " ",
        "\n",
        "“",
        "’",
        "—",
        "臺灣",
        "头发",
        "ΐ",
        "İ",
        "ß",
    ];
    let piece = prop_oneof![4 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => messy_text()];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(cases(500))]

    /// Doing it twice changes nothing more, whatever the options.
    #[test]
    fn options_are_idempotent(text in page()) {
        for asked in [
            "html", "quotes:dashes", "simplified", "traditional:tw", "traditional:hk", "text:html", "text:html,quotes,lower",
            "text:simplified", "text:traditional", "text:hk", "text:lower", "text:upper", "text:nfkc,html", "text:html,dashes,chars=5", "text:bytes=7",
            "company:standard_form", "company:name",
            "company:form",
            "company:region", "company:key",
        ] {
            let rule = named(asked).unwrap();
            let Ok(once) = rule.normalize(&text) else { continue };
            if !once.is_empty() {
                let twice = rule.normalize(&once);
                prop_assert_eq!(twice.as_deref(), Ok(&*once), "{} of {:?}", asked, text);
            }
        }
    }

    /// No tag and no entity is left.
    #[test]
    fn plain_text_holds_no_markup(text in page()) {
        if let Ok(plain) = named("html").unwrap().normalize(&text) {
            for left in ["<p>", "<br>", "<td>", "</script>", "&amp;", "&lt;", "&nbsp;"] {
                prop_assert!(!plain.contains(left), "{left} in {plain:?} of {text:?}");
            }
        }
    }
}
