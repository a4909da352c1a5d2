//! What a person has moved a slider to, shown until the room has followed: otherwise the thumb would spring back for
//! the moment that the room takes.

use std::time::Duration;

use leptos::prelude::*;

/// How long a wish is shown that the room does not answer.
const SHOWN_FOR: Duration = Duration::from_secs(2);

/// A value that is wished for, or nothing.
#[derive(Clone, Copy)]
pub struct Wish {
    value: RwSignal<Option<f64>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Wish {
    /// No wish yet; it goes when `answered` changes.
    pub fn until<T: PartialEq + Send + Sync + 'static>(answered: Memo<T>) -> Self {
        let wish = Self { value: RwSignal::new(None), timer: StoredValue::new(None) };
        Effect::new(move |_| {
            answered.track();
            wish.forget();
        });
        on_cleanup(move || wish.stop_timer());
        wish
    }

    /// What is wished for.
    pub fn get(self) -> Option<f64> {
        self.value.get()
    }

    /// The slider is being moved.
    pub fn hold(self, value: f64) {
        self.stop_timer();
        self.value.set(Some(value));
    }

    /// The slider was let go, and the room asked.
    pub fn asked(self, value: f64) {
        self.hold(value);
        self.timer.set_value(set_timeout_with_handle(move || self.value.set(None), SHOWN_FOR).ok());
    }

    fn forget(self) {
        self.stop_timer();
        self.value.set(None);
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}
