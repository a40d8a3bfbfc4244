//! The closed list of what can go wrong in front of a visitor.
//!
//! Carries no text and no cause: words are in the catalogs, causes are logged once, where they are turned into one of
//! these. What can go wrong with a form is not here: the form itself says it, with the input kept.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Nothing is at this address, or nothing that this visitor may know of.
    NotFound,
    /// An officer must sign in first.
    SignIn,
    /// A citizen must sign in to their account first.
    SignInToAccount,
    /// A citizen must enter the code of this cycle first.
    EnterCode,
    /// Voting is open, so rules, projects and dates stay as they are.
    Frozen,
    /// The step cannot be taken in this phase.
    WrongPhase,
    /// The form was sent by a page of another site.
    CrossSite,
    /// What was sent is not a form of ours, or is too large.
    BadRequest,
    /// Too many ask at once; in a moment it will do.
    Busy,
    /// The answer took too long and was given up.
    Slow,
    /// Something broke here; the cause is in the log.
    Broken,
}

impl Error {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn | Self::SignInToAccount | Self::EnterCode => StatusCode::UNAUTHORIZED,
            Self::Frozen | Self::WrongPhase => StatusCode::CONFLICT,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Busy | Self::Slow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    /// The bare status; the visit's layer makes a page of it.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::Error> for Error {
    fn from(cause: store::Error) -> Self {
        tracing::error!(%cause, "the database failed");
        Self::Broken
    }
}
