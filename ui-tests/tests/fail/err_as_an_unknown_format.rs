#[recount::tool(err(Json))]
fn search() -> Result<u32, String> {
    Ok(1)
}

#[recount::tool(err)]
fn find() -> Result<u32, String> {
    Ok(1)
}

fn main() {
    let _ = (search(), find());
}
