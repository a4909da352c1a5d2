//! What a room's task knows of the browsers behind its members, and keeps of them in the database: which session a
//! member came by, what that session may from now on, and who was put out. Called by the room's
//! [`task`](super::task) alone, so that one change of a role never undoes another.

use std::collections::{HashMap, HashSet};

use crate::protocol::{CloseReason, MemberId, Role, RoomCode, limits};
use crate::room::{Actor, Identity};
use crate::storage::{SecretHash, Store, StoreError};
use crate::sync::time::RoomTime;

/// Who a member is to the database; kept for as long as the room expects it back.
struct Person {
    identity: Identity,
    session: Option<SecretHash>,
}

/// See the module.
pub(super) struct Sessions {
    room: RoomCode,
    store: Store,
    people: HashMap<MemberId, Person>,
    /// Sessions that were kicked, against those that were let in just before and are on their way here; that they
    /// stay out, the store knows.
    kicked: HashSet<SecretHash>,
}

impl Sessions {
    /// Nobody yet.
    pub(super) fn new(room: RoomCode, store: Store) -> Self {
        Self { room, store, people: HashMap::new(), kicked: HashSet::new() }
    }

    /// Whether a session may come in; one that is new here is written down with its role. The inner error: why it
    /// stays outside.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn admit(
        &mut self,
        session: Option<SecretHash>,
        new_here: bool,
        role: Role,
    ) -> Result<Result<(), CloseReason>, StoreError> {
        if let Some(session) = session.filter(|_| new_here) {
            // Here and not at the socket, so that it never undoes a change of the role.
            match self.store.grant(&session, self.room, role).await {
                Err(StoreError::Kicked) => return Ok(Err(CloseReason::Kicked)),
                // Only a host's token lets in who was kicked.
                granted => {
                    granted?;
                    self.kicked.remove(&session);
                }
            }
        } else if session.is_some_and(|session| self.kicked.contains(&session)) {
            return Ok(Err(CloseReason::Kicked));
        }
        Ok(Ok(()))
    }

    /// A member is here, by this browser.
    pub(super) fn note(&mut self, member: MemberId, identity: Identity, session: Option<SecretHash>) {
        self.people.insert(member, Person { identity, session });
    }

    /// Forgets the members that the room does not expect back.
    pub(super) fn keep_only(&mut self, is_expected: impl Fn(&MemberId) -> bool) {
        self.people.retain(|member, _| is_expected(member));
    }

    /// Writes down what a member's session may from now on; `None`: it was kicked.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn keep_standing(
        &mut self,
        now: RoomTime,
        actor: &Actor,
        member: &MemberId,
        role: Option<Role>,
    ) -> Result<(), StoreError> {
        let Some(person) = self.people.get(member) else {
            return Ok(());
        };
        let Some(session) = person.session else {
            return Ok(());
        };
        if let Some(role) = role {
            return self.store.set_role(&session, self.room, role).await;
        }
        // Who closes another tab of its own browser does not shut itself out.
        let own_tab = matches!(actor, Actor::Member(by)
            if self.people.get(by).is_some_and(|by| by.identity == person.identity));
        if !own_tab {
            self.store.kick(&session, self.room, now).await?;
            if self.kicked.len() >= limits::KICKED_KEPT as usize {
                self.kicked.clear();
            }
            self.kicked.insert(session);
        }
        Ok(())
    }

    /// Lets everybody come back who was put out, and says how many that are.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn pardon(&mut self) -> Result<u64, StoreError> {
        let pardoned = self.store.pardon(self.room).await?;
        self.kicked.clear();
        Ok(pardoned)
    }
}
