use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde::Serialize;

/// One Markdown file, cut at its headings.
#[derive(Clone, Debug)]
pub struct Document {
    /// The path below the root of the library, with `/` between its parts.
    pub file: String,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// A heading and the text below it, up to the next heading of any level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The heading without its marks; the name of the file for what comes before the first one.
    pub heading: String,
    /// The Markdown text.
    pub text: String,
}

impl Document {
    /// Cuts a text at its headings. Sections without any text are left out.
    #[must_use]
    pub fn parse(file: &str, markdown: &str) -> Self {
        let mut cutter = Cutter { markdown, heading: file.to_owned(), from: 0, sections: Vec::new() };
        let mut title = None;
        for (event, range) in Parser::new(markdown).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { .. }) => title = Some((range.start, String::new())),
                Event::Text(text) | Event::Code(text) => {
                    if let Some((_, title)) = &mut title {
                        title.push_str(&text);
                    }
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((start, heading)) = title.take() {
                        cutter.cut(start);
                        cutter.heading = heading;
                        cutter.from = range.end;
                    }
                }
                _ => {}
            }
        }
        cutter.cut(markdown.len());
        Self { file: file.to_owned(), sections: cutter.sections }
    }

    /// The first section of this heading, in any case of letters.
    #[must_use]
    pub fn section(&self, heading: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.heading.to_lowercase() == heading.trim().to_lowercase())
    }

    /// The number of words in all sections.
    #[must_use]
    pub fn words(&self) -> usize {
        self.sections.iter().map(|section| section.text.split_whitespace().count()).sum()
    }
}

struct Cutter<'a> {
    markdown: &'a str,
    heading: String,
    from: usize,
    sections: Vec<Section>,
}

impl Cutter<'_> {
    /// Ends the section that is open.
    fn cut(&mut self, end: usize) {
        let text = self.markdown[self.from..end].trim();
        if !text.is_empty() {
            self.sections.push(Section { heading: self.heading.clone(), text: text.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Document;

    fn headings(markdown: &str) -> Vec<String> {
        Document::parse("a.md", markdown).sections.into_iter().map(|section| section.heading).collect()
    }

    #[test]
    fn both_styles_of_headings_cut() {
        assert_eq!(
            headings("intro\n\n# One\n1\n\nTwo\n---\n2\n\n### Three `x` ###\n3"),
            ["a.md", "One", "Two", "Three x"]
        );
    }

    #[test]
    fn a_comment_of_a_shell_script_is_no_heading() {
        let document = Document::parse("a.md", "# Run\n\n```sh\n# not a heading\nls\n```\n");
        assert_eq!(document.sections.len(), 1);
        assert!(document.sections[0].text.contains("# not a heading"));
    }

    #[test]
    fn sections_are_found_in_any_case_and_counted_without_headings() {
        let document = Document::parse("a.md", "# Ärger\n\none two\n\n# Empty\n\n# Last\nthree");
        assert_eq!(document.section(" äRGER ").unwrap().text, "one two");
        assert!(document.section("Empty").is_none());
        assert_eq!(document.words(), 3);
    }

    #[test]
    fn an_empty_text_has_no_section() {
        assert!(headings("").is_empty());
        assert!(headings("#").is_empty());
    }
}
