//! Chance that can be had again: SplitMix64, from a seed that every run prints.

pub struct Dice(u64);

impl Dice {
    /// The same seed and the same purpose give the same throws.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose.bytes().fold(seed, |mixed, byte| Self(mixed ^ u64::from(byte)).throw());
        Self(mixed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Both ends can come up.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let faces = u64::try_from(high - low + 1).unwrap();
        low + i64::try_from(self.throw() % faces).unwrap()
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.throw() % end as u64).unwrap()
    }

    pub fn one_in(&mut self, faces: usize) -> bool {
        self.below(faces) == 0
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    pub fn shuffle<T>(&mut self, what: &mut [T]) {
        for last in (1..what.len()).rev() {
            what.swap(last, self.below(last + 1));
        }
    }
}

#[test]
fn a_seed_gives_its_throws_again_and_another_purpose_gives_others() {
    let throws = |seed, purpose| {
        let mut dice = Dice::new(seed, purpose);
        [(); 8].map(|()| dice.between(-3, 1_000))
    };
    assert_eq!(throws(7, "client 1"), throws(7, "client 1"));
    assert_ne!(throws(7, "client 1"), throws(7, "client 2"));
    assert_ne!(throws(7, "client 1"), throws(8, "client 1"));
}

#[test]
fn shuffled_is_all_that_there_was_in_another_order() {
    let mut cards: Vec<i32> = (0..50).collect();
    Dice::new(1, "cards").shuffle(&mut cards);
    assert_ne!(cards, (0..50).collect::<Vec<_>>());
    cards.sort_unstable();
    assert_eq!(cards, (0..50).collect::<Vec<_>>());
}
