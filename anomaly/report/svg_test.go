package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

func svgOf(t *testing.T, a *anomaly.Assessment, p *locale.Printer) string {
	t.Helper()
	var b bytes.Buffer
	if err := SVG(&b, a, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestChart(t *testing.T) {
	golden(t, "story.svg", []byte(svgOf(t, story(locale.English), locale.New(locale.English))))
}

func TestChartIsWellFormedWhateverItShows(t *testing.T) {
	extreme := story(locale.English)
	extreme.Estimate.High90, extreme.Estimate.Low90 = math.Inf(1), math.NaN()
	extreme.AccountID = "<script>\x00&\"'"
	tiny := normal()
	tiny.Usage = anomaly.MustDecimal("0")
	for _, a := range []*anomaly.Assessment{story(locale.English), normal(), bare(), tiny, extreme, crowded(), {}} {
		text := svgOf(t, a, locale.New(locale.English))
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("not well-formed: %v\n%s", err, text)
			}
			if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "script" || e.Name.Local == "style") {
				t.Errorf("the chart has a %s", e.Name.Local)
			}
		}
		if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("a coordinate is no number:\n%s", text)
		}
	}
}

func TestStepsOfTheAxis(t *testing.T) {
	for _, c := range []struct{ v, want float64 }{{0.9, 1}, {1, 1}, {1.1, 2}, {3, 5}, {6, 10}, {42, 50}, {0.03, 0.05}} {
		if got := niceStep(c.v); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("niceStep(%g) = %g, want %g", c.v, got, c.want)
		}
	}
}
