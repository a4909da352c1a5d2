//! Rights: granted, lowered only on purpose, and gone with their room.

use super::*;

async fn store_with_room() -> (TempDir, Store) {
    let (folder, store) = empty_store().await;
    store.create_room(&room(code(1)), &HASH, None, NOW).await.unwrap();
    (folder, store)
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
            assert_eq!(store.role_of(&OTHER, code(1)).await.unwrap(), Some(highest));
        }
    }
}

#[tokio::test]
async fn a_membership_is_of_one_session_in_one_room() {
    let (_folder, store) = store_with_room().await;
    store.create_room(&room(code(2)), &OTHER, None, NOW).await.unwrap();
    assert!(!store.is_anywhere(&HASH).await.unwrap());
    store.grant(&HASH, code(1), Role::Dj).await.unwrap();
    assert_eq!(store.role_of(&HASH, code(1)).await.unwrap(), Some(Role::Dj));
    assert_eq!(store.role_of(&HASH, code(2)).await.unwrap(), None);
    assert_eq!(store.role_of(&OTHER, code(1)).await.unwrap(), None);
    assert!(store.is_anywhere(&HASH).await.unwrap());
    assert!(!store.is_anywhere(&OTHER).await.unwrap());

    store.revoke(&HASH, code(1)).await.unwrap();
    assert_eq!(store.role_of(&HASH, code(1)).await.unwrap(), None);
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
