//! Rows that do not fit, as lines of CSV.

/// Appends a cell, in quotes where it needs them.
pub(crate) fn put_quoted(line: &mut Vec<u8>, cell: &[u8]) {
    // A byte order mark at the beginning would be taken for one.
    if !cell.iter().any(|byte| b",\"\r\n".contains(byte)) && !cell.starts_with("\u{FEFF}".as_bytes()) {
        line.extend_from_slice(cell);
        return;
    }
    put_open(line, cell);
    line.push(b'"');
}

/// Appends a cell in quotes, the closing one left out.
pub(crate) fn put_open(line: &mut Vec<u8>, cell: &[u8]) {
    line.push(b'"');
    for &byte in cell {
        line.extend_from_slice(if byte == b'"' { b"\"\"" } else { std::slice::from_ref(&byte) });
    }
}
