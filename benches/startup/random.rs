//! Numbers that look random and are the same on every machine: splitmix64.

/// A stream of numbers that depends on its seed and its number alone.
pub struct Random(u64);

impl Random {
    /// Each part of a registry draws from a stream of its own, so that parts can be made in any order.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self(mix(seed) ^ mix(!stream))
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number from 0 to `limit - 1`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.draw() % limit.max(1) as u64) as usize
    }

    /// True once in `times` draws.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// `length` characters out of `alphabet`.
    pub fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters = alphabet.as_bytes();
        (0..length).map(|_| char::from(letters[self.below(letters.len())])).collect()
    }

    pub fn hex(&mut self, length: usize) -> String {
        self.text("0123456789abcdef", length)
    }

    /// Of the shape of a ULID.
    pub fn ulid(&mut self) -> String {
        format!("01K{}", self.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 23))
    }
}

fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}
