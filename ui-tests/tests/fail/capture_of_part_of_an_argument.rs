#[recount::tool(capture(width))]
fn area((width, height): (u32, u32)) -> u32 {
    width * height
}

fn main() {
    area((2, 3));
}
