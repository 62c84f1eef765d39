//! Keys: who signs, and whom to believe.
//!
//! A signature is plain Ed25519 over the pre-authentication encoding of DSSE, so any DSSE verifier that knows the key
//! can check it, and the same key gives the same bytes. The key is an OpenSSH private key without a passphrase, or a
//! PKCS #8 one (`-----BEGIN PRIVATE KEY-----`). Whom to believe is a file in the format of ssh-keygen's
//! `allowed_signers`: principals, then a public key. Invariant: a line that is not understood whole is an error, since
//! an option left out (`valid-before`) would widen trust. Absent on purpose: agents, passphrases, certificates.

use base64ct::{Base64, Encoding};
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::KeyData;
use ssh_key::{HashAlg, PrivateKey, PublicKey};

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key is not an OpenSSH or PKCS #8 private key: {0}")]
    Format(String),
    #[error("the key is encrypted with a passphrase")]
    Encrypted,
    #[error("the key is of type `{0}`, and only ed25519 signs")]
    Algorithm(String),
    #[error("line {line}: {why}")]
    Trusted { line: usize, why: String },
}

impl KeyError {
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            KeyError::Format(_) | KeyError::Algorithm(_) => "make one with `ssh-keygen -t ed25519`",
            KeyError::Encrypted => "give a key without a passphrase, one that is kept for this purpose",
            KeyError::Trusted { .. } => "a line is `PRINCIPALS ssh-ed25519 KEY [COMMENT]`, without options",
        })
    }
}

/// A key that signs.
pub struct Signer {
    pair: Ed25519Keypair,
}

/// What a PKCS #8 key of Ed25519 begins with (RFC 8410); 32 bytes of the seed follow.
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

impl Signer {
    /// Reads a private key.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        if let Some(body) = text.trim().strip_prefix("-----BEGIN PRIVATE KEY-----") {
            return Self::from_pkcs8(body.trim_end_matches("-----END PRIVATE KEY-----"));
        }
        let key = PrivateKey::from_openssh(text).map_err(|why| KeyError::Format(why.to_string()))?;
        if key.is_encrypted() {
            return Err(KeyError::Encrypted);
        }
        match key.key_data() {
            KeypairData::Ed25519(pair) => Ok(Self { pair: pair.clone() }),
            _ => Err(KeyError::Algorithm(key.algorithm().to_string())),
        }
    }

    fn from_pkcs8(body: &str) -> Result<Self, KeyError> {
        let body: String = body.split_whitespace().collect();
        let bytes = Base64::decode_vec(&body).map_err(|why| KeyError::Format(why.to_string()))?;
        let seed = bytes.strip_prefix(&PKCS8_PREFIX).and_then(|seed| <[u8; 32]>::try_from(seed).ok());
        let seed = seed.ok_or_else(|| KeyError::Algorithm("another PKCS #8 key".into()))?;
        Ok(Self { pair: Ed25519Keypair::from(Ed25519PrivateKey::from_bytes(&seed)) })
    }

    /// `SHA256:…`, as ssh-keygen shows it.
    pub fn id(&self) -> String {
        fingerprint(&KeyData::Ed25519(self.pair.public))
    }

    /// The public key as a line of an `authorized_keys` or, behind principals, of an `allowed_signers` file.
    pub fn public(&self) -> Result<String, KeyError> {
        PublicKey::from(self.pair.public).to_openssh().map_err(|why| KeyError::Format(why.to_string()))
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        use signature::Signer as _;
        let key = PrivateKey::from(self.pair.clone());
        let signature: ssh_key::Signature = key.try_sign(message).map_err(|why| KeyError::Format(why.to_string()))?;
        Ok(signature.as_bytes().to_vec())
    }
}

/// Keys to believe, with their principals.
#[derive(Clone, Debug, Default)]
pub struct Trusted {
    keys: Vec<(String, PublicKey)>,
}

impl Trusted {
    /// Reads a file of allowed signers.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let error = |why: String| KeyError::Trusted { line: at + 1, why };
            let (principals, rest) =
                line.split_once(char::is_whitespace).ok_or_else(|| error("there is no key".into()))?;
            let rest = rest.trim();
            if !rest.starts_with("ssh-ed25519 ") {
                return Err(error("behind the principals stands no `ssh-ed25519` key".into()));
            }
            let key = PublicKey::from_openssh(rest).map_err(|why| error(why.to_string()))?;
            keys.push((principals.to_owned(), key));
        }
        Ok(Self { keys })
    }

    /// Who of them made a signature over a message.
    pub(super) fn who_signed(&self, message: &[u8], signature: &[u8]) -> Option<&str> {
        use signature::Verifier as _;
        let signature = ssh_key::Signature::new(ssh_key::Algorithm::Ed25519, signature).ok()?;
        let signer = self.keys.iter().find(|(_, key)| key.key_data().verify(message, &signature).is_ok());
        signer.map(|(principals, _)| principals.as_str())
    }
}

fn fingerprint(key: &KeyData) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_or_refused_with_a_reason() {
        let pkcs8 = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            Base64::encode_string(&[&PKCS8_PREFIX[..], &[7; 32]].concat())
        );
        let signer = Signer::read(&pkcs8).unwrap();
        assert!(signer.id().starts_with("SHA256:"));
        let public = PublicKey::from(signer.pair.public);
        let trusted = Trusted::read(&format!("# who\na@example.org {} x\n", public.to_openssh().unwrap())).unwrap();
        let signature = signer.sign(b"text").unwrap();
        assert_eq!(trusted.who_signed(b"text", &signature), Some("a@example.org"));
        assert_eq!(trusted.who_signed(b"texT", &signature), None);
        assert!(matches!(Signer::read("no key"), Err(KeyError::Format(_))));
        let optional = format!("a@example.org valid-before=\"20200101\" {}", public.to_openssh().unwrap());
        assert!(matches!(Trusted::read(&optional), Err(KeyError::Trusted { line: 1, .. })));
    }
}
