trait Model {
    #[recount::llm_span(provider = "openai")]
    async fn complete(&self, prompt: &str) -> String;
}

struct Echo;

impl Model for Echo {
    async fn complete(&self, prompt: &str) -> String {
        prompt.to_owned()
    }
}

fn main() {
    drop(Echo.complete("hi"));
}
