package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/anomaly/train"
)

// writeBacktest prints the scores as a table: the estimate first, the simpler methods
// below it, then the estimate by group, by length of history and by cycle.
func writeBacktest(w io.Writer, r *train.BacktestResult, p *locale.Printer) error {
	fmt.Fprintln(w, p.Say(anomaly.Msg("cmd.backtest.title", anomaly.CountArg("forecasts", r.Forecasts), anomaly.CountArg("accounts", r.Accounts))))
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	const head = "\tn\tNMAE\tMdAPE\tCVRMSE\tNMBE\tASHRAE 14\tcover 90\tcover 95\tIS90\t\n"
	fmt.Fprint(t, head)
	for i := range r.Methods {
		scoreLine(t, r.Methods[i].Method, &r.Methods[i])
	}
	for _, part := range [][]train.NamedScore{r.Groups, r.HistoryLengths} {
		if len(part) == 0 {
			continue
		}
		fmt.Fprint(t, "\t\t\t\t\t\t\t\t\t\t\n")
		for i := range part {
			scoreLine(t, part[i].Name, &part[i].MethodScore)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if r.WorstCycle != nil {
		fmt.Fprintf(w, "\n%s\n", p.Say(anomaly.Msg("cmd.backtest.worst", anomaly.PercentArg("coverage", *r.WorstCycle, 1))))
	}
	return nil
}

func scoreLine(w io.Writer, name string, s *train.MethodScore) {
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", name, locale.Number(float64(s.Forecasts), 0),
		percent(&s.NMAE), percent(&s.MdAPE), percent(&s.CVRMSE), percent(&s.NMBE), percent(&s.ASHRAEPass),
		percent(s.Coverage90), percent(s.Coverage95), ratio(s.IntervalScore90))
}

func percent(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f %%", 100**v)
}

func ratio(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.3f", *v)
}
