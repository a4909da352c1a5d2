//! Who is here, and what they may. One's own name can be changed; host and DJs see how well each device keeps in step;
//! the host chooses what the others are.

mod choices;
mod health;
mod rename;
mod row;
mod trend;

use leptos::html::H2;
use leptos::prelude::*;

use self::choices::{Chosen, MemberChoices};
use self::row::Member;
use super::icons::Icon;
use super::live::Live;
use super::toast::Toasts;
use super::words::words;
use crate::protocol::snapshot::RoomSettings;
use crate::protocol::{Action, MemberId, MemberInfo};

/// The members of the room.
#[component]
pub fn People() -> impl IntoView {
    let live = Live::get();
    let text = &words().people;
    let toasts = Toasts::get();
    let (members, count) = (live.members(), live.member_count());
    let ids = Memo::new(move |_| members.with(|members| in_order(members)));
    let more = Memo::new(move |_| count.get().saturating_sub(ids.with(Vec::len)));
    let (sync_all, administer) = (live.may(Action::SyncAll), live.may(Action::Administer));
    let title = NodeRef::<H2>::new();
    let chosen = Chosen::provide();
    // Whoever was removed takes the focus along, which was at the button of its row.
    Effect::new(move |_| {
        if ids.with(|ids| chosen.has_removed(ids))
            && let Some(title) = title.get_untracked()
        {
            let _ = title.focus();
        }
    });
    view! {
        <section id="people" class="panel people" aria-labelledby="people-title">
            <header class="panel-head">
                <h2 id="people-title" tabindex="-1" node_ref=title>
                    {text.title}
                </h2>
                <span class="quiet" aria-hidden="true">
                    {move || count.get()}
                </span>
                {move || {
                    sync_all
                        .get()
                        .then(|| {
                            view! {
                                <div class="panel-tools">
                                    <button
                                        type="button"
                                        class="button button-quiet"
                                        data-testid="sync-all"
                                        on:click=move |_| {
                                            live.sync_all();
                                            toasts.say(text.everyone_resyncs);
                                        }
                                    >
                                        {Icon::Resync.draw()}
                                        {text.sync_all}
                                    </button>
                                </div>
                            }
                        })
                }}
            </header>
            <ul class="rows">
                <For each=move || ids.get() key=MemberId::clone let:id>
                    <Member id />
                </For>
            </ul>
            {move || {
                (more.get() > 0)
                    .then(|| view! { <p class="empty">{text.more.fill([&more.get().to_string()])}</p> })
            }}
            {move || {
                if administer.get() {
                    view! { <MemberChoices chosen /> }.into_any()
                } else {
                    view! { <Rights /> }.into_any()
                }
            }}
        </section>
    }
    .into_any()
}

/// What may be done here, for those who cannot change it.
#[component]
fn Rights() -> impl IntoView {
    let settings = Live::get().settings();
    view! {
        <p class="quiet people-rights" data-testid="rights">
            {move || settings.with(|settings| rights(settings))}
        </p>
    }
    .into_any()
}

fn rights(settings: &RoomSettings) -> String {
    let text = &words().people;
    text.may.fill([(text.controls)(settings.who_controls), (text.adds)(settings.who_adds)])
}

/// Host, DJs, listeners, each by name; who is called the same stays in one order.
fn in_order(members: &[MemberInfo]) -> Vec<MemberId> {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_cached_key(|member| {
        (std::cmp::Reverse(member.role), member.name.as_str().to_ascii_lowercase(), member.member_id.clone())
    });
    members.into_iter().map(|member| member.member_id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{MemberName, Role, WhoMay};

    #[test]
    fn the_host_stands_before_djs_and_djs_before_listeners_each_by_name() {
        let member = |id: &str, name: &str, role| MemberInfo {
            member_id: id.parse().unwrap(),
            name: MemberName::parse(name).unwrap(),
            role,
            connected: true,
            health: None,
        };
        let members = [
            member("a", "zoe", Role::Listener),
            member("b", "Bo", Role::Dj),
            member("c", "Yann", Role::Host),
            member("e", "Ann", Role::Listener),
            member("d", "Ann", Role::Listener),
            member("f", "anna", Role::Dj),
        ];
        let order: Vec<_> = in_order(&members).into_iter().map(String::from).collect();
        assert_eq!(order, ["c", "f", "b", "d", "e", "a"]);
    }

    #[test]
    fn what_people_may_is_one_sentence() {
        let settings = RoomSettings { who_adds: WhoMay::Everyone, ..RoomSettings::default() };
        assert_eq!(rights(&settings), "The host and DJs control the music, everyone may add.");
    }
}
