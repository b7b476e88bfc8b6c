package report

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"whybill/anomaly/locale"
)

// harness loads the page into a frame, uses it as a person would, and writes what it
// saw as JSON into its own body.
const harness = `<!DOCTYPE html><meta charset="utf-8"><pre id="out"></pre><script>
(function () {
  var saw = {errors: [], violations: []};
  var frame = document.createElement("iframe");
  frame.width = 1200; frame.height = 900;
  var began = performance.now();
  frame.addEventListener("load", function () {
    var w = frame.contentWindow, d = frame.contentDocument;
    saw.height = d.body.scrollHeight; // forces the layout
    saw.milliseconds = performance.now() - began;
    w.addEventListener("error", function (e) { saw.errors.push(String(e.message)); });
    d.addEventListener("securitypolicyviolation", function (e) { saw.violations.push(e.violatedDirective); });
    var table = d.getElementById("t-flagged"), tools = d.getElementById("t-flagged-tools");
    function first() { return table.tBodies[0].rows[0].cells[1].textContent; }
    function shown() { return Array.prototype.filter.call(table.tBodies, function (b) { return !b.hidden; }).length; }
    saw.rows = table.tBodies.length; saw.at_first = shown();
    saw.styled = w.getComputedStyle(d.querySelector(".tiles")).display;
    var heads = table.querySelectorAll("thead button");
    heads[1].click(); heads[1].click();
    saw.last_account_first = first();
    saw.aria = heads[1].parentNode.getAttribute("aria-sort");
    heads[0].click(); heads[0].click();
    saw.best_first = first();
    var input = tools.querySelector("input");
    input.value = "a-00003"; input.dispatchEvent(new w.Event("input"));
    saw.found = shown(); saw.said = tools.querySelector("output").textContent;
    input.value = ""; input.dispatchEvent(new w.Event("input"));
    tools.querySelector("button").click();
    saw.back = shown();
    saw.focusable = Array.prototype.every.call(heads, function (b) { b.focus(); return d.activeElement === b; });
    var more = table.tBodies[0].querySelector("details"), summary = more.querySelector("summary");
    summary.focus(); saw.summary_focus = d.activeElement === summary;
    summary.click();
    setTimeout(function () {
      saw.open = more.open; saw.chart = more.querySelectorAll("svg[role=img] path.billed").length;
      saw.evidence = more.textContent.indexOf("bills.csv:14") >= 0;
      w.location.hash = "#a3";
      setTimeout(function () {
        saw.linked = d.getElementById("a3").querySelector("details").open;
        saw.headings = Array.prototype.map.call(d.querySelectorAll("h1,h2"), function (h) { return h.tagName; }).join(" ");
        saw.unlabelled = Array.prototype.filter.call(d.querySelectorAll("input"), function (i) { return !i.labels.length; }).length;
        document.getElementById("out").textContent = JSON.stringify(saw);
      }, 50);
    }, 50);
  });
  frame.src = "/report.html";
  document.body.appendChild(frame);
})();
</script>`

type seen struct {
	Errors           []string `json:"errors"`
	Violations       []string `json:"violations"`
	Milliseconds     float64  `json:"milliseconds"`
	Rows             int      `json:"rows"`
	AtFirst          int      `json:"at_first"`
	Styled           string   `json:"styled"`
	LastAccountFirst string   `json:"last_account_first"`
	Aria             string   `json:"aria"`
	BestFirst        string   `json:"best_first"`
	Found            int      `json:"found"`
	Said             string   `json:"said"`
	Back             int      `json:"back"`
	Focusable        bool     `json:"focusable"`
	SummaryFocus     bool     `json:"summary_focus"`
	Open             bool     `json:"open"`
	Chart            int      `json:"chart"`
	Evidence         bool     `json:"evidence"`
	Linked           bool     `json:"linked"`
	Headings         string   `json:"headings"`
	Unlabelled       int      `json:"unlabelled"`
	Height           int      `json:"height"`
}

// browse opens the page of n flagged accounts in a headless browser.
func browse(t *testing.T, n int) (saw seen, requests []string, console string) {
	t.Helper()
	var browser string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("no Chromium is installed: the page is not tested in a browser")
	}
	var page bytes.Buffer
	if err := weekHTML(&page, newWeekView(week(locale.English, n), locale.New(locale.English))); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		requests = append(requests, r.URL.Path)
		mu.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/report.html" {
			_, _ = w.Write(page.Bytes())
			return
		}
		_, _ = w.Write([]byte(harness))
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--no-first-run", "--user-data-dir="+t.TempDir(), "--enable-logging=stderr", "--timeout=30000", "--virtual-time-budget=20000",
		"--dump-dom", server.URL+"/test.html")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Skipf("the browser does not run here: %v", err)
	}
	out := regexp.MustCompile(`(?s)<pre id="out">(.*?)</pre>`).FindSubmatch(stdout.Bytes())
	if out == nil || len(out[1]) == 0 {
		t.Fatalf("the harness wrote nothing:\n%s\n%s", stdout.Bytes(), stderr.Bytes())
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(out[1]))), &saw); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(stderr.Bytes()) {
		if bytes.Contains(line, []byte(":CONSOLE")) {
			console += string(line)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	return saw, slices.Clone(requests), console
}

func TestThePageInABrowser(t *testing.T) {
	saw, requests, console := browse(t, 12)
	if len(saw.Errors)+len(saw.Violations) > 0 || console != "" {
		t.Errorf("errors %v, violations of the policy %v, console %s", saw.Errors, saw.Violations, console)
	}
	slices.Sort(requests)
	requests = slices.DeleteFunc(slices.Compact(requests), func(r string) bool { return r == "/favicon.ico" })
	if !slices.Equal(requests, []string{"/report.html", "/test.html"}) {
		t.Errorf("requests %v", requests)
	}
	saw.Milliseconds, saw.Height, saw.Errors, saw.Violations = 0, 0, nil, nil
	want := seen{
		Rows: 12, AtFirst: 12, Styled: "grid", LastAccountFirst: "A-00012", Aria: "descending", BestFirst: "A-00001", Found: 1, Said: "1 of 12 shown",
		Back: 12, Focusable: true, SummaryFocus: true, Open: true, Chart: 1, Evidence: true, Linked: true,
		Headings: "H1 H2 H2 H2 H2 H2 H2 H2",
	}
	if got, expected := asJSON(t, saw), asJSON(t, want); got != expected {
		t.Errorf("saw\n%s\nwant\n%s", got, expected)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTwoThousandAccountsOpenQuickly(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser and 2,000 accounts take seconds")
	}
	saw, _, _ := browse(t, 2000)
	t.Logf("%d rows laid out in %.0f ms", saw.Rows, saw.Milliseconds)
	if saw.Rows != 2000 || saw.AtFirst != 200 || saw.LastAccountFirst != "A-02000" || saw.Chart != 1 || saw.Found != 1 {
		t.Errorf("saw %+v", saw)
	}
}
