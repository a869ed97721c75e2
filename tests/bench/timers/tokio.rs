// tokio.rs - sleeps and timeouts of tokio, on one thread. SPDX-License-Identifier: MIT

#[path = "../clocks.rs"]
mod clocks;
use clocks::{run, scaled, Clocks};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{sleep_until, timeout, Instant, Sleep};

fn on_one_thread<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

/// Within half a second, as in bench.h.
fn deadlines(count: usize) -> Vec<Duration> {
    let mut state = 88172645463325252u64;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            Duration::from_nanos(1 + state % 500_000_000)
        })
        .collect()
}

/// A sleep is armed when it is polled for the first time.
struct PollOnce<'a>(Pin<&'a mut Sleep>);

impl Future for PollOnce<'_> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let _ = self.0.as_mut().poll(context);
        Poll::Ready(())
    }
}

/// Deadlines count from a time that does not come while they are armed.
fn later() -> Instant {
    Instant::now() + Duration::from_secs(100)
}

async fn armed(began: Instant, deadlines: &[Duration]) -> Vec<Pin<Box<Sleep>>> {
    let mut sleeps = Vec::with_capacity(deadlines.len());
    for after in deadlines {
        sleeps.push(Box::pin(sleep_until(began + *after)));
        PollOnce(sleeps.last_mut().unwrap().as_mut()).await;
    }
    sleeps
}

fn arm_cancel(size: usize) {
    let count = scaled(300_000, 1);
    on_one_thread(async {
        let began = later();
        let _pending = armed(began, &deadlines(size)).await;
        let clocks = Clocks::begin();
        for i in 0..count {
            let sleep = sleep_until(began + Duration::from_nanos(250_000_000 + (i as u64 & 0xffff)));
            tokio::pin!(sleep);
            PollOnce(sleep).await;
        }
        clocks.end("arm_cancel", count);
    });
}

fn rearm(size: usize) {
    let count = scaled(300_000, 1);
    on_one_thread(async {
        let began = later();
        let deadlines = deadlines(size.max(count));
        let mut pending = armed(began, &deadlines[..size]).await;
        let mut state = 2463534242u64;
        let order: Vec<usize> = (0..count)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state % size as u64) as usize
            })
            .collect();
        let clocks = Clocks::begin();
        for i in 0..count {
            let sleep = &mut pending[order[i]];
            sleep.as_mut().reset(began + deadlines[i]);
            PollOnce(sleep.as_mut()).await;
        }
        clocks.end("rearm", count);
    });
}

fn arm(size: usize) {
    on_one_thread(async {
        let deadlines = deadlines(size);
        let began = later();
        let clocks = Clocks::begin();
        let sleeps = armed(began, &deadlines).await;
        clocks.end("arm", size);
        drop(sleeps);
    });
}

async fn ready_call(value: &mut u64) {
    unsafe { std::ptr::write_volatile(value, std::ptr::read_volatile(value) + 1) };
}

fn timeout_ready(size: usize) {
    let count = scaled(1_000_000, 1) * size;
    on_one_thread(async {
        let mut value = 0;
        let clocks = Clocks::begin();
        for _ in 0..count {
            timeout(Duration::from_secs(1), ready_call(&mut value)).await.unwrap();
        }
        clocks.end("timeout_ready", count);
    });
}

fn timeout_suspends(size: usize) {
    let times = scaled(5_000, 1);
    on_one_thread(async {
        let clocks = Clocks::begin();
        let tasks: Vec<_> = (0..size)
            .map(|_| {
                tokio::spawn(async move {
                    for _ in 0..times {
                        timeout(Duration::from_secs(1), tokio::task::yield_now()).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        clocks.end("timeout_suspends", size * times);
    });
}

fn timeout_storm(size: usize) {
    on_one_thread(async {
        let event = Arc::new(Semaphore::new(0)); // closing it tells all: Notify's would be lost
        let clocks = Clocks::begin();
        let tasks: Vec<_> = (0..size)
            .map(|_| {
                let event = event.clone();
                tokio::spawn(async move {
                    assert!(timeout(Duration::from_secs(100), event.acquire()).await.unwrap().is_err());
                })
            })
            .collect();
        tokio::task::yield_now().await;
        event.close();
        for task in tasks {
            task.await.unwrap();
        }
        clocks.end("timeout_storm", size);
    });
}

fn main() {
    run(&[
        ("arm_cancel", arm_cancel),
        ("rearm", rearm),
        ("arm", arm),
        ("timeout_ready", timeout_ready),
        ("timeout_suspends", timeout_suspends),
        ("timeout_storm", timeout_storm),
    ]);
}
