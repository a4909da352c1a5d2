//! Output offsets that somebody gave a name, as one browser keeps them: the kitchen speaker, the television.

use serde::{Deserialize, Serialize};

use crate::protocol::{PresetName, limits};
use crate::sync::time::Span;

/// An output offset with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// What somebody calls it.
    pub name: PresetName,
    /// How much earlier the device plays.
    pub offset: Span,
}

/// Up to [`limits::PRESETS`] of them, each name once, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Preset>")]
pub struct Presets(Vec<Preset>);

impl From<Vec<Preset>> for Presets {
    fn from(kept: Vec<Preset>) -> Self {
        let mut presets = Self::default();
        for preset in kept {
            presets.keep(preset.name, preset.offset);
        }
        presets
    }
}

impl Presets {
    /// All of them.
    pub fn all(&self) -> &[Preset] {
        &self.0
    }

    /// Whether another name can be taken.
    pub fn is_full(&self) -> bool {
        self.0.len() >= limits::PRESETS
    }

    /// Keeps an offset under a name, in place of what had that name before; false when there are too many.
    pub fn keep(&mut self, name: PresetName, offset: Span) -> bool {
        let offset = offset.clamp(-limits::OUTPUT_OFFSET, limits::OUTPUT_OFFSET);
        match self.0.iter().position(|preset| preset.name == name) {
            Some(known) => self.0[known].offset = offset,
            None if self.is_full() => return false,
            None => self.0.push(Preset { name, offset }),
        }
        true
    }

    /// Forgets a name.
    pub fn forget(&mut self, name: &PresetName) {
        self.0.retain(|preset| preset.name != *name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> PresetName {
        PresetName::parse(name).unwrap()
    }

    #[test]
    fn a_name_is_kept_once_with_its_latest_offset() {
        let mut presets = Presets::default();
        assert!(presets.keep(named("Kitchen"), Span::from_millis(180)));
        assert!(presets.keep(named(" Kitchen "), Span::from_millis(190)));
        assert_eq!(presets.all().len(), 1);
        assert_eq!(presets.all()[0].offset, Span::from_millis(190));
        presets.forget(&named("Kitchen"));
        assert!(presets.all().is_empty());
    }

    #[test]
    fn there_is_room_for_eight() {
        let mut presets = Presets::default();
        for n in 0..limits::PRESETS {
            assert!(presets.keep(named(&format!("speaker {n}")), Span::ZERO));
        }
        assert!(!presets.keep(named("one more"), Span::ZERO));
        assert!(presets.keep(named("speaker 3"), Span::from_millis(40)), "a known name is no new one");
    }

    #[test]
    fn what_a_browser_kept_is_read_within_its_bounds() {
        let kept =
            r#"[{"name":"TV","offset":9000.0},{"name":"TV","offset":90.0},{"name":"Bath","offset":-20.0}]"#;
        let presets: Presets = serde_json::from_str(kept).unwrap();
        let read: Vec<_> = presets.all().iter().map(|p| (p.name.as_str(), p.offset.as_ms())).collect();
        assert_eq!(read, [("TV", 90.0), ("Bath", -20.0)]);
        assert_eq!(
            serde_json::to_string(&presets).unwrap(),
            r#"[{"name":"TV","offset":90.0},{"name":"Bath","offset":-20.0}]"#
        );
        let far: Presets = serde_json::from_str(r#"[{"name":"Moon","offset":1300.0}]"#).unwrap();
        assert_eq!(far.all()[0].offset, limits::OUTPUT_OFFSET);
    }
}
