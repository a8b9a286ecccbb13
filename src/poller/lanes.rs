//! A source whose questions are asked apart: a loop for each, so that an answer that takes minutes makes no other one old.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tokio::{sync::watch as channel, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Demands, watch::Begin};
use gonogo_domain::GateId;

/// Keeps a loop for each question that is asked at present.
pub(super) async fn run(
    begin: Begin,
    mut demands: channel::Receiver<Arc<Demands>>,
    refresh: channel::Receiver<u64>,
) {
    let mut lanes: BTreeMap<GateId, CancellationToken> = BTreeMap::new();
    let mut tasks = JoinSet::new();
    loop {
        let asked: BTreeSet<GateId> = {
            let current = demands.borrow_and_update();
            begin.part(&current).questions.into_iter().map(|question| question.gate).collect()
        };
        lanes.retain(|gate, lane| {
            let stays = asked.contains(gate);
            if !stays {
                lane.cancel();
                begin.tell.forget(gate);
            }
            stays
        });
        for gate in asked {
            lanes.entry(gate).or_insert_with_key(|gate| {
                let lane = begin.lane(gate);
                let cancel = lane.cancel.clone();
                tasks.spawn(lane.watched(demands.clone(), refresh.clone()));
                cancel
            });
        }
        tokio::select! {
            biased;
            () = begin.cancel.cancelled() => return,
            changed = demands.changed() => if changed.is_err() { return },
            // Loops that have ended are let go.
            Some(_) = tasks.join_next() => {}
        }
    }
}
