//! One member: face, name, role, how its device keeps in step, and what can be done about it.

use leptos::prelude::*;

use super::choices::Chosen;
use super::health::{self, Shown};
use super::rename::Rename;
use super::trend::trend;
use crate::protocol::{Action, MemberId, MemberInfo, ReportedState};
use crate::ui::chat::hours_and_minutes;
use crate::ui::cover::face;
use crate::ui::icons::Icon;
use crate::ui::live::Live;
use crate::ui::words::words;

/// A row of the list; it stays the same element while its member is here.
#[component]
pub(super) fn Member(id: MemberId) -> impl IntoView {
    let live = Live::get();
    let text = &words().people;
    let (members, me, administer) = (live.members(), live.member_id(), live.may(Action::Administer));
    let tint = (face(id.as_str()) % 8).to_string();
    let member: Memo<Option<MemberInfo>> = Memo::new({
        let id = id.clone();
        move |_| members.with(|members| members.iter().find(|member| member.member_id == id).cloned())
    });
    let is_me = Memo::new({
        let id = id.clone();
        move |_| me.with(|me| me.as_ref() == Some(&id))
    });
    let name = Memo::new(move |_| {
        member.with(|member| member.as_ref().map_or_else(String::new, |member| member.name.to_string()))
    });
    // A capital by the style sheet: the table of all capitals is 3 KB to send.
    let initial = move || name.with(|name| name.chars().next().map(String::from));
    let role = Memo::new(move |_| member.with(|member| member.as_ref().map(|member| member.role)));
    let away =
        Memo::new(move |_| member.with(|member| member.as_ref().is_some_and(|member| !member.connected)));
    let health = Memo::new(move |before: Option<&Option<Shown>>| {
        member.with(|member| health::shown(before.copied().flatten(), member.as_ref()?))
    });
    let trend_id = id.clone();
    let renaming = RwSignal::new(false);
    let chosen = Chosen::get();
    let tool = move || {
        let id = id.clone();
        if is_me.get() {
            Some(
                view! {
                    <button
                        type="button"
                        class="round round-quiet"
                        data-testid="rename"
                        aria-label=text.rename
                        aria-expanded=move || renaming.get().to_string()
                        on:click=move |_| renaming.update(|renaming| *renaming = !*renaming)
                    >
                        {Icon::Edit.draw()}
                    </button>
                }
                .into_any(),
            )
        } else {
            administer.get().then(|| {
                view! {
                    <button
                        type="button"
                        class="round round-quiet member-more"
                        data-testid="member-choices"
                        aria-haspopup="dialog"
                        aria-label=move || name.with(|name| text.manage.fill([name]))
                        on:click=move |_| chosen.choose(id.clone())
                    >
                        {Icon::More.draw()}
                    </button>
                }
                .into_any()
            })
        }
    };
    view! {
        <li
            class="row member"
            class:is-away=move || away.get()
            data-testid="member"
            data-role=move || role.get().map(crate::protocol::Role::as_str)
        >
            <span class="member-face" data-tint=tint aria-hidden="true">
                {initial}
            </span>
            <span class="row-words">
                <span class="row-title">
                    <span data-testid="member-name" dir="auto">
                        {move || name.get()}
                    </span>
                    {move || is_me.get().then(|| view! { <span class="badge badge-me">{text.you}</span> })}
                </span>
                <span class="row-by" data-testid="member-role">
                    {move || role.get().map(text.role)}
                    {move || away.get().then(|| [" · ", text.away].concat())}
                </span>
            </span>
            {move || health.get().map(|shown| view! { <Health shown id=trend_id.clone() /> })}
            {tool}
            {move || {
                (is_me.get() && renaming.get())
                    .then(|| view! { <Rename name=name.get_untracked() done=move || renaming.set(false) /> })
            }}
        </li>
    }
    .into_any()
}

/// For host and DJs. For eyes a mark, figures and curves, for ears a sentence.
#[component]
fn Health(shown: Shown, id: MemberId) -> impl IntoView {
    let (state, drift, rtt) = (shown.state, shown.drift(), shown.rtt());
    let text = &words().people;
    let (name, words) = match (state, shown.silent_since) {
        (Some(state), _) => (state.as_str(), (text.state)(state).to_owned()),
        // Never drawn on the server, which knows no wall here.
        (None, Some(since)) => ("silent", text.silent_since.fill([&hours_and_minutes(since)])),
        (None, None) => ("unknown", text.no_report.to_owned()),
    };
    let in_figures =
        matches!(state, Some(ReportedState::InSync | ReportedState::Correcting | ReportedState::OutOfSync));
    let spoken = if in_figures {
        text.in_figures.fill([&words, &drift, &rtt])
    } else {
        text.in_words.fill([&words, &rtt])
    };
    view! {
        <span class="member-health" data-testid="member-health" data-state=name>
            <span class="health-mark" aria-hidden="true"></span>
            <span class="health-drift" aria-hidden="true">
                {if in_figures { drift } else { words }}
            </span>
            <span class="health-rtt" aria-hidden="true">
                {rtt}
            </span>
            {trend(id)}
            <span class="sr">{spoken}</span>
        </span>
    }
    .into_any()
}
