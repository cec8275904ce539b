//! What a file says, and what is said of one that says it wrong.

use std::path::Path;

use tempfile::TempDir;

use crate::migration::{Inactive, Migration, Orphans, WritePolicy};

const HEAD: &str = "system = \"crm_a\"\nstore = \"store.db\"\ntarget = \"sqlite:crm.db\"\n";
const CONTACT: &str = "[entity.contact]\nsource = \"contacts.csv\"\n";

fn load(folder: &TempDir, text: &str) -> crate::Result<Migration> {
    let path = folder.path().join("migration.toml");
    std::fs::write(&path, text).unwrap();
    Migration::load(path)
}

/// What is wrong with a file, its folder left out.
fn error(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let error = load(&folder, text).map(drop).unwrap_err().to_string();
    error.replace(&format!("{}{}", folder.path().display(), std::path::MAIN_SEPARATOR), "")
}

#[test]
fn all_that_a_file_says_is_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("contacts.toml"), "[[column]]\nname = \"name\"\n").unwrap();
    let text = format!(
        r#"{HEAD}
        approvals = ["wang", "zhao"]
        backup = ["one", "two"]
        by = "li"
        threads = 1
        [entity.user]
        source = "users.csv"
        write = "link-only"
        match_on = "email"
        inactive_when = {{ column = "status", values = "gone" }}
        {CONTACT}
        system = "crm_b"
        key = "no"
        table = "people"
        mapping = "contacts.toml"
        normalize = [{{ columns = "*", rules = ["trim", "phone:CN"], on_fault = "clear" }}]
        validate = [{{ columns = "name", required = true, most = 80, one_of = ["a"], from = "1", warning = true }}]
        references = [
            {{ column = "owner", to = "crm_a/user", orphans = "park", inactive = {{ give_to = "u1" }} }},
            {{ column = "boss", to = "crm_b/contact", orphans = {{ placeholder = {{ name = "?" }} }} }},
        ]
        fields = {{ phone = "fill-empty", remark = {{ append = "; " }} }}
        personal = ["name"]
        owner = "owner"
        external_key = "legacy_id"
        tolerance = {{ amount = 0.5 }}
        protect = {{ salary = "mask" }}
        dedupe = {{ on = ["phone", ["name", "born"]], keep = [{{ columns = "name", rule = ["valid:trim", "longest"] }}] }}
        "#
    );
    let migration = load(&folder, &text).unwrap();
    let [user, contact] = &migration.entities[..] else { panic!("two entities, in the order of the file") };
    assert_eq!(
        (user.name.as_str(), user.write, user.table.as_str()),
        ("user", WritePolicy::LinkOnly, "users")
    );
    assert_eq!((contact.key.as_str(), contact.table.as_str()), ("no", "people"));
    assert_eq!(contact.references[0].inactive, Inactive::GiveTo("u1".into()));
    assert_eq!(contact.references[1].orphans, Orphans::Placeholder(vec![("name".into(), "?".into())]));
    assert_eq!(contact.outline.most, [("name".to_owned(), 80)]);
    assert!(
        contact.mapping.is_some() && migration.backups == ["one", "two"].map(|one| folder.path().join(one))
    );

    // A plan is bound to every word of it, those of the mapping included.
    let version = |text: &str| load(&folder, text).unwrap().version;
    assert_eq!(version(&text), migration.version);
    assert_ne!(version(&format!("{text}\n# later")), migration.version);
    std::fs::write(folder.path().join("contacts.toml"), "[[column]]\nname = \"title\"\n").unwrap();
    assert_ne!(version(&text), migration.version);
}

#[test]
fn what_is_misspelt_is_told_with_its_place_and_what_there_is() {
    let contact = |line: &str| error(&format!("{HEAD}{CONTACT}{line}\n"));
    let mut wrong = Vec::new();
    for (line, message) in [
        ("tabel = 1", "migration.toml:6:1: unknown key `tabel`, did you mean `table`?"),
        (
            "write = \"insert\"",
            "migration.toml:6:9: unknown value `insert`. The values are: upsert, create-only, update-only, link-only",
        ),
        (
            "references = [{ column = \"a\", to = \"compny\", orphans = \"null\" }]",
            "migration.toml: entity contact: no entity `compny`: there are contact",
        ),
        (
            "references = [{ column = \"a\", to = \"contact\", orphans = \"nul\" }]",
            "migration.toml: entity contact: references a: orphans: no value `nul`, did you mean `null`? \
             The values are: reject, null, park, { placeholder = { … } }",
        ),
        (
            "normalize = [{ columns = \"a\", rules = \"phon\" }]",
            "migration.toml: entity contact: normalize: no rule `phon`, did you mean `phone`?",
        ),
        (
            "validate = [{ columns = \"a\" }]",
            "migration.toml: entity contact: validate: a rule is needed, such as required = true or most = 80",
        ),
        (
            "protect = { salary = \"encrypt\" }",
            "migration.toml: entity contact: protect: `encrypt` needs a key",
        ),
        (
            "dedupe = { on = [\"a\"], rest = \"newest\" }",
            "migration.toml: entity contact: dedupe: no survivorship rule `newest`",
        ),
        ("mapping = \"no.toml\"", "migration.toml: entity contact: no.toml: cannot read"),
        (
            "mapping = { column = [{ name = \"a\", form = \"b\" }] }",
            "migration.toml:6:37: unknown key `form`, did you mean `from`?",
        ),
    ] {
        let said = contact(line);
        if !said.starts_with(message) {
            wrong.push(format!("{said}\n  and not {message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let key = HEAD.to_owned() + "key = \"0123456789abcdef0123456789abcdef\"\n" + CONTACT;
    let said = error(&key);
    assert!(said.starts_with("migration.toml: key: a key is named as"), "{said}");
    assert!(!said.contains("0123456789"), "what may be a key is not shown");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = Migration::load(Path::new("nowhere/migration.toml")).map(drop).unwrap_err().to_string();
    assert!(said.starts_with("nowhere/migration.toml: cannot read"), "{said}");
}
