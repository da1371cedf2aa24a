//! Whether spans that cannot be delivered are kept on disk.

use std::path::PathBuf;
#[cfg(feature = "otlp")]
use std::sync::Arc;
use std::time::Duration;

use super::Builder;
use super::variables::{Variables, wrong};
use crate::Error;
#[cfg(feature = "otlp")]
use crate::ErrorKind;
use crate::outbox::Options;
#[cfg(feature = "otlp")]
use crate::outbox::{Address, Ledger, Outbox};

/// A quarter of a gigabyte is no burden to a machine, and tens of thousands of model calls.
const BYTES: u64 = 256 * 1024 * 1024;
/// A night, and the morning after. Backends take less kindly to spans that are older.
const AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What somebody said of it.
#[derive(Clone, Debug, Default)]
pub(super) struct SaidOutbox {
    folder: Option<PathBuf>,
    bytes: Option<u64>,
    age: Option<Duration>,
}

/// Keeping on disk what the endpoint does not take.
impl Builder {
    /// Keeps in this folder what the endpoint cannot take now, until it can: an *outbox*. None, unless set, and nothing
    /// touches the disk.
    ///
    /// Unless set: `RECOUNT_OUTBOX`. Spans go there when the server is down, asks for patience or hangs, and when the
    /// program ends before they were sent. They are sent, oldest first, when it is back, or by the next program that is
    /// built with the same folder, endpoint and headers; [`Stats`](crate::Stats) tells how many wait (`stored`), and how
    /// many of an earlier run were sent (`recovered`). What a server refuses for good is not kept; but where it asks for
    /// other credentials (401, 403), everything waits, and it is asked again every half a minute.
    ///
    /// What is there survives the end of the process, however it ends, and of the machine. Each request is sent once,
    /// unless the program dies, or the connection, between the server's taking it and its answer: then it is sent again,
    /// with the same ids, by which backends tell. Any number of programs may share a folder on a local disk; each sends
    /// its own, and what others left when they ended.
    ///
    /// The files hold what would have been sent, after redaction, in clear. On Unix only the user may read them (`0600`,
    /// the folders made for them `0700`); elsewhere they have the permissions of the folder above. Name a folder that
    /// nobody else may write to.
    ///
    /// Spans are kept for the endpoint and the headers that they were recorded for, so that those of one customer never
    /// go to another. After a change of either, such as a new key, what waits is not sent any more; it is thrown away
    /// when it is too old.
    ///
    /// A forked child shares the lock of its parent: what a parent leaves when it is killed is taken over once the child
    /// has ended, too. A program whose sampler leaves out everything has no pipeline, and sends nothing of earlier runs.
    ///
    /// [`build`](Self::build) makes the folder, with those above it; a folder that it cannot make or write to is its
    /// error, an [`Io`](crate::ErrorKind::Io) one. Where the disk is full or the folder is gone later, spans that cannot
    /// be kept are counted as lost.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let builder = recount::builder()
    ///     .endpoint("http://localhost:4318")
    ///     .outbox("/var/spool/support-bot")
    ///     .outbox_bytes(64 * 1024 * 1024)
    ///     .outbox_age(Duration::from_secs(3600));
    /// ```
    pub fn outbox(mut self, folder: impl Into<PathBuf>) -> Self {
        self.outbox.folder = Some(folder.into());
        self
    }

    /// Sets how much disk space the [outbox](Self::outbox) may take: 256 MiB, unless set. Where there is no more room,
    /// the oldest spans are thrown away, and counted ([`lost_expired`](crate::Stats::lost_expired)).
    ///
    /// Unless set: `RECOUNT_OUTBOX_BYTES`. Of several programs that share a folder, each may take as much. A request takes
    /// at least 4 KiB. Zero is an error of [`build`](Self::build).
    pub fn outbox_bytes(mut self, bytes: u64) -> Self {
        self.outbox.bytes = Some(bytes);
        self
    }

    /// Sets how long spans wait in the [outbox](Self::outbox): 24 hours, unless set. Then they are thrown away, and
    /// counted ([`lost_expired`](crate::Stats::lost_expired)).
    ///
    /// Unless set: `RECOUNT_OUTBOX_AGE`, in milliseconds. A clock that is set while the program runs changes nothing.
    /// Zero is an error of [`build`](Self::build).
    pub fn outbox_age(mut self, age: Duration) -> Self {
        self.outbox.age = Some(age);
        self
    }

    /// None where nobody asked for one; what was said of it has a meaning nevertheless.
    pub(super) fn outbox_options(&self, environment: &SaidOutbox) -> Result<Option<Options>, Error> {
        if self.outbox.bytes == Some(0) {
            return Err(wrong("The outbox_bytes of the builder", "it is 0; expected a number above 0"));
        }
        if self.outbox.age == Some(Duration::ZERO) {
            return Err(wrong("The outbox_age of the builder", "it is 0; expected a time above 0"));
        }
        let Some(folder) = self.outbox.folder.as_ref().or(environment.folder.as_ref()) else {
            return Ok(None);
        };
        // An empty path has none. The program may change its folder later.
        let folder = std::path::absolute(folder)
            .map_err(|error| wrong("The folder of the outbox", &error.to_string()))?;
        Ok(Some(Options {
            folder,
            bytes: self.outbox.bytes.or(environment.bytes).unwrap_or(BYTES),
            age: self.outbox.age.or(environment.age).unwrap_or(AGE),
        }))
    }

    /// Opens the outbox of a destination, where somebody asked for one.
    #[cfg(feature = "otlp")]
    pub(super) fn open_outbox(
        &self,
        environment: &SaidOutbox,
        address: &Address,
        ledger: &Arc<Ledger>,
    ) -> Result<Option<Outbox>, Error> {
        let Some(options) = self.outbox_options(environment)? else { return Ok(None) };
        let opened = Outbox::open(&options, address, Arc::clone(ledger));
        opened.map(Some).map_err(|error| {
            let folder = options.folder.display();
            Error::new(ErrorKind::Io, format!("The outbox in {folder} could not be opened: {error}."))
        })
    }
}

impl SaidOutbox {
    pub(super) fn read<F: Fn(&str) -> Option<String>>(variables: &Variables<F>) -> Result<Self, Error> {
        Ok(Self {
            folder: variables.text("RECOUNT_OUTBOX").map(PathBuf::from),
            bytes: variables.parse(&["RECOUNT_OUTBOX_BYTES"], "a whole number above 0", |value| {
                value.parse().ok().filter(|bytes| *bytes > 0)
            })?,
            age: variables.timeout(&["RECOUNT_OUTBOX_AGE"])?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(builder: &Builder, environment: &[(&str, &str)]) -> Result<Option<Options>, String> {
        let variable = |name: &str| {
            let said = environment.iter().find(|(known, _)| *known == name);
            said.map(|(_, value)| (*value).to_owned())
        };
        let said = SaidOutbox::read(&Variables(variable)).map_err(|error| error.to_string())?;
        builder.outbox_options(&said).map_err(|error| error.to_string())
    }

    #[test]
    fn there_is_none_unless_somebody_names_a_folder() {
        let bounds = Builder::default().outbox_bytes(1).outbox_age(Duration::from_secs(1));
        assert_eq!(options(&bounds, &[("RECOUNT_OUTBOX", " "), ("RECOUNT_OUTBOX_BYTES", "2")]), Ok(None));
    }

    #[test]
    fn the_builder_counts_before_the_environment() {
        let environment =
            [("RECOUNT_OUTBOX", "theirs"), ("RECOUNT_OUTBOX_BYTES", "8192"), ("RECOUNT_OUTBOX_AGE", "60000")];
        let absolute = |folder| std::path::absolute(folder).expect("a folder");
        let theirs = Options { folder: absolute("theirs"), bytes: 8192, age: Duration::from_secs(60) };
        assert_eq!(options(&Builder::default(), &environment), Ok(Some(theirs)));
        let builder = Builder::default().outbox("ours").outbox_bytes(1).outbox_age(Duration::from_secs(1));
        let ours = Options { folder: absolute("ours"), bytes: 1, age: Duration::from_secs(1) };
        assert_eq!(options(&builder, &environment), Ok(Some(ours)));
        let unset = Options { folder: absolute("ours"), bytes: 256 << 20, age: Duration::from_secs(86_400) };
        assert_eq!(options(&Builder::default().outbox("ours"), &[]), Ok(Some(unset)));
    }

    #[test]
    fn what_has_no_meaning_is_told() {
        for (variable, value) in [
            ("RECOUNT_OUTBOX_BYTES", "0"),
            ("RECOUNT_OUTBOX_BYTES", "256MiB"),
            ("RECOUNT_OUTBOX_AGE", "0"),
            ("RECOUNT_OUTBOX_AGE", "a day"),
        ] {
            let error = options(&Builder::default(), &[(variable, value)]).expect_err(value);
            assert!(error.starts_with(&format!("{variable} is {value:?}; expected ")), "{error}");
        }
    }
}
