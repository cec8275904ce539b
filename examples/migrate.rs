//! Moves a whole CRM: planned, approved, applied, verified, and taken back if need be.
//!
//! ```sh
//! cargo run --release --features full --example migrate                        # a legacy CRM, from plan to account
//! cargo run --release --features full --example migrate -- COMMAND … [migration.toml]
//! ```
//!
//! The commands; what a migration file may say stands in docs/migration.md:
//!
//! ```text
//! plan [--plan FILE]             what would be done, tried on copies; FILE gets the plan
//! approve --by NAME [PLAN]       somebody agrees to a plan: the last one, or the one of this hash
//! apply [PLAN]                   does what was planned and approved
//! resume                         goes on with a run that was cut short
//! verify [--repair]              compares the target with what it should hold; plans to repair what differs
//! undo RUN [--overrule]          takes a run back, also where somebody has changed rows since
//! papers [FOLDER]                data dictionary, readiness report, go-live note, completeness
//! status                         runs, plans with their approvals, what became of the records
//! where SYSTEM ENTITY KEY        the whole story of one record, personal values masked
//! crosswalk FILE                 from every old id to the new one, in the format of the file's name
//! rejects ENTITY FILE            the records that are set aside (ENTITY as in crm_a/contact), as JSON Lines
//! audit head                     where the audit log ends: a line to be written down elsewhere
//! audit check NUMBER HASH        whether the log still has the line that was written down
//! audit export FILE              the audit log as JSON Lines
//! transfer [NAME]                what a transfer of owners would hand over, of this name where there are several
//! transfer [NAME] --approve NAME hands it over at once; --approve once for everybody who agrees
//! ```
//!
//! The exit status is 0 only if all was done and the books balance.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use handover::migration::{Migration, Plan, RunReport, TraceOptions, UndoOptions, VerifyOptions};
use handover::{Cancel, Error, ErrorKind, Pipeline, Result, sink};

const USAGE: &str = "usage: migrate plan|approve|apply|resume|verify|undo|papers|status|where|crosswalk|rejects|audit|transfer … [migration.toml]";
const FILE: &str = "migration.toml";

/// What was asked for.
#[derive(Default)]
struct Arguments {
    words: Vec<String>,
    file: Option<PathBuf>,
    by: Option<String>,
    approve: Vec<String>,
    plan: Option<PathBuf>,
    overrule: bool,
    repair: bool,
}

impl Arguments {
    /// None where they make no sense.
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut parsed = Arguments::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--by" => parsed.by = Some(arguments.next()?),
                "--approve" => parsed.approve.push(arguments.next()?),
                "--plan" => parsed.plan = Some(arguments.next()?.into()),
                "--overrule" => parsed.overrule = true,
                "--repair" => parsed.repair = true,
                unknown if unknown.starts_with("--") => return None,
                file if file.ends_with(".toml") => parsed.file = Some(file.into()),
                _ => parsed.words.push(argument),
            }
        }
        Some(parsed)
    }

    fn migration(&self, cancel: &Cancel) -> Result<Migration> {
        let file = self.file.as_deref().unwrap_or(Path::new(FILE));
        let migration = Migration::load(file)?.cancel(cancel.clone());
        Ok(match &self.by {
            Some(name) => migration.by(name),
            None => migration,
        })
    }
}

fn command(arguments: &Arguments, cancel: &Cancel) -> Result<()> {
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    if words.is_empty() {
        return demonstration(cancel);
    }
    if !USAGE.split([' ', '|']).any(|known| known == words[0]) {
        return Err(Error::bind(USAGE));
    }
    let mut migration = arguments.migration(cancel)?;
    match words[..] {
        ["plan"] => plan(&mut migration, arguments.plan.as_deref()).map(drop),
        ["approve", ref plan @ ..] if plan.len() < 2 => {
            let name = arguments.by.as_deref().ok_or_else(|| Error::bind("say who agrees: --by NAME"))?;
            approve(&mut migration, plan.first().copied(), name)
        }
        ["apply", ref plan @ ..] if plan.len() < 2 => {
            let plan = chosen(&mut migration, plan.first().copied())?;
            apply(&mut migration, &plan)
        }
        ["resume"] => resume(&mut migration),
        ["verify"] => verify(&mut migration, arguments.repair),
        ["undo", run] => {
            let run = run.parse().map_err(|_| Error::bind("a run is a number"))?;
            undo(&mut migration, run, arguments.overrule)
        }
        ["papers"] => papers(&mut migration, Path::new("papers")),
        ["papers", folder] => papers(&mut migration, Path::new(folder)),
        ["status"] => status(&mut migration),
        ["where", system, entity, key] => story(&mut migration, system, entity, key),
        ["crosswalk", file] => crosswalk(&mut migration, file),
        ["rejects", entity, file] => rejects(&mut migration, entity, file),
        ["audit", "head"] => audit_head(&mut migration),
        ["audit", "check", number, hash] => audit_check(&mut migration, number, hash),
        ["audit", "export", file] => {
            println!("{} lines are in {file}", migration.write_audit(file)?);
            Ok(())
        }
        ["transfer", ref name @ ..] if name.len() < 2 => {
            transfer(&mut migration, name.first().copied(), &arguments.approve).map(drop)
        }
        _ => Err(Error::bind(USAGE)),
    }
}

/// The legacy CRM of the examples, moved into a CRM that is new every time.
fn demonstration(cancel: &Cancel) -> Result<()> {
    let io = |what: &'static str| move |error| Error::io(what, error);
    env::set_current_dir(env!("CARGO_MANIFEST_DIR")).map_err(io("cannot enter the project"))?;
    let (data, folder) = (Path::new("examples/data/legacy_crm"), Path::new("target/handover/legacy_crm"));
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(io("cannot make target/handover/legacy_crm"))?;
    let tables = fs::read_to_string(data.join("target_sqlite.sql")).map_err(io("cannot read the tables"))?;
    rusqlite::Connection::open(folder.join("crm.db"))
        .and_then(|target| target.execute_batch(&tables))
        .map_err(|error| Error::other("cannot make the target").caused_by(error))?;

    let mut migration = Migration::load(data.join(FILE))?.cancel(cancel.clone());
    let planned = plan(&mut migration, Some(&folder.join("plan.json")))?;
    approve(&mut migration, None, "wang")?;
    approve(&mut migration, None, "zhao")?;
    let report = migration.apply(&planned.hash)?;
    print_run(&report);
    let as_planned =
        planned.entities.iter().zip(&report.entities).all(|(one, other)| one.tally == other.tally);
    println!("All was done as planned: {}", if as_planned { "yes" } else { "no" });
    // One reference stays open: a company that is its own parent, which the target refuses.
    println!("\n{}", migration.verify(VerifyOptions::default())?);
    println!("\nThe story of one contact\n");
    story(&mut migration, "legacy", "contact", "C-001673")?;
    println!("\nOne owner hands over, and takes it back\n");
    if let Some(run) = transfer(&mut migration, None, &["wang".to_owned(), "zhao".to_owned()])? {
        undo(&mut migration, run, false)?;
    }
    status(&mut migration)?;
    println!("\nPapers");
    papers(&mut migration, &folder.join("papers"))
}

fn plan(migration: &mut Migration, file: Option<&Path>) -> Result<Plan> {
    let plan = migration.plan()?;
    println!("{plan}");
    if let Some(file) = file {
        plan.save(file)?;
        println!("The plan is in {}\n", file.display());
    }
    Ok(plan)
}

/// The plan whose hash begins so, or the last one.
fn chosen(migration: &mut Migration, hash: Option<&str>) -> Result<Plan> {
    match hash {
        Some(hash) => migration.known_plan(hash),
        None => migration.last_plan()?.ok_or_else(|| Error::bind("there is no plan yet")),
    }
}

fn approve(migration: &mut Migration, plan: Option<&str>, name: &str) -> Result<()> {
    let plan = chosen(migration, plan)?;
    migration.approve(&plan.hash, name, "")?;
    println!("{name} agrees to plan {}", plan.short_hash());
    Ok(())
}

/// Fails where something differs, unless a plan is made to repair it.
fn verify(migration: &mut Migration, repair: bool) -> Result<()> {
    let verification = migration.verify(VerifyOptions::default())?;
    println!("\n{verification}");
    match (verification.is_clean(), repair) {
        (true, _) => Ok(()),
        (false, false) => Err(Error::bind("the target is not as it should be")),
        (false, true) => {
            println!("{}", migration.repair(&verification)?);
            Ok(())
        }
    }
}

fn papers(migration: &mut Migration, folder: &Path) -> Result<()> {
    for path in migration.write_papers(folder)? {
        println!("{}", path.display());
    }
    Ok(())
}

fn undo(migration: &mut Migration, run: u64, overrule: bool) -> Result<()> {
    let options = UndoOptions::default();
    let report = migration.undo(run, if overrule { options.overrule() } else { options })?;
    println!("Run {} took back run {}:", report.run, report.of);
    println!("{:>8}  rows deleted\n{:>8}  changes restored", report.deleted, report.restored);
    for left in &report.left {
        println!("  left as it is: {} {}: {}", left.table, left.id, left.why);
    }
    match report.left.is_empty() {
        true => Ok(()),
        false => Err(Error::bind("some rows were left as they are: see to them, or overrule")),
    }
}

fn story(migration: &mut Migration, system: &str, entity: &str, key: &str) -> Result<()> {
    println!("{}", migration.trace(system, entity, key, TraceOptions::default())?);
    Ok(())
}

fn crosswalk(migration: &mut Migration, file: &str) -> Result<()> {
    let report = Pipeline::from(migration.crosswalk()?).to(sink::create(file)?).run()?;
    println!("{} records and their rows are in {file}", report.counts.written());
    Ok(())
}

fn rejects(migration: &mut Migration, entity: &str, file: &str) -> Result<()> {
    let count = migration.rejects(entity, file)?;
    println!("{count} records that are set aside are in {file}");
    Ok(())
}

fn audit_head(migration: &mut Migration) -> Result<()> {
    match migration.audit_head()? {
        Some(head) => println!("{head}"),
        None => println!("The audit log has no line yet"),
    }
    Ok(())
}

fn audit_check(migration: &mut Migration, number: &str, hash: &str) -> Result<()> {
    let number = number.parse().map_err(|_| Error::bind("a line of the audit log is told by its number"))?;
    migration.check_audit(number, hash)?;
    println!("The audit log has line {number} as it was written down");
    Ok(())
}

/// Plans a transfer that the file declares, and does it where somebody agrees: gives the run.
fn transfer(migration: &mut Migration, name: Option<&str>, agree: &[String]) -> Result<Option<u64>> {
    let transfer = migration.declared(name)?;
    let plan = migration.plan_transfer(&transfer)?;
    println!("{plan}");
    if agree.is_empty() {
        println!(
            "Nothing was done: approve the plan and apply it, or say at once who agrees (--approve NAME)"
        );
        return Ok(None);
    }
    for name in agree {
        approve(migration, Some(&plan.hash), name)?;
    }
    hand_over(migration, &plan).map(Some)
}

/// Hands over what was planned, or goes on with it, and writes what those need to know who have to do with it.
fn hand_over(migration: &mut Migration, plan: &Plan) -> Result<u64> {
    let transfer = migration.declared_for(plan)?;
    let report = migration.transfer(&transfer, &plan.hash)?;
    println!("\nRun {} handed over:", report.run);
    report.handed.iter().for_each(|handed| println!("  {handed}"));
    for left in &report.left {
        println!("  left as it is: {} {}: {}", left.table, left.id, left.why);
    }
    for path in migration.handover(&transfer, report.run)?.write()? {
        println!("  {}", path.display());
    }
    Ok(report.run)
}

/// Does what was planned, whatever kind of plan it is.
fn apply(migration: &mut Migration, plan: &Plan) -> Result<()> {
    match plan.transfer() {
        Some(_) => hand_over(migration, plan).map(drop),
        None => migration.apply(&plan.hash).map(|report| print_run(&report)),
    }
}

/// Goes on with the run that was cut short, whatever it does.
fn resume(migration: &mut Migration) -> Result<()> {
    let open = migration.runs()?.into_iter().find(|run| !run.ended && run.kind == "transfer");
    match open.and_then(|run| run.plan) {
        Some(plan) => {
            let plan = migration.known_plan(&plan)?;
            hand_over(migration, &plan).map(drop)
        }
        None => migration.resume().map(|report| print_run(&report)),
    }
}

fn print_run(report: &RunReport) {
    println!("\nRun {} by plan {}", report.run, report.plan.get(..12).unwrap_or_default());
    for entity in &report.entities {
        println!("\n{} -> {}", entity.entity, entity.table);
        for (what, count) in &entity.tally.0 {
            println!("{count:>8}  {what}");
        }
    }
    for backup in &report.backups {
        println!("\n{} rows as they were before: {}", backup.rows, backup.path.display());
    }
}

fn status(migration: &mut Migration) -> Result<()> {
    let events = migration.events()?;
    println!("\nPlans");
    for plan in events.iter().filter(|event| event.what == "plan made") {
        let agreed = events.iter().filter(|event| event.what == "approved" && event.plan == plan.plan);
        let names: Vec<&str> = agreed.map(|event| event.who.as_str()).collect();
        let hash = plan.plan.as_deref().and_then(|hash| hash.get(..12)).unwrap_or_default();
        println!("  {hash}  {}  approved by: {}", plan.at, names.join(", "));
    }
    println!("\nRuns");
    for run in migration.runs()? {
        let how = match (run.ended, run.undone_by) {
            (_, Some(by)) => format!("taken back by run {by}"),
            (true, None) => "ended".to_owned(),
            (false, None) => "cut short: resume it, or undo it".to_owned(),
        };
        println!("  {}  {}  {how}", run.run, run.kind);
    }
    println!("\nRecords");
    let store = migration.store();
    for (system, name, id) in store.entities()? {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        store.scan(id, &mut |_, entry| {
            *counts.entry(entry.disposition.name()).or_default() += 1;
            Ok(())
        })?;
        let counts: Vec<String> = counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
        println!("  {system}/{name}: {}", counts.join(", "));
    }
    Ok(())
}

fn main() -> ExitCode {
    let words: Option<Vec<String>> = env::args_os().skip(1).map(|word| word.into_string().ok()).collect();
    let Some(arguments) = words.and_then(|words| Arguments::parse(words.into_iter())) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let cancel = Cancel::new();
    let on_ctrl_c = cancel.clone();
    // What was written stays, and the run can be resumed.
    if let Err(error) = ctrlc::set_handler(move || on_ctrl_c.cancel()) {
        return fail(&Error::other("cannot listen for Ctrl-C").caused_by(error));
    }
    command(&arguments, &cancel).map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS)
}

fn fail(error: &Error) -> ExitCode {
    let text = error.to_string();
    if text == USAGE {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    eprintln!("error: {text}");
    ExitCode::from(if error.kind() == ErrorKind::Stopped { 130 } else { 1 })
}
