//! What can go wrong, as stable codes: the one table of status, code and title.

use http::StatusCode;

macro_rules! codes {
    ($($name:ident: $status:ident, $word:literal, $title:literal;)*) => {
        /// Why a request was not carried out. The word never changes; programs decide by it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The status it is answered with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The kind of problem in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    // What the caller wrote
    Malformed: BAD_REQUEST, "malformed", "The request cannot be read";
    BadParameter: BAD_REQUEST, "bad-parameter", "A parameter is not as it should be";
    CursorMismatch: BAD_REQUEST, "cursor-mismatch", "The cursor belongs to another query";
    BadBody: UNPROCESSABLE_ENTITY, "bad-body", "The body is not as it should be";
    BadCriterion: UNPROCESSABLE_ENTITY, "bad-criterion", "The criterion cannot be read or does not fit the site";
    BadPlan: UNPROCESSABLE_ENTITY, "bad-plan", "What was asked for cannot be planned";
    KeyReused: UNPROCESSABLE_ENTITY, "idempotency-key-reused", "The key was used for another request";
    // Who asks
    NotSignedIn: UNAUTHORIZED, "not-signed-in", "Sign in first";
    SignInRefused: UNAUTHORIZED, "sign-in-refused", "Name or password is wrong";
    SignOnRefused: FORBIDDEN, "sign-on-refused", "Single sign-on did not succeed";
    Forbidden: FORBIDDEN, "forbidden", "The role is not enough";
    NeedsPerson: FORBIDDEN, "needs-person", "A token may not do that";
    CrossOrigin: FORBIDDEN, "cross-origin", "The request comes from another origin";
    // What is asked for
    NotFound: NOT_FOUND, "not-found", "There is nothing here";
    MethodNotAllowed: METHOD_NOT_ALLOWED, "method-not-allowed", "This cannot be done here";
    NotAcceptable: NOT_ACCEPTABLE, "not-acceptable", "Not available in that form";
    WrongHost: MISDIRECTED_REQUEST, "wrong-host", "This server does not answer by that name";
    // How things stand
    NotNow: CONFLICT, "not-now", "Not at this moment";
    Conflict: CONFLICT, "conflict", "It exists already, or was changed meanwhile";
    Held: CONFLICT, "held", "A limit or a missing approval holds it up";
    Frozen: CONFLICT, "frozen", "Nothing may change at this time";
    KeyInUse: CONFLICT, "idempotency-key-in-use", "A request with this key is under way";
    KeyUnsettled: CONFLICT, "idempotency-key-unsettled", "Nobody knows whether it was done";
    AnswerNotKept: CONFLICT, "idempotency-answer-not-kept", "It was done, and its answer was too large to be given again";
    PreconditionFailed: PRECONDITION_FAILED, "precondition-failed", "It was changed meanwhile";
    PreconditionRequired: PRECONDITION_REQUIRED, "precondition-required", "Say which version is meant";
    // Too much, too slow, in another language
    TooLarge: PAYLOAD_TOO_LARGE, "too-large", "The body is too large";
    UnsupportedMediaType: UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body has another form than is read here";
    TooSlow: REQUEST_TIMEOUT, "too-slow", "The request did not arrive in time";
    TooMany: TOO_MANY_REQUESTS, "too-many-requests", "Too many requests";
    // Not the caller's fault
    Internal: INTERNAL_SERVER_ERROR, "internal", "Something went wrong inside";
    ProviderFailed: BAD_GATEWAY, "provider-failed", "The provider did not answer as it should";
    MailFailed: BAD_GATEWAY, "mail-failed", "The mail server did not take the mail";
    SiteFailed: BAD_GATEWAY, "site-failed", "The site did not answer as it should";
    SiteBusy: SERVICE_UNAVAILABLE, "site-busy", "The site is busy";
    Busy: SERVICE_UNAVAILABLE, "busy", "The database is busy";
    Unavailable: SERVICE_UNAVAILABLE, "unavailable", "The database does not take requests now";
    NotReady: SERVICE_UNAVAILABLE, "not-ready", "Not ready";
    TookTooLong: GATEWAY_TIMEOUT, "took-too-long", "It took too long";
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_has_a_word_of_its_own_and_the_status_of_an_error() {
        let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|c| c.status().is_client_error() || c.status().is_server_error()));
    }
}
