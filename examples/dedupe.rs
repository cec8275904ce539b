//! Draft.
use handover::dedupe::matching::Matcher;
use handover::dedupe::{Links, Records};
use handover::{SourceReader, source};
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    let (mut id, mut out, mut pairs, mut threshold) = (String::new(), String::new(), String::new(), 0.9_f64);
    let mut matcher = Matcher::new();
    let mut verbose = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match &*arg {
            "--id" => id = args.next().unwrap(),
            "--out" => out = args.next().unwrap(),
            "--pairs" => pairs = args.next().unwrap(),
            "--threshold" => threshold = args.next().unwrap().parse()?,
            "--verbose" => verbose = true,
            "--role" => {
                let said = args.next().unwrap();
                let (column, role) = said.split_once('=').unwrap();
                matcher = matcher.role(column, role.parse()?);
            }
            file => files.push(file.to_owned()),
        }
    }
    let mut sources: Vec<Box<dyn SourceReader>> = Vec::new();
    for file in &files {
        sources.push(Box::new(source::csv::CsvSource::path(file).key(&id)));
    }
    let start = std::time::Instant::now();
    let records = Records::gather(&mut sources, |fault| eprintln!("{fault}"))?;
    eprintln!("read {:.2}", start.elapsed().as_secs_f64());
    let mut links = Links::default();
    if files.len() == 2 {
        matcher = matcher.across_sources();
    }
    matcher = matcher.role(&id, handover::dedupe::matching::Role::Ignore);
    let matching = matcher.matching(&records)?;
    matching.report(&mut links);
    if verbose {
        let model = matching.model();
        eprintln!(
            "{}\nprior 2^{:.1}, compared {}",
            matching.roles(),
            model.prior.log2(),
            matching.compared()
        );
        for (number, field) in model.fields.iter().enumerate() {
            eprintln!("{} ({}) scale {:.2}", field.field, field.role, field.scale);
            for (l, level) in field.levels.iter().enumerate() {
                let shared: Vec<String> =
                    model.related.iter().map(|r| format!("{:.3}", r.shared[number][l])).collect();
                eprintln!("   {:40} {:.4} {:.7} {}", level.level, level.same, level.chance, shared.join(" "));
            }
        }
        for r in &model.related {
            eprintln!("{} 2^{:.1}", r.name, r.prior.log2());
        }
    }
    let key = |record: usize| records.row(record).unwrap().key().unwrap_or("").to_owned();
    let mut file = std::io::BufWriter::new(std::fs::File::create(&out)?);
    if files.len() == 2 {
        writeln!(file, "id_a,id_b,probability")?;
        for link in links.iter().filter(|link| link.probability >= threshold) {
            writeln!(file, "{},{},{}", key(link.a as usize), key(link.b as usize), link.probability)?;
        }
    } else {
        let clusters = handover::dedupe::Clustering::new(threshold).cluster(&records, &links)?;
        writeln!(file, "id,cluster")?;
        for record in 0..records.len() {
            writeln!(file, "{},{}", key(record), key(clusters.first_of(record)))?;
        }
    }
    if !pairs.is_empty() {
        let mut file = std::io::BufWriter::new(std::fs::File::create(&pairs)?);
        writeln!(file, "id_a,id_b,probability")?;
        for link in links.iter() {
            writeln!(file, "{},{},{}", key(link.a as usize), key(link.b as usize), link.probability)?;
        }
    }
    eprintln!("done {:.2}", start.elapsed().as_secs_f64());
    Ok(())
}
