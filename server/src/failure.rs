//! How a command can fail, which is also how it exits.

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// What was given cannot be used; exit code 2.
    Input(String),
    /// Something failed; exit code 1.
    Trouble(String),
}

impl Failure {
    /// Something failed, and why.
    pub fn trouble(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::Trouble(format!("{what}: {cause}"))
    }
}

impl From<store::Error> for Failure {
    fn from(cause: store::Error) -> Self {
        Self::trouble("the database failed", cause)
    }
}

impl From<std::io::Error> for Failure {
    fn from(cause: std::io::Error) -> Self {
        Self::Trouble(cause.to_string())
    }
}
