//! Our answers against Atlassian's own description of 10.0.3, wherever it has a schema.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::visitor::{Visitor, shared_json};

/// The description with its slips put right: `errors` is an array in the capture (§2.3), `memberof` holds groups.
struct Contract {
    document: Value,
    seen: BTreeSet<(String, String, u16)>,
}

impl Contract {
    /// The answer has a documented status and a body that fits its schema.
    fn check(&mut self, method: &str, template: &str, answer: &crate::visitor::Answer) {
        let operation = &self.document["paths"][template][method.to_lowercase()];
        assert!(operation.is_object(), "{method} {template} is not in the description");
        let response = &operation["responses"][answer.status.to_string()];
        assert!(response.is_object(), "{method} {template}: status {} is not documented", answer.status);
        if let Some(schema) = response["content"]["application/json"].get("schema")
            && answer.status != 204
        {
            let schema = json!({"allOf": [schema], "components": self.document["components"]});
            let validator: Validator = jsonschema::draft4::new(&schema).expect("a schema");
            let body = answer.json();
            let errors: Vec<String> =
                validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{method} {template} {}: {errors:?}\n{body}", answer.status);
        }
        self.seen.insert((method.to_owned(), template.to_owned(), answer.status));
    }
}

fn load() -> Option<Contract> {
    let mut document = shared_json("reference/openapi/confluence-dc-10.0.3.json")?;
    document["components"]["schemas"]["ValidationResult"]["properties"]["errors"] = json!({});
    Some(Contract { document, seen: BTreeSet::new() })
}

#[tokio::test]
async fn answers_fit_the_official_description_of_10_0_3() {
    let Some(mut contract) = load() else { return };
    let visitor = Visitor::version("10.0.3").await;
    reads(&mut contract, &visitor).await;
    writes(&mut contract, &visitor).await;
    refusals(&mut contract, &visitor).await;
    for (method, path, status) in &contract.seen {
        println!("checked: {method} {path} {status}");
    }
    let paths: BTreeSet<&str> = contract.seen.iter().map(|(_, path, _)| path.as_str()).collect();
    assert!(paths.len() >= 33, "only {} paths were checked", paths.len());
    assert!(contract.seen.len() >= 60, "only {} answers were checked", contract.seen.len());
}

async fn reads(contract: &mut Contract, visitor: &Visitor) {
    let group = "/rest/api/group/{groupName}";
    for (template, path) in [
        ("/rest/api/user", "/rest/api/user?username=mkoval&expand=status"),
        ("/rest/api/user/current", "/rest/api/user/current"),
        ("/rest/api/user/anonymous", "/rest/api/user/anonymous"),
        ("/rest/api/user/list", "/rest/api/user/list?start=25&limit=25"),
        ("/rest/api/user/memberof", "/rest/api/user/memberof?username=mkoval"),
        ("/rest/api/admin/users/list/active", "/rest/api/admin/users/list/active?expand=status"),
        ("/rest/api/group", "/rest/api/group"),
        (group, "/rest/api/group/confluence-users"),
        (&format!("{group}/member"), "/rest/api/group/confluence-users/member"),
        (&format!("{group}/groupmember"), "/rest/api/group/confluence-users/groupmember"),
        (&format!("{group}/groupparent"), "/rest/api/group/wiki-staff/groupparent"),
        (&format!("{group}/groupancestor"), "/rest/api/group/eng-tools/groupancestor"),
        ("/rest/api/server-information", "/rest/api/server-information"),
        ("/rest/api/accessmode", "/rest/api/accessmode"),
        ("/rest/api/cluster/nodes", "/rest/api/cluster/nodes"),
        ("/rest/api/instance-metrics", "/rest/api/instance-metrics"),
        ("/rest/api/permissions", "/rest/api/permissions"),
        ("/rest/api/permissions/anonymous", "/rest/api/permissions/anonymous"),
        ("/rest/api/permissions/unlicensed", "/rest/api/permissions/unlicensed"),
        ("/rest/api/permissions/group/{groupName}", "/rest/api/permissions/group/confluence-users"),
        ("/rest/api/permissions/user/{user}", "/rest/api/permissions/user/mkoval"),
        ("/rest/api/space/{spaceKey}/permissions", "/rest/api/space/ds/permissions"),
        ("/rest/api/search", "/rest/api/search?cql=type=page"),
        ("/rest/api/search", "/rest/api/search?cql=user~mko"),
        ("/rest/api/content/search", "/rest/api/content/search?cql=type=page"),
        ("/rest/api/longtask", "/rest/api/longtask"),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        contract.check("GET", template, &answer);
    }
}

async fn writes(contract: &mut Contract, visitor: &Visitor) {
    let user = json!({"userName": "fresh", "fullName": "Fresh", "email": "f@example.com", "password": "p"});
    let group = json!({"type": "group", "name": "fresh-group"});
    let pairs = json!([{"targetType": "application", "operationKey": "use"}]);
    let admin_user = "/rest/api/admin/user/{username}";
    let permission = "/rest/api/permissions/group/{groupName}";
    for (method, template, path, body) in [
        ("POST", "/rest/api/admin/user", "/rest/api/admin/user", Some(user.clone())),
        ("POST", "/rest/api/admin/user", "/rest/api/admin/user", Some(user)),
        ("POST", "/rest/api/admin/user", "/rest/api/admin/user", Some(json!({"userName": "A B"}))),
        ("PUT", admin_user, "/rest/api/admin/user/fresh", Some(json!({"fullName": "Fresher"}))),
        ("PUT", admin_user, "/rest/api/admin/user/fresh", Some(json!({"email": "none"}))),
        (
            "POST",
            &format!("{admin_user}/password"),
            "/rest/api/admin/user/fresh/password",
            Some(json!({"password": "q"})),
        ),
        (
            "POST",
            &format!("{admin_user}/password"),
            "/rest/api/admin/user/fresh/password",
            Some(json!({"password": " "})),
        ),
        ("PUT", &format!("{admin_user}/disable"), "/rest/api/admin/user/fresh/disable", None),
        ("PUT", &format!("{admin_user}/enable"), "/rest/api/admin/user/fresh/enable", None),
        ("POST", "/rest/api/admin/group", "/rest/api/admin/group", Some(group.clone())),
        ("POST", "/rest/api/admin/group", "/rest/api/admin/group", Some(group)),
        (
            "PUT",
            "/rest/api/user/{username}/group/{groupName}",
            "/rest/api/user/fresh/group/fresh-group",
            None,
        ),
        (
            "DELETE",
            "/rest/api/user/{username}/group/{groupName}",
            "/rest/api/user/fresh/group/fresh-group",
            None,
        ),
        (
            "PUT",
            &format!("{permission}/grant"),
            "/rest/api/permissions/group/fresh-group/grant",
            Some(pairs.clone()),
        ),
        (
            "PUT",
            &format!("{permission}/revoke"),
            "/rest/api/permissions/group/fresh-group/revoke",
            Some(pairs.clone()),
        ),
        (
            "PUT",
            "/rest/api/permissions",
            "/rest/api/permissions",
            Some(json!([{"groupName": "fresh-group", "operations": []}])),
        ),
        ("DELETE", "/rest/api/admin/group/{groupName}", "/rest/api/admin/group/fresh-group", None),
        ("DELETE", "/rest/api/admin/group/{groupName}", "/rest/api/admin/group/fresh-group", None),
        (
            "DELETE",
            "/rest/api/admin/group/{groupName}",
            "/rest/api/admin/group/confluence-administrators",
            None,
        ),
        (
            "PUT",
            "/rest/api/user/current",
            "/rest/api/user/current",
            Some(json!({"fullName": "The Administrator"})),
        ),
        (
            "POST",
            "/rest/api/user/current/password",
            "/rest/api/user/current/password",
            Some(json!({"oldPassword": "no", "newPassword": "x"})),
        ),
        ("DELETE", admin_user, "/rest/api/admin/user/fresh", None),
    ] {
        let answer = visitor.send(method, path, body).await;
        contract.check(method, template, &answer);
        if method == "DELETE" && template == admin_user {
            let id = answer.json()["id"].as_str().expect("an id").to_owned();
            let task = visitor.get(&format!("/rest/api/longtask/{id}")).await;
            contract.check("GET", "/rest/api/longtask/{id}", &task);
        }
    }
}

async fn refusals(contract: &mut Contract, visitor: &Visitor) {
    let admin_user = "/rest/api/admin/user/{username}";
    for (method, template, path) in [
        ("GET", "/rest/api/user/list", "/rest/api/user/list"),
        ("GET", "/rest/api/user", "/rest/api/user?username=mkoval"),
        ("GET", "/rest/api/user/memberof", "/rest/api/user/memberof?username=mkoval"),
        ("GET", "/rest/api/admin/users/list/active", "/rest/api/admin/users/list/active"),
        ("GET", "/rest/api/group", "/rest/api/group"),
        ("GET", "/rest/api/group/{groupName}/member", "/rest/api/group/confluence-users/member"),
        ("GET", "/rest/api/server-information", "/rest/api/server-information"),
        ("GET", "/rest/api/permissions", "/rest/api/permissions"),
        ("GET", "/rest/api/longtask/{id}", "/rest/api/longtask/none"),
        ("GET", "/rest/api/instance-metrics", "/rest/api/instance-metrics"),
        ("PUT", &format!("{admin_user}/disable"), "/rest/api/admin/user/mkoval/disable"),
        ("PUT", &format!("{admin_user}/enable"), "/rest/api/admin/user/mkoval/enable"),
        ("DELETE", admin_user, "/rest/api/admin/user/mkoval"),
    ] {
        let answer = visitor.anonymously(method, path).await;
        assert!(answer.status >= 400, "{path}");
        contract.check(method, template, &answer);
    }
    for (method, template, path) in [
        ("PUT", &*format!("{admin_user}/disable"), "/rest/api/admin/user/nobody/disable"),
        ("DELETE", admin_user, "/rest/api/admin/user/nobody"),
        ("GET", "/rest/api/user", "/rest/api/user?username=nobody"),
        ("GET", "/rest/api/permissions/group/{groupName}", "/rest/api/permissions/group/nobody"),
    ] {
        contract.check(method, template, &visitor.send(method, path, None).await);
    }
    let password = visitor.site.password_of("mkoval");
    for (method, path) in
        [("PUT", "/rest/api/admin/user/tbeck/disable"), ("PUT", "/rest/api/admin/user/tbeck/enable")]
    {
        let answer = visitor.send_as("mkoval", &password, method, path, None).await;
        assert_eq!(answer.status, 403);
        let template = path.replace("tbeck", "{username}");
        contract.check(method, &template, &answer);
    }
}
