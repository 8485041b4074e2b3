//! What a handler takes out of a request, each refusing what is not as declared with a problem that names the place.

mod accept;
mod body;
mod hidden;
mod kinds;
mod media;
mod paging;
mod path;
mod prefer;
mod query;
mod read;
mod strict;
mod text;
mod version;

pub(crate) use accept::{Accepted, ListForm};
pub(crate) use body::{Body, MaxBody, parse, read_bytes};
pub(crate) use hidden::Hidden;
pub(crate) use kinds::{BodyOfKind, Kinds};
pub(crate) use media::media_type;
pub(crate) use paging::{Page, Paged, Paging, PagingParams};
pub(crate) use path::InPath;
pub use prefer::Wait;
pub use query::Query;
pub(crate) use text::Text;
pub(crate) use version::{IfMatch, IfMatchHeader, Tag, Tagged};
