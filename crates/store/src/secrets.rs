//! Secrets at rest: XChaCha20-Poly1305, tied to the place they are kept in, with the name of the key in front (I12).

use crate::StoreError;
use crate::key_file::{folder_of, sync_folder};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand::TryRng as _;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

const VERSION: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 24;
const HEAD: usize = 1 + KEY_ID + NONCE;

/// The key with which secrets are sealed: 32 bytes, written as 64 hexadecimal digits.
pub struct SealingKey {
    secret: SecretBox<[u8; 32]>,
    id: [u8; KEY_ID],
    /// The file it was read from.
    file: Option<PathBuf>,
}

/// Where a sealed value is kept. A value that is moved to another place cannot be opened there.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'a str,
    pub(crate) row: &'a str,
    pub(crate) column: &'a str,
    /// What it is, for messages: "the credentials of site \"wiki\"".
    pub(crate) what: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let mut data = vec![VERSION];
        for part in [self.table, self.row, self.column] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

impl SealingKey {
    /// A new key from the system's randomness.
    pub fn generate() -> Result<Self, StoreError> {
        let mut bytes = Box::new([0; 32]);
        random(bytes.as_mut())?;
        Ok(Self::new(bytes))
    }

    /// Reads 64 hexadecimal digits; white space around them is ignored. `place` names the variable or file in messages.
    pub fn from_text(text: &str, place: &str) -> Result<Self, StoreError> {
        let mut bytes = Box::new([0; 32]);
        let text = text.trim();
        hex::decode_to_slice(text, bytes.as_mut()).map_err(|_| StoreError::Key {
            place: place.to_owned(),
            reason: format!(
                "64 hexadecimal digits are expected, {} characters were found",
                text.chars().count()
            ),
        })?;
        Ok(Self::new(bytes))
    }

    /// Reads a key file.
    pub fn from_file(path: &Path) -> Result<Self, StoreError> {
        let place = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => {
                let key = Self::from_text(SecretString::from(text).expose_secret(), &place)?;
                Ok(Self { file: Some(path.to_owned()), ..key })
            }
            Err(error) => Err(StoreError::Key { place, reason: error.to_string() }),
        }
    }

    /// Makes a key and writes it to a new file that only its owner can read: the file appears with the whole key in it, for whoever looks at
    /// the same moment. A file that exists is left alone and is an error.
    pub fn create_file(path: &Path) -> Result<Self, StoreError> {
        let key = Self { file: Some(path.to_owned()), ..Self::generate()? };
        let create = || {
            let coming = tempfile::Builder::new().prefix(".sealing-key-").tempfile_in(folder_of(path))?;
            key.write_to(coming.as_file())?;
            coming.persist_noclobber(path)?;
            sync_folder(path)
        };
        create().map_err(|error: std::io::Error| StoreError::Key {
            place: path.display().to_string(),
            reason: error.to_string(),
        })?;
        Ok(key)
    }

    /// Writes the key as it stands in a file, through to the disk.
    pub(crate) fn write_to(&self, mut file: &fs::File) -> std::io::Result<()> {
        file.write_all(self.to_text().expose_secret().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    }

    /// The same key, as the one of that file.
    pub(crate) fn of_file(self, file: Option<&Path>) -> Self {
        Self { file: file.map(Path::to_owned), ..self }
    }

    /// The file it was read from, if it was.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The key as it stands in a file.
    pub fn to_text(&self) -> SecretString {
        SecretString::from(hex::encode(self.secret.expose_secret()))
    }

    /// The short public name of the key: enough to tell two keys apart, of no use to open anything.
    pub fn id(&self) -> String {
        hex::encode(self.id)
    }

    fn new(bytes: Box<[u8; 32]>) -> Self {
        let digest =
            Sha256::new().chain_update(b"rollcall sealing key id\0").chain_update(bytes.as_ref()).finalize();
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&digest[..KEY_ID]);
        Self { secret: SecretBox::new(bytes), id, file: None }
    }

    /// A key for one purpose alone: HMAC-SHA256 of the purpose under this key.
    pub(crate) fn derive(&self, purpose: &str) -> SecretBox<[u8; 32]> {
        // A key of less than a block is filled up with zeros (RFC 2104).
        let mut block = [0; 64];
        block[..32].copy_from_slice(self.secret.expose_secret());
        let mut mac = <hmac::Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
        hmac::Mac::update(&mut mac, b"rollcall derived key 1\0");
        hmac::Mac::update(&mut mac, purpose.as_bytes());
        SecretBox::new(Box::new(hmac::Mac::finalize(mac).into_bytes().into()))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.secret.expose_secret()))
    }

    /// What tells a text from another one, and of which nobody without the key can tell what the text was.
    pub(crate) fn fingerprint(&self, text: &str) -> String {
        let hash = Sha256::new()
            .chain_update(b"rollcall fingerprint\0")
            .chain_update(self.secret.expose_secret())
            .chain_update(text);
        hex::encode(hash.finalize())
    }

    pub(crate) fn seal(&self, secret: &SecretString, place: Place<'_>) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let data = place.associated_data();
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &data };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| StoreError::corrupt(place.what, "it is too long to be encrypted"))?;
        Ok([&[VERSION], self.id.as_slice(), &nonce, &sealed].concat())
    }

    pub(crate) fn open(&self, sealed: &[u8], place: Place<'_>) -> Result<SecretString, StoreError> {
        let damaged = |reason: &str| StoreError::corrupt(place.what, reason);
        if sealed.len() < HEAD || sealed[0] != VERSION {
            return Err(damaged("it does not begin as a sealed secret does"));
        }
        let (head, body) = sealed.split_at(HEAD);
        let (key_id, nonce) = head[1..].split_at(KEY_ID);
        if key_id != self.id {
            return Err(StoreError::WrongKey {
                what: place.what.to_owned(),
                sealed_with: hex::encode(key_id),
                given: self.id(),
            });
        }
        let nonce = XNonce::try_from(nonce).map_err(|_| damaged("its nonce is cut"))?;
        let data = place.associated_data();
        let opened = self.cipher().decrypt(&nonce, Payload { msg: body, aad: &data });
        let opened = opened.map_err(|_| damaged("it was changed, or moved here from another place"))?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| damaged("it is not text"))
    }
}

/// The short name of the key that something was sealed with, if it begins as sealed things do.
pub(crate) fn key_of(sealed: &[u8]) -> Option<String> {
    sealed.get(..HEAD).and_then(key_named)
}

/// How many bytes of a sealed secret say with which key it was sealed.
pub(crate) const NAMING: usize = 1 + KEY_ID;

/// The short name of the key in the first bytes of a sealed secret.
pub(crate) fn key_named(begin: &[u8]) -> Option<String> {
    (begin.len() >= NAMING && begin[0] == VERSION).then(|| hex::encode(&begin[1..NAMING]))
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id())
    }
}

/// A new secret for somebody else to hold: a prefix that says what it is, and 32 bytes from the system's randomness in hexadecimal.
pub fn new_secret(prefix: &str) -> Result<SecretString, StoreError> {
    let mut bytes = [0; 32];
    random(&mut bytes)?;
    Ok(SecretString::from(format!("{prefix}{}", hex::encode(bytes))))
}

fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    SysRng.try_fill_bytes(bytes).map_err(|error| StoreError::Key {
        place: "the system's source of randomness".to_owned(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> =
        Place { table: "sites", row: "s1", column: "credentials", what: "the credentials" };

    #[test]
    fn a_secret_comes_back_only_in_its_place_with_its_key() {
        let (key, other) = (SealingKey::generate().unwrap(), SealingKey::generate().unwrap());
        let sealed = key.seal(&"hunter2".into(), PLACE).unwrap();
        assert_eq!(key.open(&sealed, PLACE).unwrap().expose_secret(), "hunter2");
        assert!(!sealed.windows(7).any(|w| w == b"hunter2"));
        assert_ne!(sealed, key.seal(&"hunter2".into(), PLACE).unwrap());

        let moved = Place { row: "s2", ..PLACE };
        assert!(matches!(key.open(&sealed, moved), Err(StoreError::Corrupt { .. })));
        assert!(matches!(other.open(&sealed, PLACE), Err(StoreError::WrongKey { .. })));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(&changed, PLACE).is_err(), "byte {at}");
            assert!(key.open(&sealed[..at], PLACE).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_derived_key_is_for_one_purpose_and_tells_nothing_of_the_others() {
        let key = SealingKey::from_text(&"ab".repeat(32), "the test").unwrap();
        let derived = |purpose| *key.derive(purpose).expose_secret();
        assert_eq!(derived("a link"), derived("a link"));
        assert_ne!(derived("a link"), derived("another link"));
        assert_ne!(derived("a link"), *key.secret.expose_secret());
        assert_ne!(*SealingKey::generate().unwrap().derive("a link").expose_secret(), derived("a link"));
    }

    #[test]
    fn a_key_survives_its_file_and_nothing_else_is_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = SealingKey::create_file(&path).unwrap();
        assert_eq!(SealingKey::from_file(&path).unwrap().id(), key.id());
        assert!(SealingKey::create_file(&path).is_err(), "a key file is never overwritten");
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
        for bad in ["", "xyz", &"a".repeat(63), &"g".repeat(64)] {
            let error = SealingKey::from_text(bad, "ROLLCALL_KEY").unwrap_err().to_string();
            assert!(error.starts_with("ROLLCALL_KEY does not hold a key"), "{error}");
            assert!(bad.is_empty() || !error.contains(bad), "{error}");
        }
        assert!(!format!("{key:?}").contains(key.to_text().expose_secret()));
    }

    #[test]
    fn whoever_looks_while_a_key_file_is_made_sees_no_file_or_the_whole_key() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..20 {
            let path = folder.path().join(format!("key-{round}"));
            let at_once = std::sync::Barrier::new(4);
            let make = || {
                at_once.wait();
                let made = SealingKey::create_file(&path);
                let seen = SealingKey::from_file(&path).expect("a whole key, whoever made it").id();
                (made.is_ok(), seen)
            };
            let seen: Vec<_> = std::thread::scope(|threads| {
                let makers = [(); 4].map(|()| threads.spawn(make));
                makers.into_iter().map(|maker| maker.join().unwrap()).collect()
            });
            assert_eq!(seen.iter().filter(|(made, _)| *made).count(), 1, "round {round}: one made it");
            assert!(seen.iter().all(|(_, id)| *id == seen[0].1), "round {round}: all see the same");
        }
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 20, "nothing but the keys stays in the folder");
    }
}
