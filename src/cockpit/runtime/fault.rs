//! Places where a test makes the program fail, to see that the terminal is given back all the same.

/// Fails where it is asked to, in builds with debug assertions only.
///
/// # Panics
/// Where `GONOGO_TEST_PANIC` names this place.
#[cfg(debug_assertions)]
#[expect(clippy::panic, clippy::manual_assert, reason = "that is what it is for")]
pub fn point(place: &str) {
    if std::env::var_os("GONOGO_TEST_PANIC").is_some_and(|it| it == place) {
        panic!("asked to fail at {place}");
    }
}

/// Nothing, in builds for users.
#[cfg(not(debug_assertions))]
#[inline]
pub fn point(_: &str) {}
