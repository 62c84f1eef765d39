//! `duplicate-route`: one method and path answered by two functions, and a router that is included twice.
//!
//! Routes and the applications they hang on come from [`crate::project::routes`]. Invariants: only routes below one
//! root (an application, a URLconf, or a router that nothing mounts) are compared, so two services never conflict; a
//! path with a computed part equals only what has the same part. Absent on purpose: which function answers.

use super::{DuplicateKind, DuplicateSpec, DuplicatesOutput, Group, Instance, Search};
use crate::finding::{Context, Tier};
use crate::project::{
    DefinitionRef, Endpoint, Host, HostId, HostKind, MountId, RouteId, Routes, Site, endpoints, routes,
};
use crate::span::LineRange;
use crate::workspace::EntryId;
use std::collections::{BTreeMap, BTreeSet};

pub const SPEC: DuplicateSpec =
    DuplicateSpec { kind: DuplicateKind::DuplicateRoute, explanation: include_str!("duplicate_route.md"), run: find };

fn find(search: &Search<'_, '_, '_>) -> DuplicatesOutput {
    let files: Vec<EntryId> =
        search.corpus.files.iter().filter(|it| it.context != Context::Tests).map(|it| it.id).collect();
    search.input.progress.stage("composing routes", 0);
    let routes = routes(search.input.project, &files);
    let endpoints = endpoints(&routes);
    let table = Table { search, routes: &routes, endpoints: &endpoints };
    let mut groups = table.included_twice();
    groups.extend(table.answered_twice());
    DuplicatesOutput { groups, bounds: bounds(&routes) }
}

fn bounds(routes: &Routes) -> Vec<String> {
    let mut bounds = Vec::new();
    let computed = routes.routes.iter().filter(|it| it.path.is_computed()).count()
        + routes.mounts.iter().filter(|it| it.prefix.as_ref().is_some_and(|it| it.is_computed())).count();
    if computed > 0 {
        bounds.push(format!(
            "{computed} of {} routes and mounts have a path that is computed while the program runs; \
             they are compared only below the same registration",
            routes.routes.len() + routes.mounts.len()
        ));
    }
    if routes.unplaced > 0 {
        bounds.push(format!("{} registrations of routes name something that was not found", routes.unplaced));
    }
    if routes.is_cut_short {
        bounds.push("the search for routes was stopped at its bound; some are missing".to_owned());
    }
    bounds
}

/// Where, and to which methods, the same functions answer.
type Answered<'m> = (HostId, BTreeSet<&'m str>, Tier);

struct Table<'t, 'a, 'c, 's> {
    search: &'t Search<'a, 'c, 's>,
    routes: &'t Routes,
    endpoints: &'t [Endpoint],
}

impl Table<'_, '_, '_, '_> {
    /// Hosts that one root reaches by two mounts.
    fn included_twice(&self) -> Vec<Group> {
        let mut ways: BTreeMap<(HostId, HostId), BTreeMap<MountId, &Endpoint>> = BTreeMap::new();
        for endpoint in self.endpoints {
            for (position, &mount) in endpoint.mounts.iter().enumerate() {
                // deeper hosts are twice below this one because it is
                let here = ways.entry((endpoint.root, self.routes.mount(mount).child)).or_default();
                let known = here.entry(mount).or_insert(endpoint);
                if endpoint.mounts.len() < known.mounts.len() || position == 0 && known.mounts.len() > 1 {
                    *known = endpoint;
                }
            }
        }
        let mut groups = Vec::new();
        let mut told = BTreeSet::new();
        for ((root, child), mounts) in ways {
            let mounts: Vec<(MountId, &Endpoint)> = mounts.into_iter().collect();
            if mounts.len() < 2 || !told.insert(mounts.iter().map(|it| it.0).collect::<Vec<_>>()) {
                continue;
            }
            let kept: Vec<(MountId, &Endpoint)> = mounts
                .iter()
                .filter(|(mount, _)| mounts.iter().any(|(other, _)| mount != other && self.are_both(*mount, *other)))
                .copied()
                .collect();
            let prefixes: Vec<String> = kept.iter().map(|(mount, it)| self.prefix(*mount, it)).collect();
            let plain: BTreeSet<String> = prefixes.iter().map(|it| without_version(it)).collect();
            let distinct: BTreeSet<&String> = prefixes.iter().collect();
            if kept.len() < 2 || distinct.len() > 1 && plain.len() < distinct.len() {
                continue;
            }
            groups.push(self.inclusion(root, child, &kept, &prefixes));
        }
        groups
    }

    /// Whether two mounts of one host happen in one program, and not on purpose under a second name.
    fn are_both(&self, a: MountId, b: MountId) -> bool {
        let (a, b) = (self.routes.mount(a), self.routes.mount(b));
        let is_renamed = a.name != b.name && a.prefix != b.prefix;
        !is_renamed && !a.site.excludes(&b.site) && !are_alternatives(&a.site, &b.site)
    }

    /// What stands before the paths of a mounted host: the path of a mounted endpoint up to its own.
    fn prefix(&self, mount: MountId, endpoint: &Endpoint) -> String {
        let full = endpoint.path.to_string();
        let own = self.routes.route(endpoint.route).path.to_string();
        let is_direct = endpoint.mounts.last() == Some(&mount);
        match full.strip_suffix(own.trim_end_matches('/')) {
            Some(before) if is_direct && !before.is_empty() => before.to_owned(),
            _ if is_direct => "/".to_owned(),
            _ => full,
        }
    }

    fn inclusion(&self, root: HostId, child: HostId, mounts: &[(MountId, &Endpoint)], prefixes: &[String]) -> Group {
        let host = self.routes.host(child);
        let is_same = prefixes.windows(2).all(|pair| pair[0] == pair[1]);
        let count = self.routes.routes.iter().filter(|it| it.host == child).count();
        let how = match is_same {
            true => format!("under the same prefix `{}`", prefixes[0]),
            false => "under different prefixes".to_owned(),
        };
        let times = if mounts.len() == 2 { "twice".to_owned() } else { format!("{} times", mounts.len()) };
        let sites: Vec<&Site> = mounts.iter().map(|(mount, _)| &self.routes.mount(*mount).site).collect();
        let mut instances: Vec<Instance> = Vec::new();
        for (at, (site, prefix)) in sites.iter().zip(prefixes).enumerate() {
            let (file, lines) = telling(&sites, at);
            let _ = site;
            instances.push(Instance {
                what: "registration",
                symbol: host.symbol.to_string(),
                detail: Some(prefix.clone()),
                ..self.search.instance_in(file, lines, "")
            });
        }
        instances.sort_by(|a, b| (&a.path, a.lines).cmp(&(&b.path, b.lines)));
        let what = if host.kind == HostKind::UrlConf { "URLconf" } else { "router" };
        let routes = if count == 1 { "its route is".to_owned() } else { format!("its {count} routes are") };
        Group {
            message: format!(
                "{what} `{}` is included {times} in {} {how}: {routes} registered {times}{}",
                host.symbol,
                self.named(root),
                sure(mounts.iter().map(|it| it.1.tier)),
            ),
            ..group(instances, !is_same)
        }
    }

    /// Methods and paths with two handlers below one root.
    fn answered_twice(&self) -> Vec<Group> {
        let mut by_path: BTreeMap<(HostId, &str, String), Vec<&Endpoint>> = BTreeMap::new();
        for endpoint in self.endpoints {
            let key = endpoint.path.key().0;
            for method in &self.routes.route(endpoint.route).methods {
                by_path.entry((endpoint.root, method, key.clone())).or_default().push(endpoint);
            }
        }
        // the same handlers answer several methods, below several roots
        let mut found: BTreeMap<(Vec<RouteId>, String), Answered<'_>> = BTreeMap::new();
        for ((root, method, key), endpoints) in by_path {
            let meets = |a: &&Endpoint| endpoints.iter().any(|b| self.conflict(a, b));
            let members: Vec<&&Endpoint> = endpoints.iter().filter(|it| meets(it)).collect();
            let mut ids: Vec<RouteId> = members.iter().map(|it| it.route).collect();
            ids.sort_unstable();
            ids.dedup();
            let Some(tier) = members.iter().map(|it| it.tier).max() else { continue };
            let entry = found.entry((ids, key)).or_insert((root, BTreeSet::new(), tier));
            // an application says more than what is not mounted
            if self.routes.host(root).kind < self.routes.host(entry.0).kind {
                entry.0 = root;
            }
            entry.1.insert(method);
        }
        let mut groups = Vec::new();
        let mut told = BTreeSet::new();
        for ((ids, _), (root, methods, tier)) in found {
            let mut instances: Vec<Instance> = Vec::new();
            let mut handlers: BTreeSet<Option<DefinitionRef>> = BTreeSet::new();
            for &id in &ids {
                let handler = self.routes.route(id).handler;
                if handler.is_none() || handlers.insert(handler) {
                    instances.push(self.handler(id));
                }
            }
            instances.sort_by(|a, b| (&a.path, a.lines).cmp(&(&b.path, b.lines)));
            instances.dedup_by(|a, b| (&a.path, a.lines) == (&b.path, b.lines));
            let path =
                self.endpoints.iter().find(|it| it.root == root && it.route == ids[0]).map(|it| it.path.to_string());
            let path = path.unwrap_or_default();
            let methods = methods.into_iter().collect::<Vec<_>>().join(", ").replace('*', "any method");
            let places: Vec<(String, LineRange)> = instances.iter().map(|it| (it.path.to_string(), it.lines)).collect();
            if instances.len() < 2 || !told.insert((places, methods.clone(), path.clone())) {
                continue;
            }
            let message = format!(
                "`{methods} {path}` is answered by {} functions of {}{}",
                instances.len(),
                self.named(root),
                sure([tier].into_iter())
            );
            groups.push(Group { message, ..group(instances, true) });
        }
        groups
    }

    /// Whether two endpoints of one path are two handlers of one request.
    fn conflict(&self, a: &Endpoint, b: &Endpoint) -> bool {
        let (one, other) = (self.routes.route(a.route), self.routes.route(b.route));
        if a.route == b.route || one.handler.is_some() && one.handler == other.handler {
            return false;
        }
        let sites = |it: &Endpoint| {
            let mounts: Vec<&Site> = it.mounts.iter().map(|&mount| &self.routes.mount(mount).site).collect();
            mounts.into_iter().chain([&self.routes.route(it.route).site]).collect::<Vec<&Site>>()
        };
        if sites(a).iter().any(|x| sites(b).iter().any(|y| x.excludes(y))) {
            return false;
        }
        // `re_path(r"^", …)` takes what the patterns before it leave
        if one.path.is_open() != other.path.is_open() {
            return false;
        }
        // `<int:id>` beside `<slug:name>` is told apart by the framework
        let (x, y) = (a.path.key().1, b.path.key().1);
        x.iter().zip(&y).all(|(x, y)| x == y || x.is_empty() || y.is_empty())
    }

    fn handler(&self, id: RouteId) -> Instance {
        let route = self.routes.route(id);
        let place = (route.site.file, route.site.lines);
        let found = route.handler.and_then(|it| Some((it, self.search.input.project.sources.facts(it.file)?)));
        match found {
            Some((it, facts)) => {
                let definition = facts.definition(it.id);
                let lines = facts.line_index.lines(definition.span);
                let instance = self.search.instance_in(it.file, lines, &facts.qualified_name(it.id));
                Instance { what: definition.kind.name(), ..instance }
            }
            None => {
                let host = self.routes.host(route.host).symbol.to_string();
                Instance { what: "registration", symbol: host, ..self.search.instance_in(place.0, place.1, "") }
            }
        }
    }

    fn named(&self, root: HostId) -> String {
        let host: &Host = self.routes.host(root);
        match host.kind {
            HostKind::Application => format!("application `{}`", host.symbol),
            HostKind::UrlConf => format!("URLconf `{}`", host.symbol),
            HostKind::Router => format!("router `{}`, which nothing was seen to mount", host.symbol),
            HostKind::Parameter => format!("the application that `{}` is given", host.symbol),
        }
    }
}

fn sure(mut tiers: impl Iterator<Item = Tier>) -> &'static str {
    if tiers.any(|tier| tier > Tier::Proven) { " (likely: the router is one of several)" } else { "" }
}

/// The place that tells a registration from the others: its own, or the step of the chain at which they part.
fn telling(sites: &[&Site], at: usize) -> (EntryId, LineRange) {
    let own = |site: &Site| (site.file, site.lines);
    let site = sites[at];
    if sites.iter().filter(|it| own(it) == own(site)).count() < 2 {
        return own(site);
    }
    let parts = (0..site.chain.len()).find(|&step| sites.iter().any(|it| it.chain.get(step) != site.chain.get(step)));
    parts.map_or(own(site), |step| site.chain[step])
}

/// Whether one registration is reached from two files: each runs it once in a program of its own.
fn are_alternatives(a: &Site, b: &Site) -> bool {
    if (a.file, a.lines) != (b.file, b.lines) {
        return false;
    }
    let parts = a.chain.iter().zip(&b.chain).find(|(x, y)| x != y);
    parts.is_some_and(|(x, y)| x.0 != y.0)
}

/// `/api/v1/users` and `/api/v2/users` without what tells them apart.
fn without_version(prefix: &str) -> String {
    let is_version = |part: &&str| {
        let number = part.strip_prefix('v').unwrap_or("");
        *part == "latest" || !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    prefix.split('/').filter(|part| !is_version(part)).collect::<Vec<_>>().join("/")
}

fn group(instances: Vec<Instance>, disagrees: bool) -> Group {
    Group {
        kind: DuplicateKind::DuplicateRoute,
        reasons: vec![DuplicateKind::DuplicateRoute],
        clone_type: None,
        similarity: 0,
        disagrees,
        message: String::new(),
        parts: Vec::new(),
        canonical: None,
        instances,
        details: Default::default(),
    }
}
