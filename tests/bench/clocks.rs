// clocks.rs - bench.h, for programs in Rust. SPDX-License-Identifier: MIT

pub fn nanoseconds(clock: libc::clockid_t) -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(clock, &mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// So many operations; in a smoke run fewer, but at least `least`.
pub fn scaled(count: usize, least: usize) -> usize {
    let scale: f64 = std::env::args().nth(3).map_or(1.0, |word| word.parse().unwrap());
    ((count as f64 * scale) as usize).max(least)
}

#[allow(dead_code)]
pub fn resident_bytes() -> usize {
    let told = std::fs::read_to_string("/proc/self/statm").unwrap();
    told.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[derive(Clone, Copy, Default)]
pub struct Clocks {
    cpu: u64,
    wall: u64,
}

impl Clocks {
    pub fn begin() -> Clocks {
        let wall = nanoseconds(libc::CLOCK_MONOTONIC);
        Clocks { cpu: nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID), wall }
    }

    /// What has passed since the begin.
    pub fn stop(self) -> Clocks {
        let cpu = nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID) - self.cpu;
        Clocks { cpu, wall: nanoseconds(libc::CLOCK_MONOTONIC) - self.wall }
    }

    pub fn tell(self, what: &str, count: usize, figures: &str) {
        println!("{} {} {} {}{}", what, self.cpu, self.wall, count, figures);
    }

    #[allow(dead_code)]
    pub fn end(self, what: &str, count: usize) {
        self.stop().tell(what, count, "");
    }
}

pub type Case = (&'static str, fn(usize));

pub fn run(cases: &[Case]) {
    let words: Vec<String> = std::env::args().collect();
    if words.len() == 2 && words[1] == "--list" {
        cases.iter().for_each(|case| println!("{}", case.0));
        return;
    }
    let case = cases.iter().find(|case| case.0 == words[1]).expect("no such case");
    case.1(words[2].parse().unwrap());
}
