//! The source of a crate with many small functions, half of them `async`, annotated in one way or another.

use std::fmt::{self, Write};

/// Functions in the crate.
pub(crate) const FUNCTIONS: usize = 200;
/// Functions that share their types.
const TOGETHER: usize = 10;

/// What stands above each function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Annotation {
    /// Nothing: what the others are net of.
    Plain,
    /// recount: arguments and result.
    Recount,
    /// `tracing`: arguments, result, and the names that recount adds by itself.
    Instrument,
    /// `tracing`: arguments.
    BareInstrument,
}

impl Annotation {
    pub(crate) const ALL: [Self; 4] = [Self::Plain, Self::Recount, Self::Instrument, Self::BareInstrument];

    /// What the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "not annotated",
            Self::Recount => "#[recount::tool]",
            Self::Instrument => "#[instrument(skip_all, fields(5), err, ret)]",
            Self::BareInstrument => "#[instrument]",
        }
    }

    fn of(self, function: usize) -> String {
        match self {
            Self::Plain => String::new(),
            Self::Recount => "#[recount::tool]".to_owned(),
            Self::Instrument => format!(
                "#[tracing::instrument(skip_all, err, ret, fields(\
                    gen_ai.operation.name = \"execute_tool\", gen_ai.tool.name = \"search_{function}\", \
                    query, limit, filter = ?filter))]"
            ),
            Self::BareInstrument => "#[tracing::instrument]".to_owned(),
        }
    }
}

/// The whole crate. `edit` stands in the body of one function.
pub(crate) fn source(annotation: Annotation, edit: usize) -> String {
    let mut source = String::new();
    for module in 0..FUNCTIONS / TOGETHER {
        write_module(&mut source, annotation, module, edit).expect("a string takes everything");
    }
    source
}

fn write_module(source: &mut String, annotation: Annotation, module: usize, edit: usize) -> fmt::Result {
    writeln!(source, "pub mod area_{module} {{{TYPES}")?;
    let functions = module * TOGETHER..(module + 1) * TOGETHER;
    for function in functions.clone() {
        let (start, body) = if is_async(function) {
            ("async fn", "find_later(query, limit, filter).await")
        } else {
            ("fn", "find(query, limit, filter)")
        };
        let more = if function == 0 { edit } else { function };
        let annotation = annotation.of(function);
        writeln!(
            source,
            "    {annotation}
    pub {start} search_{function}(query: &str, limit: usize, filter: &Filter) -> Result<Vec<Hit>, SearchError> {{
        let limit = limit + {more};
        {body}
    }}"
        )?;
    }
    // The body of a future that nobody could poll would not be compiled to the end.
    writeln!(source, "    pub fn all(filter: &Filter) -> Vec<Search<'_>> {{\n        vec![")?;
    for function in functions.filter(|function| is_async(*function)) {
        writeln!(source, "            Box::pin(search_{function}(\"late\", 3, filter)),")?;
    }
    writeln!(source, "        ]\n    }}\n}}")
}

fn is_async(function: usize) -> bool {
    function % 2 == 1
}

const TYPES: &str = r#"
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct Filter { pub language: String, pub tags: Vec<String> }

    #[derive(Clone, Debug, serde::Serialize)]
    pub struct Hit { pub id: u64, pub score: f64, pub text: String }

    #[derive(Debug)]
    pub struct SearchError { language: String }

    impl std::fmt::Display for SearchError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "nothing is written in {}", self.language)
        }
    }

    impl std::error::Error for SearchError {}

    pub type Search<'a> = std::pin::Pin<Box<dyn Future<Output = Result<Vec<Hit>, SearchError>> + 'a>>;

    fn find(query: &str, limit: usize, filter: &Filter) -> Result<Vec<Hit>, SearchError> {
        if filter.language.is_empty() {
            return Err(SearchError { language: filter.language.clone() });
        }
        Ok((0..limit as u64).map(|id| Hit { id, score: 0.5, text: query.to_owned() }).collect())
    }

    async fn find_later(query: &str, limit: usize, filter: &Filter) -> Result<Vec<Hit>, SearchError> {
        std::future::ready(()).await;
        find(query, limit, filter)
    }
"#;
