//! From path and method to what answers it, for the simulated version.

use crate::call::Call;
use crate::http::Reply;
use crate::rest::{
    accounts, admin_groups, admin_users, audit, content, directories, groups, licence, listings, login,
    permissions, search, spaces, system, tasks, tokens,
};
use crate::version::Offer;

/// A resource of the site.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Endpoint<'r> {
    User,
    CurrentUser,
    CurrentPassword,
    AnonymousUser,
    UserList,
    MemberOf,
    Membership(&'r str, &'r str),
    ActiveList,
    NewUser,
    AdminUser(&'r str),
    Password(&'r str),
    Disable(&'r str),
    Enable(&'r str),
    NewGroup,
    AdminGroup(&'r str),
    Groups,
    Group(&'r str),
    GroupPart(&'r str, GroupPart),
    Tasks,
    Task(&'r str),
    ServerInformation,
    AccessMode,
    ClusterNodes,
    InstanceMetrics,
    Reindex,
    ResetJob,
    Unindex,
    Permissions,
    PermissionsOf(permissions::Subject<'r>),
    ChangePermissions(permissions::Subject<'r>, bool),
    SpacePermissions(&'r str),
    ChangeSpacePermissions(&'r str, spaces::Subject<'r>, bool),
    ContentSearch,
    Search,
    Content(&'r str),
    Manifest,
    Status,
    Licence(licence::Figure),
    Audit,
    Tokens,
    Token(&'r str),
    Directories,
    Directory(&'r str),
    Authenticate,
    LoginPage,
    DoLogin,
    DoAuthenticate,
    JsonRpc,
    XmlRpc,
}

/// What is asked of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupPart {
    Members,
    Children,
    Parents,
    Ancestors,
}

/// Answers a request that may come in.
pub(crate) fn answer(call: &mut Call<'_>) -> Reply {
    let request = call.request;
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let Some((_, endpoint)) = find(call, &segments).filter(|(offer, _)| call.core.version.serves(*offer))
    else {
        return unknown(call, &segments);
    };
    let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
    dispatch(call, endpoint, method)
        .unwrap_or_else(|| Reply::error(405, &format!("HTTP 405 Method Not Allowed: {}", request.method)))
}

/// 404: JSON as the REST module writes it, HTML elsewhere.
fn unknown(call: &Call<'_>, segments: &[&str]) -> Reply {
    if segments.first() != Some(&"rest") {
        return Reply::html(404, "Page Not Found");
    }
    let message = format!("null for uri: {}{}", call.base(), call.request.raw_path);
    Reply::json(404, &serde_json::json!({"message": message, "status-code": 404}))
}

fn find<'r>(call: &Call<'_>, segments: &[&'r str]) -> Option<(Offer, Endpoint<'r>)> {
    match segments {
        // §0: everything under /rest/api is also reachable as /rest/api/latest.
        ["rest", "api", "latest", rest @ ..] | ["rest", "api", rest @ ..] => find_api(call, rest),
        ["rest", "applinks", "1.0" | "latest", "manifest"] => Some((Offer::Always, Endpoint::Manifest)),
        ["rest", "license", "1.0" | "latest", "license", figure] => {
            Some((Offer::Always, Endpoint::Licence(licence::Figure::of(figure)?)))
        }
        ["rest", "auditing", "1.0" | "latest", "events"] => Some((Offer::Always, Endpoint::Audit)),
        ["rest", "pat", "1.0" | "latest", "tokens"] => Some((Offer::Always, Endpoint::Tokens)),
        ["rest", "pat", "1.0" | "latest", "tokens", id] => Some((Offer::Always, Endpoint::Token(id))),
        ["rest", "crowd", "1" | "latest", "directory"] => Some((Offer::Always, Endpoint::Directories)),
        ["rest", "crowd", "1" | "latest", "directory", id] => Some((Offer::Always, Endpoint::Directory(id))),
        ["rest", "tsv", "1.0", "authenticate"] => {
            call.core.version.is_ten().then_some((Offer::Always, Endpoint::Authenticate))
        }
        ["status"] => Some((Offer::Always, Endpoint::Status)),
        ["login.action"] => Some((Offer::Always, Endpoint::LoginPage)),
        ["dologin.action"] => Some((Offer::Always, Endpoint::DoLogin)),
        ["doauthenticate.action"] => Some((Offer::Always, Endpoint::DoAuthenticate)),
        ["rpc", "json-rpc", "confluenceservice-v2", ..] => Some((Offer::Always, Endpoint::JsonRpc)),
        ["rpc", "xmlrpc"] => Some((Offer::Always, Endpoint::XmlRpc)),
        _ => None,
    }
}

fn find_api<'r>(call: &Call<'_>, path: &[&'r str]) -> Option<(Offer, Endpoint<'r>)> {
    use Offer::Always;
    if let ["group", part] = path
        && let Some((offer, part)) = query_form(part)
        && call.core.version.serves(Offer::GroupQueryForms)
        && call.request.param("groupName").is_some()
    {
        return Some((offer, part));
    }
    Some(match path {
        ["user"] => (Always, Endpoint::User),
        ["user", "current"] => (Always, Endpoint::CurrentUser),
        ["user", "current", "password"] => (Offer::UserListAndCreate, Endpoint::CurrentPassword),
        ["user", "anonymous"] => (Always, Endpoint::AnonymousUser),
        ["user", "list"] => (Offer::UserListAndCreate, Endpoint::UserList),
        ["user", "memberof"] => (Always, Endpoint::MemberOf),
        ["user", user, "group", group] => (Always, Endpoint::Membership(user, group)),
        ["admin", "users", "list", "active"] => (Offer::ActiveList, Endpoint::ActiveList),
        ["admin", "user"] => (Offer::UserListAndCreate, Endpoint::NewUser),
        ["admin", "user", user] => (Always, Endpoint::AdminUser(user)),
        ["admin", "user", user, "password"] => (Offer::UserListAndCreate, Endpoint::Password(user)),
        ["admin", "user", user, "disable"] => (Always, Endpoint::Disable(user)),
        ["admin", "user", user, "enable"] => (Always, Endpoint::Enable(user)),
        ["admin", "group"] => (Always, Endpoint::NewGroup),
        ["admin", "group", group] => (Always, Endpoint::AdminGroup(group)),
        ["group"] => (Always, Endpoint::Groups),
        ["group", group] => (Always, Endpoint::Group(group)),
        ["group", group, "member"] => (Always, Endpoint::GroupPart(group, GroupPart::Members)),
        ["group", group, "groupmember"] => (Always, Endpoint::GroupPart(group, GroupPart::Children)),
        ["group", group, "groupparent"] => {
            (Offer::GroupParents, Endpoint::GroupPart(group, GroupPart::Parents))
        }
        ["group", group, "groupancestor"] => {
            (Offer::GroupParents, Endpoint::GroupPart(group, GroupPart::Ancestors))
        }
        ["longtask"] => (Always, Endpoint::Tasks),
        ["longtask", id] => (Always, Endpoint::Task(id)),
        ["server-information"] => (Offer::ServerInformation, Endpoint::ServerInformation),
        ["accessmode"] => (Always, Endpoint::AccessMode),
        ["cluster", "nodes"] => (Offer::ClusterNodes, Endpoint::ClusterNodes),
        ["instance-metrics"] => (Offer::ServerInformation, Endpoint::InstanceMetrics),
        ["index", "reindex"] => (Offer::Reindex, Endpoint::Reindex),
        ["index", "resetjob"] => (Offer::Reindex, Endpoint::ResetJob),
        ["index", "unindex"] => (Offer::Reindex, Endpoint::Unindex),
        ["permissions"] => (Offer::PermissionReads, Endpoint::Permissions),
        ["permissions", subject @ ..] => find_permissions(subject)?,
        ["space", key, "permissions"] => (Offer::SpacePermissions, Endpoint::SpacePermissions(key)),
        ["space", key, "permissions", subject @ .., change @ ("grant" | "revoke")] => {
            let subject = spaces::Subject::of(subject)?;
            (Offer::SpacePermissions, Endpoint::ChangeSpacePermissions(key, subject, *change == "grant"))
        }
        ["content", "search"] => (Always, Endpoint::ContentSearch),
        ["content", id] => (Always, Endpoint::Content(id)),
        ["search"] => (Always, Endpoint::Search),
        _ => return None,
    })
}

/// `/group/member?groupName=…`: the same answers for names that do not fit in a path. The name is read from the query.
fn query_form<'r>(part: &str) -> Option<(Offer, Endpoint<'r>)> {
    let endpoint = match part {
        "info" => Endpoint::Group(""),
        "member" => Endpoint::GroupPart("", GroupPart::Members),
        "groupmember" => Endpoint::GroupPart("", GroupPart::Children),
        "groupparent" => Endpoint::GroupPart("", GroupPart::Parents),
        "groupancestor" => Endpoint::GroupPart("", GroupPart::Ancestors),
        _ => return None,
    };
    Some((Offer::GroupQueryForms, endpoint))
}

fn find_permissions<'r>(path: &[&'r str]) -> Option<(Offer, Endpoint<'r>)> {
    if let [subject @ .., change @ ("grant" | "revoke")] = path
        && let Some(subject) = permissions::Subject::of(subject)
    {
        return Some((Offer::PermissionWrites, Endpoint::ChangePermissions(subject, *change == "grant")));
    }
    permissions::Subject::of(path).map(|subject| (Offer::PermissionReads, Endpoint::PermissionsOf(subject)))
}

/// `None`: the resource does not know the method.
fn dispatch(call: &mut Call<'_>, endpoint: Endpoint<'_>, method: &str) -> Option<Reply> {
    let version = call.core.version;
    let result = match (endpoint, method) {
        (Endpoint::User, "GET") => accounts::one(call),
        (Endpoint::CurrentUser, "GET") => accounts::current(call),
        (Endpoint::CurrentUser, "PUT") if version.serves(Offer::UserUpdate) => admin_users::update_self(call),
        (Endpoint::CurrentPassword, "POST") => admin_users::own_password(call),
        (Endpoint::AnonymousUser, "GET") => accounts::anonymous(call),
        (Endpoint::UserList, "GET") => listings::all(call),
        (Endpoint::ActiveList, "GET") => listings::active(call),
        (Endpoint::MemberOf, "GET") => listings::member_of(call),
        (Endpoint::Membership(user, group), "PUT") => admin_groups::membership(call, user, group, true),
        (Endpoint::Membership(user, group), "DELETE") => admin_groups::membership(call, user, group, false),
        (Endpoint::NewUser, "POST") => admin_users::create(call),
        (Endpoint::AdminUser(user), "PUT") if version.serves(Offer::UserUpdate) => {
            admin_users::update(call, user)
        }
        (Endpoint::AdminUser(user), "DELETE") => admin_users::delete(call, user),
        (Endpoint::Password(user), "POST") => admin_users::password(call, user),
        (Endpoint::Disable(user), "PUT") => admin_users::switch(call, user, false),
        (Endpoint::Enable(user), "PUT") => admin_users::switch(call, user, true),
        (Endpoint::NewGroup, "POST") => admin_groups::create(call),
        (Endpoint::AdminGroup(group), "DELETE") => admin_groups::delete(call, group),
        (Endpoint::Groups, "GET") => groups::all(call),
        (Endpoint::Group(group), "GET") => groups::one(call, group),
        (Endpoint::GroupPart(group, GroupPart::Members), "GET") => listings::members(call, group),
        (Endpoint::GroupPart(group, part), "GET") => groups::related(call, group, part),
        (Endpoint::Tasks, "GET") => tasks::all(call),
        (Endpoint::Task(id), "GET") => tasks::one(call, id),
        (Endpoint::ServerInformation, "GET") => system::server_information(call),
        (Endpoint::AccessMode, "GET") => Ok(system::access_mode(call)),
        (Endpoint::ClusterNodes, "GET") => system::cluster_nodes(call),
        (Endpoint::InstanceMetrics, "GET") => system::instance_metrics(call),
        (Endpoint::Reindex, "GET") => system::reindex_state(call),
        (Endpoint::Reindex | Endpoint::Unindex, "POST") | (Endpoint::ResetJob, "PUT") => {
            system::reindex(call)
        }
        (Endpoint::Permissions, "GET") => permissions::all(call),
        (Endpoint::Permissions, "PUT") if version.serves(Offer::PermissionWrites) => {
            permissions::replace(call)
        }
        (Endpoint::PermissionsOf(subject), "GET") => permissions::of(call, subject),
        (Endpoint::ChangePermissions(subject, grant), "PUT") => permissions::change(call, subject, grant),
        (Endpoint::SpacePermissions(key), "GET") => spaces::all(call, key),
        (Endpoint::ChangeSpacePermissions(key, subject, grant), "PUT") => {
            spaces::change(call, key, subject, grant)
        }
        (Endpoint::ContentSearch, "GET") => search::content(call),
        (Endpoint::Search, "GET") => search::everything(call),
        (Endpoint::Content(id), "GET") => content::one(call, id),
        (Endpoint::Manifest, "GET") => Ok(system::manifest(call)),
        (Endpoint::Status, "GET") => Ok(system::status(call)),
        (Endpoint::Licence(figure), "GET") => licence::figure(call, figure),
        (Endpoint::Audit, "GET") => audit::events(call),
        (Endpoint::Tokens, "GET") => tokens::list(call),
        (Endpoint::Tokens, "POST") => tokens::create(call),
        (Endpoint::Token(id), "DELETE") => tokens::revoke(call, id),
        (Endpoint::Directories, "GET") => directories::all(call),
        (Endpoint::Directory(id), "GET") => directories::one(call, id),
        (Endpoint::Authenticate, "POST") => login::authenticate(call),
        (Endpoint::LoginPage | Endpoint::DoLogin, "GET") => Ok(login::page(call)),
        (Endpoint::DoLogin, "POST") => Ok(login::log_in(call)),
        (Endpoint::DoAuthenticate, "POST") => Ok(login::secure_session(call)),
        (Endpoint::JsonRpc | Endpoint::XmlRpc, _) => Ok(system::remote_api(call, endpoint, method)),
        _ => return None,
    };
    Some(result.unwrap_or_else(|refusal| refusal))
}
