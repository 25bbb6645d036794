//! A browser under remote control: as much of W3C WebDriver as the test needs, over a plain socket.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A headless Chromium, closed when dropped.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// What both would else leave behind.
    _files: TempDir,
}

/// The name under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    pub fn open() -> Self {
        let files = TempDir::new().expect("a folder for temporary files");
        let (driver, port) = (0..10)
            .find_map(|_| start(files.path()))
            .expect("one of ten ports is free");
        let mut browser = Self {
            driver,
            port,
            session: String::new(),
            _files: files,
        };
        let options = json!({"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]});
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let opened = browser.call("POST", "/session", &wanted);
        browser.session = format!("/session/{}", opened["sessionId"].as_str().unwrap());
        browser
    }

    pub fn go(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// The width and height of the screen, and whether it is dark.
    pub fn screen(&self, width: u32, height: u32, dark: bool) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.tool("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.tool(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        );
        self.settle();
    }

    /// Moves the mouse.
    pub fn point(&self, x: f64, y: f64) {
        self.tool(
            "Input.dispatchMouseEvent",
            &json!({"type": "mouseMoved", "x": x, "y": y}),
        );
        self.settle();
    }

    /// Types into what has the focus.
    pub fn keys(&self, keys: &str) {
        let active = self.call(
            "GET",
            &format!("{}/element/active", self.session),
            &Value::Null,
        );
        let id = active[ELEMENT].as_str().expect("something has the focus");
        self.post(&format!("/element/{id}/value"), &json!({ "text": keys }));
        self.settle();
    }

    /// The body of a function, run in the page.
    pub fn js(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// What the page logged as an error.
    pub fn errors(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "browser"}));
        let entries = log.as_array().unwrap().iter();
        entries
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].to_string())
            .collect()
    }

    /// Waits until the page has drawn what it was about to.
    fn settle(&self) {
        let script = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));";
        self.post("/execute/async", &json!({"script": script, "args": []}));
    }

    fn tool(&self, command: &str, parameters: &Value) {
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": command, "params": parameters}),
        );
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let value = self.ask(method, path, body).expect("the driver answers");
        assert!(value["error"].is_null(), "{method} {path}: {value}");
        value
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> io::Result<Value> {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            answer.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut text = vec![0; length];
        answer.read_exact(&mut text)?;
        let mut value: Value = serde_json::from_slice(&text)?;
        Ok(value["value"].take())
    }
}

/// Starts the driver at a port of its choice, unless another process takes that before it does.
fn start(files: &Path) -> Option<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .env("TMPDIR", files)
        .stdout(Stdio::piped())
        .spawn()
        .expect("chromedriver starts: apt-get install chromium chromium-driver");
    let out = driver.stdout.take().expect("it is a pipe");
    let port = BufReader::new(out)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            let port = line.split("started successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse().ok()
        });
    match port {
        Some(port) => Some((driver, port)),
        None => {
            let _ = driver.kill();
            let _ = driver.wait();
            None
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Else the browser outlives its driver. A test that fails must fail by its own error.
        if !self.session.is_empty() {
            let _ = self.ask("DELETE", &self.session, &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
