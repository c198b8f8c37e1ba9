//! The statement of where a log ends, as text that can be signed and noted elsewhere.
//!
//! ```text
//! plimsoll-head 1
//! epoch 01a22d4a-4c2b-7c00-afc0-feb6f683238c
//! position 1000
//! recorded_at 2027-03-01T09:00:00.000000Z
//! hash 791bb606…
//! root 5f9c0de2…
//! signature 3q2+7w…
//! ```
//!
//! Every line ends with a line feed. The signature is Ed25519 (RFC 8032) over all lines before it,
//! in Base64.

use base64::prelude::{BASE64_STANDARD, Engine};
use domain::Moment;
use domain::log::Hash;
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use uuid::Uuid;

/// The first line: what this is, and the version of its form.
const FIRST: &str = "plimsoll-head 1";
/// What stands before the 32 bytes of the key in a public Ed25519 key (RFC 8410).
const PUBLIC_KEY_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// Where a log ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) epoch: Uuid,
    pub(super) position: u64,
    pub(super) recorded_at: Moment,
    pub(super) hash: Hash,
    /// The root of the tree over the log.
    pub(super) root: Hash,
}

/// The lines that are signed.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST}")?;
        writeln!(f, "epoch {}", self.epoch)?;
        writeln!(f, "position {}", self.position)?;
        writeln!(f, "recorded_at {}", self.recorded_at)?;
        writeln!(f, "hash {}", self.hash)?;
        writeln!(f, "root {}", self.root)
    }
}

/// A statement as it was noted, perhaps with a signature.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    pub(super) statement: Statement,
    signature: Option<Vec<u8>>,
}

impl FromStr for Noted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST) {
            return Err(format!("the first line must be \"{FIRST}\""));
        }
        let mut read = |name: &str| {
            let line = lines.next().and_then(|line| line.split_once(' '));
            let value = line.filter(|(own, _)| *own == name).map(|(_, value)| value);
            value.ok_or_else(|| format!("the line \"{name} …\" is missing"))
        };
        let statement = Statement {
            epoch: parsed("epoch", read("epoch")?)?,
            position: parsed("position", read("position")?)?,
            recorded_at: parsed("recorded_at", read("recorded_at")?)?,
            hash: parsed("hash", read("hash")?)?,
            root: parsed("root", read("root")?)?,
        };
        let signature = match lines.next().map(|line| line.strip_prefix("signature ")) {
            None => None,
            Some(encoded) => {
                let bytes = encoded.and_then(|encoded| BASE64_STANDARD.decode(encoded).ok());
                Some(bytes.ok_or("the line after root must be a signature in Base64")?)
            }
        };
        // The signature covers the text, so the text must be the one that the statement has.
        if !text.starts_with(&statement.to_string()) || lines.next().is_some() {
            return Err("it is not written as plimsoll head writes it".to_owned());
        }
        Ok(Self {
            statement,
            signature,
        })
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|reason| format!("{name}: {reason}"))
}

/// Signs a statement with the private key in a PEM file. Returns the whole text.
///
/// # Errors
///
/// The file is not a private Ed25519 key.
pub(super) fn signed(statement: &Statement, key: &Path) -> Result<String, String> {
    let pem = PrivatePkcs8KeyDer::from_pem_file(key).map_err(|error| error.to_string())?;
    let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pem.secret_pkcs8_der());
    let key = key.map_err(|_| "it is not a private Ed25519 key in PKCS #8".to_owned())?;
    let text = statement.to_string();
    let signature = BASE64_STANDARD.encode(key.sign(text.as_bytes()));
    Ok(format!("{text}signature {signature}\n"))
}

/// A public key.
pub(super) struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads the public key in a PEM file.
    ///
    /// # Errors
    ///
    /// The file is not a public Ed25519 key.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let pem =
            SubjectPublicKeyInfoDer::from_pem_file(file).map_err(|error| error.to_string())?;
        let key = pem.strip_prefix(&PUBLIC_KEY_PREFIX);
        let key = key.and_then(|key| key.try_into().ok());
        key.map(Self)
            .ok_or_else(|| "it is not a public Ed25519 key".to_owned())
    }

    /// Checks the signature of a statement.
    ///
    /// # Errors
    ///
    /// There is no signature, or it is not one of this key over this statement.
    pub(super) fn check(&self, noted: &Noted) -> Result<(), String> {
        let signature = noted.signature.as_ref().ok_or("it is not signed")?;
        let text = noted.statement.to_string();
        let key = UnparsedPublicKey::new(&ED25519, &self.0);
        key.verify(text.as_bytes(), signature).map_err(|_| {
            "the signature does not fit: the statement was altered, or signed with another key"
                .to_owned()
        })
    }
}

impl Noted {
    /// Whether it has a signature.
    pub(super) fn is_signed(&self) -> bool {
        self.signature.is_some()
    }
}
