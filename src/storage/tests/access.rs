//! Rights: granted, lowered only on purpose, and gone with their room.

use super::*;
use crate::protocol::limits;

async fn store_with_room() -> (TempDir, Store) {
    let (folder, store) = empty_store().await;
    store.create_room(&room(code(1)), &HASH, None, NOW).await.unwrap();
    (folder, store)
}

async fn role_of(store: &Store, session: &SecretHash, code: RoomCode) -> Option<Role> {
    store.standing(session, code).await.unwrap().role
}

#[tokio::test]
async fn a_grant_never_lowers_a_role_but_setting_it_does() {
    let (_folder, store) = store_with_room().await;
    let roles = [Role::Listener, Role::Dj, Role::Host];
    for has in roles {
        for granted in roles {
            store.set_role(&OTHER, code(1), has).await.unwrap();
            let highest = has.max(granted);
            assert_eq!(store.grant(&OTHER, code(1), granted).await.unwrap(), highest);
            assert_eq!(role_of(&store, &OTHER, code(1)).await, Some(highest));
        }
    }
}

#[tokio::test]
async fn a_membership_is_of_one_session_in_one_room() {
    let (_folder, store) = store_with_room().await;
    store.create_room(&room(code(2)), &OTHER, None, NOW).await.unwrap();
    assert!(!store.is_anywhere(&HASH).await.unwrap());
    store.grant(&HASH, code(1), Role::Dj).await.unwrap();
    assert_eq!(role_of(&store, &HASH, code(1)).await, Some(Role::Dj));
    assert_eq!(role_of(&store, &HASH, code(2)).await, None);
    assert_eq!(role_of(&store, &OTHER, code(1)).await, None);
    assert!(store.is_anywhere(&HASH).await.unwrap());
    assert!(!store.is_anywhere(&OTHER).await.unwrap());
}

#[tokio::test]
async fn who_is_kicked_is_no_member_and_becomes_none_again() {
    let (_folder, store) = store_with_room().await;
    store.create_room(&room(code(2)), &OTHER, None, NOW).await.unwrap();
    store.grant(&HASH, code(1), Role::Dj).await.unwrap();
    store.kick(&HASH, code(1), NOW).await.unwrap();
    let standing = store.standing(&HASH, code(1)).await.unwrap();
    assert_eq!(standing, Standing { kicked: true, ..Standing::default() });
    assert!(!store.is_anywhere(&HASH).await.unwrap());
    assert!(matches!(store.grant(&HASH, code(1), Role::Listener).await, Err(StoreError::Kicked)));
    assert_eq!(
        store.grant(&HASH, code(2), Role::Listener).await.unwrap(),
        Role::Listener,
        "of this room only"
    );
    assert!(matches!(store.kick(&HASH, code(3), NOW).await, Err(StoreError::NotFound)));

    assert_eq!(store.grant(&HASH, code(1), Role::Host).await.unwrap(), Role::Host);
    assert!(!store.standing(&HASH, code(1)).await.unwrap().kicked, "a host's token lets in");
}

#[tokio::test]
async fn who_was_kicked_may_come_back_once_the_room_pardons() {
    let (_folder, store) = store_with_room().await;
    store.create_room(&room(code(2)), &OTHER, None, NOW).await.unwrap();
    store.kick(&HASH, code(1), NOW).await.unwrap();
    store.kick(&HASH, code(2), NOW).await.unwrap();
    assert_eq!(store.pardon(code(1)).await.unwrap(), 1);
    assert_eq!(store.pardon(code(1)).await.unwrap(), 0);
    assert!(!store.standing(&HASH, code(1)).await.unwrap().kicked);
    assert!(store.standing(&HASH, code(2)).await.unwrap().kicked, "of that room alone");
}

#[tokio::test]
async fn only_so_many_who_were_kicked_are_remembered() {
    let (_folder, store) = store_with_room().await;
    sqlx::query(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO kicked SELECT ?2, CAST(printf('%032d', i) AS BLOB), i FROM n",
    )
    .bind(limits::KICKED_KEPT)
    .bind(code(1).as_str())
    .execute(&store.writer)
    .await
    .unwrap();
    let session = |number: u32| format!("{number:032}").into_bytes().try_into().unwrap();
    let kicked = async |session: SecretHash| store.standing(&session, code(1)).await.unwrap().kicked;
    assert!(kicked(session(1)).await);
    store.kick(&HASH, code(1), NOW).await.unwrap();
    assert!(!kicked(session(1)).await, "the oldest is forgotten");
    assert!(kicked(session(2)).await && kicked(HASH).await);
}

#[tokio::test]
async fn a_new_pin_is_wanted_of_listeners_once() {
    let (_folder, store) = store_with_room().await;
    let wanted = async |session| store.standing(session, code(1)).await.unwrap().pin_wanted;
    store.grant(&HASH, code(1), Role::Listener).await.unwrap();
    store.grant(&OTHER, code(1), Role::Dj).await.unwrap();
    store.set_pin(code(1), Some("$argon2id$x")).await.unwrap();
    assert!(wanted(&HASH).await && !wanted(&OTHER).await);
    assert_eq!(role_of(&store, &HASH, code(1)).await, Some(Role::Listener), "and it stays a member");
    store.grant(&HASH, code(1), Role::Listener).await.unwrap();
    assert!(!wanted(&HASH).await, "it has shown it");
    store.set_pin(code(1), Some("$argon2id$y")).await.unwrap();
    assert!(wanted(&HASH).await);
    store.set_pin(code(1), None).await.unwrap();
    assert!(!wanted(&HASH).await, "the door is open");
}

#[tokio::test]
async fn a_host_token_opens_its_own_room_only() {
    let (_folder, store) = store_with_room().await;
    store.create_room(&room(code(2)), &OTHER, None, NOW).await.unwrap();
    assert!(store.host_token_matches(code(1), &HASH).await.unwrap());
    assert!(!store.host_token_matches(code(1), &OTHER).await.unwrap());
    assert!(!store.host_token_matches(code(3), &HASH).await.unwrap());
    assert_eq!(store.room_of_host_token(&OTHER).await.unwrap(), Some(code(2)));
    assert_eq!(store.room_of_host_token(&[9; 32]).await.unwrap(), None);
}

#[tokio::test]
async fn a_room_says_that_it_has_a_pin_when_it_has_one_whatever_is_saved() {
    let (_folder, store) = store_with_room().await;
    let has_pin = async || {
        let room = store.load_room(code(1)).await.unwrap().unwrap();
        room.settings.has_pin
    };
    assert!(!has_pin().await);
    store.set_pin(code(1), Some("$argon2id$x")).await.unwrap();
    let change = RoomChange { settings: Some(RoomSettings::default()), ..change(2) };
    store.save(code(1), &change).await.unwrap();
    assert!(has_pin().await);
    assert_eq!(store.pin_hash(code(1)).await.unwrap().as_deref(), Some("$argon2id$x"));
    store.set_pin(code(1), None).await.unwrap();
    assert!(!has_pin().await);
    assert_eq!(store.pin_hash(code(1)).await.unwrap(), None);
}
