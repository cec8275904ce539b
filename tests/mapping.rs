//! The mapping files of the documentation.

use std::sync::Arc;

use handover::{FieldMapper, Mapping, Schema};

const PAGE: &str = include_str!("../docs/mapping.md");

/// The first block of a language on the page.
fn block(language: &str) -> &str {
    let (_, rest) = PAGE.split_once(&format!("```{language}\n")).expect("the page has such a block");
    rest.split_once("```").expect("the block ends").0
}

fn bind(mut mapping: Mapping, columns: &[&str]) -> handover::Result<Arc<Schema>> {
    mapping.bind(&Schema::text(columns.iter().copied())?)
}

#[test]
fn the_toml_of_the_documentation_binds() {
    let source = [
        "email",
        "客户名称",
        "Mobile",
        "city",
        "town",
        "last",
        "first",
        "landline",
        "country",
        "创建日期",
        "阶段",
        "status",
        "传真",
        "Internal id",
    ];
    let target = bind(Mapping::from_toml(block("toml")).unwrap(), &source).unwrap();
    let names: Vec<&str> = target.names().collect();
    assert_eq!(
        names,
        [
            "email",
            "company",
            "phone",
            "city",
            "full_name",
            "area",
            "source",
            "country",
            "customer_since",
            "stage"
        ]
    );
}

#[test]
fn the_json_of_the_documentation_binds() {
    let target = bind(Mapping::from_json(block("json")).unwrap(), &["手机", "传真", "客户名称"]).unwrap();
    assert_eq!(target, Schema::text(["company", "phone"]).unwrap());
}

#[test]
fn the_mistakes_of_the_documentation_read_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customers.toml");
    let said =
        |error: handover::Error| error.to_string().replace(&path.display().to_string(), "customers.toml");
    std::fs::write(&path, "[[column]]\nname = \"a\"\nform = \"b\"\n").unwrap();
    let unknown = said(Mapping::load(&path).unwrap_err());
    std::fs::write(&path, "[[column]]\nname = \"emial\"\n[[column]]\nname = \"name\"\n").unwrap();
    let unfit = said(bind(Mapping::load(&path).unwrap(), &["name", "email", "fax"]).unwrap_err());
    assert!(PAGE.contains(unknown.split(", join").next().unwrap()), "{unknown}");
    assert!(PAGE.contains(&unfit), "{unfit}");
}
