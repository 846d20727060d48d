//! Which order versions seem to follow: the first that places nearly all of what any order places.

use crate::version::{Order, Scale};

/// What can be told from versions alone.
pub(super) struct Guess {
    /// The first order that places nearly as many as any other: one odd tag among twenty is an odd tag.
    pub order: Order,
    /// How many each order places.
    pub placed: Vec<(Order, usize)>,
}

/// Words that mark a release *after* the one they follow, which only some orders know.
const AFTER: [&str; 2] = ["post", "rev"];

/// Guesses the order of versions.
///
/// `debian` and `rpm` are never guessed: they place nearly any text, so that they do says nothing. Where no
/// order places half of the versions, they are listed, by their dates.
pub(super) fn guess<'a>(versions: impl Iterator<Item = &'a str> + Clone) -> Guess {
    let count = |order: Order| {
        let scale = Scale::new(order);
        versions.clone().filter(|version| fits(version, order, &scale)).count()
    };
    let orders = Order::WORDS.iter().filter_map(|word| Order::from_word(word));
    let placed: Vec<(Order, usize)> =
        orders.filter(|order| is_guessed(*order)).map(|order| (order, count(order))).collect();
    let most = placed.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let half = versions.clone().count().div_ceil(2);
    let nearly = |(_, count): &&(Order, usize)| count * 10 >= most * 9;
    let order =
        placed.iter().find(nearly).filter(|_| most >= half).map_or(Order::Listed, |(order, _)| *order);
    Guess { order, placed }
}

/// Whether it means something that an order places a version.
fn is_guessed(order: Order) -> bool {
    !matches!(order, Order::Listed | Order::Debian | Order::Rpm)
}

/// Whether an order reads a version as it was meant: `1.0.post1` comes after `1.0`.
fn fits(version: &str, order: Order, scale: &Scale) -> bool {
    let after = || {
        let mut words = version.split(|c: char| !c.is_ascii_alphabetic());
        words.any(|word| AFTER.contains(&&*word.to_lowercase()))
    };
    scale.place(version).is_some() && (order == Order::Pep440 || !after())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(versions: &[&str]) -> (&'static str, Vec<usize>) {
        let guess = guess(versions.iter().copied());
        (guess.order.word(), guess.placed.into_iter().map(|(_, count)| count).collect())
    }

    #[test]
    fn the_order_that_places_the_most_is_taken() {
        assert_eq!(order(&["1.2.3", "v1.2.4-rc.1", "2.0"]).0, "semver");
        assert_eq!(order(&["2024.01.15", "2024.02.1"]).0, "calver");
        assert_eq!(order(&["1.2.3.4", "1.2.3.5", "1.2.3"]).0, "calver");
        assert_eq!(order(&["20240115", "20240116"]).0, "semver", "a tie goes to the first");
        assert_eq!(order(&["7_88_1", "7_88_0", "7.1"]).0, "listed");
        assert_eq!(order(&["1.0", "1.1.dev3", "1.1rc1", "1!1.0"]).0, "pep440");
        assert_eq!(order(&["1.2.3", "1.2.3.4", "x1"]).1, [1, 2, 2]);
        let mut twenty: Vec<String> = (0..19).map(|patch| format!("1.2.{patch}")).collect();
        twenty.push("1.2.3.4".into());
        let twenty: Vec<&str> = twenty.iter().map(String::as_str).collect();
        assert_eq!(order(&twenty), ("semver", vec![19, 20, 20]), "one odd tag doesn't turn the order");
    }

    #[test]
    fn an_order_that_would_misread_a_version_does_not_count_it() {
        let (order, placed) = order(&["1.0", "1.0.post1", "1.0.post2", "1.1"]);
        assert_eq!(placed[1], 2, "calver takes a suffix for a pre-release");
        assert_eq!(order, "pep440");
    }
}
