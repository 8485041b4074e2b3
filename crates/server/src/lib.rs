//! The server: REST API, events and sessions over the use cases of `engine`.
