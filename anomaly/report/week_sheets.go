package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"whybill/anomaly"
)

// historySheet is streamed: it has a row for every bill of every flagged account.
func (b *weekbook) historySheet() error {
	if err := b.print(b.names["history"], true); err != nil { // before the stream takes the sheet over
		return err
	}
	sheet, err := b.f.NewStreamWriter(b.names["history"])
	if err != nil {
		return err
	}
	heads := []string{"column.account_id", "column.period_start", "column.period_end", "column.days", "column.usage", "week.per_day", "column.unit", "week.quality", "week.home", "week.month"}
	for i, width := range []float64{18, 12, 12, 7, 12, 12, 8, 12, 14, 10} {
		if err := sheet.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := sheet.SetPanes(frozen(1, 1)); err != nil {
		return err
	}
	head := make([]any, len(heads))
	for i, key := range heads {
		head[i] = excelize.Cell{Value: b.v.p.Text(key), StyleID: b.styles.head}
	}
	if err := sheet.SetRow("A1", head); err != nil {
		return err
	}
	n := 1
	for _, a := range b.v.Flagged {
		if _, twice := b.history[a.AccountID]; twice {
			continue
		}
		first := n + 1
		for _, h := range recentYears(a, chartYears) {
			n++
			home, quality := "", ""
			if h.OtherPremise {
				home = b.v.p.Text("week.other_home")
			}
			if h.Quality != anomaly.QualityUnknown {
				quality = b.v.p.Term(h.Quality.String())
			}
			row := []any{}
			for _, c := range []cell{
				textOf(a.AccountID), dateOf(h.Period.Start), dateOf(h.Period.End), numberOf(float64(h.Period.Days()), 0),
				numberOf(h.Usage, 1), numberOf(perDay(&h), 2), textOf(a.Unit), textOf(quality), textOf(home), textOf(b.v.p.YearMonth(h.Period.Start)),
			} {
				row = append(row, b.styles.value(c))
			}
			if err := sheet.SetRow(fmt.Sprintf("A%d", n), row); err != nil {
				return err
			}
		}
		if n >= first {
			b.history[a.AccountID] = [2]int{first, n}
		}
	}
	if n > 1 {
		if err := sheet.AddTable(&excelize.Table{Range: fmt.Sprintf("A1:J%d", n), Name: "history", StyleName: "TableStyleLight1"}); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

// flaggedSheet has a row for every flagged bill, with a sparkline and a link to its history.
func (b *weekbook) flaggedSheet() error {
	cols := []sheetColumn{
		{"table.rank", 6}, {"column.account_id", 18}, {"column.period_start", 12}, {"column.period_end", 12}, {"column.usage", 10}, {"column.unit", 7},
		{"column.amount", 11}, {"column.currency", 9}, {"column.expected", 10}, {"column.low90", 10}, {"column.high90", 10}, {"column.action", 16},
		{"column.then", 16}, {"column.inspection_probability", 10}, {"column.priority", 10}, {"column.priority_unit", 10},
		{"column.top_cause", 28}, {"column.top_cause_probability", 10}, {"column.main_finding", 60}, {"week.state", 11}, {"week.flagged_since", 12}, {"week.trend", 22},
	}
	var rows [][]any
	for i, a := range b.v.Flagged {
		e := &a.Estimate
		rows = append(rows, []any{
			numberOf(float64(i+1), 0), textOf(a.AccountID), dateOf(a.Period.Start), dateOf(a.Period.End), exactOf(a.Usage), textOf(a.Unit),
			moneyOf(a.Amount), textOf(a.Currency), known(e.Known, numberOf(e.Usage, 1)), known(e.Known, numberOf(e.Low90, 1)), known(e.Known, numberOf(e.High90, 1)),
			actionText(b.v.p, a.Verdict.Action), actionText(b.v.p, a.Verdict.Then), percentOf(a.Verdict.InspectionProbability), numberOf(a.Verdict.Priority, 0), textOf(priorityUnit(a)),
			b.v.p.Term(string(topCause(a).Cause)), percentOf(topCause(a).Probability), b.wrapped(mainSentence(a, b.v.p)),
			b.v.stateText(a), b.v.since[a.AccountID],
		})
		if _, twice := b.account[a.AccountID]; !twice {
			b.account[a.AccountID] = i + 2
		}
	}
	if err := b.grid("flagged", cols, rows); err != nil {
		return err
	}
	sheet := b.names["flagged"]
	trend, err := excelize.ColumnNumberToName(len(cols))
	if err != nil {
		return err
	}
	var at, ranges []string
	for i, a := range b.v.Flagged {
		span, ok := b.history[a.AccountID]
		if !ok {
			continue
		}
		if err := b.link(sheet, fmt.Sprintf("B%d", i+2), fmt.Sprintf("%s!A%d", quoted(b.names["history"]), span[0])); err != nil {
			return err
		}
		at = append(at, fmt.Sprintf("%s%d", trend, i+2))
		ranges = append(ranges, fmt.Sprintf("%s!F%d:F%d", quoted(b.names["history"]), span[0], span[1]))
	}
	if len(at) == 0 {
		return nil
	}
	return b.f.AddSparkline(sheet, &excelize.SparklineOptions{Location: at, Range: ranges, Type: "column", Last: true, Style: 1})
}

func (b *weekbook) summarySheet() error {
	sheet, p := b.names["summary"], b.v.p
	for col, width := range map[string]float64{"A": 44, "B": 14, "C": 4, "D": 34, "E": 12} {
		if err := b.f.SetColWidth(sheet, col, col, width); err != nil {
			return err
		}
	}
	title := p.Say(anomaly.Msg("week.title", anomaly.TextArg("week", b.v.Name)))
	if err := b.row(sheet, 1, []any{excelize.Cell{Value: title, StyleID: b.styles.title}}, 0); err != nil {
		return err
	}
	if err := b.row(sheet, 2, []any{p.Say(b.v.spanMessage())}, 0); err != nil {
		return err
	}
	n := 4
	for _, f := range b.v.facts() {
		if err := b.row(sheet, n, []any{f.name(p), f.value}, 0); err != nil {
			return err
		}
		if f.link != "" {
			if err := b.link(sheet, fmt.Sprintf("A%d", n), quoted(b.names[f.link])+"!A1"); err != nil {
				return err
			}
		}
		n++
	}
	if err := b.row(sheet, n+1, []any{excelize.Cell{Value: p.Text("week.note"), StyleID: b.styles.note}}, 0); err != nil {
		return err
	}
	if err := b.f.MergeCell(sheet, fmt.Sprintf("A%d", n+1), fmt.Sprintf("B%d", n+5)); err != nil {
		return err
	}
	if err := b.row(sheet, 4, []any{nil, nil, nil, excelize.Cell{Value: p.Text("week.actions"), StyleID: b.styles.head}, excelize.Cell{Value: p.Text("week.count"), StyleID: b.styles.head}}, 0); err != nil {
		return err
	}
	row := 5
	for _, c := range b.v.actions {
		if err := b.row(sheet, row, []any{nil, nil, nil, actionText(p, anomaly.Action(c.id)), numberOf(float64(c.n), 0)}, 0); err != nil {
			return err
		}
		row++
	}
	endActions := row - 1
	row++
	startCauses := row + 1
	if err := b.row(sheet, row, []any{nil, nil, nil, excelize.Cell{Value: p.Text("week.causes"), StyleID: b.styles.head}, excelize.Cell{Value: p.Text("week.expected_count"), StyleID: b.styles.head}}, 0); err != nil {
		return err
	}
	for _, c := range b.v.causes {
		row++
		if err := b.row(sheet, row, []any{nil, nil, nil, p.Term(c.id), numberOf(rounded(c.p), 1)}, 0); err != nil {
			return err
		}
	}
	if len(b.v.actions) > 0 {
		if err := b.barChart(sheet, "G3", p.Text("week.actions"), 5, endActions); err != nil {
			return err
		}
	}
	if len(b.v.causes) > 0 {
		if err := b.barChart(sheet, "G22", p.Text("week.causes"), startCauses, min(row, startCauses+9)); err != nil {
			return err
		}
	}
	return b.print(sheet, false)
}

// barChart draws columns D and E of a sheet.
func (b *weekbook) barChart(sheet, at, title string, from, to int) error {
	return b.f.AddChart(sheet, at, &excelize.Chart{
		Type: excelize.Bar,
		Series: []excelize.ChartSeries{{
			Name:       fmt.Sprintf("%s!$D$%d", quoted(sheet), from-1), // it has to be a reference
			Categories: fmt.Sprintf("%s!$D$%d:$D$%d", quoted(sheet), from, to),
			Values:     fmt.Sprintf("%s!$E$%d:$E$%d", quoted(sheet), from, to),
			Fill:       solid(barColour),
		}},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		XAxis:     excelize.ChartAxis{ReverseOrder: true, Font: axisFont},
		YAxis:     excelize.ChartAxis{Font: axisFont},
		PlotArea:  excelize.ChartPlotArea{ShowVal: true},
		Dimension: excelize.ChartDimension{Width: 560, Height: 320},
	})
}

// axisFont keeps the axes legible where a program's default is pale.
var axisFont = excelize.Font{Color: "404040", Size: 9}

func solid(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{strings.TrimPrefix(colour, "#")}}
}

func (b *weekbook) inspectionsSheet() error {
	var rows [][]any
	for i, a := range b.v.inspections {
		rows = append(rows, []any{
			numberOf(float64(i+1), 0), textOf(a.AccountID), dateOf(a.Period.Start), dateOf(a.Period.End), exactOf(a.Usage), textOf(a.Unit),
			percentOf(a.Verdict.InspectionProbability), numberOf(a.Verdict.Priority, 0), textOf(priorityUnit(a)), moneyOf(a.Verdict.Recoverable),
			b.v.p.Term(string(topCause(a).Cause)), b.wrapped(mainSentence(a, b.v.p)), b.v.stateText(a),
		})
	}
	if err := b.grid("inspections", []sheetColumn{
		{"table.rank", 6}, {"column.account_id", 18}, {"column.period_start", 12}, {"column.period_end", 12}, {"column.usage", 11}, {"column.unit", 7},
		{"column.inspection_probability", 12}, {"column.priority", 11}, {"column.priority_unit", 12}, {"column.recoverable", 12},
		{"column.top_cause", 30}, {"column.main_finding", 70}, {"week.state", 12},
	}, rows); err != nil {
		return err
	}
	return b.linkAccounts("inspections", b.v.inspections, "B")
}

// linkAccounts makes the account of every row point to its row among the flagged.
func (b *weekbook) linkAccounts(id string, all []*anomaly.Assessment, col string) error {
	for i, a := range all {
		if err := b.link(b.names[id], fmt.Sprintf("%s%d", col, i+2), fmt.Sprintf("%s!B%d", quoted(b.names["flagged"]), b.account[a.AccountID])); err != nil {
			return err
		}
	}
	return nil
}

func (b *weekbook) wrapped(text string) excelize.Cell {
	return excelize.Cell{Value: xlsxText(text), StyleID: b.styles.wrapped}
}

func (b *weekbook) rebillsSheet() error {
	var rows [][]any
	for i, a := range b.v.rebills {
		tariff, version := "", ""
		if pr := a.Rebill.Priced; pr != nil {
			tariff, version = pr.Tariff, b.v.p.Version(pr.Version)
		}
		rows = append(rows, []any{
			numberOf(float64(i+1), 0), textOf(a.AccountID), textOf(a.BillKey), exactOf(a.Usage), textOf(a.Unit), moneyOf(a.Amount),
			moneyOf(a.Rebill.Amount), moneyOf(difference(a)), textOf(a.Currency), textOf(tariff), textOf(version), b.wrapped(rebillSentence(a, b.v)),
		})
	}
	if err := b.grid("rebills", []sheetColumn{
		{"table.rank", 6}, {"column.account_id", 18}, {"column.bill_id", 14}, {"column.usage", 11}, {"column.unit", 7}, {"column.amount", 13},
		{"column.rebilled", 13}, {"week.difference", 13}, {"column.currency", 9}, {"week.tariff", 32}, {"week.version", 14}, {"column.main_finding", 70},
	}, rows); err != nil {
		return err
	}
	return b.linkAccounts("rebills", b.v.rebills, "B")
}

// rebillSentence says why the bill is to be corrected, or why it was not recomputed.
func rebillSentence(a *anomaly.Assessment, v *weekView) string {
	for i := range a.Findings {
		if a.Findings[i].Action == anomaly.ActionRebill {
			return tidy(v.p.For(a.Service).Say(a.Findings[i].Message))
		}
	}
	return mainSentence(a, v.p)
}

func (b *weekbook) dataSheet() error {
	var rows [][]any
	for _, d := range b.v.dataProblems() {
		rows = append(rows, []any{textOf(d.file), known(d.row > 0, numberOf(float64(d.row), 0)), textOf(d.account), textOf(d.column), textOf(d.value), b.wrapped(d.reason)})
	}
	return b.grid("data", []sheetColumn{
		{"week.file", 40}, {"week.row", 8}, {"column.account_id", 18}, {"week.column", 16}, {"week.value", 20}, {"week.reason", 80},
	}, rows)
}

func (b *weekbook) resolvedSheet() error {
	var rows [][]any
	for _, f := range b.v.resolved {
		rows = append(rows, []any{textOf(f.AccountID), textOf(f.BillID), actionText(b.v.p, anomaly.Action(f.Action)), textOf(f.Since)})
	}
	return b.grid("resolved", []sheetColumn{{"column.account_id", 18}, {"column.bill_id", 16}, {"week.was", 20}, {"week.flagged_since", 16}}, rows)
}

// shortID is an account's id as a chart's title bears it, which holds 255 characters.
func shortID(id string) string {
	if runes := []rune(tidy(id)); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return tidy(id)
}

// chartsSheet draws the first accounts' daily usage from the rows of the history sheet.
func (b *weekbook) chartsSheet() error {
	sheet, drawn := b.names["charts"], 0
	history := quoted(b.names["history"])
	seen := map[string]bool{}
	for _, a := range b.v.Flagged {
		span, ok := b.history[a.AccountID]
		if !ok || seen[a.AccountID] {
			continue
		}
		seen[a.AccountID] = true
		at, err := excelize.CoordinatesToCellName(1+drawn%2*9, 1+drawn/2*17)
		if err != nil {
			return err
		}
		title := b.v.p.Say(anomaly.Msg("chart.title", anomaly.TextArg("account", shortID(a.AccountID)), anomaly.TermArg("unit", a.Unit)))
		if err := b.f.AddChart(sheet, at, &excelize.Chart{
			Type: excelize.Col,
			Series: []excelize.ChartSeries{{
				Name:       history + "!$F$1",
				Categories: fmt.Sprintf("%s!$J$%d:$J$%d", history, span[0], span[1]),
				Values:     fmt.Sprintf("%s!$F$%d:$F$%d", history, span[0], span[1]),
				Fill:       solid(barColour),
				DataPoint:  []excelize.ChartDataPoint{{Index: span[1] - span[0], Fill: solid(billedColour)}},
			}},
			Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title}}},
			Legend:    excelize.ChartLegend{Position: "none"},
			XAxis:     excelize.ChartAxis{Font: axisFont, TickLabelSkip: 3},
			YAxis:     excelize.ChartAxis{Font: axisFont},
			Dimension: excelize.ChartDimension{Width: 560, Height: 320},
		}); err != nil {
			return err
		}
		if drawn++; drawn == chartAccounts {
			break
		}
		if drawn%4 == 0 { // four charts a page
			if err := b.f.InsertPageBreak(sheet, fmt.Sprintf("A%d", drawn/2*17)); err != nil {
				return err
			}
		}
	}
	return b.print(sheet, false)
}

func (b *weekbook) methodSheet() error {
	sheet := b.names["method"]
	for col, width := range map[string]float64{"A": 46, "B": 90} {
		if err := b.f.SetColWidth(sheet, col, col, width); err != nil {
			return err
		}
	}
	n := 1
	for _, m := range b.v.method() {
		if err := b.row(sheet, n, []any{m.Name, b.wrapped(m.Value)}, b.styles.text); err != nil {
			return err
		}
		n++
	}
	n++
	if err := b.row(sheet, n, []any{b.v.p.Text("week.parameter"), b.v.p.Text("week.value")}, b.styles.head); err != nil {
		return err
	}
	for _, parameter := range Parameters(&b.v.Config) {
		n++
		value := any(parameter.Value)
		if f, err := strconv.ParseFloat(parameter.Value, 64); err == nil && !math.IsInf(f, 0) {
			value = f
		}
		if err := b.row(sheet, n, []any{parameter.Name, value}, 0); err != nil {
			return err
		}
	}
	return b.print(sheet, false)
}
