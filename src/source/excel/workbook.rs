//! An XLSX workbook: its sheets, shared texts and styles.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::format::Format;
use super::package::{Package, Xml, attribute, local, says_yes};
use super::strings::Strings;
use super::{Limits, Sheet};
use crate::error::{Error, ErrorKind, Result};

/// The most formats and styles; Excel itself stops at 65,490 styles.
const MAX_STYLES: usize = 1 << 20;
const MAX_FORMATS: usize = 1 << 16;
/// The longest format, in bytes; Excel itself takes 255 characters.
const MAX_FORMAT: usize = 4096;

/// What is known of a workbook before its cells are read.
pub(super) struct Workbook {
    pub package: Package,
    pub sheets: Vec<Sheet>,
    /// Where each sheet stands in the package.
    pub paths: Vec<String>,
    pub strings: Strings,
    pub styles: Styles,
    pub is_1904: bool,
}

/// The part that an XLSX package begins with.
pub(super) fn main_part(package: &mut Package) -> Result<Option<String>> {
    let relations = relations(package, "_rels/.rels", "")?;
    Ok(relations.into_values().find(|r| r.kind.ends_with("/officeDocument")).map(|r| r.target))
}

impl Workbook {
    pub fn open(mut package: Package, main: &str, limits: &Limits) -> Result<Self> {
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", main));
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let relations = relations(&mut package, &format!("{prefix}_rels/{name}.rels"), &prefix)?;
        let target = |kind: &str| {
            let found = relations.values().find(|relation| relation.kind.ends_with(kind));
            found.map(|relation| relation.target.clone())
        };
        let (strings, styles) = (target("/sharedStrings"), target("/styles"));
        let strings = match strings.map(|path| package.xml(&path)).transpose()?.flatten() {
            Some(xml) => Strings::read(xml, limits.shared)?,
            None => Strings::default(),
        };
        let styles = match styles.map(|path| package.xml(&path)).transpose()?.flatten() {
            Some(xml) => Styles::read(xml)?,
            None => Styles::default(),
        };
        let (found, is_1904) = sheets(package.required(main)?)?;
        let (mut sheets, mut paths) = (Vec::new(), Vec::new());
        for (sheet, id) in found {
            if let Some(relation) = relations.get(&id).filter(|r| r.kind.ends_with("/worksheet")) {
                sheets.push(sheet);
                paths.push(relation.target.clone());
            }
        }
        Ok(Workbook { package, sheets, paths, strings, styles, is_1904 })
    }
}

/// How one part refers to another.
struct Relation {
    kind: String,
    target: String,
}

fn relations(package: &mut Package, path: &str, folder: &str) -> Result<HashMap<String, Relation>> {
    let mut relations = HashMap::new();
    let Some(mut xml) = package.xml(path)? else { return Ok(relations) };
    loop {
        match xml.next()? {
            Event::Start(tag) if local(tag.name()) == "Relationship" => {
                let id = attribute(&tag, "Id")?.unwrap_or_default();
                let kind = attribute(&tag, "Type")?.unwrap_or_default();
                let target = resolve(folder, &attribute(&tag, "Target")?.unwrap_or_default());
                relations.insert(id, Relation { kind, target });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// A target as a path in the package: absolute, or relative to a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let path = if target.starts_with('/') { target } else { format!("{folder}{target}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The sheets, each with the id of its relation, and whether days count from 1904.
fn sheets(mut xml: Xml<'_>) -> Result<(Vec<(Sheet, String)>, bool)> {
    let (mut sheets, mut is_1904, mut found) = (Vec::new(), false, false);
    loop {
        match xml.next()? {
            Event::Start(tag) => match local(tag.name()) {
                "workbook" => found = true,
                "workbookPr" if tag.name().prefix().is_none_or(|p| p.as_ref() != "x15") => {
                    is_1904 |= says_yes(&tag, "date1904")?;
                }
                "sheet" => sheets.push(sheet(&tag)?),
                _ => {}
            },
            Event::Eof if found => return Ok((sheets, is_1904)),
            Event::Eof => return Err(Error::format("the workbook is damaged: it does not list its sheets")),
            _ => {}
        }
    }
}

fn sheet(tag: &BytesStart<'_>) -> Result<(Sheet, String)> {
    let name = attribute(tag, "name")?.unwrap_or_default();
    let visible = !matches!(attribute(tag, "state")?.as_deref(), Some("hidden" | "veryHidden"));
    // The id of the sheet itself is called `sheetId`.
    Ok((Sheet { name, visible }, attribute(tag, "id")?.unwrap_or_default()))
}

/// The number formats of the styles that cells have.
pub(super) struct Styles {
    formats: Vec<Format>,
    styles: Vec<u32>,
}

impl Default for Styles {
    fn default() -> Self {
        Styles { formats: vec![Format::general()], styles: Vec::new() }
    }
}

impl Styles {
    fn read(mut xml: Xml<'_>) -> Result<Self> {
        let (mut codes, mut ids, mut of_cells) = (HashMap::new(), Vec::new(), false);
        loop {
            match xml.next()? {
                Event::Start(tag) => match local(tag.name()) {
                    "numFmt" => {
                        let code = attribute(&tag, "formatCode")?.unwrap_or_default();
                        if code.len() > MAX_FORMAT {
                            let message = "a number format is longer than Excel allows";
                            return Err(Error::new(ErrorKind::Limit, message));
                        }
                        codes.insert(number(&tag, "numFmtId")?, code);
                    }
                    "cellXfs" => of_cells = true,
                    "xf" if of_cells => ids.push(number(&tag, "numFmtId")?),
                    _ => {}
                },
                Event::End(tag) if local(tag.name()) == "cellXfs" => of_cells = false,
                Event::Eof => return Ok(Styles::of(&codes, &ids)),
                _ => {}
            }
            if ids.len() > MAX_STYLES || codes.len() > MAX_FORMATS {
                return Err(Error::new(ErrorKind::Limit, "the workbook has more styles than Excel allows"));
            }
        }
    }

    fn of(codes: &HashMap<u32, String>, ids: &[u32]) -> Self {
        let (mut made, mut known) = (Styles::default(), HashMap::new());
        for id in ids {
            let index = *known.entry(*id).or_insert_with(|| {
                made.formats
                    .push(codes.get(id).map_or_else(|| Format::builtin(*id), |code| Format::parse(code)));
                made.formats.len() - 1
            });
            made.styles.push(index as u32);
        }
        made
    }

    /// The format of a style; numbers of a style that is not there have none.
    pub fn format(&self, style: usize) -> &Format {
        let index = self.styles.get(style).copied().unwrap_or_default();
        &self.formats[index as usize]
    }
}

fn number(tag: &BytesStart<'_>, name: &str) -> Result<u32> {
    Ok(attribute(tag, name)?.and_then(|text| text.trim().parse().ok()).unwrap_or_default())
}
