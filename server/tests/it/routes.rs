//! Every address of the house, read from the router's own list, so that a test of all of them misses none.

/// A line of the router's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    path: &'static str,
    pub(crate) answers_get: bool,
    pub(crate) answers_post: bool,
}

/// All of them.
pub(crate) fn all() -> Vec<Route> {
    let routes: Vec<_> = SOURCE.split(".route(").skip(1).map(route).collect();
    assert!(routes.len() > 25, "the router is written in another way now: {routes:?}");
    routes
}

const SOURCE: &str = include_str!("../../src/router.rs");

fn route(after: &'static str) -> Route {
    let path = after.split('"').nth(1).unwrap();
    let (_, handlers) = after.split(';').next().unwrap().split_once(',').unwrap();
    // Handlers that were given a name before, as in `.route("…", roll)`.
    let name = handlers.trim().split(|c: char| !c.is_ascii_lowercase()).next().unwrap();
    let named = SOURCE.split(&format!("let {name} =")).nth(1).map(|after| after.split(';').next().unwrap());
    let handlers = named.unwrap_or(handlers);
    let (answers_get, answers_post) = (handlers.contains("get("), handlers.contains("post("));
    assert!(answers_get || answers_post, "{after}");
    Route { path, answers_get, answers_post }
}

impl Route {
    pub(crate) fn is_of_office_of_a_town(self) -> bool {
        self.path.starts_with("/office/") && self.path.contains("{town}")
    }

    pub(crate) fn is_of_a_cycle(self) -> bool {
        self.path.contains("{cycle}")
    }

    /// A roll, a picture or a map is sent as a file.
    pub(crate) fn takes_a_file(self) -> bool {
        ["/roll", "/picture", "/{town}/map"].iter().any(|end| self.path.ends_with(end))
    }

    /// Whether its page, and not a file of ours, is at this address.
    pub(crate) fn is_page_at(self, address: &str) -> bool {
        let (ours, asked): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), address.split('/').collect());
        ours.len() == asked.len()
            && ours.iter().zip(&asked).all(|(ours, asked)| ours.starts_with('{') || ours == asked)
    }

    /// Whether it answers with a page for people.
    pub(crate) fn is_page(self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.answers_get
            && !self.is_for_other_sites()
            && !name.contains('.')
            && !["{file}", "{*path}", "healthz", "readyz"].contains(&name)
    }

    /// Whether other sites show it: a chart, a picture, or where these are.
    pub(crate) fn is_for_other_sites(self) -> bool {
        ["/embed/", "/oembed", "/share/"].iter().any(|start| self.path.starts_with(start))
    }

    /// The address in a town, for a cycle and one of its projects.
    pub(crate) fn at(self, town: &str, cycle: &str, project: &str) -> String {
        let path = self.path.replace("{town}", town).replace("{cycle}", cycle).replace("{project}", project);
        let path = path.replace("{file}", "0000.svg").replace("{hash}", "none").replace("{update}", "0000");
        let path = path.replace("{language}", "en").replace("{key}", "0000");
        path.replace("{claim}", "0000-0000-0000")
    }
}
