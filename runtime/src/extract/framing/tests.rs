use super::{Frame, Framing};

const CAP: usize = 1 << 10;

/// What is found in these pieces, one line each.
fn found<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut lines = Vec::new();
    let mut note = |frame: Frame<'_>| match frame {
        Frame::Document(text) => lines.push(text.to_string()),
        Frame::Done => lines.push("done".to_owned()),
    };
    let mut framing = Framing::new(CAP);
    for piece in pieces {
        framing.push(piece, &mut note);
    }
    framing.finish(&mut note);
    lines.join("\n")
}

/// The text in one piece, in two pieces cut anywhere, and byte by byte: always the same is found.
#[track_caller]
fn check(text: &str, expected: &str) {
    let bytes = text.as_bytes();
    assert_eq!(found([bytes]), expected, "in one piece: {text:?}");
    assert_eq!(found(bytes.chunks(1)), expected, "byte by byte: {text:?}");
    for place in 0..bytes.len() {
        let (first, second) = bytes.split_at(place);
        assert_eq!(found([first, second]), expected, "cut at {place}: {text:?}");
    }
}

#[test]
fn events_end_with_any_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = [
            ": keep-alive",
            "event: message",
            "id: 1",
            "retry: 10",
            "data: {\"a\": \"é 😀 \\\" } \\\\\"}",
            "",
            "data:{\"b\":[{},{\"c\":1}]}",
            "",
            ":",
            "data: [DONE]",
            "",
            "",
        ];
        check(&lines.join(end), "{\"a\": \"é 😀 \\\" } \\\\\"}\n{\"b\":[{},{\"c\":1}]}\ndone");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    check("\u{feff}data: {}\n\n", "{}");
    check("\u{feff}{\"a\":1}", "{\"a\":1}");
    check("\n\n  data: {}\n\n", "{}");
}

#[test]
fn the_data_of_an_event_may_be_several_lines() {
    check("data: {\"a\":\ndata: [1,\ndata: 2]}\n\ndata: {}\n\n", "{\"a\":\n [1,\n 2]}\n{}");
}

#[test]
fn events_need_no_empty_line() {
    check("data: {\"a\":1}\ndata: {\"b\":2}\ndata: [DONE]", "{\"a\":1}\n{\"b\":2}\ndone");
}

#[test]
fn an_event_that_is_not_complete_is_dropped() {
    check("data: {\"a\":\n\ndata: {\"b\":2}\n\n", "{\"b\":2}");
    check("data: {\"a\":1}\n\ndata: {\"b\":", "{\"a\":1}");
    check("data: {\"a\": \"x\nyz\n\ndata: {\"b\":2}\n\n", "{\"b\":2}");
}

#[test]
fn other_fields_and_data_are_passed_over() {
    check("event: {\"a\":1}\ndata: ping\n\ndatum: {}\ndata\ndata: {}\n\n", "{}");
    check("data: [DONE] {}\n\n", "{}");
    check("data: [DONE]  \n\n", "done");
    check("data:[DONE]\r\n\r\n", "done");
}

#[test]
fn lines_of_json() {
    check("{\"a\":1}\n{\"b\":\"}{\"}\r\n\n{}\n", "{\"a\":1}\n{\"b\":\"}{\"}\n{}");
    check("{\"a\":1}{\"b\":2}", "{\"a\":1}\n{\"b\":2}");
}

#[test]
fn the_elements_of_an_array() {
    check("[{\n  \"a\": [1]\n}\n,\r\n{\n  \"b\": 2\n}\n]\n", "{\n  \"a\": [1]\n}\n{\n  \"b\": 2\n}");
}

#[test]
fn one_body_is_one_document() {
    let body = "{\n  \"a\": {\"b\": [\"x\"]}\n}";
    check(body, body);
}

#[test]
fn a_body_that_breaks_off_is_given_as_far_as_it_came() {
    assert_eq!(found([&b"{\"a\": \"bc"[..], b"d"]), "{\"a\": \"bcd…");
}

#[test]
fn a_character_may_come_in_two_pieces() {
    check("data: {\"a\":\"é😀\u{10ffff}\"}\n\n", "{\"a\":\"é😀\u{10ffff}\"}");
}

#[test]
fn lines_may_have_lost_their_ends() {
    let lines = ["event: a", "data: {\"a\":1}", "", "event: b", "data: {\"b\":2}", "data: [DONE]"];
    assert_eq!(found(lines.map(str::as_bytes)), "{\"a\":1}\n{\"b\":2}\ndone");
}

#[test]
fn other_text_is_told_by_its_first_bytes() {
    for text in [
        "Hello",
        "d",
        "dat",
        "database: {}",
        "[INST] {}",
        "[\"{}\"]",
        "{x: {}}",
        "[1,2]",
        "",
        " \n",
        "\u{feff}",
    ] {
        check(text, "");
        let mut framing = Framing::new(CAP);
        framing.push(text.as_bytes(), &mut |_| ());
        framing.push(b"? Hello", &mut |_| ());
        assert!(framing.is_other(), "{text:?}");
    }
}

#[test]
fn of_a_long_event_the_middle_is_left_out() {
    let long = "x".repeat(20_000);
    let text = format!("data: {{\"a\":\"{long}\",\"b\":1}}\n\ndata: {{}}\n\n");
    for size in [1, 7, 1000, 100_000] {
        let found = found(text.as_bytes().chunks(size));
        let (first, second) = found.split_once('\n').expect("two documents");
        assert!(first.starts_with("{\"a\":\"xxx") && first.ends_with("xxx\",\"b\":1}"), "{size}");
        assert!(first.contains("…[+10798 bytes]"), "{size}");
        assert_eq!(second, "{}");
    }
}

/// What is found where bytes are missing between two pieces.
fn found_around(first: &str, second: &str) -> String {
    let mut lines = Vec::new();
    let mut note = |frame: Frame<'_>| match frame {
        Frame::Document(text) => lines.push(text.to_string()),
        Frame::Done => lines.push("done".to_owned()),
    };
    let mut framing = Framing::new(CAP);
    framing.push(first.as_bytes(), &mut note);
    framing.skip(0);
    framing.push(second.as_bytes(), &mut note);
    framing.finish(&mut note);
    lines.join("\n")
}

#[test]
fn what_follows_on_a_gap_is_found() {
    for (first, second, expected) in [
        ("data: {\"a\":\"x", "y\"}\n\ndata: {}\n\n", "{\"a\":\"x…y\"}\n{}"),
        ("data: {}\n\nda", "{\"x\": {}}\n\ndata: {\"a\":1}\n\n", "{}\n{\"a\":1}"),
        ("{\"a\":\"x", "y\"}\n{\"b\":2}\n", "{\"a\":\"x…y\"}\n\n{\"b\":2}"),
        ("[{\n  \"a\": \"x", "y\",\n  \"b\": {}\n}\n,{}]", "{\n  \"a\": \"x…y\",\n  \"b\": {}\n}\n\n{}"),
        ("{\"a\":\"x", "y\",\"b\":{}}", "{\"a\":\"x…y\",\"b\":{}}"),
        ("{}\n", "\"}\n{\"b\":2}\n", "{}\n{\"b\":2}"),
    ] {
        assert_eq!(found_around(first, second), expected, "{first} … {second}");
    }
}

#[test]
fn memory_is_bounded() {
    let mut framing = Framing::new(CAP);
    framing.push(b"data: {\"a\": \"", &mut |_| ());
    for _ in 0..10_000 {
        framing.push(&[b'x'; 1000], &mut |_| ());
    }
    assert!(framing.is_amid() && framing.documents.size() < CAP + 64 * 1024, "{}", framing.documents.size());
}
