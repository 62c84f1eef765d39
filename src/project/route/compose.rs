//! Endpoints: routes with the full paths that they have below what nothing mounts.
//!
//! Invariant: an endpoint hangs on one root, by one way of mounts; a host that mounts itself ends there. Absent on
//! purpose: which endpoint answers first.

use super::{Framework, HostId, MountId, RouteId, RoutePath, Routes};
use crate::finding::Tier;

/// Mounts inside mounts that are followed.
const DEPTH: usize = 12;

/// Endpoints that are composed at most.
const ENDPOINTS: usize = 200_000;

/// A route as a client reaches it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The host that nothing mounts.
    pub root: HostId,
    pub route: RouteId,
    pub path: RoutePath,
    /// The way from the root to the route's host.
    pub mounts: Vec<MountId>,
    /// The least sure step of the way.
    pub tier: Tier,
}

/// Every endpoint, by root and then in the order of registration.
pub fn endpoints(routes: &Routes) -> Vec<Endpoint> {
    let mut below = vec![Vec::new(); routes.hosts.len()];
    let mut mounts = vec![Vec::new(); routes.hosts.len()];
    let mut is_mounted = vec![false; routes.hosts.len()];
    for (at, route) in routes.routes.iter().enumerate() {
        below[route.host.0 as usize].push(RouteId(at as u32));
    }
    for (at, mount) in routes.mounts.iter().enumerate() {
        mounts[mount.parent.0 as usize].push(MountId(at as u32));
        is_mounted[mount.child.0 as usize] |= mount.child != mount.parent;
    }
    let mut walk = Walk { routes, below, mounts, way: Vec::new(), out: Vec::new() };
    for (at, _) in routes.hosts.iter().enumerate().filter(|(at, _)| !is_mounted[*at]) {
        let root = HostId(at as u32);
        walk.host(root, root, routes.host(root).prefix.clone(), Tier::Proven);
    }
    walk.out
}

struct Walk<'r> {
    routes: &'r Routes,
    below: Vec<Vec<RouteId>>,
    mounts: Vec<Vec<MountId>>,
    way: Vec<MountId>,
    out: Vec<Endpoint>,
}

impl Walk<'_> {
    fn host(&mut self, root: HostId, host: HostId, prefix: RoutePath, tier: Tier) {
        let framework = self.routes.host(host).framework;
        for route in self.below[host.0 as usize].clone() {
            if self.out.len() == ENDPOINTS {
                return;
            }
            let it = self.routes.route(route);
            let path = it.path.below(&prefix, framework);
            self.out.push(Endpoint { root, route, path, mounts: self.way.clone(), tier: tier.max(it.tier) });
        }
        for mount in self.mounts[host.0 as usize].clone() {
            let it = self.routes.mount(mount);
            let is_cycle = self.way.iter().any(|&step| self.routes.mount(step).child == it.child) || it.child == root;
            if is_cycle || self.way.len() == DEPTH {
                continue;
            }
            let own = &self.routes.host(it.child).prefix;
            let given = it.prefix.clone().unwrap_or_default();
            // Flask's registration replaces the prefix of a blueprint, FastAPI's stands before it.
            let step = match (framework, &it.prefix) {
                (Framework::Flask, Some(given)) => given.clone(),
                (Framework::Flask, None) => own.clone(),
                _ => own.below(&given, framework),
            };
            let below = step.below(&prefix, framework);
            self.way.push(mount);
            self.host(root, it.child, below, tier.max(it.tier));
            self.way.pop();
        }
    }
}
