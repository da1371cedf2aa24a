#[recount::llm_span(modle = "gpt-5.2")]
fn complete() {}

fn main() {
    complete();
}
