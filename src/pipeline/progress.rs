//! A progress bar on the terminal.

use indicatif::{ProgressBar as Bar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::observer::{Observer, Phase, Progress};

/// A progress bar on standard error: shown on a terminal, and nothing at all
/// in a pipe or a file.
///
/// ```
/// use handover::{Pipeline, ProgressBar, Schema, sink::Collect, source::Memory};
///
/// let source = Memory::new("none", Schema::text(["name"])?, []);
/// Pipeline::from(source).observe(ProgressBar::new()).to(Collect::new()).run()?;
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Debug)]
pub struct ProgressBar {
    bar: Bar,
}

impl ProgressBar {
    /// A bar that appears with the first batch.
    pub fn new() -> Self {
        let bar = Bar::with_draw_target(None, ProgressDrawTarget::stderr());
        ProgressBar { bar: bar.with_style(ProgressBar::style(false)) }
    }

    fn style(known: bool) -> ProgressStyle {
        let template = match known {
            true => {
                "{msg:9} {wide_bar} {percent:>3} %  {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left"
            }
            false => "{msg:9} {spinner} {bytes}  {bytes_per_sec}  {elapsed}",
        };
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
    }
}

impl Default for ProgressBar {
    fn default() -> Self {
        ProgressBar::new()
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for ProgressBar {
    fn phase(&self, phase: Phase) {
        self.bar.set_message(match phase {
            Phase::Transfer => "transfer",
            Phase::Collect => "read",
            Phase::Match => "match",
            Phase::Write => "write",
        });
    }

    fn progress(&self, progress: &Progress) {
        if let (0, Some(total)) = (self.bar.position(), progress.bytes_total) {
            self.bar.set_style(ProgressBar::style(true));
            self.bar.set_length(total);
        }
        self.bar.set_position(progress.bytes_read);
    }
}
