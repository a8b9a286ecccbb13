//! `gonogo mcp`: agents may read the launch. What they read is what `check`, `why`, `path`, `replay` and `minutes` say.

#[cfg(feature = "mcp")]
mod answers;

#[cfg(feature = "mcp")]
pub(super) use self::answers::run;

#[cfg(not(feature = "mcp"))]
pub(super) fn run(_: super::options::McpArgs) -> Result<super::Exit, gonogo_app::AppError> {
    Err(gonogo_app::AppError::input(
        "this gonogo was built without its MCP server: build it with `cargo install --path . --features mcp`, or take a release, \
         which has it",
    ))
}
