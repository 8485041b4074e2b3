//! One order for what was read in many requests at once: by name, whatever answer came first. So the same site gives the same observation.

use super::rights::fold;
use rollcall_model::Observation;

/// Sorts accounts and groups by name, and moves what points at them along.
pub(super) fn put_in_order(observation: &mut Observation) {
    let accounts = &mut observation.accounts;
    let moved_accounts = sort(accounts, |a| (fold(&a.username), a.key.clone()));
    let groups = &mut observation.groups;
    let moved_groups = sort(groups, |g| (fold(g.name.as_str()), g.name.clone()));
    for group in groups {
        for member in &mut group.members {
            *member = moved_accounts[*member as usize];
        }
        for child in &mut group.children {
            *child = moved_groups[*child as usize];
        }
        group.members.sort_unstable();
        group.children.sort_unstable();
    }
}

/// Sorts a list; tells for each old place the new one.
fn sort<T, K: Ord>(list: &mut Vec<T>, key: impl Fn(&T) -> K) -> Vec<u32> {
    let mut keyed: Vec<(K, usize, T)> =
        list.drain(..).enumerate().map(|(was, item)| (key(&item), was, item)).collect();
    keyed.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let mut moved = vec![0; keyed.len()];
    for (is, (_, was, item)) in keyed.into_iter().enumerate() {
        moved[was] = u32::try_from(is).unwrap_or(u32::MAX);
        list.push(item);
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::sort;

    #[test]
    fn whatever_pointed_at_an_item_points_at_it_afterwards() {
        let before = ["noor", "Ada", "mira"];
        let mut list = before.to_vec();
        let moved = sort(&mut list, |name| name.to_lowercase());
        assert_eq!(list, ["Ada", "mira", "noor"]);
        for (was, name) in before.iter().enumerate() {
            assert_eq!(list[moved[was] as usize], *name);
        }
    }
}
