//! What went wrong on the way.

use std::error::Error;

use crate::span::exchange::Exchange;
use crate::span::fault::{CHAIN_CAP, sources};

/// Ends the exchange with this error.
pub(super) fn fail(exchange: Exchange, error: &(dyn Error + 'static)) {
    let links: Vec<_> = std::iter::once(error).chain(sources(error).take(CHAIN_CAP)).collect();
    let kind = links.iter().find_map(|link| of_reqwest(*link)).map_or("", class);
    exchange.fail(kind, format_args!("{error}"), sources(error));
}

/// The error of `reqwest` that this one is, or stands for.
fn of_reqwest<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a reqwest::Error> {
    // Its sources are those of the error in it.
    #[cfg(feature = "reqwest-middleware")]
    if let Some(reqwest_middleware::Error::Reqwest(error)) = error.downcast_ref() {
        return Some(error);
    }
    error.downcast_ref()
}

/// A word for the class of the error.
fn class(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else if error.is_redirect() {
        "redirect"
    } else if error.is_body() || error.is_decode() {
        "body"
    } else if error.is_builder() {
        "builder"
    } else {
        "request"
    }
}
