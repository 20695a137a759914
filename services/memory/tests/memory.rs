//! The functions do what their names say: every short length, and all ways to overlap, compared with Rust's own.
#![cfg(target_arch = "x86_64")]

use std::{cmp::Ordering, ffi::c_int};

use memory as _;

/// Past every length at which another path begins.
const LENGTHS: std::ops::Range<usize> = 0..200;
/// What lies on both sides, which nobody may touch.
const MARGIN: usize = 160;

mod c {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        #[cfg_attr(target_env = "musl", link_name = "memcpy")]
        pub fn memory_memcpy(to: *mut c_void, from: *const c_void, n: usize) -> *mut c_void;
        #[cfg_attr(target_env = "musl", link_name = "memmove")]
        pub fn memory_memmove(to: *mut c_void, from: *const c_void, n: usize) -> *mut c_void;
        #[cfg_attr(target_env = "musl", link_name = "memset")]
        pub fn memory_memset(to: *mut c_void, value: c_int, n: usize) -> *mut c_void;
        #[cfg_attr(target_env = "musl", link_name = "memcmp")]
        pub fn memory_memcmp(left: *const c_void, right: *const c_void, n: usize) -> c_int;
        #[cfg_attr(target_env = "musl", link_name = "bcmp")]
        pub fn memory_bcmp(left: *const c_void, right: *const c_void, n: usize) -> c_int;
    }
}

/// Bytes that all differ from their neighbours.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 7 + at / 256) as u8).collect()
}

#[test]
fn memcpy_copies_as_much_as_it_is_told_and_nothing_else() {
    let from = bytes(2_048);
    for n in LENGTHS.chain([511, 512, 513, 1_000]) {
        for (start, to) in
            [0, 1, 8, 15].into_iter().flat_map(|start| (0..17).map(move |to| (start, to + MARGIN)))
        {
            let mut got = vec![0xEE; 1_400];
            let mut wanted = got.clone();
            wanted[to..to + n].copy_from_slice(&from[start..start + n]);
            let target = got[to..to + n].as_mut_ptr();
            // SAFETY: both slices are n bytes long.
            let said = unsafe { c::memory_memcpy(target.cast(), from[start..start + n].as_ptr().cast(), n) };
            assert_eq!(said, target.cast());
            assert!(got == wanted, "{n} bytes from {start} to {to}");
        }
    }
}

#[test]
fn memmove_overlaps_in_any_way() {
    for n in LENGTHS.chain([1_000, 4_096]) {
        for (from, to) in
            (0..MARGIN * 2).step_by(5).map(|to| (MARGIN, to)).chain([(0, n / 2), (n / 2, 0), (n, 1)])
        {
            let mut got = bytes(n * 2 + MARGIN * 3);
            let mut wanted = got.clone();
            wanted.copy_within(from..from + n, to);
            let base = got.as_mut_ptr();
            // SAFETY: twice the length and thrice the margin are more than any offset and the length.
            let said = unsafe { c::memory_memmove(base.add(to).cast(), base.add(from).cast(), n) };
            assert_eq!(said, base.wrapping_add(to).cast());
            assert!(got == wanted, "{n} bytes from {from} to {to}");
        }
    }
}

#[test]
fn memset_fills_as_much_as_it_is_told_and_nothing_else() {
    for n in LENGTHS.chain([1_000, 4_096]) {
        for (start, value) in (MARGIN..MARGIN + 17).zip([0, 1, 0x7F, 0xFF, -1, 0x1_42].into_iter().cycle()) {
            let mut got = bytes(5_000);
            let mut wanted = got.clone();
            wanted[start..start + n].fill(value as u8);
            let target = got[start..start + n].as_mut_ptr();
            // SAFETY: the slice is n bytes long.
            let said = unsafe { c::memory_memset(target.cast(), value, n) };
            assert_eq!(said, target.cast());
            assert!(got == wanted, "{n} bytes of {value:#x} at {start}");
        }
    }
}

/// The order that both functions see, as a sign; bcmp says no more than whether they are equal.
fn compared(left: &[u8], right: &[u8]) -> Ordering {
    let (n, left, right) = (left.len().min(right.len()), left.as_ptr().cast(), right.as_ptr().cast());
    // SAFETY: both slices have at least n bytes.
    let (order, same): (c_int, c_int) =
        unsafe { (c::memory_memcmp(left, right, n), c::memory_bcmp(left, right, n)) };
    assert_eq!(order == 0, same == 0);
    order.cmp(&0)
}

#[test]
fn memcmp_goes_by_the_first_byte_that_differs() {
    let ours = bytes(1_024);
    for n in LENGTHS {
        for start in [0, 1, 6] {
            let left = &ours[start..start + n];
            let mut right = left.to_vec();
            // What comes behind does not matter.
            right.push(left.first().map_or(1, |first| first.wrapping_add(1)));
            assert_eq!(compared(left, &right), Ordering::Equal, "{n} bytes");
            for at in 0..n {
                for (first, second) in [(0x00, 0xFF), (0x7F, 0x80), (0x01, 0x00)] {
                    let (mut left, mut right) = (left.to_vec(), right[..n].to_vec());
                    (left[at], right[at]) = (first, second);
                    // A later difference the other way round is not looked at.
                    if let Some(later) = left.get_mut(at + 1) {
                        *later = !*later;
                    }
                    assert_eq!(compared(&left, &right), left.cmp(&right), "byte {at} of {n}");
                }
            }
        }
    }
}
