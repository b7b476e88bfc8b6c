package main

import (
	"fmt"
	"io"
	"slices"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/anomaly/report"
	"whybill/anomaly/train"
)

// writeBacktest prints the scores as a table: the estimate first, the simpler methods
// below it, then the estimate by group, by length of history and by cycle, and what the
// columns are.
func writeBacktest(w io.Writer, r *train.BacktestResult, p *locale.Printer) error {
	fmt.Fprintln(w, p.Say(anomaly.Msg("cmd.backtest.title", anomaly.CountArg("forecasts", r.Forecasts), anomaly.CountArg("accounts", r.Accounts))))
	fmt.Fprintln(w)
	t := &report.Grid{Right: slices.Repeat([]bool{true}, 10)}
	t.Add("", "n", "NMAE", "MdAPE", "CVRMSE", "NMBE", "ASHRAE 14", p.Text("cmd.backtest.cover90"), p.Text("cmd.backtest.cover95"), "IS90")
	for i := range r.Methods {
		t.Add(scoreRow(p, p.Term("method."+r.Methods[i].Method), &r.Methods[i])...)
	}
	for _, part := range [][]train.NamedScore{r.Groups, r.HistoryLengths} {
		if len(part) == 0 {
			continue
		}
		t.Add("")
		for i := range part {
			t.Add(scoreRow(p, part[i].Name, &part[i].MethodScore)...)
		}
	}
	if err := t.Write(w); err != nil {
		return err
	}
	fmt.Fprintln(w)
	legend := &report.Grid{}
	for _, c := range []struct{ head, key string }{
		{"n", "n"}, {"NMAE", "nmae"}, {"MdAPE", "mdape"}, {"CVRMSE", "cvrmse"}, {"NMBE", "nmbe"}, {"ASHRAE 14", "ashrae"},
		{p.Text("cmd.backtest.cover90") + ", 95", "cover"}, {"IS90", "is90"},
	} {
		legend.Add(c.head, p.Text("cmd.backtest.legend."+c.key))
	}
	if err := legend.Write(w); err != nil {
		return err
	}
	if r.WorstCycle != nil {
		fmt.Fprintf(w, "\n%s\n", p.Say(anomaly.Msg("cmd.backtest.worst", anomaly.PercentArg("coverage", *r.WorstCycle, 1))))
	}
	return nil
}

func scoreRow(p *locale.Printer, name string, s *train.MethodScore) []string {
	percent := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return p.Percent(*v, 2)
	}
	return []string{
		name, locale.Number(float64(s.Forecasts), 0),
		percent(&s.NMAE), percent(&s.MdAPE), percent(&s.CVRMSE), percent(&s.NMBE), percent(&s.ASHRAEPass),
		percent(s.Coverage90), percent(s.Coverage95), ratio(s.IntervalScore90),
	}
}

func ratio(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.3f", *v)
}
