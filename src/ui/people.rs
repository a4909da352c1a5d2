//! Who is here. One's own name can be changed; for host and DJs the list tells how well each device keeps in step.

use leptos::html::Input;
use leptos::prelude::*;

use super::cover::face;
use super::icons::Icon;
use super::live::Live;
use super::wording::{self, ms};
use crate::protocol::limits::MEMBER_NAME_CHARS;
use crate::protocol::{MemberId, MemberInfo, MemberName};

/// The members of the room.
#[component]
pub fn People() -> impl IntoView {
    let live = Live::get();
    let (members, count) = (live.members(), live.member_count());
    let ids = Memo::new(move |_| {
        members.with(|members| members.iter().map(|member| member.member_id.clone()).collect::<Vec<_>>())
    });
    let more = Memo::new(move |_| count.get().saturating_sub(ids.with(Vec::len)));
    view! {
        <section id="people" class="panel people" aria-labelledby="people-title">
            <header class="panel-head">
                <h2 id="people-title">"People"</h2>
                <span class="quiet" aria-hidden="true">
                    {move || count.get()}
                </span>
            </header>
            <ul class="rows">
                <For each=move || ids.get() key=MemberId::clone let:id>
                    <Member id />
                </For>
            </ul>
            {move || {
                (more.get() > 0)
                    .then(|| view! { <p class="empty">{format!("and {} more", more.get())}</p> })
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Member(id: MemberId) -> impl IntoView {
    let live = Live::get();
    let (members, me) = (live.members(), live.member_id());
    let tint = (face(id.as_str()) % 8).to_string();
    let member: Memo<Option<MemberInfo>> = Memo::new({
        let id = id.clone();
        move |_| members.with(|members| members.iter().find(|member| member.member_id == id).cloned())
    });
    let is_me = Memo::new(move |_| me.with(|me| me.as_ref() == Some(&id)));
    let name = Memo::new(move |_| {
        member.with(|member| member.as_ref().map_or_else(String::new, |member| member.name.to_string()))
    });
    let initial = move || name.with(|name| name.chars().next().map(|first| first.to_uppercase().to_string()));
    let role = move || member.with(|member| member.as_ref().map(|member| wording::role(member.role)));
    let away =
        Memo::new(move |_| member.with(|member| member.as_ref().is_some_and(|member| !member.connected)));
    let health = move || {
        member.with(|member| {
            let health = member.as_ref()?.health.as_ref()?;
            Some(if health.buffering {
                format!("waiting for sound · {} round trip", ms(health.rtt))
            } else {
                format!("{} off · {} round trip", ms(health.drift), ms(health.rtt))
            })
        })
    };
    let renaming = RwSignal::new(false);
    view! {
        <li class="row member" class:is-away=move || away.get() data-testid="member">
            <span class="member-face" data-tint=tint aria-hidden="true">
                {initial}
            </span>
            <span class="row-words">
                <span class="row-title">
                    <span data-testid="member-name">{move || name.get()}</span>
                    {move || is_me.get().then(|| view! { <span class="badge badge-me">"You"</span> })}
                </span>
                <span class="row-by">
                    {role} {move || away.get().then_some(" · away")}
                    {move || health().map(|health| format!(" · {health}"))}
                </span>
            </span>
            {move || {
                is_me
                    .get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="round round-quiet"
                                data-testid="rename"
                                aria-label="Change your name"
                                aria-expanded=move || renaming.get().to_string()
                                on:click=move |_| renaming.update(|renaming| *renaming = !*renaming)
                            >
                                {Icon::Edit.draw()}
                            </button>
                        }
                    })
            }}
            {move || {
                (is_me.get() && renaming.get())
                    .then(|| view! { <Rename name=name.get_untracked() done=move || renaming.set(false) /> })
            }}
        </li>
    }
    .into_any()
}

#[component]
fn Rename(name: String, done: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let live = Live::get();
    let field = NodeRef::<Input>::new();
    let refusal = RwSignal::new(String::new());
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let submitted = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else {
            return;
        };
        match MemberName::parse(&field.value()) {
            Ok(name) => {
                live.rename(name);
                done();
            }
            Err(why) => refusal.set(format!("This does not work: {why}.")),
        }
    };
    view! {
        <form class="rename" on:submit=submitted>
            <label class="sr" for="rename">
                "Your name"
            </label>
            <input
                id="rename"
                class="field"
                type="text"
                node_ref=field
                data-testid="rename-name"
                value=name
                maxlength=MEMBER_NAME_CHARS.to_string()
                autocomplete="nickname"
                enterkeyhint="done"
                aria-describedby="rename-refused"
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        done();
                    }
                }
            />
            <button type="submit" class="button" data-testid="rename-save">
                "Save"
            </button>
            <p id="rename-refused" class="field-refused" role="alert">
                {move || refusal.get()}
            </p>
        </form>
    }
    .into_any()
}
