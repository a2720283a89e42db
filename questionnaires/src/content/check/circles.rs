//! Conditions of visibility that depend on themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Spot};
use crate::condition::{Condition, Read};

/// Names and the names that each depends on.
pub(super) type Graph = BTreeMap<String, Vec<String>>;

impl<'r> Check<'r, '_> {
    /// A question depends on what its `when` reads; a part on its question and on what its own `when` reads.
    pub(super) fn circles(&mut self) {
        // Questions and parts are the same under every policy.
        let Some(vocabulary) = self.vocabularies.values().next() else { return };
        let mut graph = Graph::new();
        let mut places: BTreeMap<String, Spot<'r>> = BTreeMap::new();
        let reads = |when: &Option<Condition>| -> Vec<String> {
            let references = when.iter().flat_map(Condition::references);
            references
                .flat_map(|reference| vocabulary.reads(reference))
                .filter_map(|read| match read {
                    Read::Part(question, part) => Some(format!("{question}.{part}")),
                    Read::Fact(_) => None,
                })
                .collect()
        };
        for file in &self.read.topics {
            for (index, question) in file.value.questions.iter().enumerate() {
                let spot = file.document.spot().item("question", index);
                graph.insert(question.id.clone(), reads(&question.when));
                places.insert(question.id.clone(), spot.key("when"));
                for (index, part) in question.parts.iter().enumerate() {
                    let name = format!("{}.{}", question.id, part.id);
                    let mut depends = reads(&part.when);
                    depends.push(question.id.clone());
                    graph.insert(name.clone(), depends);
                    places.insert(name, spot.item("part", index).key("when"));
                }
            }
        }
        for circle in find(&graph) {
            // Told where a condition can be changed: a part without one only follows its question.
            let start = circle
                .iter()
                .find(|name| graph.get(*name).is_some_and(|reads| reads.len() > 1 || !name.contains('.')));
            if let Some(spot) = start.and_then(|name| places.get(name)) {
                self.problems.push(spot.problem(message(&circle)));
            }
        }
    }
}

/// Says which names lead in a circle.
pub(super) fn message(circle: &[String]) -> String {
    let mut names: Vec<&str> = circle.iter().map(String::as_str).collect();
    names.extend(circle.first().map(String::as_str));
    format!("表示の条件が循環しています（{}）。どれかの when を改めてください。", names.join(" → "))
}

/// One circle for each group of names that depend on each other, starting at the first name of the group.
pub(super) fn find(graph: &Graph) -> Vec<Vec<String>> {
    let mut circles: Vec<Vec<String>> = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for start in graph.keys() {
        if told.contains(start.as_str()) {
            continue;
        }
        let Some(circle) = shortest_circle(graph, start) else { continue };
        circles.push(circle);
        let group = reachable(graph, start);
        told.extend(group.into_iter().filter(|name| reachable(graph, name).contains(start.as_str())));
    }
    circles
}

/// Every name that a name depends on, directly or not.
fn reachable<'g>(graph: &'g Graph, start: &str) -> BTreeSet<&'g str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = vec![start];
    while let Some(name) = open.pop() {
        for next in graph.get(name).into_iter().flatten() {
            if reached.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    reached
}

/// The shortest way from a name back to itself, by breadth.
fn shortest_circle(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut ways: Vec<Vec<&str>> = vec![vec![start]];
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let next = way.last().and_then(|name| graph.get(*name)).into_iter().flatten();
            for name in next {
                if name == start {
                    return Some(way.into_iter().map(str::to_owned).collect());
                }
                if seen.insert(name.as_str()) {
                    let mut way = way.clone();
                    way.push(name);
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*to).to_owned()).or_default();
            graph.entry((*from).to_owned()).or_default().push((*to).to_owned());
        }
        graph
    }

    #[test]
    fn circles_are_found_once_and_by_the_shortest_way() {
        assert!(find(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
        assert_eq!(find(&graph(&[("a", "a")])), [["a"]]);
        assert_eq!(find(&graph(&[("x", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("b", "a")])), [["a", "b"]]);
        assert_eq!(find(&graph(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")])).len(), 2);
    }
}
