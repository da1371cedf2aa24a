//! One answer, and the parts that it is made of.

use std::borrow::Cow;

use super::room::{Pieces, Room, missing, short};
use crate::wire::{Message, Part, Role};

#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    role: Option<Role>,
    blocks: Vec<(Key, Block)>,
    /// How many bytes of parts had no room.
    cut: usize,
    finish: Option<Cow<'static, str>>,
}

/// Pieces of one key make up one part. Providers number blocks of each kind apart, or all together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Text(u64),
    Reasoning(u64),
    ToolCall(u64),
    /// Nothing is added any more.
    Closed,
}

#[derive(Clone, Debug)]
enum Block {
    Text(Pieces),
    Reasoning(Pieces),
    /// The id is empty where there is none.
    ToolCall {
        id: String,
        name: String,
        arguments: Pieces,
    },
    ServerToolCall {
        part: serde_json::Value,
        arguments: Pieces,
    },
    Whole(Part),
}

/// One answer of a [`Partial`](super::Partial) response.
#[derive(Debug)]
pub struct PartialChoice<'a> {
    pub(super) choice: &'a mut Choice,
    pub(super) room: &'a mut Room,
}

impl PartialChoice<'_> {
    /// Sets who speaks; the assistant, unless set.
    pub fn role(&mut self, role: Role) {
        self.choice.role = Some(match role {
            Role::Other(name) => Role::Other(short(&name).to_owned()),
            known => known,
        });
    }

    /// Adds a piece to the text block of this number.
    pub fn text(&mut self, block: u64, piece: &str) {
        match self.choice.block(Key::Text(block), Block::Text(Pieces::default()), self.room) {
            Some(Block::Text(pieces)) => pieces.push(piece, self.room),
            _ => self.choice.cut += piece.len(),
        }
    }

    /// Adds a piece to the reasoning block of this number.
    pub fn reasoning(&mut self, block: u64, piece: &str) {
        let new = Block::Reasoning(Pieces::default());
        match self.choice.block(Key::Reasoning(block), new, self.room) {
            Some(Block::Reasoning(pieces)) => pieces.push(piece, self.room),
            _ => self.choice.cut += piece.len(),
        }
    }

    /// Adds a part from a provider that does not number its parts: texts and reasoning go on with what the answer
    /// ends with, where that is of the same kind; all others come whole.
    ///
    /// ```
    /// use recount::Part;
    /// use recount::llm::Partial;
    ///
    /// let mut answer = Partial::new(1 << 10);
    /// for piece in ["Hel", "lo"] {
    ///     answer.choice(0).add(Part::Text { content: piece.into() });
    /// }
    /// answer.choice(0).finish("stop");
    /// assert_eq!(answer.into_facts().messages, [recount::Message::assistant("Hello").finish_reason("stop")]);
    /// ```
    pub fn add(&mut self, part: Part) {
        let new = self.parts();
        match (part, self.choice.blocks.last()) {
            (Part::Text { content }, Some((Key::Text(block), Block::Text(_)))) => {
                let block = *block;
                self.text(block, &content);
            }
            (Part::Reasoning { content }, Some((Key::Reasoning(block), Block::Reasoning(_)))) => {
                let block = *block;
                self.reasoning(block, &content);
            }
            (Part::Text { content }, _) => self.text(new, &content),
            (Part::Reasoning { content }, _) => self.reasoning(new, &content),
            (Part::ToolCall { id, name, arguments }, _) => {
                self.tool_call(new, id.as_deref(), Some(&name), &arguments.to_string());
            }
            (part, _) => self.part(part),
        }
    }

    /// Opens the tool call of this number, or completes what is known of it. `arguments` is a piece of their JSON.
    ///
    /// Some servers give all their calls one number: another id and a name open another call.
    pub fn tool_call(&mut self, block: u64, id: Option<&str>, name: Option<&str>, arguments: &str) {
        let new = Block::ToolCall { id: String::new(), name: String::new(), arguments: Pieces::default() };
        if let Some(id) = id.filter(|_| name.is_some()) {
            self.choice.close(Key::ToolCall(block), id);
        }
        match self.choice.block(Key::ToolCall(block), new, self.room) {
            Some(Block::ToolCall { id: known, name: so_far, arguments: pieces }) => {
                if let Some(id) = id.filter(|id| !id.is_empty()) {
                    self.room.rename(known, id);
                }
                if let Some(name) = name.filter(|_| so_far.is_empty()) {
                    self.room.rename(so_far, name);
                }
                pieces.push(arguments, self.room);
            }
            Some(Block::ServerToolCall { arguments: pieces, .. }) => pieces.push(arguments, self.room),
            _ => self.choice.cut += arguments.len(),
        }
    }

    /// Opens the call of a tool that the provider runs itself; [`tool_call`](Self::tool_call) adds its arguments.
    ///
    /// `part` is OpenTelemetry's: `{"type": "server_tool_call", "id": …, "name": …, "server_tool_call": {"type":
    /// …}}`. The arguments are put into the inner object.
    pub fn server_tool_call(&mut self, block: u64, part: serde_json::Value) {
        let size = part.to_string().len();
        let fits = self.room.whole(size);
        let part = if fits { part } else { serde_json::json!({"type": "server_tool_call"}) };
        let new = Block::ServerToolCall { part, arguments: Pieces::default() };
        let has_block = self.choice.block(Key::ToolCall(block), new, self.room).is_some();
        self.choice.cut += if fits && has_block { 0 } else { size };
    }

    /// Adds a part that comes in one piece. Where there is no room for it, a text at the end says how much is missing.
    pub fn part(&mut self, part: Part) {
        let size = serde_json::to_string(&part).map_or(0, |json| json.len());
        if self.room.blocks > 0 && self.room.whole(size) {
            self.room.blocks -= 1;
            self.choice.blocks.push((Key::Closed, Block::Whole(part)));
        } else {
            self.choice.cut += size;
        }
    }

    /// How many parts there are so far.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.choice.blocks.len() as u64
    }

    /// Says why the model stopped; the last word counts.
    pub fn finish(&mut self, reason: impl Into<Cow<'static, str>>) {
        let reason = reason.into();
        self.choice.finish = Some(match short(&reason) {
            all if all.len() == reason.len() => reason,
            head => head.to_owned().into(),
        });
    }

    /// Why the model stopped, where it has.
    #[must_use]
    pub fn finish_reason(&self) -> Option<&str> {
        self.choice.finish.as_deref()
    }

    /// Whether the answer calls a tool.
    #[must_use]
    pub fn calls_tools(&self) -> bool {
        self.choice
            .blocks
            .iter()
            .any(|(_, block)| matches!(block, Block::ToolCall { .. } | Block::Whole(Part::ToolCall { .. })))
    }
}

impl Block {
    fn into_part(self) -> Part {
        match self {
            Self::Text(text) => Part::Text { content: text.into_text() },
            Self::Reasoning(text) => Part::Reasoning { content: text.into_text() },
            Self::ToolCall { id, name, arguments } => {
                let id = Some(id).filter(|id| !id.is_empty());
                Part::ToolCall { id, name, arguments: super::arguments(arguments.into_text()) }
            }
            Self::ServerToolCall { mut part, arguments } => {
                if let Some(call) = part.get_mut("server_tool_call").and_then(|call| call.as_object_mut()) {
                    call.insert("arguments".into(), super::arguments(arguments.into_text()));
                }
                Part::Other(part)
            }
            Self::Whole(part) => part,
        }
    }
}

impl Choice {
    /// Whether the model has said why it stopped.
    pub(super) fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// From the back: the block that grows is one of the last.
    fn block(&mut self, key: Key, new: Block, room: &mut Room) -> Option<&mut Block> {
        let blocks = &mut self.blocks;
        let place = match blocks.iter().rposition(|(known, _)| *known == key) {
            Some(place) => place,
            None if room.block() => {
                blocks.push((key, new));
                blocks.len() - 1
            }
            None => return None,
        };
        Some(&mut blocks[place].1)
    }

    /// Lets nothing more be added to the tool call of this key, should it have another id.
    fn close(&mut self, key: Key, id: &str) {
        let open = self.blocks.iter_mut().rev().find(|(known, _)| *known == key);
        if let Some((key, Block::ToolCall { id: known, .. })) = open
            && !known.is_empty()
            && known != short(id)
        {
            *key = Key::Closed;
        }
    }

    pub(super) fn into_message(self) -> Message {
        let mut message = Message::new(self.role.unwrap_or(Role::Assistant), "");
        message.parts = self.blocks.into_iter().map(|(_, block)| block.into_part()).collect();
        if self.cut > 0 {
            message.parts.push(Part::Text { content: missing(self.cut) });
        }
        message.finish_reason = self.finish;
        message
    }
}
