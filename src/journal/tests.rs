//! Each test names the fault it would catch. Seeds are printed; `GONOGO_SEED` repeats one. `GONOGO_LONG=1` runs the
//! full figures.

mod crash;
mod damage;
mod files;
mod full;
pub(super) mod kit;
mod lagging;
mod observed;
mod postgres;
mod proxy;
mod server;
mod suite;
mod writers;
