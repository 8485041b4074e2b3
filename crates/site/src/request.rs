//! What a change asked of its site, request by request: so that somebody can read afterwards what was sent and what came back.

use rollcall_model::plain;
use serde::{Deserialize, Serialize};

/// A path is kept up to so many bytes.
const LONGEST_PATH: usize = 1_000;
/// The reason why there was no answer is kept up to so many bytes.
const LONGEST_ERROR: usize = 300;

/// One request and what came back. No body, no header: there is no place here for a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What kind of request: `PUT`, `DELETE`, …; for a database `SQL`.
    pub method: String,
    /// What was asked: path and query below the site's host, encoded as they were sent; for a database the statement's name.
    pub path: String,
    /// The status of the answer; `None` = there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no answer, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Until the answer was there, or was given up; of the last, where the same was sent several times.
    pub milliseconds: u64,
    /// How often the same was sent, one after the other, and answered the same.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
const fn is_once(times: &u32) -> bool {
    *times == 1
}

impl Request {
    /// A request that was answered with `status`, or with nothing because of `error`.
    pub fn sent(method: &str, path: &str, answer: Result<u16, &str>, milliseconds: u64) -> Self {
        Self {
            method: method.to_owned(),
            path: bounded(path, LONGEST_PATH),
            status: answer.ok(),
            error: answer.err().map(|error| bounded(error, LONGEST_ERROR)),
            milliseconds,
            times: 1,
        }
    }

    fn is_again(&self, earlier: &Self) -> bool {
        (&self.method, &self.path, self.status, &self.error)
            == (&earlier.method, &earlier.path, earlier.status, &earlier.error)
    }
}

/// The text as one plain line, of at most so many bytes and a mark where something is missing.
fn bounded(text: &str, most: usize) -> String {
    let mut text = plain(text).into_owned();
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}

/// The requests of a change, in order: a bounded number of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Requests(Vec<Request>);

impl Requests {
    /// So many are kept. A change takes one, and some more where a site works in the background or refuses.
    pub const MOST: usize = 16;

    /// Adds one. What was sent and answered the same just before is counted there; where there are too many, those in the middle go, since
    /// beginning and end tell the story.
    pub fn add(&mut self, request: Request) {
        if let Some(last) = self.0.last_mut()
            && request.is_again(last)
        {
            last.times = last.times.saturating_add(request.times);
            last.milliseconds = request.milliseconds;
            return;
        }
        if self.0.len() >= Self::MOST {
            self.0.remove(Self::MOST / 2);
        }
        self.0.push(request);
    }

    /// Adds what was sent later.
    pub fn append(&mut self, later: Self) {
        for request in later.0 {
            self.add(request);
        }
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Request> {
        self.0.iter()
    }
}

impl IntoIterator for Requests {
    type Item = Request;
    type IntoIter = std::vec::IntoIter<Request>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Requests {
    type Item = &'a Request;
    type IntoIter = std::slice::Iter<'a, Request>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_again_is_counted_and_a_long_story_keeps_its_beginning_and_its_end() {
        let mut requests = Requests::default();
        for milliseconds in [3, 5] {
            requests.add(Request::sent("PUT", "/a", Ok(429), milliseconds));
        }
        assert_eq!(requests.iter().map(|r| (r.times, r.milliseconds)).collect::<Vec<_>>(), [(2, 5)]);
        for n in 0..100 {
            requests.add(Request::sent("GET", &format!("/task/{n}"), Err("cut"), 1));
        }
        assert_eq!(requests.iter().count(), Requests::MOST);
        let paths: Vec<_> = requests.iter().map(|r| r.path.as_str()).collect();
        assert_eq!((paths[0], paths[1], paths[Requests::MOST - 1]), ("/a", "/task/0", "/task/99"));
    }

    #[test]
    fn whatever_was_asked_is_kept_at_a_bounded_length() {
        let request = Request::sent("PUT", &"ü/".repeat(9_000), Err(&"no ".repeat(900)), 0);
        assert!(
            request.path.len() <= LONGEST_PATH + 3 && request.path.ends_with('…'),
            "{}",
            request.path.len()
        );
        assert!(request.error.unwrap().len() <= LONGEST_ERROR + 3);
    }

    #[test]
    fn what_is_stored_is_read_again_and_has_no_field_without_a_value() {
        let request = Request::sent("PUT", "/rest/api/admin/user/mira/disable", Ok(204), 7);
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(
            text,
            r#"{"method":"PUT","path":"/rest/api/admin/user/mira/disable","status":204,"milliseconds":7}"#
        );
        assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
    }
}
