//! A service: the real binary, running on a port of its own until the test is over.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::{Answer, Settings, command::binary, ports, wait::until, web};

/// Not a setting of the services: how many descriptors they may have.
const DESCRIPTORS: &str = "TEST_DESCRIPTORS";
/// The unit of `/proc/*/stat`, the same on every Linux there is (`USER_HZ`).
const TICKS_PER_S: f64 = 100.0;
/// How often it is looked whether a process has stopped, which takes as long as the machine is busy.
const LOOKS: u32 = 20_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// A running binary; ended when dropped.
pub struct Service {
    /// Where it answers, without a slash at the end.
    pub url: String,
    /// Its environment.
    pub settings: Settings,
    name: &'static str,
    child: Child,
    told: Arc<Mutex<String>>,
    client: Client,
}

impl Service {
    /// Starts `NAME serve` on a free port; it need not be ready yet.
    pub fn start(name: &'static str, settings: Settings) -> Self {
        let address = format!("127.0.0.1:{}", ports::free());
        let settings = settings.with("BIND", &address);
        let told = Arc::new(Mutex::new(String::new()));
        let child = spawn(name, &settings, &told);
        Self { url: format!("http://{address}"), settings, name, child, told, client: web::client() }
    }

    /// The same, with no more than this many descriptors.
    pub fn start_limited(name: &'static str, settings: Settings, descriptors: u32) -> Self {
        let settings = settings.with(DESCRIPTORS, descriptors);
        Self::start(name, settings)
    }

    /// The same, once it is ready.
    pub async fn ready(name: &'static str, settings: Settings) -> Self {
        let mut service = Self::start(name, settings);
        service.becomes_ready().await;
        service
    }

    /// Starts it again on its port.
    pub fn start_again(&mut self) {
        self.child = spawn(self.name, &self.settings, &self.told);
    }

    /// Waits for `/readyz` to be 200.
    pub async fn becomes_ready(&mut self) {
        self.readyz(200, "").await;
    }

    /// Waits for `/readyz` to be 503 with these words; before the first look at the database it has others.
    pub async fn becomes_unready(&mut self, words: &str) -> Answer {
        self.readyz(503, words).await
    }

    /// Waits for this status of `/readyz`, and these words in it; the answer.
    async fn readyz(&mut self, status: u16, words: &str) -> Answer {
        let (name, told) = (self.name, self.told.clone());
        let what = format!("{name}: /readyz to be {status}, {words}");
        until(&what, async || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "{name} ended with {ended:?}:\n{}", told.lock().unwrap());
            let answer = Answer::of(self.request(Method::GET, "/readyz")).await.ok()?;
            (answer.status == status && answer.body.contains(words)).then_some(answer)
        })
        .await
    }

    /// A request that is not sent yet.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// The answer to GET.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await.unwrap()
    }

    /// The answer to POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await.unwrap()
    }

    /// All that it wrote to stdout and stderr up to now.
    pub fn told(&self) -> String {
        self.told.lock().unwrap().clone()
    }

    /// Seconds of processor time that it has used.
    pub fn cpu_s(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name, in parentheses, may hold blanks. Behind it: user and system time as fields 12 and 13.
        let times = stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2);
        times.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS_PER_S
    }

    /// Sends a signal: `TERM`, `STOP`, `CONT`.
    pub fn signal(&self, signal: &str) {
        // `kill` of the shell: it is there where the program of that name is not installed.
        let script = "kill -s \"$1\" \"$2\"";
        let pid = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", script, "sh", signal, &pid]).status().unwrap();
        assert!(sent.success(), "SIG{signal} did not reach {}", self.name);
        // On a busy machine it goes on answering until each of its threads has had a turn.
        let stopped = signal != "STOP" || (0..LOOKS).any(|_| self.is_stopped() || pause());
        assert!(stopped, "{} does not stop", self.name);
    }

    fn is_stopped(&self) -> bool {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let stats = threads.map(|thread| fs::read_to_string(thread.unwrap().path().join("stat")).unwrap());
        // The name, in parentheses, may hold blanks; behind it stands the state.
        stats.into_iter().all(|stat| stat.rsplit(") ").next().unwrap().starts_with('T'))
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for it to end by itself.
    pub async fn ends(&mut self) -> ExitStatus {
        let name = self.name;
        until(&format!("{name} to end"), async || self.child.try_wait().unwrap()).await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pause() -> bool {
    thread::sleep(BETWEEN_LOOKS);
    false
}

fn spawn(name: &str, settings: &Settings, told: &Arc<Mutex<String>>) -> Child {
    let mut command = match settings.0.get(DESCRIPTORS) {
        None => Command::new(binary(name)),
        Some(descriptors) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", "ulimit -n \"$1\"; exec \"$0\" \"$2\""]).arg(binary(name)).arg(descriptors);
            shell
        }
    };
    command.arg("serve").env_clear().envs(&settings.0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    collect(child.stdout.take().unwrap(), told.clone());
    collect(child.stderr.take().unwrap(), told.clone());
    child
}

/// Reads line by line until the process has ended, which ends the thread as well.
fn collect(pipe: impl Read + Send + 'static, told: Arc<Mutex<String>>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut told = told.lock().unwrap();
            told.push_str(&line);
            told.push('\n');
        }
    });
}
