//! The bar of a long command on a terminal, with the lines of the log above it; where nobody looks, there is none.

use std::io::{self, Write};
use std::sync::OnceLock;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar of this process, once there is one.
static BAR: OnceLock<ProgressBar> = OnceLock::new();

/// The bar. Hidden where standard error is no terminal.
pub(super) fn show() -> ProgressBar {
    let bar = BAR.get_or_init(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()));
    bar.set_style(ProgressStyle::default_spinner());
    bar.clone()
}

/// How a bar looks whose end is known.
///
/// # Panics
/// Never: the template is one that there is.
pub(super) fn with_an_end() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {pos}/{len} files, {msg}, {eta} to go")
        .expect("the template is one that there is")
}

/// Standard error for the log: a line goes above the bar, and not into it.
pub(super) fn stderr() -> impl Write {
    AboveBar
}

struct AboveBar;

impl Write for AboveBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match BAR.get() {
            Some(bar) => bar.suspend(|| io::stderr().write(bytes)),
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
