//! A part of a list, with the way to the next.

use super::asked::Part;
use serde::Serialize;
use utoipa::ToSchema;

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The items, in the order of their slugs unless the operation says otherwise.
    items: Vec<T>,
    /// The address of the part that follows; null at the end.
    #[schema(format = "uri")]
    next: Option<String>,
}

impl<T> Page<T> {
    /// The first `limit` of what comes after the cursor, where `found` has one more if there are more.
    pub(super) fn new(found: Vec<T>, part: &Part, address: &str, slug: impl Fn(&T) -> &str) -> Self {
        let limit = usize::from(part.limit.get());
        let more = found.len() > limit;
        let items: Vec<T> = found.into_iter().take(limit).collect();
        let next =
            items.last().filter(|_| more).map(|last| format!("{address}?after={}&limit={limit}", slug(last)));
        Self { items, next }
    }

    /// A list that is short enough to be given whole.
    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// What of a list in the order of slugs comes after the cursor, and one more than asked for.
pub(super) fn after<T>(mut list: Vec<T>, part: &Part, slug: impl Fn(&T) -> &str) -> Vec<T> {
    list.sort_by(|a, b| slug(a).cmp(slug(b)));
    let after = part.after.as_deref().unwrap_or("");
    list.into_iter().filter(|item| slug(item) > after).take(usize::from(part.limit.get()) + 1).collect()
}
