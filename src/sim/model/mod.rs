//! A room under arbitrary people: whatever they do, whoever they are, and whenever the server dies, the laws hold.
//!
//! [`walk`] reads bytes as decisions ([`choices`]), does what they say to a real [`Room`](crate::room::Room), carries out its effects as
//! the server does, and checks after every step:
//!
//! - a revision follows the one before it, without a gap, and nobody hears of what is not written down;
//! - a stream id is never announced twice, by no crash either;
//! - a page that missed nothing shows what the room is ([`replica`]);
//! - who may not do a thing does not get it done, and sees nothing of others' health ([`rights`]);
//! - a refusal changes nothing and is heard by nobody;
//! - what is restored is what was written down; queue, history, chat and members stay within their limits;
//! - the room asks to be woken later than now, and a member is who it was.
//!
//! Called by the tests with seeds and by the fuzz target `room` with bytes that learn (`end2end/fuzz`).

pub mod browser;
pub mod choices;
pub mod frames;
mod replica;
mod rights;
mod stage;
mod steps;

use std::fmt;

use choices::Choices;
use stage::Stage;

/// A law that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What is wrong.
    pub law: String,
    /// The steps that led there, the last ones.
    pub steps: Vec<String>,
}

/// Steps that are told of a walk that failed.
const STEPS_TOLD: usize = 12;

impl Broken {
    fn new(law: impl Into<String>) -> Self {
        Self { law: law.into(), steps: Vec::new() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}; the last steps were:", self.law)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "  {step}"))
    }
}

/// What a walk came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Steps that were taken.
    pub steps: u64,
    /// Of these, commands.
    pub commands: u64,
    /// Of the commands, those that were taken by the room.
    pub taken: u64,
    /// How often the server died.
    pub crashes: u64,
    /// Starts that were announced.
    pub starts: u64,
}

/// Walks until the bytes are at their end.
///
/// # Errors
/// The first law that does not hold.
pub fn walk(bytes: &[u8]) -> Result<Walked, Broken> {
    let mut choices = Choices::new(bytes);
    let mut stage = Stage::new();
    let mut last: Vec<steps::Turn> = Vec::new();
    let told = |mut broken: Broken, last: &[steps::Turn]| {
        broken.steps = last.iter().map(|turn| format!("{turn:?}")).collect();
        broken
    };
    while !choices.is_over() {
        let turn = steps::turn(&mut choices, stage.entries());
        if last.len() == STEPS_TOLD {
            last.remove(0);
        }
        last.push(turn.clone());
        stage.take(turn).map_err(|broken| told(broken, &last))?;
    }
    stage.settle().map_err(|broken| told(broken, &last))?;
    Ok(stage.walked)
}
