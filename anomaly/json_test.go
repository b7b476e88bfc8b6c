package anomaly_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"whybill/anomaly"
)

// key is a printer that shows the message's key: these tests are about the form.
func key(m anomaly.Message) string { return m.Key }

// The form as a reader in another program would declare it.
type jsonForm struct {
	Version        int     `json:"version"`
	AccountID      string  `json:"account_id"`
	BillID         string  `json:"bill_id"`
	Service        string  `json:"service"`
	ServiceAssumed bool    `json:"service_assumed"`
	Unit           string  `json:"unit"`
	Period         period  `json:"period"`
	Billed         billed  `json:"billed"`
	Expected       expect  `json:"expected"`
	Rebilled       rebill  `json:"rebilled"`
	Explained      []row   `json:"explained"`
	Unexplained    *rest   `json:"unexplained"`
	Findings       []found `json:"findings"`
	Causes         []cause `json:"causes"`
	Verdict        verdict `json:"verdict"`
	NotChecked     []skip  `json:"not_checked"`
}

type (
	period struct {
		Start      string `json:"start"`
		End        string `json:"end"`
		Days       int    `json:"days"`
		EndAssumed bool   `json:"end_assumed"`
	}
	billed struct {
		Usage    json.Number `json:"usage"`
		Amount   *string     `json:"amount"`
		Currency *string     `json:"currency"`
		Quality  string      `json:"quality"`
	}
	expect struct {
		Usage       *float64 `json:"usage"`
		Low90       *float64 `json:"low90"`
		High90      *float64 `json:"high90"`
		Low95       *float64 `json:"low95"`
		High95      *float64 `json:"high95"`
		PeriodsUsed int      `json:"periods_used"`
		SetAside    []aside  `json:"periods_set_aside"`
		Basis       []string `json:"basis"`
		Comparable  bool     `json:"comparable"`
		Missing     string   `json:"missing"`
	}
	aside struct {
		BillID string `json:"bill_id"`
		Reason string `json:"reason"`
	}
	rebill struct {
		NotChecked string  `json:"not_checked"`
		Energy     *string `json:"energy"`
		Amount     *string `json:"amount"`
		Tariff     string  `json:"tariff"`
		Version    string  `json:"version"`
		Currency   *string `json:"currency"`
		Confidence string  `json:"confidence"`
		Formula    string  `json:"formula"`
		Lines      []line  `json:"lines"`
	}
	line struct {
		Code      string      `json:"code"`
		Quantity  json.Number `json:"quantity"`
		UnitPrice string      `json:"unit_price"`
		Amount    string      `json:"amount"`
		From      *string     `json:"from"`
		To        *string     `json:"to"`
		Version   *string     `json:"version"`
		Clause    *string     `json:"clause"`
	}
	row struct {
		What   string      `json:"what"`
		Usage  json.Number `json:"usage"`
		Amount *string     `json:"amount"`
	}
	rest struct {
		Usage  *float64 `json:"usage"`
		Low90  *float64 `json:"low90"`
		High90 *float64 `json:"high90"`
	}
	found struct {
		ID       string     `json:"id"`
		Ref      string     `json:"ref"`
		Severity int        `json:"severity"`
		Action   *string    `json:"action"`
		Usage    *float64   `json:"usage"`
		Amount   *string    `json:"amount"`
		Message  string     `json:"message"`
		Evidence []evidence `json:"evidence"`
	}
	evidence struct {
		File string `json:"file"`
		Row  int    `json:"row"`
	}
	cause struct {
		ID          string       `json:"id"`
		Probability *json.Number `json:"probability"`
		For         []reason     `json:"for"`
		Against     []reason     `json:"against"`
	}
	reason struct {
		ID      string  `json:"id"`
		Ref     string  `json:"ref"`
		Factor  float64 `json:"factor"`
		Message string  `json:"message"`
	}
	verdict struct {
		Action                *string   `json:"action"`
		Then                  *string   `json:"then"`
		Reason                *string   `json:"reason"`
		Priority              *float64  `json:"priority"`
		PriorityUnit          string    `json:"priority_unit"`
		InspectionProbability *float64  `json:"inspection_probability"`
		Recoverable           *string   `json:"recoverable"`
		RecoverableMonths     int       `json:"recoverable_months"`
		RecoverableBills      int       `json:"recoverable_bills"`
		RecoverableAhead      *string   `json:"recoverable_ahead"`
		Refused               []refusal `json:"refused"`
		Options               []option  `json:"options"`
		Wait                  wait      `json:"wait"`
	}
	refusal struct {
		Action string `json:"action"`
		Reason string `json:"reason"`
	}
	option struct {
		Action    string   `json:"action"`
		Value     *float64 `json:"value"`
		Separates []string `json:"separates"`
	}
	wait struct {
		Allowed  bool     `json:"allowed"`
		Changes  *float64 `json:"changes"`
		Resolves *float64 `json:"resolves"`
		Value    *float64 `json:"value"`
		Until    *string  `json:"until"`
		AtLeast  *float64 `json:"at_least"`
		AtMost   *float64 `json:"at_most"`
		Reason   *string  `json:"reason"`
	}
	skip struct {
		ID     string `json:"id"`
		Reason string `json:"reason"`
	}
)

func decode(t interface {
	Helper()
	Fatalf(string, ...any)
}, text []byte) jsonForm {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	var form jsonForm
	if err := d.Decode(&form); err != nil {
		t.Fatalf("encoding/json cannot read it: %v\n%s", err, text)
	}
	return form
}

func ptr[T any](v T) *T { return &v }

func TestJSONOfABillThatIsRecomputed(t *testing.T) {
	money := func(s string) anomaly.NullDecimal { return anomaly.Known(anomaly.MustDecimal(s)) }
	jan, mar := anomaly.MustDate("2026-01-01"), anomaly.MustDate("2026-03-01")
	a := anomaly.Assessment{
		AccountID: "07-4411", BillKey: "2026-01", Service: anomaly.Electricity, ServiceAssumed: true, Unit: "kWh",
		Period: anomaly.Period{Start: jan, End: mar}, EndAssumed: true,
		Usage: anomaly.MustDecimal("1400.00"), Amount: money("4137"), Currency: "TWD", Quality: anomaly.Actual,
		Estimate: anomaly.Estimate{
			Known: true, Usage: 912.34567, Low90: 310, High90: 2500.5, Low95: 250, High95: 3100, PeriodsUsed: 6,
			SetAside: []anomaly.SetAside{{BillKey: "2025-07", Reason: anomaly.Msg("estimated")}},
			Basis:    []anomaly.Message{anomaly.Msg("own"), anomaly.Msg("list")},
		},
		Rebill: anomaly.Rebill{Amount: money("4137"), Priced: &anomaly.Priced{
			Tariff: "tw.taipower.residential.non_tou", Version: "2025-10-01", Currency: "TWD", Confidence: "high", Formula: "1400*2.9",
			Lines: []anomaly.PricedLine{{
				Code: "energy", Quantity: anomaly.MustDecimal("240"), UnitPrice: anomaly.MustDecimal("1.78"),
				Amount: anomaly.MustDecimal("427.20"), Period: anomaly.Period{Start: jan, End: mar},
			}},
		}},
		Explained: []anomaly.ExplainedRow{
			{What: anomaly.PartReference, Usage: anomaly.MustDecimal("807"), Amount: money("1756")},
			{What: anomaly.PartUnexplained, Usage: anomaly.MustDecimal("593")},
		},
		Unexplained: anomaly.UnexplainedRange{Known: true, Low: -200, Middle: 127.25, High: 700},
		Findings: []anomaly.Finding{{
			Check: "U06", Ref: "U06-3f2a9c", Severity: anomaly.High, Action: anomaly.ActionSelftest,
			Usage: anomaly.KnownUsage(293), Amount: money("1242.3"), Message: anomaly.Msg("U06.gap"),
			Evidence: []anomaly.Source{{File: "bills \"new\".csv", Row: 7}},
		}},
		Causes: []anomaly.CauseProbability{{Cause: anomaly.CauseMoreAppliances, Probability: 2. / 3}, {Cause: anomaly.CauseOther, Probability: 1. / 3}},
		Reasons: []anomaly.CauseReasons{{
			Cause: anomaly.CauseMoreAppliances,
			For:   []anomaly.Reason{{Evidence: "U06.within", Ref: "U06-3f2a9c", Message: anomaly.Msg("U06.within"), LogRatio: math.Log(5)}},
			// More than the form's bound: it is written as the bound.
			Against: []anomaly.Reason{{Evidence: "size", Message: anomaly.Msg("diagnose.size"), LogRatio: -40}},
		}},
		Verdict: anomaly.Verdict{
			Action: anomaly.ActionSelftest, Then: anomaly.ActionInspect, Reason: anomaly.Msg("decide.selftest"),
			Refused:  []anomaly.RefusedAction{{Action: anomaly.ActionReread, Reason: anomaly.Msg("decide.blind")}},
			Priority: 120.456, InspectionProbability: 0.31416, Recoverable: money("7453.80"), RecoverableBills: 6, RecoverableMonths: 12, RecoverableAhead: money("7690.50"),
			Wait:    anomaly.Wait{Changes: 0.02, Resolves: 0.03, Value: -1240, Reason: anomaly.Msg("decide.wait_refused")},
			Options: []anomaly.ActionOption{{Action: anomaly.ActionSelftest, Value: 900, Separates: []anomaly.Cause{anomaly.CauseTappedByOthers}}},
		},
		NotChecked: []anomaly.NotChecked{{Check: "U04", Reason: anomaly.Msg("no_weather")}},
	}
	want := jsonForm{
		Version: 1, AccountID: "07-4411", BillID: "2026-01", Service: "electricity", ServiceAssumed: true, Unit: "kWh",
		Period: period{"2026-01-01", "2026-03-01", 59, true},
		Billed: billed{"1400", ptr("4137"), ptr("TWD"), "actual"},
		Expected: expect{
			ptr(912.346), ptr(310.0), ptr(2500.5), ptr(250.0), ptr(3100.0), 6,
			[]aside{{"2025-07", "estimated"}}, []string{"own", "list"}, false, "",
		},
		Rebilled: rebill{
			"", ptr("0"), ptr("4137"), "tw.taipower.residential.non_tou", "2025-10-01", ptr("TWD"), "high", "1400*2.9",
			[]line{{"energy", "240", "1.78", "427.2", ptr("2026-01-01"), ptr("2026-03-01"), nil, nil}},
		},
		Explained:   []row{{"reference", "807", ptr("1756")}, {"unexplained", "593", nil}},
		Unexplained: &rest{ptr(127.25), ptr(-200.0), ptr(700.0)},
		Findings:    []found{{"U06", "U06-3f2a9c", 3, ptr("selftest"), ptr(293.0), ptr("1242.3"), "U06.gap", []evidence{{`bills "new".csv`, 7}}}},
		Causes: []cause{
			{"more_appliances", ptr(json.Number("0.6667")), []reason{{"U06.within", "U06-3f2a9c", 5, "U06.within"}}, []reason{{"size", "", 0.0001, "diagnose.size"}}},
			{"other", ptr(json.Number("0.3333")), nil, nil},
		},
		Verdict: verdict{
			ptr("selftest"), ptr("inspect"), ptr("decide.selftest"), ptr(120.46), "", ptr(0.3142), ptr("7453.8"), 12, 6, ptr("7690.5"),
			[]refusal{{"reread", "decide.blind"}}, []option{{"selftest", ptr(900.0), []string{"tapped_by_others"}}},
			wait{false, ptr(0.02), ptr(0.03), ptr(-1240.0), nil, nil, nil, ptr("decide.wait_refused")},
		},
		NotChecked: []skip{{"U04", "no_weather"}},
	}
	if diff := cmp.Diff(want, decode(t, a.AppendJSON(nil, key))); diff != "" {
		t.Errorf("the form differs (-want +got):\n%s", diff)
	}
}

func TestJSONWhereNothingIsKnown(t *testing.T) {
	a := anomaly.Assessment{
		AccountID: "w1", Unit: "m3", Service: anomaly.Water,
		Estimate: anomaly.Estimate{Missing: anomaly.Msg("no_bills")},
		Rebill:   anomaly.Rebill{NotChecked: anomaly.Msg("no_tariff")},
		Verdict:  anomaly.Verdict{PriorityInUsage: true, Wait: anomaly.Wait{Allowed: true, Until: anomaly.MustDate("2026-05-01"), AtLeast: anomaly.KnownUsage(80)}},
	}
	form := decode(t, a.AppendJSON(nil, key))
	if form.Billed.Amount != nil || form.Billed.Currency != nil || form.Verdict.Recoverable != nil {
		t.Error("money that is not there is not null")
	}
	if form.Expected.Usage != nil || form.Expected.Missing != "no_bills" || form.Rebilled.NotChecked != "no_tariff" {
		t.Errorf("what is missing is not said: %+v %+v", form.Expected, form.Rebilled)
	}
	if form.Verdict.PriorityUnit != "m3 per visit-hour" {
		t.Errorf("priority unit %q", form.Verdict.PriorityUnit)
	}
	if form.Period.Start != "" || form.Unexplained != nil || form.Verdict.Action != nil {
		t.Error("a date, range or action that is not there is not null")
	}
	if *form.Verdict.Wait.Until != "2026-05-01" || *form.Verdict.Wait.AtLeast != 80 {
		t.Errorf("the criterion of waiting is lost: %+v", form.Verdict.Wait)
	}
	if form.Findings == nil || form.Causes == nil || form.NotChecked == nil || form.Explained == nil {
		t.Error("an empty list is null")
	}
}

func TestJSONIsValidForAnyNumbersAndText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{
			math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e15, -0.0001,
		}))
		// Any bytes at all: importers hand over what stood in the file.
		text := rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) })
		a := anomaly.Assessment{
			AccountID: text.Draw(t, "account"), BillKey: rapid.String().Draw(t, "bill"), Currency: text.Draw(t, "currency"),
			Estimate:    anomaly.Estimate{Known: true, Usage: number.Draw(t, "usage"), Low90: number.Draw(t, "low"), High95: number.Draw(t, "high")},
			Unexplained: anomaly.UnexplainedRange{Known: true, Low: number.Draw(t, "unexplained")},
			Findings:    []anomaly.Finding{{Usage: anomaly.KnownUsage(number.Draw(t, "found")), Evidence: []anomaly.Source{{File: text.Draw(t, "file")}}}},
			Verdict:     anomaly.Verdict{Priority: number.Draw(t, "priority"), Wait: anomaly.Wait{Changes: number.Draw(t, "changes")}},
		}
		out := a.AppendJSON(nil, key)
		if !json.Valid(out) {
			t.Fatalf("not valid JSON: %s", out)
		}
		form := decode(t, out)
		if want := strings.ToValidUTF8(a.BillKey, "\ufffd"); form.BillID != want {
			t.Fatalf("bill id %q became %q", want, form.BillID)
		}
		if again := a.AppendJSON(nil, key); string(again) != string(out) {
			t.Fatal("two runs differ")
		}
	})
}

func TestProbabilitiesSumToOneAfterRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, len(anomaly.Causes)).Draw(t, "weights")
		sum := 0.0
		for _, w := range weights {
			sum += w
		}
		if sum == 0 {
			t.Skip("no distribution")
		}
		a := anomaly.Assessment{}
		for i, w := range weights {
			a.Causes = append(a.Causes, anomaly.CauseProbability{Cause: anomaly.Causes[i], Probability: w / sum})
		}
		total := anomaly.MustDecimal("0")
		for i, c := range decode(t, a.AppendJSON(nil, key)).Causes {
			p := anomaly.MustDecimal(string(*c.Probability))
			if math.Abs(anomaly.Float(p)-a.Causes[i].Probability) > 1.0001e-4 {
				t.Fatalf("%g was rounded to %s", a.Causes[i].Probability, p)
			}
			total, _ = anomaly.Add(total, p)
		}
		if total.Cmp(anomaly.MustDecimal("1")) != 0 {
			t.Fatalf("probabilities sum to %s", total)
		}
	})
}

func BenchmarkAppendJSON(b *testing.B) {
	a := anomaly.Assessment{AccountID: "07-4411", BillKey: "2026-01", Unit: "kWh", Usage: anomaly.MustDecimal("1400"),
		Estimate: anomaly.Estimate{Known: true, Usage: 912.3, Low90: 310, High90: 2500, Low95: 250, High95: 3100}}
	for i := range anomaly.Causes {
		a.Causes = append(a.Causes, anomaly.CauseProbability{Cause: anomaly.Causes[i], Probability: 0.05})
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = a.AppendJSON(dst[:0], key)
	}
}
