//! Holds every GraphQL document that gonogo can send against the schemas that GitHub and Linear publish.
//!
//! Documents come from two places: `src/source/{github,linear}/queries/*.graphql` (files without an operation
//! are fragments of composed documents and are left to those), and the folder `GONOGO_QUERY_DUMP`, one
//! complete composed document per file, whose name starts with the provider's. A schema that is not there, a
//! file that fits no schema, and no documents at all where some were promised are failures, not silence.

use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Schema};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

type Outcome<T> = Result<T, String>;

const PROVIDERS: [&str; 2] = ["github", "linear"];

fn main() -> ExitCode {
    let repo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = |name: &str| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let Some(schemas) = folder("GONOGO_SCHEMAS") else {
        eprintln!("GONOGO_SCHEMAS is not set: the folder with github/schema.graphql and linear/schema.graphql");
        return ExitCode::FAILURE;
    };
    match run(&repo.join("src/source"), &schemas, folder("GONOGO_QUERY_DUMP").as_deref()) {
        Ok(count) => {
            println!("{count} GraphQL documents are valid");
            ExitCode::SUCCESS
        }
        Err(report) => {
            eprintln!("{report}");
            ExitCode::FAILURE
        }
    }
}

/// Validates everything; the number of documents, or all that is wrong with them.
fn run(sources: &Path, schemas: &Path, dump: Option<&Path>) -> Outcome<usize> {
    let mut documents = Vec::new();
    for provider in PROVIDERS {
        let dir = sources.join(provider).join("queries");
        if dir.is_dir() {
            let found = graphql_files(&dir)?.into_iter().map(|file| (provider, file, true));
            documents.extend(found);
        }
    }
    if let Some(dir) = dump {
        let found = graphql_files(dir)?;
        if found.is_empty() {
            return Err(format!("{}: GONOGO_QUERY_DUMP holds no .graphql file", dir.display()));
        }
        for file in found {
            documents.push((provider_of(&file)?, file, false));
        }
    }
    let mut valid = 0;
    let mut wrong = Vec::new();
    for provider in PROVIDERS {
        let schema = read_schema(&schemas.join(provider).join("schema.graphql"))?;
        for (_, file, may_be_fragment) in documents.iter().filter(|(p, ..)| *p == provider) {
            match check(&schema, file, *may_be_fragment) {
                Ok(counted) => valid += usize::from(counted),
                Err(report) => wrong.push(report),
            }
        }
    }
    if wrong.is_empty() { Ok(valid) } else { Err(wrong.join("\n")) }
}

fn provider_of(file: &Path) -> Outcome<&'static str> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let provider = PROVIDERS.into_iter().find(|p| name.starts_with(p));
    provider
        .ok_or_else(|| format!("{}: the name starts with none of {}", file.display(), PROVIDERS.join(", ")))
}

/// The `.graphql` files of a folder, in order.
fn graphql_files(dir: &Path) -> Outcome<Vec<PathBuf>> {
    let list = || -> io::Result<Vec<PathBuf>> { fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect() };
    let mut files = list().map_err(|e| format!("{}: {e}", dir.display()))?;
    files.retain(|file| file.extension().is_some_and(|e| e == "graphql"));
    files.sort();
    Ok(files)
}

fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))
}

/// Reads a schema. One flaw is forgiven: GitHub publishes some fields twice, and then the first one counts.
fn read_schema(file: &Path) -> Outcome<Valid<Schema>> {
    let text = read(file).map_err(|e| format!("no schema (set GONOGO_SCHEMAS): {e}"))?;
    let flawed = |errors: DiagnosticList| format!("{}: not a valid schema\n{errors}", file.display());
    let schema = match Schema::parse(text, file) {
        Ok(schema) => schema,
        Err(e) if e.errors.iter().all(|d| is_field_twice(&d.to_json().message)) => e.partial,
        Err(e) => return Err(flawed(e.errors)),
    };
    schema.validate().map_err(|e| flawed(e.errors))
}

fn is_field_twice(message: &str) -> bool {
    message.starts_with("duplicate definitions for the `") && message.contains("` field of ")
}

/// Whether the file held a document to validate (true) or fragments of one (false).
fn check(schema: &Valid<Schema>, file: &Path, may_be_fragment: bool) -> Outcome<bool> {
    let text = read(file)?;
    if may_be_fragment && !has_operation(&text) {
        return Ok(false);
    }
    let document = ExecutableDocument::parse_and_validate(schema, text, file)
        .map_err(|e| format!("{}: not valid\n{}", file.display(), e.errors))?;
    if document.operations.is_empty() {
        return Err(format!("{}: holds no operation", file.display()));
    }
    Ok(true)
}

/// Whether `query` or `mutation` stands in the text as a word, comments left out.
fn has_operation(text: &str) -> bool {
    let code = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .any(|word| matches!(word, "query" | "mutation"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small world: both schemas and one folder for documents.
    struct World(PathBuf);

    impl World {
        fn new(name: &str) -> Self {
            let dir = env::temp_dir().join(format!("gonogo-queries-{}-{name}", std::process::id()));
            let world = Self(dir);
            for provider in PROVIDERS {
                world.put(
                    &format!("schemas/{provider}/schema.graphql"),
                    &format!("type Query {{ {provider}(id: ID!): Int }}"),
                );
            }
            world
        }

        fn put(&self, name: &str, text: &str) {
            let file = self.0.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }

        fn run(&self) -> Outcome<usize> {
            let dump = self.0.join("dump");
            run(&self.0.join("source"), &self.0.join("schemas"), dump.is_dir().then_some(&*dump))
        }
    }

    impl Drop for World {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn valid_documents_are_counted_and_fragments_left_to_theirs() {
        let world = World::new("valid");
        world.put("dump/github-poll.graphql", "query($id: ID!) { github(id: $id) }");
        world.put("source/linear/queries/one.graphql", "query One { linear(id: 1) }");
        world.put("source/linear/queries/part.graphql", "# of the query\nfragment Part on Query { nothing }");
        assert_eq!(world.run(), Ok(2));
    }

    #[test]
    fn invalid_documents_fail_each_by_name() {
        for (name, text) in [
            ("dump/github-field.graphql", "query { issues }"),
            ("dump/linear-argument.graphql", "query { linear }"),
            ("dump/linear-wrong-schema.graphql", "query { github(id: 1) }"),
            ("dump/linear-unused.graphql", "query($x: ID!) { linear(id: 1) }"),
            ("dump/linear-syntax.graphql", "query { linear(id: 1)"),
            ("dump/linear-empty.graphql", ""),
            ("dump/linear-part.graphql", "fragment Part on Query { linear(id: 1) }"),
            ("dump/gitlab.graphql", "query { github(id: 1) }"),
            ("source/github/queries/bad.graphql", "query { nothing }"),
            ("dump/notes.txt", "not a document, and so the dump is empty"),
        ] {
            let world = World::new(&name.replace('/', "-"));
            world.put(name, text);
            let report = world.run().expect_err(name);
            let file = name.rsplit('/').next().unwrap();
            assert!(report.contains(file) || report.contains("GONOGO_QUERY_DUMP"), "{report}");
        }
    }

    #[test]
    fn a_missing_schema_fails_even_without_documents() {
        let world = World::new("missing");
        fs::remove_file(world.0.join("schemas/linear/schema.graphql")).unwrap();
        assert!(world.run().unwrap_err().contains("no schema"));
    }

    #[test]
    fn a_schema_may_hold_a_field_twice_and_no_other_flaw() {
        let world = World::new("flaws");
        world.put("dump/github.graphql", "query { github(id: 1) }");
        world.put("schemas/github/schema.graphql", "type Query { github(id: ID!): Int github: String }");
        assert_eq!(world.run(), Ok(1));
        for flaw in [
            "type Query { github: Missing }",
            "type Query { github: Int } type Query { x: Int }",
            "type Query {",
            "",
        ] {
            world.put("schemas/github/schema.graphql", flaw);
            assert!(world.run().unwrap_err().contains("not a valid schema"), "{flaw}");
        }
    }
}
