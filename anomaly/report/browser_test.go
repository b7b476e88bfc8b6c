package report

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly/locale"
)

// browse opens the page of n flagged accounts as a file, as somebody would who got it by mail.
func browse(t *testing.T, lang locale.Lang, n int) *devtools {
	t.Helper()
	d := newDevtools(t)
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := weekHTML(f, newWeekView(week(lang, n), locale.New(lang))); err != nil {
		t.Fatal(err)
	}
	d.open("file://" + path)
	return d
}

// quiet fails the test where the page complained, broke its policy or asked for anything but itself.
func (d *devtools) quiet() {
	d.t.Helper()
	if len(d.complaints) > 0 {
		d.t.Errorf("the console says %q", d.complaints)
	}
	if len(d.requests) != 1 {
		d.t.Errorf("the page asked for %q", d.requests)
	}
}

// What the tests ask of the page, as functions of their own that leave it as it is.
const probes = `
window.probe = {
	// name says what an element is and which.
	name: function (e) {
		if (!e || e === document.body) { return "nothing"; }
		var table = e.closest("section, nav, header, main");
		return e.tagName.toLowerCase() + " " + (table.id || "nav") + " " + (e.tagName === "INPUT" ? e.labels[0].textContent.trim() : e.textContent.trim());
	},
	// stops are the elements that the Tab key has to reach, in the order of the page.
	stops: function () {
		return Array.from(document.querySelectorAll("a[href], button, input, summary")).filter(function (e) { return e.getClientRects().length; });
	},
	// ring says whether one can see where the focus is.
	ring: function () {
		var s = getComputedStyle(document.activeElement);
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
	},
	table: function (id) { return document.getElementById("t-" + id); },
	shown: function (id) { return Array.from(this.table(id).tBodies).filter(function (b) { return !b.hidden; }); },
	first: function (id) { return this.shown(id)[0].rows[0].cells[1].textContent; },
	sorted: function (id) {
		return Array.from(this.table(id).tHead.rows[0].cells).filter(function (c) { return c.hasAttribute("aria-sort"); })
			.map(function (c) { return c.textContent + " " + c.getAttribute("aria-sort"); }).join();
	},
	said: function (id) { return document.querySelector("#t-" + id + "-tools output").textContent; }
};`

// tabTo presses Tab until the focus is on what the expression names.
func (d *devtools) tabTo(element string) {
	d.t.Helper()
	for range 200 {
		d.press("Tab")
		if d.text("document.activeElement === %s", element) == "true" {
			return
		}
	}
	d.t.Fatalf("Tab does not reach %s", element)
}

func TestThePageByKeyboard(t *testing.T) {
	d := browse(t, locale.English, 5)
	d.eval(nil, probes)

	var stops, reached, hidden []string
	d.eval(&stops, "probe.stops().map(probe.name)")
	for range stops {
		d.press("Tab")
		reached = append(reached, d.text("probe.name(document.activeElement)"))
		if d.text("probe.ring()") != "true" {
			hidden = append(hidden, reached[len(reached)-1])
		}
	}
	if diff := cmp.Diff(stops, reached); diff != "" {
		t.Errorf("Tab goes another way (-page +tab):\n%s", diff)
	}
	if len(hidden) > 0 {
		t.Errorf("nobody sees the focus on %q", hidden)
	}
	for _, want := range []string{"input flagged Search", "button flagged Account", "summary flagged !! U06", "summary method Parameters", "a nav Inspections"} {
		if !slices.ContainsFunc(reached, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("Tab never came to %q; it came to %q", want, reached)
		}
	}

	d.eval(nil, "document.activeElement.blur()")
	d.tabTo(`document.querySelector("#t-flagged-tools input")`)
	d.press("A", "-", "0", "0", "0", "0", "3")
	if got := d.text(`probe.first("flagged") + ", " + probe.said("flagged")`); got != "A-00003, 1 of 5 shown" {
		t.Errorf("the search finds %s", got)
	}
	for range "a-00003" {
		d.press("Backspace")
	}
	if got := d.text(`probe.said("flagged")`); got != "5 of 5 shown" {
		t.Errorf("after the search, %s", got)
	}

	d.tabTo(`probe.table("flagged").querySelectorAll("thead button")[1]`)
	d.press("Enter")
	if got := d.text(`probe.sorted("flagged") + ", " + probe.first("flagged")`); got != "Account ascending, A-00001" {
		t.Errorf("Enter sorts: %s", got)
	}
	d.press("Space")
	if got := d.text(`probe.sorted("flagged") + ", " + probe.first("flagged")`); got != "Account descending, A-00005" {
		t.Errorf("Space sorts: %s", got)
	}
	if got := d.text("probe.name(document.activeElement)"); got != "button flagged Account" {
		t.Errorf("after sorting the focus is on %s", got)
	}

	d.tabTo(`probe.shown("flagged")[0].querySelector("summary")`)
	for _, key := range []string{"Enter", "Space"} {
		d.press(key)
		d.until(`(function (more) {
			return more.open && more.querySelectorAll("svg[role=img] path.billed").length === 1 && more.textContent.includes("bills.csv:14");
		})(document.activeElement.parentNode)`)
		d.press(key)
		if got := d.text("document.activeElement.parentNode.open"); got != "false" {
			t.Errorf("%s does not close it again", key)
		}
	}

	d.eval(nil, "document.activeElement.blur()")
	d.tabTo(`document.querySelector("#inspections td a, #inspections th a")`)
	d.press("Enter")
	d.until(`location.hash === "#a2" && document.querySelector("#a2 details").open`)
	d.quiet()
}

func TestThePageInABrowser(t *testing.T) {
	for _, lang := range locale.Langs {
		t.Run(string(lang), func(t *testing.T) {
			d := browse(t, lang, 12)
			d.eval(nil, probes)
			for what, is := range map[string]struct{ expression, want string }{
				"rows":       {`probe.shown("flagged").length`, "12"},
				"the style":  {`getComputedStyle(document.querySelector(".tiles")).display`, "grid"},
				"headings":   {`Array.from(document.querySelectorAll("h1,h2"), function (h) { return h.tagName; }).join(" ")`, "H1 H2 H2 H2 H2 H2 H2 H2"},
				"unlabelled": {`Array.from(document.querySelectorAll("input")).filter(function (i) { return !i.labels.length; }).length`, "0"},
				"the policy": {`document.querySelector("meta[http-equiv=Content-Security-Policy]").content.includes("unsafe")`, "false"},
			} {
				if got := d.text("%s", is.expression); got != is.want {
					t.Errorf("%s: %s, want %s", what, got, is.want)
				}
			}
			// The policy holds: an inline handler does not run, and is complained of.
			d.quiet()
			d.eval(nil, `document.body.insertAdjacentHTML("beforeend", "<button id=bad onclick='window.ran = true'>x</button>"); document.getElementById("bad").click()`)
			if d.text("window.ran") != "undefined" || len(d.complaints) == 0 {
				t.Errorf("an inline handler ran: %s; complaints %q", d.text("window.ran"), d.complaints)
			}
		})
	}
}

// On a narrow screen, in the dark and on paper nothing is cut off sideways.
func TestThePageOnOtherScreens(t *testing.T) {
	d := browse(t, locale.Traditional, 12)
	d.eval(nil, `document.getElementById("a1").querySelector("details").open = true`)
	for _, width := range []int{400, 1280} {
		d.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
		if got := d.text("document.documentElement.scrollWidth"); got != fmt.Sprint(width) {
			t.Errorf("at a width of %d the page is %s wide", width, got)
		}
		for _, scheme := range []string{"light", "dark"} {
			d.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
			if got := d.contrast(); len(got) > 0 {
				t.Errorf("%s: hard to read are %q", scheme, got)
			}
		}
	}
	var paper struct{ Data string }
	d.call("Page.printToPDF", map[string]any{"printBackground": false, "landscape": true}, &paper)
	pdf, err := base64.StdEncoding.DecodeString(paper.Data)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1)); n == 0 || n > 8 {
		t.Errorf("%d pages on paper", n)
	}
	d.quiet()
}

// contrast returns texts whose contrast to what is behind them is below 4.5 (WCAG 2.1, 1.4.3).
func (d *devtools) contrast() (bad []string) {
	d.t.Helper()
	d.eval(&bad, `(function () {
		function parts(c) { return c.match(/[\d.]+/g).map(Number); }
		function light(c) {
			return parts(c).slice(0, 3).map(function (v) { v /= 255; return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); })
				.reduce(function (sum, v, i) { return sum + v * [0.2126, 0.7152, 0.0722][i]; }, 0);
		}
		function behind(e) {
			for (; e; e = e.parentElement) {
				var c = getComputedStyle(e).backgroundColor, p = parts(c);
				if (p.length < 4 || p[3] > 0) { return c; }
			}
			return "rgb(255, 255, 255)";
		}
		var bad = new Set();
		document.querySelectorAll("body *").forEach(function (e) {
			var own = Array.from(e.childNodes).some(function (n) { return n.nodeType === 3 && n.textContent.trim(); });
			if (!own || !e.getClientRects().length || e.closest("svg") || e.closest(".spark")) { return; }
			var a = light(getComputedStyle(e).color), b = light(behind(e));
			if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) { bad.add(e.tagName + "." + e.className + " " + e.textContent.slice(0, 30)); }
		});
		return Array.from(bad);
	})()`)
	return bad
}

func TestTwoThousandAccountsOpenQuickly(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser and 2,000 accounts take seconds")
	}
	d := browse(t, locale.English, 2000)
	var took float64
	d.eval(&took, `performance.getEntriesByType("navigation")[0].loadEventEnd`)
	t.Logf("loaded after %.0f ms", took)
	d.eval(nil, probes)
	if got := d.text(`probe.said("flagged") + ", " + probe.table("flagged").tBodies.length`); got != "100 of 2000 shown, 100" {
		t.Errorf("at first %s", got)
	}
	// A second is the promise for a machine of its own; tests share theirs.
	if took > 3000 {
		t.Errorf("it takes %.0f ms to open", took)
	}
	d.tabTo(`probe.table("flagged").querySelectorAll("thead button")[1]`)
	d.press("Enter", "Enter")
	d.until(`probe.sorted("flagged") === "Account descending"`)
	if got := d.text(`probe.first("flagged") + ", " + probe.said("flagged")`); got != "A-02000, 100 of 2000 shown" {
		t.Errorf("sorted, the first is %s", got)
	}
	d.eval(nil, `location.hash = "#a1777"`)
	d.until(`document.querySelector("#a1777 svg")`)
	if got := d.text(`document.getElementById("a1777").rows[0].cells[1].textContent`); got != "A-01777" {
		t.Errorf("a link leads to %s", got)
	}
	d.eval(nil, `document.querySelector("#t-flagged-tools input").focus()`)
	d.press("Tab")
	d.press("Enter")
	d.until(`probe.said("flagged") === "2000 of 2000 shown"`)
	d.quiet()
}
