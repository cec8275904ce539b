//! What a file is, by its first bytes.

/// What a file begins with that is read.
pub(super) enum Signature {
    /// XLSX, XLSB and ODS are ZIP files.
    Zip,
    /// XLS is a compound file, and so is every workbook that a password protects.
    Compound,
}

impl Signature {
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Signature::Zip),
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => Some(Signature::Compound),
            _ => None,
        }
    }
}

/// What a file is that is no workbook, in words.
pub(super) fn describe(head: &[u8]) -> &'static str {
    const SIGNATURES: [(&[u8], &str); 6] = [
        (b"%PDF-", "this is a PDF, no workbook"),
        (b"SQLite format 3\0", "this is an SQLite database, no workbook"),
        (b"{\\rtf", "this is a text in RTF, no workbook"),
        (b"\x09\x00", "this is a workbook of Excel 2: save it as .xlsx"),
        (b"\x09\x02", "this is a workbook of Excel 3: save it as .xlsx"),
        (b"\x09\x04", "this is a workbook of Excel 4: save it as .xlsx"),
    ];
    if let Some((_, format)) = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)) {
        return format;
    }
    let is_utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let text = String::from_utf8_lossy(head).replace('\0', "").to_lowercase();
    let text = text.trim_start_matches(['\u{FEFF}', '\u{FFFD}']).trim_start();
    if text.contains("<html") || text.contains("<table") || text.starts_with("<!doctype html") {
        "this is a page of HTML, which Excel opens, but no workbook: save it as .xlsx"
    } else if text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        "this is an XML spreadsheet of Excel 2003: save it as .xlsx"
    } else if text.contains("office:document") {
        "this is a flat OpenDocument file: save it as .ods"
    } else if text.starts_with("mime-version:") {
        "this is a web page in one file, which Excel opens, but no workbook: save it as .xlsx"
    } else if text.starts_with('<') {
        "this is XML, but no workbook"
    } else if text.starts_with("id;p") {
        "this is a SYLK file: save it as .xlsx"
    } else if text.starts_with(['{', '[']) {
        "this is JSON, no workbook"
    } else if is_utf16 || !head.contains(&0) {
        "this is text, as CSV is, no workbook"
    } else {
        "this is no workbook"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_workbook_is_named() {
        assert_eq!(describe(b"name,phone\r\nx,1\r\n"), "this is text, as CSV is, no workbook");
        assert_eq!(describe(b"\xFF\xFEn\0a\0"), "this is text, as CSV is, no workbook");
        assert!(describe(b"\xEF\xBB\xBF<HTML><body>").starts_with("this is a page of HTML"));
        assert!(describe(b"\n<table border=1>").starts_with("this is a page of HTML"));
        assert_eq!(describe(b"{\"a\":1}"), "this is JSON, no workbook");
        assert_eq!(describe(b"\0\0\0\0"), "this is no workbook");
        assert!(matches!(Signature::of(b"PK\x03\x04rest"), Some(Signature::Zip)));
        assert!(Signature::of(b"PK").is_none());
    }
}
