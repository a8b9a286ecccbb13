//! Circles in a graph. Ten thousand gates in a row are ten thousand steps deep, so nothing here recurses.

use std::collections::VecDeque;

/// One shortest circle of each part of the graph in which everything reaches everything.
pub(super) fn shortest(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let part = parts(edges);
    let mut size = vec![0_usize; edges.len()];
    part.iter().for_each(|number| size[*number] += 1);
    let mut seen = vec![false; edges.len()];
    let mut circles = Vec::new();
    for (node, targets) in edges.iter().enumerate() {
        let circular = size[part[node]] > 1 || targets.contains(&node);
        if circular && !std::mem::replace(&mut seen[part[node]], true) {
            circles.extend(through(edges, &part, node));
        }
    }
    circles
}

/// The shortest circle through a node, within its part.
fn through(edges: &[Vec<usize>], part: &[usize], start: usize) -> Option<Vec<usize>> {
    let mut from: Vec<Option<usize>> = vec![None; edges.len()];
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        for next in &edges[node] {
            if *next == start {
                let mut circle = vec![node];
                let mut current = node;
                while let Some(before) = from[current] {
                    circle.push(before);
                    current = before;
                }
                circle.reverse();
                return Some(circle);
            }
            if part[*next] == part[start] && from[*next].is_none() {
                from[*next] = Some(node);
                open.push_back(*next);
            }
        }
    }
    None
}

/// The part of each node: nodes that reach each other share a number (Tarjan's algorithm, without recursion).
fn parts(edges: &[Vec<usize>]) -> Vec<usize> {
    const NEW: usize = usize::MAX;
    let count = edges.len();
    let mut order = vec![NEW; count];
    let mut low = vec![NEW; count];
    let mut part = vec![NEW; count];
    let mut path = Vec::new();
    let mut next_order = 0;
    let mut next_part = 0;
    let mut stack: Vec<(usize, usize)> = Vec::new();
    for start in 0..count {
        if order[start] != NEW {
            continue;
        }
        stack.push((start, 0));
        while let Some((node, edge)) = stack.last_mut() {
            let node = *node;
            if *edge == 0 {
                order[node] = next_order;
                low[node] = next_order;
                next_order += 1;
                path.push(node);
            }
            if let Some(next) = edges[node].get(*edge) {
                *edge += 1;
                if order[*next] == NEW {
                    stack.push((*next, 0));
                } else if part[*next] == NEW {
                    low[node] = low[node].min(order[*next]);
                }
                continue;
            }
            stack.pop();
            if let Some((above, _)) = stack.last() {
                low[*above] = low[*above].min(low[node]);
            }
            if low[node] == order[node] {
                while let Some(inside) = path.pop() {
                    part[inside] = next_part;
                    if inside == node {
                        break;
                    }
                }
                next_part += 1;
            }
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_one_shortest_circle_of_each_part() {
        assert!(shortest(&[vec![1, 2], vec![2], vec![]]).is_empty());
        assert_eq!(shortest(&[vec![0]]), [vec![0]]);
        assert_eq!(shortest(&[vec![1], vec![2], vec![0, 1]]), [vec![0, 1, 2]]);
        let two = [vec![1], vec![0], vec![3], vec![4, 0], vec![2]];
        assert_eq!(shortest(&two), [vec![0, 1], vec![2, 3, 4]]);
    }

    #[test]
    fn a_long_row_is_no_circle_and_no_deep_recursion() {
        let mut row: Vec<Vec<usize>> = (1..=200_000).map(|next| vec![next]).collect();
        row.push(Vec::new());
        assert!(shortest(&row).is_empty());
        row[200_000].push(0);
        assert_eq!(shortest(&row).first().map(Vec::len), Some(200_001));
    }

    #[test]
    fn agrees_with_the_definition_on_all_small_graphs() {
        let count = 4;
        for bits in 0_u32..1 << (count * count) {
            let edges: Vec<Vec<usize>> = (0..count)
                .map(|a| (0..count).filter(|b| bits >> (a * count + b) & 1 == 1).collect())
                .collect();
            let mut reach = vec![vec![false; count]; count];
            for (a, targets) in edges.iter().enumerate() {
                targets.iter().for_each(|b| reach[a][*b] = true);
            }
            for via in 0..count {
                for a in 0..count {
                    for b in 0..count {
                        reach[a][b] |= reach[a][via] && reach[via][b];
                    }
                }
            }
            let circular = (0..count).any(|node| reach[node][node]);
            let found = shortest(&edges);
            assert_eq!(!found.is_empty(), circular, "{edges:?}");
            for circle in found {
                let steps = circle.iter().zip(circle.iter().cycle().skip(1));
                assert!(steps.into_iter().all(|(a, b)| edges[*a].contains(b)), "{edges:?}: {circle:?}");
            }
        }
    }
}
