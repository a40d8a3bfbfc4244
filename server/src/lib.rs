//! The `ecot` binary: configuration, the router and its layers, the site's files, and the commands.
//!
//! The only place where the clock is read and chance is drawn; both go on from here as arguments. Holds no SQL and no
//! HTML.
//!
//! | module | holds |
//! | --- | --- |
//! | [`api`] | `/api/v1`, for programs of other people |
//! | [`coding`] | strong tags of compressed answers |
//! | [`command`] | what can be said on the command line |
//! | [`config`] | every setting, by flag or environment variable |
//! | [`failure`] | how a command can fail |
//! | [`post`] | carries the mails that wait |
//! | [`router`] | all addresses in one list, and the layers around them |
//! | [`site`] | the style sheet, the script and the icon, inside the binary |

// The types of views nest deeper than the usual 128 once an optimised build asks for their layout.
#![recursion_limit = "256"]

pub mod api;
pub mod coding;
pub mod command;
pub mod config;
pub mod failure;
pub mod post;
pub mod router;
pub mod site;
