//! What a check costs from start to exit, beside an empty program and `git rev-parse HEAD`.
//!
//! `cargo bench --bench startup -- --help` lists the options. The registries are made from a seed, kept
//! under the target folder, and made again when the generator changes. All programs are run in turn, in one
//! go, so that whatever else the machine does hits them alike: compare the ratios, not the times.
//!
//! It measures the program as built, from outside. It does not look into it: for that, use a profiler.
#![expect(
    clippy::disallowed_methods,
    reason = "a program of its own, that makes files, starts programs and reads the clock"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints tables, and what it waits for")]

mod contender;
mod goals;
mod manifests;
mod measure;
mod outside;
mod random;
mod registry;
mod report;
mod size;
mod table;

use std::path::Path;

use clap::Parser;

use contender::Contender;
use report::Report;
use size::Size;

/// Everything that the bench leaves behind lies in one folder under the target folder.
const SCRATCH: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/startup");

/// Rounds before the first that counts.
const WARM_UP: u32 = 5;
/// How often what looks at a whole registry is run.
const RUNS_OF_WHOLE: u32 = 5;

/// Measure a check from start to exit, beside an empty program and `git rev-parse HEAD`.
#[derive(Parser)]
#[command(name = "cargo bench --bench startup --")]
struct Options {
    /// The registries to measure; `large` makes 330,000 files (1.5 GB) when it is first asked for.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "small,medium,large,one-file")]
    sizes: Vec<Size>,
    /// How often each program is run, after a warm-up.
    #[arg(long, default_value_t = 101, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The same seed gives the same registries, byte for byte.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print Markdown, as it stands in docs/performance.md.
    #[arg(long)]
    markdown: bool,
    /// Measure nothing: print the exit code and the first line of each check.
    #[arg(long)]
    check_exit: bool,
    /// Given by `cargo bench`, and by nobody else.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if !options.bench {
        println!("nothing is measured under `cargo test`; use `cargo bench --bench startup`");
        return Ok(());
    }
    let contenders = contenders(&options)?;
    let wholes = wholes(&options)?;
    if options.check_exit {
        show_exits(&contenders)?;
        return show_exits(&wholes);
    }
    measure(&options, contenders, wholes)
}

/// All that is run: the empty program, Git, and a check of each registry asked for.
fn contenders(options: &Options) -> anyhow::Result<Vec<Contender>> {
    let scratch = Path::new(SCRATCH);
    std::fs::create_dir_all(scratch)?;
    let mut contenders = vec![Contender::empty(scratch)?, Contender::git(scratch)?];
    for &size in &options.sizes {
        contenders.push(Contender::check(size, registry::made(scratch, size, options.seed)?)?);
    }
    Ok(contenders)
}

/// The commands over every service of each registry asked for, as far as the program has them.
fn wholes(options: &Options) -> anyhow::Result<Vec<Contender>> {
    let mut wholes = Vec::new();
    for &size in &options.sizes {
        let registry = registry::made(Path::new(SCRATCH), size, options.seed)?;
        for command in goals::WHOLE {
            if contender::has_command(command)? {
                wholes.push(Contender::whole(command, size, &registry)?);
            } else {
                eprintln!("there is no `{command}` to measure");
            }
        }
        if size == goals::OF_GATE {
            let manifests = manifests::made(Path::new(SCRATCH), size, options.seed)?;
            wholes.push(Contender::gate(&registry, &manifests)?);
        }
    }
    Ok(wholes)
}

/// Makes it visible that the measured runs do real work.
fn show_exits(contenders: &[Contender]) -> anyhow::Result<()> {
    for contender in contenders {
        let (code, line) = contender.seen()?;
        println!("{:<16} exit {code}  {line}", contender.name);
    }
    contenders.iter().try_for_each(Contender::prove)
}

/// What looks at a whole registry takes seconds and wakes every file: it runs by itself, a few times.
fn measure(options: &Options, mut contenders: Vec<Contender>, wholes: Vec<Contender>) -> anyhow::Result<()> {
    contenders.iter().chain(&wholes).try_for_each(Contender::prove)?;
    eprintln!("running {} programs {} times in turn", contenders.len(), options.runs);
    let mut timings = measure::in_turn(&contenders, options.runs, WARM_UP)?;
    timings.extend(measure::in_turn(&wholes, options.runs.min(RUNS_OF_WHOLE), 1)?);
    contenders.extend(wholes);
    let report = Report::new(contenders, timings, options.runs);
    print!("{}", report.to_text(options.markdown));
    Ok(())
}
