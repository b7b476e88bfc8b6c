package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
)

func TestKeepSharesNothing(t *testing.T) {
	a := &anomaly.Assessment{
		AccountID: "a-1",
		Usage:     anomaly.MustDecimal("1400.5"),
		Rebill:    anomaly.Rebill{Priced: &anomaly.Priced{Formula: "1.78x240", Lines: []anomaly.PricedLine{{Code: "energy"}}}},
		Findings: []anomaly.Finding{{
			Check: "U01", Amount: anomaly.Known(anomaly.MustDecimal("12.30")),
			Message:  anomaly.Msg("U01.high", anomaly.UsageArg("billed", 1400, "kWh", 0)),
			Evidence: []anomaly.Source{{File: "bills.csv", Row: 2}},
		}},
	}
	kept := Keep(a)
	if diff := cmp.Diff(a, kept, cmpDecimal); diff != "" {
		t.Fatal(diff)
	}
	a.Findings[0].Message.Args[0].Num = 7
	a.Findings[0].Evidence[0].Row = 7
	a.Rebill.Priced.Lines[0].Code = "tax"
	if f := kept.Findings[0]; f.Message.Args[0].Num != 1400 || f.Evidence[0].Row != 2 || kept.Rebill.Priced.Lines[0].Code != "energy" {
		t.Error("a change of the original shows in the copy")
	}
}
