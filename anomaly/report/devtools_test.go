package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"
)

// devtools drives a headless Chromium by its own protocol over two pipes: messages in
// JSON, each ended by a zero byte. See chromedevtools.github.io/devtools-protocol.
type devtools struct {
	t       *testing.T
	in      *os.File
	out     *bufio.Reader
	session string
	calls   int
	// What the page did, as it was told in passing.
	requests, complaints []string
	loaded               bool
}

// The keys that print nothing of their own, as the protocol wants them; others are what they print.
var keys = map[string]map[string]any{
	"Backspace": {"key": "Backspace", "code": "Backspace", "windowsVirtualKeyCode": 8},
	"Tab":       {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
	"Enter":     {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
	"Space":     {"key": " ", "code": "Space", "windowsVirtualKeyCode": 32, "text": " "},
}

// newDevtools starts a browser with an empty page, or skips the test where there is none.
func newDevtools(t *testing.T) *devtools {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium is installed: the page is not tested in a browser")
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
		"--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // it reads descriptor 3 and writes 4
	if err := cmd.Start(); err != nil {
		t.Skipf("the browser does not run here: %v", err)
	}
	theirIn.Close()
	theirOut.Close()
	killer := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	d := &devtools{t: t, in: in, out: bufio.NewReaderSize(out, 1<<16)}
	t.Cleanup(func() {
		_, _ = in.WriteString(`{"id":0,"method":"Browser.close"}` + "\x00")
		_ = cmd.Wait() // its status says nothing: it may have been killed
		killer.Stop()
		in.Close()
		out.Close()
	})
	var target struct{ TargetID string }
	d.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	d.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	d.session = session.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		d.call(domain+".enable", nil, nil)
	}
	return d
}

// call asks for something and waits for the answer, which goes to result.
func (d *devtools) call(method string, params map[string]any, result any) {
	d.t.Helper()
	d.calls++
	message := map[string]any{"id": d.calls, "method": method}
	if params != nil {
		message["params"] = params
	}
	if d.session != "" {
		message["sessionId"] = d.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.in.Write(append(text, 0)); err != nil {
		d.t.Fatalf("%s: %v", method, err)
	}
	for {
		answer := d.read(method)
		if answer.ID != d.calls {
			continue
		}
		if answer.Error != nil {
			d.t.Fatalf("%s: %s", method, answer.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(answer.Result, result); err != nil {
				d.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

type devtoolsMessage struct {
	ID     int
	Method string
	Error  *struct{ Message string }
	Result json.RawMessage
	Params struct {
		Request          struct{ URL string }
		Entry            struct{ Level, Text string }
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
		Type string
	}
}

// read takes one message and notes what it tells of the page.
func (d *devtools) read(waiting string) (m devtoolsMessage) {
	d.t.Helper()
	text, err := d.out.ReadBytes(0)
	if err != nil {
		d.t.Fatalf("the browser is gone while waiting for %s: %v", waiting, err)
	}
	if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
		d.t.Fatal(err)
	}
	switch p := &m.Params; m.Method {
	case "Network.requestWillBeSent":
		d.requests = append(d.requests, p.Request.URL)
	case "Log.entryAdded":
		d.complaints = append(d.complaints, p.Entry.Level+": "+p.Entry.Text)
	case "Runtime.exceptionThrown":
		d.complaints = append(d.complaints, p.ExceptionDetails.Text+" "+p.ExceptionDetails.Exception.Description)
	case "Runtime.consoleAPICalled":
		d.complaints = append(d.complaints, "console."+p.Type)
	case "Page.loadEventFired":
		d.loaded = true
	}
	return m
}

// open loads a page and waits until it is loaded.
func (d *devtools) open(url string) {
	d.t.Helper()
	d.loaded = false
	d.call("Page.navigate", map[string]any{"url": url}, nil)
	for !d.loaded {
		d.read("the page to load")
	}
}

// eval runs an expression in the page; its value, awaited where it is a promise, goes to result.
func (d *devtools) eval(result any, expression string) {
	d.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	d.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &answer)
	if answer.ExceptionDetails != nil {
		d.t.Fatalf("%s: %s", expression, answer.ExceptionDetails.Exception.Description)
	}
	if result != nil {
		if err := json.Unmarshal(answer.Result.Value, result); err != nil {
			d.t.Fatalf("%s: %v", expression, err)
		}
	}
}

// text evaluates to text.
func (d *devtools) text(format string, args ...any) (s string) {
	d.t.Helper()
	d.eval(&s, "String("+fmt.Sprintf(format, args...)+")")
	return s
}

// press presses and releases keys, and waits until the page has drawn what came of each.
func (d *devtools) press(names ...string) {
	d.t.Helper()
	for _, name := range names {
		key := maps.Clone(keys[name])
		if key == nil {
			key = map[string]any{"key": name, "text": name}
		}
		key["type"] = "keyDown"
		if _, prints := key["text"]; !prints {
			key["type"] = "rawKeyDown"
		}
		d.call("Input.dispatchKeyEvent", key, nil)
		key["type"] = "keyUp"
		delete(key, "text")
		d.call("Input.dispatchKeyEvent", key, nil)
		d.eval(nil, "new Promise(function (done) { requestAnimationFrame(function () { setTimeout(done, 0); }); })")
	}
}

// until waits until an expression is true.
func (d *devtools) until(expression string) {
	d.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if d.text("!!(%s)", expression) == "true" {
			return
		}
	}
	d.t.Fatalf("it never is: %s", expression)
}
