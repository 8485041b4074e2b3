//! The server: REST API, events and sessions, HTTP over the use cases of `engine`.
//!
//! Here: the pages of `ui/dist`, embedded; the frame (`listen`: sockets, TLS, time-outs; `frame`: what happens to every request before and after its endpoint;
//! `problem`, `extract`: what an endpoint is made of), the endpoints, one file each, and the `OpenAPI` document they make.
//! Not here: who may do what (`engine` asks, in each use case), any SQL, any request to a site, any clock but the engine's.
//! To add an endpoint: a file under `endpoints/` with request, response, doc and handler; one line in `endpoints/mod.rs`. Take
//! [`SignedIn`] and hand its operator to the engine: nothing is open by mistake. What every endpoint can answer is documented by
//! `openapi`; `make docs` writes the document again.

mod auth;
mod cookie;
mod doorkeeper;
mod endpoints;
mod extract;
mod frame;
mod listen;
mod metrics;
mod openapi;
mod pages;
mod problem;
mod router;
mod rows;
mod settings;
mod sign_on;
mod state;

pub use auth::{Authenticate, Closed, SignedIn};
pub use doorkeeper::Doorkeeper;
pub use extract::{Query, Wait};
pub use frame::Client;
pub use listen::{ServeError, Server, examine};
pub use metrics::MetricsAccess;
pub use openapi::openapi;
pub use problem::{Code, Part, Problem};
pub use router::router;
pub use settings::{Limits, ServerSettings, TlsFiles};
pub use sign_on::SignOn;
pub use state::{Api, ReadyCheck};
