//! What the frameworks call things: constructors, and the methods that register.
//!
//! Invariant: tables alone; what a registration does is in `apply`.

use super::{Framework, HostKind};

/// Names whose use makes a body worth running: nothing else is called so.
pub(super) const REGISTERING: &[&str] = &[
    "include_router",
    "add_api_route",
    "add_api_websocket_route",
    "add_websocket_route",
    "add_route",
    "mount",
    "register_blueprint",
    "add_url_rule",
    "add_routes",
    "add_subapp",
    "add_get",
    "add_post",
    "add_put",
    "add_patch",
    "add_delete",
    "add_view",
];

/// Texts of which a file must hold one to be read for registrations.
pub(super) const NEEDLES: &[&str] = &[
    "APIRouter",
    "FastAPI",
    "Starlette",
    "Flask(",
    "Quart(",
    "Blueprint",
    "include_router",
    "register_blueprint",
    "add_url_rule",
    "add_api_route",
    "add_routes",
    "RouteTableDef",
    "web.Application",
    "urlpatterns",
    "router.",
    "Router.",
    "axum",
    "actix_web",
];

/// Methods of a host that register what they decorate, as `@host.get("/x")` does.
pub(in crate::project) const VERBS: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "trace",
    "route",
    "api_route",
    "websocket",
    "websocket_route",
    "view",
];

/// What a call of a dotted name makes.
pub(in crate::project) fn constructor(dotted: &str) -> Option<(Framework, HostKind)> {
    let (package, name) = (dotted.split('.').next()?, dotted.rsplit('.').next()?);
    Some(match (package, name) {
        ("fastapi", "FastAPI") | ("starlette", "Starlette") => (Framework::Starlette, HostKind::Application),
        ("fastapi", "APIRouter") | ("starlette", "Router") => (Framework::Starlette, HostKind::Router),
        ("flask", "Flask") | ("quart", "Quart") => (Framework::Flask, HostKind::Application),
        ("flask" | "quart", "Blueprint") => (Framework::Flask, HostKind::Router),
        ("aiohttp", "Application") => (Framework::Aiohttp, HostKind::Application),
        ("aiohttp", "RouteTableDef") => (Framework::Aiohttp, HostKind::Router),
        ("axum", "new" | "default") if path_of(dotted) == Some("Router") => (Framework::Axum, HostKind::Router),
        ("actix_web", "new") => match path_of(dotted) {
            Some("App") => (Framework::Actix, HostKind::Application),
            Some("Scope" | "Resource") => (Framework::Actix, HostKind::Router),
            _ => return None,
        },
        ("actix_web", "scope" | "resource") if path_of(dotted) == Some("web") => (Framework::Actix, HostKind::Router),
        _ => return None,
    })
}

/// The last name but one.
fn path_of(dotted: &str) -> Option<&str> {
    dotted.rsplit('.').nth(1)
}

/// The framework of a parameter that a registering method is called on.
pub(super) fn framework_of(method: &str) -> Framework {
    match method {
        "register_blueprint" | "add_url_rule" => Framework::Flask,
        "add_routes" | "add_subapp" | "add_get" | "add_post" | "add_put" | "add_patch" | "add_delete" | "add_view" => {
            Framework::Aiohttp
        }
        _ => Framework::Starlette,
    }
}
