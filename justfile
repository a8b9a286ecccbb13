# The usual chores. `just` alone lists them; each is a plain command that works without `just` too.

default:
    @just --list

# A recorded launch day, no token needed
demo:
    cargo run --release -- demo

# What to run while working on one thing: `just test scenarios::`
test filter="":
    cargo test {{ filter }}

# Quick look at everything that compiles
check:
    cargo check --workspace --all-targets

# Format and lint as CI does
lint:
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings

# The documentation of the code, in a browser
docs:
    cargo doc --no-deps --open

# After a change of words or screens: take the new snapshots, then read the difference
snapshots filter="":
    INSTA_UPDATE=always cargo test {{ filter }}
    git diff --stat -- '*.snap'

# Draw docs/screens anew, then look at them
screens:
    GONOGO_DRAW=1 cargo test --test integration -- docs::the_screens docs::the_picture

# The book, into target/site; it needs mdbook
book:
    .ci/book target/site

# All that CI runs
ci:
    .ci/run

# The long forms: ten thousand fault schedules, the journal's full figures
long:
    GONOGO_LONG=1 cargo test --test integration fault_schedules::
    GONOGO_LONG=1 cargo test --package gonogo-journal
    GONOGO_LONG=1 cargo test --test integration shared::

# The binary that packages use: smaller and slower to build
dist:
    cargo build --locked --profile dist --features mcp
