//! What a durable append costs.

fn main() {}
