//! What the host may do about a member: another role, the whole room, or the door. What cannot be taken back is asked
//! twice.

use leptos::html::Button;
use leptos::prelude::*;

use crate::protocol::{MemberId, MemberInfo, Role};
use crate::ui::live::Live;
use crate::ui::sheet::Sheet;
use crate::ui::words::words;

/// Whom the host has chosen, and what was done; found by the rows in context.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    member: RwSignal<Option<MemberId>>,
    open: RwSignal<bool>,
    removed: StoredValue<Option<MemberId>>,
}

impl Chosen {
    pub(super) fn provide() -> Self {
        let chosen =
            Self { member: RwSignal::new(None), open: RwSignal::new(false), removed: StoredValue::new(None) };
        provide_context(chosen);
        chosen
    }

    pub(super) fn get() -> Self {
        expect_context()
    }

    /// Opens the choices about a member.
    pub(super) fn choose(self, member: MemberId) {
        self.member.set(Some(member));
        self.open.set(true);
    }

    /// Whether whoever was removed last has just left the list; true once.
    pub(super) fn has_removed(self, listed: &[MemberId]) -> bool {
        self.removed
            .try_update_value(|removed| removed.take_if(|removed| !listed.contains(removed)).is_some())
            .unwrap_or_default()
    }
}

/// How far the host is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Choose,
    HandOver,
    Remove,
}

/// The sheet of choices.
#[component]
pub(super) fn MemberChoices(chosen: Chosen) -> impl IntoView {
    let members = Live::get().members();
    let member: Memo<Option<MemberInfo>> = Memo::new(move |_| {
        let id = chosen.member.get()?;
        members.with(|members| members.iter().find(|member| member.member_id == id).cloned())
    });
    let name = Signal::derive(move || {
        member.with(|member| member.as_ref().map_or_else(String::new, |member| member.name.to_string()))
    });
    Effect::new(move |_| {
        if member.with(Option::is_none) {
            chosen.open.set(false);
        }
    });
    view! {
        <Sheet name="choices" title=name open=chosen.open>
            <Choices chosen member name />
        </Sheet>
    }
    .into_any()
}

#[component]
fn Choices(chosen: Chosen, member: Memo<Option<MemberInfo>>, name: Signal<String>) -> impl IntoView {
    let live = Live::get();
    let text = &words().people;
    let step = RwSignal::new(Step::Choose);
    let role = Memo::new(move |_| member.with(|member| member.as_ref().map(|member| member.role)));
    let make = move |role: Role| {
        if let Some(id) = chosen.member.get_untracked() {
            live.set_role(id, role);
        }
        chosen.open.set(false);
    };
    let remove = move || {
        if let Some(id) = chosen.member.get_untracked() {
            chosen.removed.set_value(Some(id.clone()));
            live.kick(id);
        }
        chosen.open.set(false);
    };
    // The pressed button is gone with its step: the focus goes on to the next one.
    let first = NodeRef::<Button>::new();
    Effect::new(move |before: Option<Step>| {
        let (now, first) = (step.get(), first.get());
        if before.is_some_and(|before| before != now)
            && let Some(first) = first
        {
            let _ = first.focus();
        }
        now
    });
    let choose = move || {
        let role = role.get();
        view! {
            <div class="sheet-choices">
                {(role != Some(Role::Dj))
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="sheet-choice"
                                data-testid="make-dj"
                                on:click=move |_| make(Role::Dj)
                            >
                                {text.make_dj}
                            </button>
                        }
                    })}
                {(role != Some(Role::Listener))
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="sheet-choice"
                                data-testid="make-listener"
                                on:click=move |_| make(Role::Listener)
                            >
                                {text.make_listener}
                            </button>
                        }
                    })}
                {(role != Some(Role::Host))
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="sheet-choice"
                                data-testid="hand-over"
                                node_ref=first
                                on:click=move |_| step.set(Step::HandOver)
                            >
                                {text.hand_over}
                            </button>
                        }
                    })}
                <button
                    type="button"
                    class="sheet-choice sheet-choice-grave"
                    data-testid="remove-member"
                    on:click=move |_| step.set(Step::Remove)
                >
                    {text.remove}
                </button>
            </div>
        }
        .into_any()
    };
    let confirm = move |why: String, what: &'static str, go: Callback<()>| {
        view! {
            <p id="choices-why" class="sheet-text">
                {why}
            </p>
            <div class="sheet-ways">
                <button type="button" class="button" node_ref=first on:click=move |_| step.set(Step::Choose)>
                    {text.back}
                </button>
                <button
                    type="button"
                    class="button button-accent"
                    data-testid="confirm"
                    aria-describedby="choices-why"
                    on:click=move |_| go.run(())
                >
                    {what}
                </button>
            </div>
        }
        .into_any()
    };
    move || match step.get() {
        Step::Choose => choose(),
        Step::HandOver => confirm(
            text.hand_over_why.fill([&name.get()]),
            text.hand_over_now,
            Callback::new(move |()| make(Role::Host)),
        ),
        Step::Remove => {
            confirm(text.remove_why.fill([&name.get()]), text.remove_now, Callback::new(move |()| remove()))
        }
    }
}
