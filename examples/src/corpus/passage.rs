use pulldown_cmark::{Event, Parser, Tag};

use super::{Library, Section};

/// A piece of a section, short enough to be quoted to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The file, and the number of the passage in it from 1: `README.md#4`.
    pub id: String,
    /// The file of the document.
    pub file: String,
    /// The heading of the section.
    pub heading: String,
    /// The text.
    pub text: String,
}

impl Passage {
    /// Cuts a library into passages of whole paragraphs, of at most `words` words where a paragraph allows it. Blocks
    /// of code answer no question and are left out.
    #[must_use]
    pub fn cut(library: &Library, words: usize) -> Vec<Self> {
        let mut passages = Vec::new();
        for document in &library.documents {
            let pieces = document.sections.iter().flat_map(|section| {
                pieces(section, words).into_iter().map(move |text| (section.heading.clone(), text))
            });
            passages.extend(pieces.zip(1..).map(|((heading, text), number)| Self {
                id: format!("{}#{number}", document.file),
                file: document.file.clone(),
                heading,
                text,
            }));
        }
        passages
    }
}

fn pieces(section: &Section, words: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut room = 0;
    let prose = without_code(&section.text);
    for paragraph in prose.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let length = paragraph.split_whitespace().count();
        match pieces.last_mut() {
            Some(piece) if length <= room => {
                piece.push_str("\n\n");
                piece.push_str(paragraph);
                room -= length;
            }
            _ => {
                pieces.push(paragraph.to_owned());
                room = words.saturating_sub(length);
            }
        }
    }
    pieces
}

fn without_code(markdown: &str) -> String {
    let mut prose = String::with_capacity(markdown.len());
    let mut from = 0;
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        if let Event::Start(Tag::CodeBlock(_)) = event {
            prose.push_str(&markdown[from..range.start]);
            from = range.end;
        }
    }
    prose.push_str(&markdown[from..]);
    prose
}

#[cfg(test)]
mod tests {
    use super::Passage;
    use crate::corpus::{Document, Library};

    #[test]
    fn code_is_no_prose() {
        let document = Document::parse("a.md", "# One\n\na\n\n```sh\nb\n```\n\nc\n\n    d\n");
        let passages = Passage::cut(&Library { documents: vec![document] }, 9);
        assert_eq!(passages.len(), 1);
        assert_eq!(passages[0].text, "a\n\nc");
    }

    #[test]
    fn paragraphs_stay_whole_and_keep_their_heading() {
        let document = Document::parse("a.md", "# One\n\na b\n\nc\n\nd e f g\n\n# Two\n\nh");
        let passages = Passage::cut(&Library { documents: vec![document] }, 3);
        let short: Vec<_> =
            passages.iter().map(|p| (p.id.as_str(), p.heading.as_str(), p.text.as_str())).collect();
        assert_eq!(
            short,
            [("a.md#1", "One", "a b\n\nc"), ("a.md#2", "One", "d e f g"), ("a.md#3", "Two", "h")]
        );
    }
}
