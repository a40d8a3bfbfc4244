//! What an officer has just done, said once on the page that comes after it.
//!
//! It travels in a cookie of half a minute that only the office's pages get, so that no address says "saved" when it is
//! opened again. Holds no words of anybody's.

use crate::access::Visit;
use crate::form::redirect;
use crate::text::Text;
use axum::http::HeaderValue;
use axum::response::Response;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A cycle was made.
    CycleMade,
    /// A cycle's form was saved.
    CycleSaved,
    /// Voting was opened.
    Opened,
    /// Voting was closed.
    Closed,
    /// The ballots were counted.
    Counted,
    /// The result was published.
    Published,
    /// The result will be public at a later moment.
    Scheduled,
    /// What was to be published is not.
    Withdrawn,
    /// A project was added.
    ProjectAdded,
    /// A project was saved.
    ProjectSaved,
    /// A project was taken out.
    ProjectRemoved,
    /// A picture was saved.
    PictureSaved,
    /// A picture was taken away.
    PictureRemoved,
    /// An update is public.
    UpdateTold,
    /// An update was corrected.
    UpdateCorrected,
    /// An incident is public.
    IncidentTold,
    /// A claim was answered.
    ClaimSettled,
    /// A step of the money is public.
    DeliveryTold,
    /// The town's colour was saved.
    LookSaved,
    /// The town's map was saved.
    MapSaved,
    /// The town's map was taken away.
    MapRemoved,
    /// The legal notice was saved.
    LegalNoticeSaved,
}

const COOKIE: &str = "done";
const SECONDS: i64 = 30;

impl Done {
    const ALL: [Self; 22] = [
        Self::CycleMade,
        Self::CycleSaved,
        Self::Opened,
        Self::Closed,
        Self::Counted,
        Self::Published,
        Self::Scheduled,
        Self::Withdrawn,
        Self::ProjectAdded,
        Self::ProjectSaved,
        Self::ProjectRemoved,
        Self::PictureSaved,
        Self::PictureRemoved,
        Self::UpdateTold,
        Self::UpdateCorrected,
        Self::IncidentTold,
        Self::ClaimSettled,
        Self::DeliveryTold,
        Self::LookSaved,
        Self::MapSaved,
        Self::MapRemoved,
        Self::LegalNoticeSaved,
    ];

    /// In the cookie.
    fn as_str(self) -> &'static str {
        match self {
            Self::CycleMade => "cycle-made",
            Self::CycleSaved => "cycle-saved",
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Counted => "counted",
            Self::Published => "published",
            Self::Scheduled => "scheduled",
            Self::Withdrawn => "withdrawn",
            Self::ProjectAdded => "project-added",
            Self::ProjectSaved => "project-saved",
            Self::ProjectRemoved => "project-removed",
            Self::PictureSaved => "picture-saved",
            Self::PictureRemoved => "picture-removed",
            Self::UpdateTold => "update-told",
            Self::UpdateCorrected => "update-corrected",
            Self::IncidentTold => "incident-told",
            Self::ClaimSettled => "claim-settled",
            Self::DeliveryTold => "delivery-told",
            Self::LookSaved => "look-saved",
            Self::MapSaved => "map-saved",
            Self::MapRemoved => "map-removed",
            Self::LegalNoticeSaved => "legal-notice-saved",
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self, t: Text) -> &'static str {
        match self {
            Self::CycleMade => t.done_cycle_made(),
            Self::CycleSaved => t.done_cycle_saved(),
            Self::Opened => t.done_opened(),
            Self::Closed => t.done_closed(),
            Self::Counted => t.done_counted(),
            Self::Published => t.done_published(),
            Self::Scheduled => t.done_scheduled(),
            Self::Withdrawn => t.done_withdrawn(),
            Self::ProjectAdded => t.done_project_added(),
            Self::ProjectSaved => t.done_project_saved(),
            Self::ProjectRemoved => t.done_project_removed(),
            Self::PictureSaved => t.done_picture_saved(),
            Self::PictureRemoved => t.done_picture_removed(),
            Self::UpdateTold => t.done_update_told(),
            Self::UpdateCorrected => t.done_update_corrected(),
            Self::IncidentTold => t.done_incident_told(),
            Self::ClaimSettled => t.done_claim_settled(),
            Self::DeliveryTold => t.done_delivery_told(),
            Self::LookSaved => t.done_look_saved(),
            Self::MapSaved => t.done_map_saved(),
            Self::MapRemoved => t.done_map_removed(),
            Self::LegalNoticeSaved => t.done_legal_notice_saved(),
        }
    }

    /// What this visitor has just done.
    #[must_use]
    pub fn read(visit: &Visit) -> Option<Self> {
        let word = visit.cookie(COOKIE).filter(|_| visit.path.starts_with("/office"))?;
        Self::ALL.into_iter().find(|done| done.as_str() == word)
    }

    /// The cookie's end: a thing is said once.
    #[must_use]
    pub fn forget(visit: &Visit) -> HeaderValue {
        visit.set_cookie_for("/office", COOKIE, "", 0)
    }
}

/// Sends an officer on to a page of the office that says what was done.
#[must_use]
pub fn go_on(visit: &Visit, to: &str, done: Done) -> Response {
    redirect(to, &[visit.set_cookie_for("/office", COOKIE, done.as_str(), SECONDS)])
}
