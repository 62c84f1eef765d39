//! Routes: which applications there are, what they mount, and which function answers which method and path.
//!
//! FastAPI, Starlette, Flask, Quart, aiohttp and Django; axum and actix-web. The statements that put an application together are run in the
//! abstract (`run`): calls into functions that register something are followed with their arguments, loops go through the
//! tables that they name, branches are all taken, and objects are told apart by where they are made and by the call that
//! made them (allocation sites with one call of context; Milanova, Rountev and Ryder, "Parameterized Object Sensitivity",
//! 2005). Names across modules are those of [`Resolver`](super::Resolver). Invariants: nothing is guessed: a part of a
//! path that is computed while the program runs stays a part of its own ([`RoutePath::is_computed`]), equal to itself
//! alone; work is bounded, and [`Routes::is_cut_short`] says where the bound was met. Absent on purpose: what a
//! middleware, a router class that generates its routes (REST framework, `add_resource`), or a plugin registers.

mod apply;
mod builder;
mod compose;
mod evaluate;
mod framework;
mod lookup;
mod path;
mod run;
mod value;

pub use compose::{Endpoint, endpoints};
pub(super) use framework::{VERBS, constructor};
pub use path::RoutePath;

use super::entity::DefinitionRef;
use super::symbol::Symbol;
use super::{Project, Resolver};
use crate::finding::Tier;
use crate::span::LineRange;
use crate::workspace::EntryId;

/// Index into [`Routes::hosts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub u32);

/// Index into [`Routes::routes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteId(pub u32);

/// Index into [`Routes::mounts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MountId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Framework {
    /// FastAPI and Starlette.
    Starlette,
    /// Flask and Quart.
    Flask,
    Aiohttp,
    Django,
    Axum,
    Actix,
}

/// What holds routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostKind {
    /// Answers requests by itself.
    Application,
    /// A router, blueprint or table of routes, which answers where it is mounted.
    Router,
    /// A parameter that is used as an application or router, of a function that nothing was seen to call.
    Parameter,
    /// A Django module with `urlpatterns`.
    UrlConf,
}

#[derive(Clone, Debug)]
pub struct Host {
    pub framework: Framework,
    pub kind: HostKind,
    pub file: EntryId,
    pub lines: LineRange,
    /// The name it is bound to where it is made, as a symbol; the module where it has none.
    pub symbol: Symbol,
    /// Its own prefix: `APIRouter(prefix=…)`, `Blueprint(url_prefix=…)`, `web::scope("/api")`.
    pub prefix: RoutePath,
}

/// The place of a registration, and the conditions it is under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    pub file: EntryId,
    pub lines: LineRange,
    /// Calls, and rows of tables that are looped over, that led there from where the host was made; outermost first.
    pub chain: Vec<(EntryId, LineRange)>,
    /// Branches around it: file, offset of the statement, number of the arm.
    pub arms: Vec<(EntryId, u32, u32)>,
}

impl Site {
    /// Whether both cannot run in one go: they stand in different arms of one branch.
    pub fn excludes(&self, other: &Site) -> bool {
        self.arms
            .iter()
            .any(|(file, start, arm)| other.arms.iter().any(|it| (it.0, it.1) == (*file, *start) && it.2 != *arm))
    }
}

/// One function that answers one path of a host.
#[derive(Clone, Debug)]
pub struct Route {
    pub host: HostId,
    /// `GET`, `POST`, …; `WEBSOCKET`; `*` is any.
    pub methods: Vec<Box<str>>,
    pub path: RoutePath,
    /// The function, method or class that answers, where it is known.
    pub handler: Option<DefinitionRef>,
    pub site: Site,
    /// [`Tier::Likely`] where the host is one of several that it may be.
    pub tier: Tier,
}

/// A host that another one includes.
#[derive(Clone, Debug)]
pub struct Mount {
    pub parent: HostId,
    pub child: HostId,
    /// The prefix that the registration gives; `None` where it gives none.
    pub prefix: Option<RoutePath>,
    /// The name or namespace that the registration gives: the same child on purpose under a second one.
    pub name: Option<Box<str>>,
    pub site: Site,
    pub tier: Tier,
}

/// Everything that routes requests.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    pub hosts: Vec<Host>,
    pub routes: Vec<Route>,
    pub mounts: Vec<Mount>,
    /// Registrations on something that is not known.
    pub unplaced: u64,
    /// The bound on the work was met: something may be missing.
    pub is_cut_short: bool,
}

impl Routes {
    pub fn host(&self, id: HostId) -> &Host {
        &self.hosts[id.0 as usize]
    }

    pub fn route(&self, id: RouteId) -> &Route {
        &self.routes[id.0 as usize]
    }

    pub fn mount(&self, id: MountId) -> &Mount {
        &self.mounts[id.0 as usize]
    }
}

/// The routes that the given files register. Other files are read where a name leads there.
pub fn routes(project: &Project<'_>, files: &[EntryId]) -> Routes {
    let mut run = run::Run::new(project, Resolver::new(project));
    run.all(files);
    run.finish()
}
