#[recount::llm_span(model = request.model)]
fn complete(prompt: &str) -> usize {
    prompt.len()
}

fn main() {
    complete("hi");
}
