//! Laws that hold for every site and every criterion.

use crate::naive;
use crate::random::{cases, clause, criterion, expr, odd_criterion, order, world};
use crate::world::World;
use proptest::prelude::*;
use roaring::RoaringBitmap;
use rollcall_criteria::{
    Criterion, Direction, Expr, FIELDS, FieldType, OrderBy, State, Test, Value, Verdict, describe, explain,
    parse, select, value,
};
use rollcall_snapshot::Snapshot;
use std::cmp::Ordering;

/// For whom the naive evaluator says true, and for whom that it is not known.
fn naively(world: &World, expr: &Expr) -> (RoaringBitmap, RoaringBitmap) {
    let (mut yes, mut unknown) = (RoaringBitmap::new(), RoaringBitmap::new());
    for row in 0..world.observation.accounts.len() {
        match naive::truth(world, row, expr) {
            Some(true) => drop(yes.insert(row as u32)),
            Some(false) => {}
            None => drop(unknown.insert(row as u32)),
        }
    }
    (yes, unknown)
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn one_clause_means_what_it_says_of_each_record(world in world(), clause in clause()) {
        prop_assert_eq!(world.select(&criterion(clause.clone())), naively(&world, &clause));
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn columns_and_records_give_the_same_selection(world in world(), expr in expr()) {
        prop_assert_eq!(world.select(&criterion(expr.clone())), naively(&world, &expr));
    }

    #[test]
    fn a_stored_snapshot_gives_the_same_selection(world in world(), expr in expr()) {
        let criterion = criterion(expr);
        let snapshot = Snapshot::decode(&world.snapshot().encode()).unwrap();
        let selection = select(&snapshot, &world.facts, &criterion, world.now).unwrap();
        prop_assert_eq!((selection.accounts, selection.unknown), world.select(&criterion));
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same_tree(criterion in odd_criterion()) {
        let text = criterion.to_string();
        let again = parse(&text).map_err(|error| TestCaseError::fail(error.render(&text)))?;
        prop_assert_eq!(&again, &criterion);
        prop_assert!(!text.chars().any(char::is_control), "{}", text);
        prop_assert_eq!(rollcall_model::plain(&text), text.as_str());
    }

    #[test]
    fn a_tree_as_json_reads_back_as_the_same_tree(criterion in odd_criterion()) {
        let json = serde_json::to_string(&criterion).unwrap();
        let again: Criterion = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(again, criterion);
    }

    #[test]
    fn another_condition_with_and_never_widens(world in world(), a in expr(), b in expr()) {
        let (before, _) = world.select(&criterion(a.clone()));
        let (after, _) = world.select(&criterion(Expr::And(vec![a, b])));
        prop_assert!(after.is_subset(&before));
    }

    #[test]
    fn another_condition_with_or_never_narrows(world in world(), a in expr(), b in expr()) {
        let (before, _) = world.select(&criterion(a.clone()));
        let (after, _) = world.select(&criterion(Expr::Or(vec![a, b])));
        prop_assert!(before.is_subset(&after));
    }

    #[test]
    fn not_of_unknown_stays_unknown(world in world(), expr in expr()) {
        let (yes, unknown) = world.select(&criterion(expr.clone()));
        let (no, still_unknown) = world.select(&criterion(Expr::Not(Box::new(expr))));
        prop_assert_eq!(&still_unknown, &unknown);
        prop_assert!(yes.is_disjoint(&no) && yes.is_disjoint(&unknown) && no.is_disjoint(&unknown));
        prop_assert_eq!((yes | no | unknown).len() as usize, world.observation.accounts.len());
    }

    #[test]
    fn nobody_is_selected_by_what_is_not_known_of_them(world in world(), expr in clause()) {
        let Expr::Clause(clause) = &expr else { unreachable!() };
        let is_about_knowing = matches!(clause.test, Test::Is { state: State::Unknown, .. });
        // A name that nobody can have is known not to be had.
        prop_assume!(!is_about_knowing && clause.field.kind() != FieldType::Names);
        let snapshot = world.snapshot();
        let (yes, _) = world.select(&criterion(expr.clone()));
        let (no, _) = world.select(&criterion(Expr::Not(Box::new(expr.clone()))));
        for account in 0..snapshot.len() {
            if value(&snapshot, &world.facts, account, clause.field, world.now) == Value::Unknown {
                prop_assert!(!yes.contains(account) && !no.contains(account));
            }
        }
    }

    #[test]
    fn a_listing_shows_no_value_exactly_where_it_is_unknown(world in world()) {
        let snapshot = world.snapshot();
        for info in FIELDS {
            let unknown = parse(&format!("{} IS UNKNOWN", info.name)).unwrap();
            let (found, undecided) = world.select(&unknown);
            prop_assert!(undecided.is_empty());
            for account in 0..snapshot.len() {
                let value = value(&snapshot, &world.facts, account, info.field, world.now);
                prop_assert_eq!(value == Value::Unknown, found.contains(account), "{} of {}", info.name, account);
            }
        }
    }

    #[test]
    fn the_explanation_comes_to_the_same_verdict(world in world(), expr in expr()) {
        let criterion = criterion(expr);
        let snapshot = world.snapshot();
        let (yes, unknown) = world.select(&criterion);
        for account in 0..snapshot.len() {
            let explanation = explain(&snapshot, &world.facts, &criterion, account, world.now).unwrap();
            let expected = match (yes.contains(account), unknown.contains(account)) {
                (true, _) => Verdict::True,
                (_, true) => Verdict::Unknown,
                _ => Verdict::False,
            };
            prop_assert_eq!(explanation.verdict, expected);
            let (text, json) = (explanation.to_string(), serde_json::to_value(&explanation).unwrap());
            prop_assert_eq!(&json["verdict"], expected.as_str());
            for clause in criterion.clauses() {
                prop_assert!(text.contains(&clause.to_string()), "{}", text);
            }
        }
    }

    #[test]
    fn the_description_mentions_every_field(criterion in odd_criterion()) {
        let words = describe(&criterion);
        for clause in criterion.clauses() {
            let alone = describe(&self::criterion(Expr::Clause(clause.clone())));
            prop_assert!(mention(clause.field).iter().any(|word| alone.contains(word)), "{}", alone);
        }
        for field in criterion.fields() {
            prop_assert!(mention(field).iter().any(|word| words.contains(word)), "{field}: {words}");
        }
    }

    #[test]
    fn a_page_is_a_part_of_the_whole_order(
        world in world(), expr in expr(), order in order(), offset in 0..9_usize, limit in 0..9_usize,
    ) {
        let snapshot = world.snapshot();
        let criterion = Criterion::new(expr, order.clone()).unwrap();
        let selection = select(&snapshot, &world.facts, &criterion, world.now).unwrap();
        let mut expected: Vec<u32> = selection.accounts.iter().collect();
        let of = |account: u32, by: &OrderBy| value(&snapshot, &world.facts, account, by.field, world.now);
        expected.sort_by(|a, b| {
            order.iter().map(|by| compare(&of(*a, by), &of(*b, by), by.direction)).find(|o| o.is_ne()).unwrap_or(a.cmp(b))
        });
        prop_assert_eq!(&selection.ordered(), &expected);
        let page: Vec<u32> = expected.into_iter().skip(offset).take(limit).collect();
        prop_assert_eq!(selection.page(offset, limit), page);
    }
}

/// Words of which one must stand in a description that is about the field.
fn mention(field: rollcall_criteria::Field) -> &'static [&'static str] {
    use rollcall_criteria::Field as F;
    match field {
        F::Username => &["user name"],
        F::Name => &["full name"],
        F::Email => &["e-mail address"],
        F::EmailDomain => &["e-mail domain"],
        F::Status => &["enabled", "disabled", "status"],
        F::Directory => &["directory"],
        F::DirectoryType => &["directory type"],
        F::Writable => &["writab"],
        F::Group => &["group"],
        F::DirectGroup => &["direct members of", "direct groups"],
        F::Groups => &["direct group"],
        F::Created => &["created", "creation"],
        F::LastLogin => &["sign", "last login"],
        F::LastActive => &["active", "last activity"],
        F::LastContribution => &["contribut"],
        F::Logins => &["login"],
        F::Idle => &["idle"],
        F::Seat | F::SeatVia => &["licence seat"],
        F::Shadowed => &["shadow"],
        F::AccountType => &["account type"],
        F::Managed => &["organisation"],
        F::Exempt => &["exempt"],
        F::Reactivated => &["reactivat"],
        F::Deactivated | F::Returned => &["deactivat"],
        F::Noticed => &["notice"],
        F::List => &["list"],
    }
}

/// How two values of one field stand to each other in a listing.
fn compare(a: &Value, b: &Value, direction: Direction) -> Ordering {
    let order = match (a, b) {
        (Value::Unknown, Value::Unknown) => return Ordering::Equal,
        (Value::Unknown, _) => return Ordering::Greater,
        (_, Value::Unknown) => return Ordering::Less,
        (Value::Never, Value::Never) => Ordering::Equal,
        (Value::Never, _) => Ordering::Less,
        (_, Value::Never) => Ordering::Greater,
        (Value::Text(a), Value::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Value::Flag(a), Value::Flag(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (
            Value::At(a) | Value::AtLeast(a) | Value::AtMost(a),
            Value::At(b) | Value::AtLeast(b) | Value::AtMost(b),
        ) => a.cmp(b),
        (
            Value::For(a) | Value::ForAtLeast(a) | Value::ForAtMost(a),
            Value::For(b) | Value::ForAtLeast(b) | Value::ForAtMost(b),
        ) => a.cmp(b),
        other => panic!("{other:?} are not of one field"),
    };
    if direction == Direction::Desc { order.reverse() } else { order }
}

#[test]
fn names_as_long_as_books_are_sorted_without_digging_through_them() {
    let book = "x".repeat(1_000_000);
    let mut accounts = Vec::new();
    for name in [format!("{book}b"), format!("{book}a"), "y".to_owned(), "w".to_owned()] {
        let key = accounts.len().to_string();
        accounts.push(rollcall_model::AccountRecord { name, ..crate::world::account(&key) });
    }
    assert_eq!(World::of(accounts).names("all ORDER BY name DESC"), "2 0 1 3");
}
