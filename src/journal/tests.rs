//! Each test names the fault it would catch. Seeds are printed; `GONOGO_SEED` repeats one. `GONOGO_LONG=1` runs the
//! full figures.

mod crash;
mod damage;
mod files;
mod full;
mod kit;
mod observed;
mod suite;
mod writers;
