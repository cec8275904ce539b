//! Running a program that is killed, again and again.

use std::env;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::mortal::{COUNTED, DIE_AT};

/// Runs a test of this very test binary as a child process that dies: at each
/// step in turn, or at random moments by `SIGKILL`.
#[derive(Debug, Clone)]
pub struct KillMatrix {
    test: String,
    most: u64,
}

/// One way to die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Never,
    Step(u64),
    After(Duration),
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// It was killed.
    Killed,
    /// It came to its end, after so many steps.
    Finished(u64),
}

/// A child that is to die at one of its steps.
#[derive(Debug, Clone)]
pub struct Child {
    test: String,
    at: At,
    /// Which death this is, from 1, for messages.
    pub number: u64,
}

impl KillMatrix {
    /// The children run this test, by its full name: `crash::a_run_survives_every_death`.
    /// The test sees by an environment variable of its own that it is a child.
    pub fn of_test(test: impl Into<String>) -> Self {
        KillMatrix { test: test.into(), most: 200 }
    }

    /// How many deaths are died at most: 200 by default. Where there are more steps, they are spread over all of them.
    #[must_use]
    pub fn at_most(mut self, deaths: u64) -> Self {
        self.most = deaths.max(1);
        self
    }

    /// Lets a child die at each step in turn, until one comes to its end.
    /// `steps` is how many an undisturbed run has, as [`Child::run_whole`] says.
    pub fn each_step(&self, steps: u64, mut test: impl FnMut(&Child)) {
        let stride = steps.div_ceil(self.most).max(1);
        for (number, step) in (1..).zip((1..=steps).step_by(stride as usize)) {
            test(&Child { test: self.test.clone(), at: At::Step(step), number });
        }
    }

    /// Lets children be killed after times that are spread evenly over the time that an undisturbed run takes.
    pub fn at_moments(&self, whole: Duration, deaths: u32, mut test: impl FnMut(&Child)) {
        for number in 1..=deaths {
            let at = At::After(whole * number / (deaths + 1));
            test(&Child { test: self.test.clone(), at, number: number.into() });
        }
    }

    /// A child that dies at this step, from 1.
    pub fn at_step(&self, step: u64) -> Child {
        Child { test: self.test.clone(), at: At::Step(step), number: step }
    }

    /// A child that does not die.
    pub fn undisturbed(&self) -> Child {
        Child { test: self.test.clone(), at: At::Never, number: 0 }
    }
}

impl Child {
    /// Runs the test in a process of its own, in which an environment variable says
    /// what it is to do, and which dies where this child is to die.
    ///
    /// # Panics
    ///
    /// Where the test fails for another reason, with what it printed.
    pub fn run(&self, variable: &str, value: &str) -> Death {
        self.start(variable, value, self.at)
    }

    /// The same, without dying.
    pub fn run_whole(&self, variable: &str, value: &str) -> u64 {
        match self.start(variable, value, At::Never) {
            Death::Finished(steps) => steps,
            Death::Killed => panic!("{}: somebody else killed it", self.test),
        }
    }

    fn start(&self, variable: &str, value: &str, at: At) -> Death {
        let program = env::current_exe().expect("the test binary has a path");
        let mut command = Command::new(program);
        command.args([self.test.as_str(), "--exact", "--nocapture", "--test-threads=1"]);
        command.env(variable, value).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let At::Step(step) = at {
            command.env(DIE_AT, step.to_string());
        }
        let mut child = command.spawn().expect("the test binary can be run");
        if let At::After(moment) = at {
            let end = Instant::now() + moment;
            while Instant::now() < end && child.try_wait().is_ok_and(|ended| ended.is_none()) {
                thread::sleep(Duration::from_millis(1));
            }
            let _ = child.kill();
        }
        let output = child.wait_with_output().expect("a child can be waited for");
        let (said, complained) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        match output.status.code() {
            None => Death::Killed,
            Some(0) => Death::Finished(steps_of(&said)),
            Some(code) => panic!("{} ended with {code}\n{said}\n{complained}", self.test),
        }
    }
}

fn steps_of(said: &str) -> u64 {
    let last = said.lines().rev().find_map(|line| line.split_once(COUNTED).map(|(_, count)| count));
    last.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}
