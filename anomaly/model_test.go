package anomaly

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGroupOfAnAccount(t *testing.T) {
	m := &Model{Version: ModelVersion, Groups: []GroupModel{
		{Service: "electricity"}, {Service: "electricity", Class: "shop"}, {Service: "water"},
	}}
	for _, c := range []struct {
		name    string
		service Service
		class   string
		want    string // service/class of the group; "" for none
	}{
		{"a class of its own", Electricity, "shop", "electricity/shop"},
		{"a class without a group", Electricity, "farm", "electricity"},
		{"no class", Water, "", "water"},
		{"no service is read as electricity", ServiceUnknown, "shop", "electricity/shop"},
		{"nothing learnt", Gas, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if g := m.Group(c.service, c.class); g != nil {
				service, _ := ParseService(g.Service)
				got = GroupKey(service, g.Class)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if (*Model)(nil).Group(Electricity, "") != nil {
		t.Error("no model has a group")
	}
}

func TestModelComesBackFromJSON(t *testing.T) {
	m := Model{Version: ModelVersion, Accounts: 3, Bills: 40, Until: MustDate("2026-03-01"), Groups: []GroupModel{ColdStart(Gas)}}
	m.Groups[0].Calibration = []CalibrationCell{{MinBills: 3, MaxBills: 5, Scores: 700, Low: [3]float64{0.04, 0.02, 0.004}, High: [3]float64{0.05, 0.03, 0.005}}}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back Model
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, back); d != "" {
		t.Error(d)
	}
}

func TestModelsThatCannotBeComputedWith(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(m *Model)
	}{
		{"another version", func(m *Model) { m.Version++ }},
		{"no shape", func(m *Model) { m.Groups[0].Archetypes = nil }},
		{"shares that are none", func(m *Model) { m.Groups[0].Archetypes[0].Share = 0.5 }},
		{"no error at all", func(m *Model) { m.Groups[0].Sigma = 0 }},
		{"a number that is none", func(m *Model) { m.Groups[0].LevelDrift = math.NaN() }},
		{"groups out of order", func(m *Model) { m.Groups[0], m.Groups[1] = m.Groups[1], m.Groups[0] }},
		{"an impossible tail", func(m *Model) { m.Groups[1].Calibration = make([]CalibrationCell, 1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &Model{Version: ModelVersion, Groups: []GroupModel{ColdStart(Electricity), ColdStart(Water)}}
			if err := m.Validate(); err != nil {
				t.Fatalf("the defaults do not pass: %v", err)
			}
			c.spoil(m)
			if m.Validate() == nil {
				t.Error("passed")
			}
		})
	}
}
