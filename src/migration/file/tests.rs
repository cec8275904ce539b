//! What a file says, and what is said of one that says it wrong.

use std::path::Path;

use tempfile::TempDir;

use crate::migration::transfer::{Holding, Receivers, Transfer, Users};
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
            {{ column = "deputy", to = "crm_a/user", orphans = {{ give_to = "u1" }} }},
        ]
        fields = {{ phone = "fill-empty", remark = {{ append = "; " }} }}
        personal = ["name"]
        owner = "owner"
        external_key = "legacy_id"
        high_water = "changed"
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
    assert_eq!(contact.high_water.as_deref(), Some("changed"));
    assert_eq!((contact.key.as_str(), contact.table.as_str()), ("no", "people"));
    assert_eq!(contact.references[0].inactive, Inactive::GiveTo("u1".into()));
    assert_eq!(contact.references[1].orphans, Orphans::Placeholder(vec![("name".into(), "?".into())]));
    assert_eq!(contact.references[2].orphans, Orphans::GiveTo("u1".into()));
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
             The values are: reject, null, park, { give_to = KEY }, { placeholder = { … } }",
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
            "match_by = { ignore_case = true }",
            "migration.toml: entity contact: match_by: either `on` or `like` must say who is the same",
        ),
        (
            "match_by = { on = [\"a\"], threshold = 7 }",
            "migration.toml: entity contact: match_by: the threshold is not a probability from 0 to 1",
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

const TRANSFER: &str = "[transfer.leaving]\nfrom = \"7\"\nto = \"3\"\nhand_over = []\n";

#[test]
fn a_transfer_of_a_file_is_that_of_code() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("who.csv"), "id,who\nC-1,5\nC-2,3\n").unwrap();
    let text = format!(
        r#"{HEAD}{CONTACT}personal = ["name", "email"]
        [users]
        table = "users"
        active = {{ column = "status", values = "active" }}
        name = "name"
        manager = "boss"
        [transfer.leaving]
        from = ["7", "8"]
        to = {{ by = "city", receivers = {{ Berlin = "3" }}, otherwise = {{ weights = {{ 3 = 2, 4 = 1 }} }} }}
        effective = "2026-11-22T20:00:00+08:00"
        [[transfer.leaving.hand_over]]
        table = "companies"
        owner = "owner_id"
        only = {{ status = ["active", "lead"] }}
        except = {{ city = "" }}
        cascade = [{{ by = "company_id", table = "contacts", owner = "owner", called = "contact", show = "name" }}]
        [transfer.listed]
        from = "7"
        to = {{ by = "legacy_id", file = {{ path = "who.csv", value = "id", receiver = "who" }}, otherwise = "4" }}
        hand_over = [{{ table = "companies", owner = "owner_id" }}]
        [transfer.turns]
        from = "7"
        to = {{ round_robin = ["3", "4"] }}
        hand_over = [{{ table = "companies", owner = "owner_id" }}]
        [transfer.load]
        from = "7"
        to = {{ least_loaded = ["3", "4"] }}
        hand_over = [{{ table = "companies", owner = "owner_id" }}]
        [transfer.rows]
        from = "7"
        to = {{ receivers = {{ 1001 = "3" }} }}
        hand_over = [{{ table = "companies", owner = "owner_id" }}]
        [access]
        needed.sales.company = {{ read = "own" }}
        given.sales.company = {{ read = "all" }}
        "#
    );
    let migration = load(&folder, &text).unwrap();
    let users = || Users::new("users").active("status", "active").name("name").manager("boss");
    let companies = || Holding::new("companies", "owner_id");
    let contacts =
        Holding::new("contacts", "owner").called("contact").show("name").personal(["name", "email"]);
    let all =
        companies().only("status", ["active", "lead"]).except("city", "").cascade("company_id", contacts);
    let shares = Receivers::weighted([(3, 2), (4, 1)]);
    let leaving = Transfer::new(7).and(8).root(all).users(users());
    let leaving = leaving.to(Receivers::by("city", [("Berlin", 3)]).otherwise(shares));
    let leaving = leaving.effective(crate::DateTime::parse("2026-11-22T20:00:00+08:00").unwrap());
    let to = |receivers| Transfer::new(7).root(companies()).users(users()).to(receivers);
    let listed = Receivers::by("legacy_id", [("C-1", 5), ("C-2", 3)]).otherwise(Receivers::one(4));
    for (name, expected) in [
        ("leaving", leaving),
        ("listed", to(listed)),
        ("turns", to(Receivers::round_robin([3, 4]))),
        ("load", to(Receivers::least_loaded([3, 4]))),
        ("rows", to(Receivers::table([(1001, 3)]))),
    ] {
        assert_eq!(
            format!("{:?}", migration.declared(Some(name)).unwrap()),
            format!("{expected:?}"),
            "{name}"
        );
    }
    let several = "there are several transfers, say which: leaving, listed, load, rows, turns";
    assert_eq!(migration.declared(None).unwrap_err().to_string(), several);
    assert_eq!(
        migration.declared(Some("leavin")).unwrap_err().to_string(),
        "no transfer `leavin`, did you mean `leaving`? The transfers are: leaving, listed, load, rows, turns"
    );
}

#[test]
fn what_is_wrong_with_a_transfer_is_told_with_its_place() {
    let wrong = |from: &str, to: &str| error(&format!("{HEAD}{CONTACT}{}", TRANSFER.replace(from, to)));
    let place = "migration.toml: transfer leaving: ";
    let one_rule = "it is one of round_robin, weights, least_loaded, receivers or file; \
                    `by` and `otherwise` go with the last two";
    let holding = |more: &str| format!("hand_over = [{{ table = \"t\", owner = \"o\"{more} }}]");
    for (from, to, message) in [
        ("to = ", "too = ", "migration.toml:8:1: unknown key `too`, did you mean `to`?".to_owned()),
        ("from = \"7\"", "from = []", format!("{place}from: it is not said whose rows are handed over")),
        ("\"3\"", "{ by = \"city\" }", format!("{place}to: {one_rule}")),
        ("\"3\"", "{ by = \"city\", round_robin = [\"3\"] }", format!("{place}to: {one_rule}")),
        (
            "\"3\"",
            "{ file = { path = \"no.csv\", value = \"a\", receiver = \"b\" } }",
            format!("{place}to: no.csv: cannot"),
        ),
        (
            "from =",
            "effective = \"tomorrow\"\nfrom =",
            format!("{place}effective: `tomorrow` is no time with an offset, as 2026-11-22T20:00:00+08:00"),
        ),
        (
            "hand_over = []",
            &holding(", by = \"x\""),
            format!("{place}hand_over t: `by` is for what follows another table, in its `cascade`"),
        ),
        (
            "hand_over = []",
            &holding(", cascade = [{ table = \"u\", owner = \"o\" }]"),
            format!("{place}cascade u: say `by` which of its columns it follows `t`"),
        ),
    ] {
        let said = wrong(from, to);
        assert!(said.starts_with(&message), "{said}\n  and not {message}");
    }
    let access = error(&format!("{HEAD}{CONTACT}[access]\nneeded.sales.company = {{ read = \"mine\" }}\n"));
    assert!(
        access.starts_with("migration.toml:7:33: unknown value `mine`. The values are: none, own, team, all"),
        "{access}"
    );
    let access = error(&format!("{HEAD}{CONTACT}[access]\nneeded = \"no.toml\"\n"));
    assert!(access.starts_with("migration.toml: access: needed: no.toml: cannot read"), "{access}");
}
