//! All tests from outside, in one binary: linked once, and the servers that stand in for GitHub and Linear are
//! compiled once.

mod architecture;
mod audience;
mod batching;
mod check;
mod checklist;
mod cockpit;
mod docs;
mod doctor;
mod fault_schedules;
mod faults;
mod github;
mod http;
mod incident_day;
mod linear;
mod long_journal;
mod mcp;
mod meeting;
mod others;
mod people;
mod plain;
mod plans;
mod poller;
mod properties;
mod queries;
mod queries_linear;
mod replay;
mod rollout_day;
mod scenarios;
mod shared;
mod start;
mod story;
mod support;
mod support_selftest;
mod terminal;
mod trust;
