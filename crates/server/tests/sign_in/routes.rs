//! Walks every route of the document as everybody.

use crate::table::{ROUTES, Who};
use crate::*;
use rollcall_engine::NewToken;
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret;
use std::collections::BTreeMap;
use std::path::Path;

/// What is put into paths: things that are there.
type There = BTreeMap<&'static str, String>;

struct Route {
    method: String,
    path: String,
    who: Who,
    /// An example of the body, from the document.
    body: Option<Value>,
}

/// The routes of the document, each with its line in the table: as many as there are lines.
fn routes() -> Vec<Route> {
    let document: Value = serde_json::to_value(rollcall_server::openapi()).unwrap();
    let mut found = Vec::new();
    let mut listed = BTreeMap::new();
    for (method, path, who) in ROUTES {
        assert!(
            listed.insert(format!("{method} {path}"), *who).is_none(),
            "{method} {path} stands in the table twice"
        );
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_ascii_uppercase();
            let Some(who) = listed.remove(&format!("{method} {path}")) else {
                panic!(
                    "{method} {path} is in the document and not in tests/sign_in/table.rs: say there who may"
                );
            };
            let is_open = operation["security"].as_array().is_some_and(|s| s.iter().all(|s| s == &json!({})));
            assert_eq!(
                is_open,
                who == Who::Anybody,
                "{method} {path}: document and table do not agree on who may"
            );
            // The example's password is nobody's.
            let body = if (method.as_str(), path.as_str()) == ("POST", "/api/v1/session") {
                Some(json!({ "name": "guest", "password": PASSWORD }))
            } else {
                example(&document, operation)
            };
            found.push(Route { method, path: path.clone(), who, body });
        }
    }
    assert!(listed.is_empty(), "in tests/sign_in/table.rs and not in the document: {listed:?}");
    found
}

fn example(document: &Value, operation: &Value) -> Option<Value> {
    let body = operation["requestBody"]["content"].get("application/json")?;
    let reference = body["schema"]["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
    let schema = reference.and_then(|r| document.pointer(r)).unwrap_or(&body["schema"]);
    let example =
        [&body["example"], &schema["example"], &schema["examples"][0]].into_iter().find(|e| !e.is_null());
    Some(example.cloned().unwrap_or_else(|| json!({})))
}

impl Route {
    /// The path, with things that are there where the test has some.
    fn fill(&self, there: &There) -> String {
        let parts = self.path.split('/').map(|part| {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                return part;
            };
            there.get(name).map_or("01890000-0000-7000-8000-000000000000", String::as_str)
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// The same with everything missing that it needs.
    fn ask_badly(&self, there: &There) -> Option<Ask> {
        // One's own password is everybody's to change: whose it is meant to be is asked after the body.
        let is_everybodys = self.path.ends_with("/password");
        let bare =
            || Ask { headers: HeaderMap::new(), body: None, ..self.ask(there) }.with("host", "localhost");
        (!is_everybodys).then(bare)
    }

    fn ask(&self, there: &There) -> Ask {
        let ask = Ask {
            method: self.method.parse().unwrap(),
            path: self.fill(there),
            headers: HeaderMap::new(),
            body: self.body.clone(),
        };
        ask.with("host", "localhost").with("if-match", "*")
    }
}

/// Somebody, as their requests show it.
#[derive(Clone)]
struct Somebody {
    words: String,
    header: Option<(&'static str, String)>,
    role: Option<Role>,
}

/// What lets somebody in who could not come in before: no token does that, of whatever role.
const FOR_PEOPLE: [&str; 3] =
    ["POST /api/v1/operators", "PUT /api/v1/operators/{operator}/password", "POST /api/v1/tokens"];

impl Somebody {
    fn is_program(&self) -> bool {
        matches!(self.header, Some(("authorization", _)))
    }

    fn sends(&self, ask: Ask) -> Ask {
        match &self.header {
            Some((name, value)) => ask.with(name, value),
            None => ask,
        }
    }
}

async fn token_of(stage: &Stage, owner: &str, name: &str) -> (String, String) {
    let new = NewToken { name: name.to_owned(), owner: Some(owner.to_owned()), role: None, expires_at: None };
    let (view, secret) = stage.engine.create_token(&shell(), new).await.unwrap();
    (view.id, format!("Bearer {}", secret.expose_secret()))
}

/// Whoever is nobody: no longer, or never was.
async fn nobodies(stage: &Stage) -> Vec<Somebody> {
    let nobody = |words: &str, header| Somebody { words: words.to_owned(), header, role: None };
    stage.add("gone", Role::Admin).await;
    let expired = stage.sign_in("gone").await;
    stage.later(SignedDuration::from_hours(9));
    let ended = stage.sign_in("gone").await;
    stage.engine.end_sessions(&shell(), "gone", None).await.unwrap();
    let (id, revoked) = token_of(stage, "gone", "revoked").await;
    stage.engine.revoke_token(&shell(), &id).await.unwrap();
    vec![
        nobody("nobody", None),
        nobody("an expired session", Some(("cookie", expired))),
        nobody("an ended session", Some(("cookie", ended))),
        nobody("a revoked token", Some(("authorization", revoked))),
        nobody("a token that never was", Some(("authorization", "Bearer rc_0".to_owned()))),
    ]
}

/// Each role, by session and by token. Made anew where a route has removed them.
async fn signed_in(stage: &Stage, role: Role) -> Vec<Somebody> {
    let name = format!("the-{role}");
    if stage.engine.operator(&shell(), &name).await.is_err() {
        stage.add(&name, role).await;
    }
    let session = stage.sign_in(&name).await;
    let tokens = stage.engine.tokens(&shell(), Some(&name)).await.unwrap();
    for token in tokens {
        stage.engine.revoke_token(&shell(), &token.id).await.unwrap();
    }
    let (_, token) = token_of(stage, &name, "walk").await;
    vec![
        Somebody { words: format!("{role} by session"), header: Some(("cookie", session)), role: Some(role) },
        Somebody {
            words: format!("{role} by token"),
            header: Some(("authorization", token)),
            role: Some(role),
        },
    ]
}

/// Those of that role; signed in anew where a route has ended that.
async fn still_signed_in(stage: &Stage, everybody: &mut Vec<Somebody>, role: Role) -> Vec<Somebody> {
    let ours: Vec<_> = everybody.iter().filter(|who| who.role == Some(role)).cloned().collect();
    for who in &ours {
        if who.sends(ask("GET", "/session")).to(stage).await.status != StatusCode::OK {
            everybody.retain(|who| who.role != Some(role));
            let anew = signed_in(stage, role).await;
            everybody.extend(anew.clone());
            return anew;
        }
    }
    ours
}

/// A session and a token of somebody else, to be asked for.
async fn there(stage: &Stage) -> There {
    stage.add("guest", Role::Viewer).await;
    stage.add("victim", Role::Viewer).await;
    stage.sign_in("victim").await;
    let session = stage.engine.sessions(&shell(), "victim").await.unwrap().remove(0).id;
    let (token, _) = token_of(stage, "victim", "to be asked for").await;
    let list = vec!["mira".to_owned()];
    stage.engine.set_list(&shell(), "leavers", list, rollcall_engine::Replaces::Nothing).await.unwrap();
    [
        ("operator", "victim".to_owned()),
        ("session", session),
        ("token", token),
        ("list", "leavers".to_owned()),
        ("kind", "account".to_owned()),
    ]
    .into()
}

both_databases! {
    /// First everybody who may not: each is refused, and nothing changes. Then everybody who may: nobody is refused.
    async fn every_route_is_closed_to_those_who_may_not_and_open_to_those_who_may(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        let nobodies = nobodies(&stage).await;
        let there = there(&stage).await;
        let mut everybody = nobodies;
        for role in Role::ALL {
            everybody.extend(signed_in(&stage, role).await);
        }
        let routes = routes();
        let head = stage.engine.audit_head(&shell()).await.unwrap();
        for route in &routes {
            let name = format!("{} {}", route.method, route.path);
            for who in &everybody {
                let least = match route.who {
                    Who::Anybody => continue,
                    Who::From(least) | Who::Hidden(least) => least,
                };
                if who.role.is_some_and(|role| role >= least) {
                    continue;
                }
                let expected = match (who.role, route.who) {
                    (None, _) => 401,
                    (Some(_), Who::Hidden(_)) => 404,
                    // Whatever else is wrong with the request: whoever may not is told no more.
                    (Some(_), _) => 403,
                };
                for ask in [Some(route.ask(&there)), route.ask_badly(&there)].into_iter().flatten() {
                    let answer = who.sends(ask).to(&stage).await;
                    let words = String::from_utf8_lossy(&answer.body);
                    assert_eq!(answer.status.as_u16(), expected, "{name} as {}: {words}", who.words);
                }
            }
        }
        assert_eq!(stage.engine.audit_head(&shell()).await.unwrap(), head, "whoever is refused changes nothing");
        for route in &routes {
            for role in Role::ALL {
                let least = match route.who {
                    Who::Anybody => Role::Viewer,
                    Who::From(least) | Who::Hidden(least) => least,
                };
                if role < least {
                    continue;
                }
                for who in still_signed_in(&stage, &mut everybody, role).await {
                    let answer = who.sends(route.ask(&there)).to(&stage).await;
                    let status = answer.status.as_u16();
                    let name = format!("{} {}", route.method, route.path);
                    if who.is_program() && FOR_PEOPLE.contains(&name.as_str()) {
                        answer.refuses(403, "needs-person");
                        continue;
                    }
                    assert!(
                        !matches!(status, 401 | 403) && (status < 500 || matches!(status, 502..=504)),
                        "{name} as {}: {status} {}", who.words, String::from_utf8_lossy(&answer.body)
                    );
                }
            }
        }
    }
}

/// The walk above goes along the document, so every route has to stand in it.
#[test]
fn no_route_is_made_beside_the_document() {
    fn read(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            // `routes(routes!(…))` and `merge`, `nest` of such routers put what they add into the document, too.
            for beside in [".route(", "_service(", "axum::routing", "Router::new()"] {
                let made = text.matches(beside).count();
                let documented =
                    if beside == "Router::new()" { text.matches("OpenApiRouter::new()").count() } else { 0 };
                if made > documented {
                    found.push(format!("{}: {beside}", path.display()));
                }
            }
        }
    }
    let mut found = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "{found:#?}");
}
