//! One run: bind, transfer, report.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::changes::Changes;
use crate::dedupe::Deduper;
use crate::error::{Error, ErrorKind, Result};
use crate::map::FieldMapper;
use crate::pipeline::books::Counts;
use crate::pipeline::clock::Clock;
#[cfg(feature = "csv")]
use crate::pipeline::crosswalk::CrosswalkFile;
use crate::pipeline::delivery::{Delivery, Stock};
use crate::pipeline::desk::Desk;
use crate::pipeline::engine::{self, Input, Setting, Upstream, guarded};
use crate::pipeline::files::Files;
use crate::pipeline::golden::Golden;
use crate::pipeline::held::Held;
use crate::pipeline::observer::Phase;
use crate::pipeline::report::{Change, InputReport, Merges, Outcome, Report};
use crate::pipeline::stages::{Stages, Step};
use crate::pipeline::stream::Stream;
use crate::pipeline::{Pipeline, RunError, Source};
use crate::schema::{Schema, list};
use crate::sink::{Output, Rows, SinkWriter};
use crate::source::SourceReader;

pub(crate) fn run(pipeline: Pipeline<'_>) -> Result<Report, RunError> {
    match guarded("a part that was being bound", || Run::bind(pipeline)) {
        Ok(run) => run.go(),
        Err(error) => Err(RunError { error, report: None }),
    }
}

/// A pipeline whose parts are bound to each other.
struct Run<'p> {
    inputs: Vec<Input<'p>>,
    stages: Stages<'p>,
    changes: Changes,
    work: Work<'p>,
    threads: usize,
    batch_records: usize,
}

/// The part of a run that the caller's own thread does.
struct Work<'p> {
    desk: Desk<'p>,
    sink: Box<dyn SinkWriter + 'p>,
    deduper: Option<Deduper<'p>>,
    #[cfg(feature = "csv")]
    crosswalk: Option<CrosswalkFile>,
    merges: Option<Merges>,
    held_memory: usize,
    /// The columns of the inputs, and those that the sink gets.
    sources: Vec<Arc<Schema>>,
    schema: Arc<Schema>,
    watch: Watch,
}

impl<'p> Run<'p> {
    fn bind(pipeline: Pipeline<'p>) -> Result<Self> {
        check_files(&pipeline)?;
        let Pipeline { inputs, steps, dedupe, rejects, sink, observers, cancel, clock, .. } = pipeline;
        let Pipeline { threads, batch_records, held_memory, .. } = pipeline;
        let mut sink = sink.ok_or_else(|| Error::bind("the pipeline has no sink: call `to`"))?;
        let mut changes = Changes::default();
        let (inputs, stages) = bind_inputs(inputs, steps, &mut changes)?;
        let names: Vec<Arc<str>> = inputs.iter().map(|input| Arc::clone(&input.name)).collect();
        let sources: Vec<Arc<Schema>> = inputs.iter().map(|input| Arc::clone(&input.schema)).collect();
        let schema = Arc::clone(stages.schema());
        let deduper = dedupe.map(|dedupe| dedupe.bind(&schema, &names)).transpose();
        let deduper = deduper.map_err(|error| error.within("dedupe"))?;
        let sink_name = sink.name().into_owned();
        sink.bind(&schema).map_err(|error| error.within(&sink_name))?;
        #[cfg(feature = "csv")]
        let crosswalk = pipeline.crosswalk.map(CrosswalkFile::create).transpose()?;
        let bytes_total = inputs.iter().map(|input| input.source.details().bytes).sum();
        let desk = Desk::new(names, bytes_total, rejects.open(&sources)?, cancel, observers);
        let watch = Watch { clock, phases: Vec::new() };
        #[rustfmt::skip]
        let work = Work {
            desk, sink, deduper, #[cfg(feature = "csv")] crosswalk, merges: None, held_memory, sources, schema, watch,
        };
        Ok(Run { inputs, stages, changes, work, threads, batch_records })
    }

    fn go(mut self) -> Result<Report, RunError> {
        let Run { inputs, stages, changes, work, threads, batch_records } = &mut self;
        let (cancel, places) = (work.desk.cancel.clone(), Arc::clone(&work.desk.places));
        let result = thread::scope(|scope| {
            let setting = Setting {
                workers: *threads,
                batch_records: *batch_records,
                cancel: &cancel,
                places: &places,
            };
            let (upstream, workers) = engine::start(scope, inputs, stages, setting, changes);
            let result = work.transfer(upstream);
            for worker in workers {
                if let Ok(counted) = worker.join() {
                    changes.merge(&counted);
                }
            }
            result
        });
        work.watch.stop();
        self.close(result)
    }

    /// Settles the rejects, and makes the report.
    fn close(mut self, result: Result<()>) -> Result<Report, RunError> {
        let outcome = match &result {
            Ok(()) => Outcome::Completed,
            Err(error) if error.kind() == ErrorKind::Stopped => Outcome::Stopped,
            Err(_) => Outcome::Failed,
        };
        if outcome != Outcome::Completed {
            self.work.desk.books.abandon();
        }
        let outputs = if outcome == Outcome::Completed { self.work.sink.outputs() } else { Vec::new() };
        let mut report = self.report(outcome, outputs);
        let by_policy = result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Rejects);
        // Where something stays written, so does what was set aside meanwhile.
        let kept = result.is_ok() || by_policy || report.counts.written() > 0;
        let rejects = self.work.desk.rejects;
        let closed = if kept { rejects.close() } else { Ok(None) };
        let result = match (result, closed) {
            (result, Ok(path)) => {
                report.rejects = path;
                result
            }
            (Ok(()), Err(error)) => {
                report.outcome = Outcome::Failed;
                Err(error)
            }
            (Err(error), Err(_)) => Err(error),
        };
        match result {
            Ok(()) => Ok(report),
            Err(error) => Err(RunError { error, report: Some(Box::new(report)) }),
        }
    }

    fn report(&mut self, outcome: Outcome, outputs: Vec<Output>) -> Report {
        let Work { desk, merges, watch, .. } = &mut self.work;
        let mut counts = Counts::default();
        let inputs: Vec<InputReport> = (0..)
            .zip(&self.inputs)
            .map(|(number, input)| {
                let own = desk.books.counts(number);
                counts.add(&own);
                InputReport { name: input.name.to_string(), counts: own, details: input.source.details() }
            })
            .collect();
        let change = |((column, rule), count): ((&str, &str), u64)| Change {
            column: column.to_owned(),
            rule: rule.to_owned(),
            count,
        };
        Report {
            outcome,
            counts,
            inputs,
            outputs,
            filtered: desk.filtered.iter().map(|(reason, count)| (reason.to_string(), *count)).collect(),
            findings: desk.tallies.rows(),
            changes: self.changes.rows().into_iter().map(change).collect(),
            learnt: self.stages.learnt(),
            merges: merges.take(),
            examples: std::mem::take(&mut desk.tallies.examples),
            rejects: None,
            phases: std::mem::take(&mut watch.phases),
        }
    }
}

impl Work<'_> {
    fn transfer(&mut self, upstream: Upstream) -> Result<()> {
        let stream = Stream::new(upstream);
        match self.deduper.take() {
            None => {
                self.begin(Phase::Transfer)?;
                self.deliver(stream).map(drop)
            }
            Some(deduper) => self.merge(stream, deduper),
        }
    }

    /// Holds all records, finds the duplicates among them, and delivers the golden ones.
    fn merge(&mut self, stream: Stream, mut deduper: Deduper<'_>) -> Result<()> {
        self.begin(Phase::Collect)?;
        let inputs = self.sources.clone();
        let held = Held::collect(stream, inputs, &self.schema, self.held_memory, &mut self.desk)?;
        self.begin(Phase::Match)?;
        let clusters = guarded("the duplicate detector", || deduper.find(&held.records))?;
        self.begin(Phase::Write)?;
        let largest = clusters.iter().map(<[u32]>::len).max().unwrap_or(0) as u64;
        #[cfg_attr(not(feature = "csv"), allow(unused_variables))]
        let survivors = thread::scope(|scope| {
            let golden = Golden::start(scope, &held, &clusters, &mut deduper);
            self.deliver(golden).map(|golden| golden.survivors)
        })?;
        #[cfg(feature = "csv")]
        let crosswalk = match self.crosswalk.take() {
            Some(file) => Some(file.write(&deduper, &held.records, &clusters, &survivors)?.name),
            None => None,
        };
        #[cfg(not(feature = "csv"))]
        let crosswalk = None;
        self.merges = Some(Merges {
            clusters: clusters.count() as u64,
            largest,
            dropped: dropped(&deduper),
            bytes_held: held.bytes() as u64,
            bytes_spilled: held.bytes_spilled(),
            crosswalk,
        });
        Ok(())
    }

    fn deliver<S: Stock>(&mut self, stock: S) -> Result<S> {
        let mut delivery = Delivery::new(stock, &mut self.desk, Arc::clone(&self.schema));
        let sink = &mut self.sink;
        let name = sink.name().into_owned();
        guarded(&format!("{name}: the sink"), || sink.write(&mut Rows::new(&mut delivery)))?;
        let stock = delivery.finish(&name)?;
        // The sink has committed: what is booked as written is there, whatever comes.
        self.desk.books.mark_durable();
        self.desk.books.check(&mut std::iter::empty())?;
        Ok(stock)
    }

    fn begin(&mut self, phase: Phase) -> Result<()> {
        self.watch.begin(phase);
        self.desk.tell(|observer| observer.phase(phase))
    }
}

/// Makes sure that nothing takes the place of an input or of another output.
fn check_files(pipeline: &Pipeline<'_>) -> Result<()> {
    let mut files = Files::default();
    for (source, _) in &pipeline.inputs {
        files.add(source.files(), "an input")?;
    }
    files.add(pipeline.sink.as_ref().map(|sink| sink.files()).unwrap_or_default(), "an output")?;
    files.add(pipeline.rejects.path(), "the rejects file")?;
    #[cfg(feature = "csv")]
    files.add(pipeline.crosswalk.as_deref(), "the crosswalk")?;
    Ok(())
}

/// Binds sources and mappers, which must all come out at the same columns.
fn bind_inputs<'p>(
    inputs: Vec<Source<'p>>,
    steps: Vec<Step<'p>>,
    changes: &mut Changes,
) -> Result<(Vec<Input<'p>>, Stages<'p>)> {
    let (mut bound, mut mappers) = (Vec::new(), Vec::new());
    let mut common: Option<(Arc<str>, Arc<Schema>)> = None;
    for (mut source, mut mapper) in inputs {
        let name: Arc<str> = source.name().into();
        if bound.iter().any(|other: &Input<'_>| other.name == name) {
            return Err(Error::bind(format!("two inputs are called `{name}`, give them different names")));
        }
        let schema = source.schema().map_err(|error| error.within(&name))?;
        let mapped = match &mut mapper {
            Some(mapper) => mapper.bind(&schema).map_err(|error| error.at(&name))?,
            None => Arc::clone(&schema),
        };
        match &common {
            Some((first, columns)) => agree(first, columns, &name, &mapped)?,
            None => common = Some((Arc::clone(&name), mapped)),
        }
        bound.push(Input { source, name, schema });
        mappers.push(mapper);
    }
    let (_, mapped) = common.ok_or_else(|| Error::bind("the pipeline has no source"))?;
    Ok((bound, Stages::bind(mappers, steps, &mapped, changes)?))
}

fn agree(first: &str, columns: &Schema, second: &str, others: &Schema) -> Result<()> {
    if columns == others {
        return Ok(());
    }
    let of_other_kind = columns.fields().iter().zip(others.fields()).find(|(one, other)| one != other);
    Err(Error::bind(match of_other_kind {
        Some((one, other)) if columns.names().eq(others.names()) => format!(
            "column `{}` is {} in {first} and {} in {second}; both must be the same",
            one.name(),
            one.kind(),
            other.kind()
        ),
        _ => format!(
            "the inputs come out with different columns: {first} with {}; {second} with {}",
            list(columns.names()),
            list(others.names())
        ),
    }))
}

/// How many values of which column a rule dropped in merging.
fn dropped(deduper: &Deduper<'_>) -> Vec<(String, u64)> {
    let counts = deduper.counts().columns;
    let some = counts.into_iter().filter(|column| column.dropped > 0);
    some.map(|column| (column.column.to_string(), column.dropped)).collect()
}

/// Times the phases.
struct Watch {
    clock: Clock,
    phases: Vec<(Phase, Duration)>,
}

impl Watch {
    /// Ends the phase before, and begins another.
    fn begin(&mut self, phase: Phase) {
        self.stop();
        self.phases.push((phase, self.clock.now()));
    }

    fn stop(&mut self) {
        if let Some((_, since)) = self.phases.last_mut() {
            *since = self.clock.now().saturating_sub(*since);
        }
    }
}
