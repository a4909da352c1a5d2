//! One room for a while, and what its listeners would hear: steady, and after every kind of action. `tutti simulate`
//! runs it; [`report`](super::report) puts it in words and [`plot`](super::plot) draws it.

use super::browser::Touches;
use super::network::Link;
use super::statistics::Distribution;
use super::world::{World, track};
use crate::room::Command;
use crate::sync::engine::Engine;
use crate::sync::time::{MediaTime, RoomTime, Span};

/// How often it is listened.
pub const LOOK: Span = Span::from_millis(50);
/// After the first start, what is heard counts from here on …
pub const COUNTED_FROM: Span = Span::from_secs(10);
/// … and what a listener does to the sound from here on, or from half of a shorter trial.
pub const STEADY_FROM: Span = Span::from_secs(60);
/// After each action it is listened for so long.
const AFTERMATH: Span = Span::from_secs(20);
/// Before a resume there is a pause.
const PAUSE: Span = Span::from_secs(2);
/// In step means: for so long.
const STAYS: Span = Span::from_secs(1);

/// What to try.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Networks, with their names; listeners have them in turn. At least one.
    pub links: Vec<(String, Link)>,
    /// Engines; listeners have them in turn. At least one.
    pub engines: Vec<Engine>,
    /// How many listen.
    pub listeners: usize,
    /// How long music plays before anybody does anything.
    pub length: Span,
    /// How often each action is done then.
    pub rounds: usize,
    /// What everything follows from.
    pub seed: u64,
}

/// What people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Another track.
    Start,
    /// Somewhere else in it.
    Seek,
    /// On after a pause.
    Resume,
    /// One more comes, whose device is new.
    Join,
}

impl Action {
    /// All.
    pub const ALL: [Self; 4] = [Self::Start, Self::Seek, Self::Resume, Self::Join];

    /// In a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Seek => "seek",
            Self::Resume => "resume",
            Self::Join => "late join",
        }
    }
}

/// What was heard after all actions of a kind.
#[derive(Clone, Debug)]
pub struct Aftermath {
    /// The kind.
    pub action: Action,
    /// How long after its instant all were within 5 ms, and stayed so for a second; `None`: not within 20 s. In order.
    pub within_5_ms: Vec<Option<Span>>,
    /// The same for 2 ms.
    pub within_2_ms: Vec<Option<Span>>,
    /// How far any two were apart from 1.5 s to 4 s after the instant.
    pub soon: Distribution,
    /// The same from 4 s to 20 s.
    pub later: Distribution,
}

/// So many stretches of equal length make a trace.
pub const STRETCHES: usize = 1_110;

/// The least and the most of something within each of [`STRETCHES`], in ms; `None` where there is nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve(pub Vec<Option<(f64, f64)>>);

impl Curve {
    fn add(&mut self, stretch: usize, ms: Option<f64>) {
        if let (Some(ms), Some(known)) = (ms, self.0.get_mut(stretch)) {
            let (least, most) = known.unwrap_or((ms, ms));
            *known = Some((least.min(ms), most.max(ms)));
        }
    }
}

impl Default for Curve {
    fn default() -> Self {
        Self(vec![None; STRETCHES])
    }
}

/// What one listener sounded like, for a drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Sound minus timeline; nothing while silent.
    pub sound: Curve,
    /// Clock minus truth, of which half the asymmetry is a part.
    pub clock: Curve,
}

/// What came of a trial.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was tried.
    pub trial: Trial,
    /// Any two listeners that sound, at any moment from 10 s on, while nobody does anything: how far apart.
    pub apart: Distribution,
    /// Any listener that sounds, then: how far from the timeline.
    pub off: Distribution,
    /// Any listener's clock, then: how wrong, beside half the asymmetry of its link.
    pub clock: Distribution,
    /// The share of listeners and moments, then, without sound.
    pub silent: f64,
    /// What was done to the sound in steady state, by all together …
    pub touches: Touches,
    /// … in so many hours of all together.
    pub listener_hours: f64,
    /// After each kind of action.
    pub aftermaths: Vec<Aftermath>,
    /// When actions were done, since the first look.
    pub actions: Vec<(Span, Action)>,
    /// One for each listener of the beginning.
    pub traces: Vec<Trace>,
}

impl Outcome {
    /// How often in an hour a listener does this, with this many of all together.
    pub fn per_hour(&self, count: u64) -> f64 {
        if self.listener_hours > 0.0 { count as f64 / self.listener_hours } else { 0.0 }
    }

    /// The most that half an asymmetry hides, either way.
    pub fn bias(&self) -> Span {
        self.trial
            .links
            .iter()
            .map(|(_, link)| link.bias())
            .max_by_key(|bias| bias.abs())
            .unwrap_or(Span::ZERO)
    }
}

/// A trial under way.
struct Run {
    world: World,
    outcome: Outcome,
    begun: RoomTime,
}

impl Trial {
    /// Runs it. A minute of eight listeners takes a few milliseconds.
    pub fn run(self) -> Outcome {
        let mut world = World::new(self.links[0].1, self.seed);
        for number in 0..self.listeners {
            self.join(&mut world, number);
        }
        world.run(Span::from_secs(2));
        let mut run = Run {
            begun: world.now,
            world,
            outcome: Outcome {
                apart: Distribution::default(),
                off: Distribution::default(),
                clock: Distribution::default(),
                silent: 0.0,
                touches: Touches::default(),
                listener_hours: 0.0,
                aftermaths: Vec::new(),
                actions: Vec::new(),
                traces: vec![Trace::default(); self.listeners],
                trial: self,
            },
        };
        run.steady();
        run.act();
        run.outcome
    }

    /// How long it takes, with everything that people do.
    pub fn whole(&self) -> Span {
        self.length + (AFTERMATH * Action::ALL.len() as i64 + PAUSE) * self.rounds as i64
    }

    fn join(&self, world: &mut World, number: usize) -> usize {
        world
            .joiners_have(self.engines[number % self.engines.len()], self.links[number % self.links.len()].1);
        world.join()
    }
}

impl Run {
    /// Nobody does anything but listen.
    fn steady(&mut self) {
        let length = self.outcome.trial.length;
        self.play("steady", length + Span::from_secs(3_600));
        let start = self.world.now;
        let steady_from = STEADY_FROM.min(length / 2);
        let (mut before, mut looks, mut silent) = (None, 0u64, 0u64);
        while self.world.now - start < length {
            let errors = self.look();
            let since = self.world.now - start;
            if since >= steady_from && before.is_none() {
                before = Some((since, self.touches()));
            }
            if since < COUNTED_FROM {
                continue;
            }
            looks += errors.len() as u64;
            silent += errors.iter().filter(|error| error.is_none()).count() as u64;
            let heard: Vec<f64> = errors.into_iter().flatten().collect();
            for (n, one) in heard.iter().enumerate() {
                self.outcome.off.add(*one);
                for other in &heard[..n] {
                    self.outcome.apart.add(one - other);
                }
            }
            for browser in &self.world.browsers {
                if let Some(error) = browser.clock_error_ms(self.world.now) {
                    self.outcome.clock.add(error - browser.link.bias().as_ms());
                }
            }
        }
        self.outcome.silent = if looks > 0 { silent as f64 / looks as f64 } else { 0.0 };
        if let Some((since, before)) = before {
            let after = self.touches();
            self.outcome.touches = Touches {
                rates: after.rates - before.rates,
                seeks: after.seeks - before.seeks,
                unheard_seeks: after.unheard_seeks - before.unheard_seeks,
                pauses: after.pauses - before.pauses,
                stalls: after.stalls - before.stalls,
            };
            let listeners = self.outcome.trial.listeners as f64;
            self.outcome.listener_hours = (length - since).as_secs() / 3_600.0 * listeners;
        }
    }

    /// Everything that people do, in turn.
    fn act(&mut self) {
        let mut aftermaths = Action::ALL.map(|action| Aftermath {
            action,
            within_5_ms: Vec::new(),
            within_2_ms: Vec::new(),
            soon: Distribution::default(),
            later: Distribution::default(),
        });
        for round in 0..self.outcome.trial.rounds {
            for aftermath in &mut aftermaths {
                let joiner = self.perform(aftermath.action, round);
                self.listen_after(aftermath);
                if let Some(joiner) = joiner {
                    self.world.leave(joiner);
                }
            }
        }
        for aftermath in &mut aftermaths {
            let order = |after: &Option<Span>| after.map_or(i64::MAX, Span::micros);
            aftermath.within_5_ms.sort_by_key(order);
            aftermath.within_2_ms.sort_by_key(order);
        }
        self.outcome.aftermaths = aftermaths.into();
    }

    /// Does it; who joined.
    fn perform(&mut self, action: Action, round: usize) -> Option<usize> {
        self.outcome.actions.push((self.world.now - self.begun, action));
        match action {
            Action::Start => self.play(&format!("again{round}"), Span::from_secs(1_200)),
            Action::Seek => {
                let position = MediaTime::from_secs_f64(300.0 + 37.0 * round as f64);
                self.world.host(Command::Seek { position });
            }
            Action::Resume => {
                self.world.host(Command::Pause);
                for _ in 0..PAUSE.micros() / LOOK.micros() {
                    self.look();
                }
                self.world.host(Command::Resume);
            }
            Action::Join => {
                // Of the kind whose turn it would be.
                let number = self.outcome.trial.listeners + round;
                return Some(self.outcome.trial.join(&mut self.world, number));
            }
        }
        None
    }

    fn listen_after(&mut self, aftermath: &mut Aftermath) {
        let done = self.world.now;
        let mut heard: Vec<(RoomTime, Option<f64>)> = Vec::new();
        let here = self.outcome.trial.listeners + usize::from(aftermath.action == Action::Join);
        let mut apart = Vec::new();
        while self.world.now - done < AFTERMATH {
            let sounding: Vec<f64> = self.look().into_iter().flatten().collect();
            let most = sounding.iter().copied().fold(f64::MIN, f64::max);
            let least = sounding.iter().copied().fold(f64::MAX, f64::min);
            heard.push((self.world.now, (sounding.len() == here).then_some(most - least)));
            for (n, one) in sounding.iter().enumerate() {
                apart.extend(sounding[..n].iter().map(|other| (self.world.now, one - other)));
            }
        }
        // Known only now: a start is put off until enough are ready.
        let instant = if aftermath.action == Action::Join {
            done
        } else {
            self.world.room.playback(self.world.now).start_at
        };
        for (at, ms) in apart {
            let since = at - instant;
            if since >= Span::from_secs(4) {
                aftermath.later.add(ms);
            } else if since >= Span::from_millis(1_500) {
                aftermath.soon.add(ms);
            }
        }
        aftermath.within_5_ms.push(within(&heard, instant, 5.0));
        aftermath.within_2_ms.push(within(&heard, instant, 2.0));
    }

    fn play(&mut self, name: &str, length: Span) {
        self.world.host(Command::Play { track: track(name, length), position: None });
    }

    /// Lets a moment pass; how far each listener's sound is from the timeline then.
    fn look(&mut self) -> Vec<Option<f64>> {
        self.world.run(LOOK);
        let errors: Vec<Option<f64>> = self.world.errors_ms().collect();
        let share = (self.world.now - self.begun).as_secs() / self.outcome.trial.whole().as_secs();
        let stretch = (share * STRETCHES as f64) as usize;
        for (number, trace) in self.outcome.traces.iter_mut().enumerate() {
            trace.sound.add(stretch, errors[number]);
            trace.clock.add(stretch, self.world.browsers[number].clock_error_ms(self.world.now));
        }
        errors
    }

    fn touches(&self) -> Touches {
        self.world.browsers.iter().fold(Touches::default(), |sum, browser| Touches {
            rates: sum.rates + browser.touches.rates,
            seeks: sum.seeks + browser.touches.seeks,
            unheard_seeks: sum.unheard_seeks + browser.touches.unheard_seeks,
            pauses: sum.pauses + browser.touches.pauses,
            stalls: sum.stalls + browser.touches.stalls,
        })
    }
}

/// How long after the instant all that are there are within so many ms, and stay so.
fn within(heard: &[(RoomTime, Option<f64>)], instant: RoomTime, ms: f64) -> Option<Span> {
    let near = |apart: Option<f64>| apart.is_some_and(|apart| apart <= ms);
    let looks = (STAYS.micros() / LOOK.micros()) as usize;
    heard
        .windows(looks)
        .find(|window| window[0].0 >= instant && window.iter().all(|(_, apart)| near(*apart)))
        .map(|window| window[0].0 - instant)
}
