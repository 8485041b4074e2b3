//! Version, mode, cluster, metrics, index, and the remote API (`confluence-data-center.md §4.5, §5.1`).

use serde_json::json;

use super::Answer;
use super::page::{page, window};
use crate::call::Call;
use crate::http::Reply;
use crate::routes::Endpoint;

/// `GET /rest/applinks/1.0/manifest`: open to everybody; JSON only where asked for (o058).
pub(crate) fn manifest(call: &Call<'_>) -> Reply {
    let (version, build) = (call.core.version.to_string(), call.core.version.build_number());
    if call.request.accepts_json() {
        return Reply::ok(&json!({
            "id": "0a1b2c3d-4e5f-3061-8273-94a5b6c7d8e9",
            "name": "Confluence",
            "typeId": "confluence",
            "version": version,
            "buildNumber": build,
            "applinksVersion": "9.1.0",
            "publicSignup": false,
            "url": call.base(),
        }));
    }
    Reply::xml(
        200,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><manifest>\
             <id>0a1b2c3d-4e5f-3061-8273-94a5b6c7d8e9</id><name>Confluence</name><typeId>confluence</typeId>\
             <version>{version}</version><buildNumber>{build}</buildNumber><url>{}</url></manifest>",
            call.base()
        ),
    )
}

/// `GET /rest/api/server-information`.
pub(crate) fn server_information(call: &mut Call<'_>) -> Answer {
    call.require_login()?;
    let build = call.core.version.build_number();
    Ok(Reply::ok(&json!({
        "baseUrl": call.base(),
        "version": call.core.version.to_string(),
        "buildNumber": build,
        "marketplaceBuildNumber": build,
        "buildDate": "2026-01-15T00:00:00.000+0000",
    })))
}

/// `GET /rest/api/accessmode`: a JSON string.
pub(crate) fn access_mode(call: &Call<'_>) -> Reply {
    Reply::ok(&if call.conditions.faults.read_only_mode { "READ_ONLY" } else { "READ_WRITE" })
}

/// `GET /rest/api/cluster/nodes`.
pub(crate) fn cluster_nodes(call: &mut Call<'_>) -> Answer {
    call.require_admin()?;
    let window = window(call, 100)?;
    let as_text = call.switches().cluster_node_text;
    let nodes: Vec<serde_json::Value> = [1_u32, 2]
        .iter()
        .map(|id| if as_text { format!("5f0c2a{id}d").into() } else { (*id).into() })
        .collect();
    Ok(page(
        call,
        window,
        nodes.len(),
        |row| json!({"nodeId": nodes[row], "jvmStats": {}, "props": {}, "buildStats": {"version": call.core.version.to_string()}}),
    ))
}

/// `GET /rest/api/instance-metrics`.
pub(crate) fn instance_metrics(call: &mut Call<'_>) -> Answer {
    call.require_admin()?;
    Ok(Reply::ok(&json!({
        "pages": call.state.library.items.len(),
        "spaces": 1,
        "users": call.state.seats_used(),
    })))
}

/// `GET /status`: open to everybody.
pub(crate) fn status(_call: &Call<'_>) -> Reply {
    Reply::ok(&json!({"state": "RUNNING"}))
}

/// `GET /rest/api/index/reindex`: while it runs, list/active and CQL cannot be trusted.
pub(crate) fn reindex_state(call: &mut Call<'_>) -> Answer {
    call.require_admin()?;
    let running = call.conditions.faults.reindexing;
    Ok(Reply::ok(&json!({
        "jobId": "031d7433-7c5d-4715-82a7-16c55cee9b72",
        "progress": if running { 50 } else { 100 },
        "completed": !running,
        "elapsedTime": 705,
    })))
}

/// `POST /rest/api/index/reindex` and its like: accepted, nothing else happens here.
pub(crate) fn reindex(call: &mut Call<'_>) -> Answer {
    call.require_system()?;
    Ok(Reply::empty(204))
}

/// JSON-RPC and XML-RPC: this room serves no method of them, but it answers like a server whose methods are refused
/// (o003, o057), and as one whose remote API is switched off.
pub(crate) fn remote_api(call: &Call<'_>, endpoint: Endpoint<'_>, method: &str) -> Reply {
    if !call.switches().remote_api {
        return Reply::html(call.switches().remote_api_off, "Remote API is disabled");
    }
    match (endpoint, method) {
        (Endpoint::XmlRpc, "GET") => Reply::html(200, "XML-RPC"),
        (Endpoint::JsonRpc, "POST") => match call.request.json() {
            Err(refusal) => refusal,
            Ok(body) => Reply::ok(&json!({
                "jsonrpc": "2.0",
                "id": body.get("id"),
                "error": {"code": -32601, "message": "METHOD NOT FOUND"},
            })),
        },
        _ => Reply::html(405, "HTTP Status 405 – Method Not Allowed"),
    }
}
