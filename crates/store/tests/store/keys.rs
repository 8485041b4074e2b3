//! Keys change hands, and at every instant one of the two files opens everything.

use crate::*;
use rollcall_store::{KeyFile, StoreError};
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret;
use std::path::Path;

async fn with_key_in(folder: &Path, database: &TestDatabase) -> (KeyFile, Store) {
    let file = KeyFile::at(folder.join("sealing.key"));
    let key = if file.path().exists() {
        SealingKey::from_file(file.path())
    } else {
        SealingKey::create_file(file.path())
    };
    let store = Store::open(&location(database), Some(key.unwrap())).await.unwrap();
    (file, store)
}

async fn filled(folder: &Path, database: &TestDatabase) -> (KeyFile, Store) {
    let (file, store) = with_key_in(folder, database).await;
    store.add_site(&wiki(), now(), entry()).await.unwrap();
    store.set_secret("mail", Some(&"hunter2".to_owned().into()), now(), entry()).await.unwrap();
    (file, store)
}

fn id_in(path: &Path) -> String {
    SealingKey::from_file(path).unwrap().id()
}

both_databases! {
    async fn wherever_a_rotation_dies_the_next_start_opens_everything(database: TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = filled(folder.path(), &database).await;
        for steps in 0..=4 {
            let before = id_in(file.path());
            let new = file.begin().unwrap().expect("nobody else rotates");
            let coming = new.key().id();
            if steps >= 1 {
                let key = SealingKey::from_file(&folder.path().join("sealing.key.new")).unwrap();
                assert_eq!(store.rotate_key(key, now(), entry()).await.unwrap(), 2);
            }
            if steps >= 2 {
                new.keep_old().unwrap();
            }
            if steps >= 3 { new.put_in_place().unwrap() } else { drop(new) }
            // The process is gone here; another one starts.
            let (_, next) = with_key_in(folder.path(), &database).await;
            assert_eq!(next.check_secrets().await.unwrap(), 2, "after step {steps}");
            assert_eq!(id_in(file.path()), if steps >= 1 { &*coming } else { &*before }, "after step {steps}");
            assert!(!folder.path().join("sealing.key.new").exists(), "after step {steps}");
            if steps >= 1 {
                assert_eq!(id_in(&file.kept(&before)), before, "the old one is kept aside");
            }
            assert_eq!(store.check_secrets().await.unwrap(), 2, "and whoever runs on finds the new key");
        }
        assert_eq!(file.kept_keys().len(), 4);
        let keys = store.keys().await.unwrap();
        assert_eq!((keys.current.clone(), keys.secrets.clone()), (id_in(file.path()), [(id_in(file.path()), 2)].into()));
        assert_eq!(keys.retired.len(), 4);
        assert_chain_is_whole(&store).await;
    }

    async fn half_a_new_key_is_forgotten(database: TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = filled(folder.path(), &database).await;
        std::fs::write(folder.path().join("sealing.key.new"), "0123").unwrap();
        let before = id_in(file.path());
        let (_, next) = with_key_in(folder.path(), &database).await;
        assert_eq!(next.check_secrets().await.unwrap(), 2);
        assert_eq!(id_in(file.path()), before);
        assert_eq!(store.keys().await.unwrap().retired, []);
    }

    async fn a_rotation_under_way_is_left_to_its_process(database: TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let (file, store) = filled(folder.path(), &database).await;
        let new = file.begin().unwrap().expect("nobody else rotates");
        assert!(file.begin().unwrap().is_none(), "a second one at the same time");
        // Sealed already, and not yet in its place: both who start now and who run on open everything.
        let key = SealingKey::from_file(&folder.path().join("sealing.key.new")).unwrap();
        let (_, beside) = with_key_in(folder.path(), &database).await;
        store.rotate_key(key, now(), entry()).await.unwrap();
        assert_eq!(beside.check_secrets().await.unwrap(), 2);
        let (_, later) = with_key_in(folder.path(), &database).await;
        assert_eq!(later.check_secrets().await.unwrap(), 2);
        assert!(folder.path().join("sealing.key.new").exists());
        new.keep_old().unwrap();
        new.put_in_place().unwrap();
        // What is sealed by whoever holds the old key in memory is sealed with the new one.
        for store in [&beside, &later] {
            store.set_secret("mail", Some(&"again".to_owned().into()), now(), entry()).await.unwrap();
            assert_eq!(store.keys().await.unwrap().secrets, [(id_in(file.path()), 2)].into());
        }
    }

    async fn a_machine_without_the_new_key_is_told_which_it_needs(database: TestDatabase) {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (file, store) = filled(here.path(), &database).await;
        std::fs::copy(file.path(), there.path().join("sealing.key")).unwrap();
        let (_, other) = with_key_in(there.path(), &database).await;
        let new = file.begin().unwrap().unwrap();
        let key = SealingKey::from_file(&here.path().join("sealing.key.new")).unwrap();
        store.rotate_key(key, now(), entry()).await.unwrap();
        new.put_in_place().unwrap();
        let error = other.secret("mail").await.unwrap_err();
        assert!(matches!(&error, StoreError::WrongKey { sealed_with, .. } if *sealed_with == id_in(file.path())), "{error}");
        let error = other.set_secret("mail", Some(&"x".to_owned().into()), now(), entry()).await.unwrap_err();
        assert!(matches!(&error, StoreError::KeyRetired { wanted, .. } if *wanted == id_in(file.path())), "{error}");
        let error = other.check_key().await.unwrap_err();
        assert!(matches!(&error, StoreError::OtherKey { wanted, .. } if *wanted == id_in(file.path())), "{error}");
        store.check_key().await.unwrap();
        // With the file copied over it goes on, without a restart.
        std::fs::copy(file.path(), there.path().join("sealing.key")).unwrap();
        other.check_key().await.unwrap();
        assert_eq!(other.secret("mail").await.unwrap().unwrap().expose_secret(), "hunter2");
        other.set_secret("mail", Some(&"x".to_owned().into()), now(), entry()).await.unwrap();
        assert_eq!(store.secret("mail").await.unwrap().unwrap().expose_secret(), "x");
    }

    async fn a_key_that_opens_nothing_is_not_the_one_of_the_installation(database: TestDatabase) {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (_, empty) = with_key_in(there.path(), &database).await;
        empty.check_key().await.expect("nothing is sealed yet, so any key will do");
        let (file, store) = filled(here.path(), &database).await;
        let error = empty.check_key().await.unwrap_err().to_string();
        assert!(error.contains(&id_in(file.path())) && error.contains(&there.path().display().to_string()), "{error}");
        // Whoever lost the key gives the secrets again, one after the other.
        empty.set_secret("mail", Some(&"again".to_owned().into()), now(), entry()).await.unwrap();
        empty.check_key().await.unwrap();
        store.check_key().await.unwrap();
    }
}
