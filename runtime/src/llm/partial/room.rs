//! How much of an answer is kept.

/// What there is still room for, in all answers together.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    /// Bytes of text.
    pub(super) bytes: usize,
    /// Bytes of ids and names, which are to be there also where the texts are long.
    pub(super) names: usize,
    pub(super) blocks: usize,
}

impl Room {
    /// Servers that number blocks without end shall not fill the memory.
    pub(super) const MOST_BLOCKS: usize = 4096;
    const MOST_NAMES: usize = 64 * 1024;

    /// Room for so many bytes of text.
    pub(super) fn new(bytes: usize) -> Self {
        Self { bytes, names: Self::MOST_NAMES, blocks: Self::MOST_BLOCKS }
    }

    /// Puts a name in the place of the one before, where there is room for it.
    pub(super) fn rename(&mut self, known: &mut String, name: &str) {
        let name = short(name);
        let names = self.names + known.len();
        // Some servers say it in each piece.
        if known != name && name.len() <= names {
            self.names = names - name.len();
            name.clone_into(known);
        }
    }

    /// Takes the place of a block; false where there is none.
    pub(super) fn block(&mut self) -> bool {
        let is_left = self.blocks > 0;
        self.blocks = self.blocks.saturating_sub(1);
        is_left
    }

    /// Takes so many bytes of text, all of them or none; false where they do not fit.
    pub(super) fn whole(&mut self, size: usize) -> bool {
        let fits = size <= self.bytes;
        self.bytes -= if fits { size } else { 0 };
        fits
    }
}

/// A text in pieces, and how many bytes of it had no room.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces {
    kept: String,
    cut: usize,
}

impl Pieces {
    pub(super) fn push(&mut self, piece: &str, room: &mut Room) {
        let kept = head(piece, if self.cut > 0 { 0 } else { room.bytes });
        self.kept.push_str(kept);
        room.bytes -= kept.len();
        self.cut += piece.len() - kept.len();
    }

    pub(super) fn into_text(mut self) -> String {
        if self.cut > 0 {
            self.kept.push_str(&missing(self.cut));
        }
        self.kept
    }
}

/// What stands for so many bytes that had no room.
pub(super) fn missing(bytes: usize) -> String {
    format!("…[+{bytes} bytes]")
}

/// As much of a name as is kept; of those that providers give, all.
pub(super) fn short(name: &str) -> &str {
    const LONGEST: usize = 1024;
    head(name, LONGEST)
}

/// The first bytes, whole characters only.
pub(crate) fn head(text: &str, room: usize) -> &str {
    let mut end = text.len().min(room);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
