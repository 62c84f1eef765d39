//! The envelope: DSSE (Dead Simple Signing Envelope, v1) around the record.
//!
//! What is signed is the pre-authentication encoding `DSSEv1 <length of type> <type> <length of body> <body>`, lengths in
//! decimal bytes, so that neither type nor body can be taken for the other. Invariant: an envelope is accepted only for
//! the very bytes of `evidence.json` beside it. Absent on purpose: several signers; one who signs again makes a bundle
//! of their own.

use super::key::{KeyError, Signer, Trusted};
use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};

/// What the body is.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    payload_type: String,
    /// The record, in base64.
    payload: String,
    signatures: Vec<SignatureRecord>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureRecord {
    keyid: String,
    sig: String,
}

/// Why an envelope is not to be believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the envelope is not DSSE: {0}")]
    Format(String),
    #[error("the envelope holds `{0}`, and a bundle holds `{PAYLOAD_TYPE}`")]
    Type(String),
    #[error("the envelope is around other bytes than `evidence.json`")]
    Payload,
    #[error("the envelope holds no signature")]
    Unsigned,
    #[error("no trusted key made the signature of `{0}`")]
    Signature(String),
}

/// Signs the record.
pub fn seal(record: &[u8], signer: &Signer) -> Result<Vec<u8>, KeyError> {
    let sig = signer.sign(&encoding(PAYLOAD_TYPE, record))?;
    let envelope = Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload: Base64::encode_string(record),
        signatures: vec![SignatureRecord { keyid: signer.id(), sig: Base64::encode_string(&sig) }],
    };
    let mut text = serde_json::to_string_pretty(&envelope).expect("strings alone");
    text.push('\n');
    Ok(text.into_bytes())
}

/// Who signed the record; `None` where nobody is trusted, so that nobody was asked.
pub fn open(envelope: &[u8], record: &[u8], trusted: Option<&Trusted>) -> Result<Option<String>, EnvelopeError> {
    let envelope: Envelope = serde_json::from_slice(envelope).map_err(|why| EnvelopeError::Format(why.to_string()))?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(EnvelopeError::Type(envelope.payload_type));
    }
    let body = Base64::decode_vec(&envelope.payload).map_err(|why| EnvelopeError::Format(why.to_string()))?;
    if body != record {
        return Err(EnvelopeError::Payload);
    }
    let Some(first) = envelope.signatures.first() else { return Err(EnvelopeError::Unsigned) };
    let Some(trusted) = trusted else { return Ok(None) };
    let message = encoding(&envelope.payload_type, &body);
    for record in &envelope.signatures {
        let sig = Base64::decode_vec(&record.sig).map_err(|why| EnvelopeError::Format(why.to_string()))?;
        if let Some(who) = trusted.who_signed(&message, &sig) {
            return Ok(Some(who.to_owned()));
        }
    }
    Err(EnvelopeError::Signature(first.keyid.clone()))
}

/// The pre-authentication encoding.
fn encoding(kind: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {kind} {} ", kind.len(), body.len()).into_bytes();
    out.extend_from_slice(body);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        // the example of the protocol's own text
        let encoded = encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }
}
