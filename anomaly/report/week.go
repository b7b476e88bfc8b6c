package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// Week is what a weekly report is made of.
type Week struct {
	// Name names the report and its files, such as "2026-W47".
	Name        string
	Since, AsOf anomaly.Date
	// Program is the name and version of what made the report.
	Program string
	// Accounts and Bills count all that was assessed, flagged or not.
	Accounts, Bills int
	// Flagged are the assessments that ask for something, best first.
	Flagged []*anomaly.Assessment
	// Problems are rows that could not be read.
	Problems []Problem
	// Previous is the summary of the report before this one, nil where there is none.
	Previous *WeekSummary
	// Visits are the inspections since the previous report: how many there were, how
	// many found something, and how many were expected to when they were ranked.
	Visits Visits
	// Shocks are the routes that are out as a whole.
	Shocks []anomaly.RouteShock
	// Units are what the priorities of flagged bills are counted in; those of the first come
	// first, for nothing makes the others comparable.
	Units []string
	// Desk is where the disputes stand; nil where the report was made of files.
	Desk   *Desk
	Config anomaly.Config
	Model  *anomaly.Model // nil: the cold-start defaults
}

// Problem is a row of a file that could not be read.
type Problem struct {
	Source        anomaly.Source
	Column, Value string
	Reason        anomaly.Message
}

// Visits counts inspections and what came of them.
type Visits struct {
	Done     int     `json:"done"`
	Hits     int     `json:"hits"`
	Expected float64 `json:"expected"` // the sum of the probabilities at which they were ranked
}

// WeekSummary is a report as data: for the log of the job that made it, and for the
// next report, which tells new from continuing by it.
type WeekSummary struct {
	Version      int      `json:"version"`
	Name         string   `json:"name"`
	Since        string   `json:"since"`
	AsOf         string   `json:"as_of"`
	Accounts     int      `json:"accounts"`
	Bills        int      `json:"bills"`
	FlaggedCount int      `json:"flagged"`
	New          int      `json:"new"`
	Continuing   int      `json:"continuing"`
	Resolved     int      `json:"resolved"`
	Inspections  int      `json:"inspections"`
	CoolingDown  int      `json:"cooling_down"` // on an earlier list: not among the inspections
	Routes       []Route  `json:"routes,omitempty"`
	ExpectedHits float64  `json:"expected_hits"` // of the inspections listed
	Rebills      int      `json:"rebills"`
	DataProblems int      `json:"data_problems"`
	Visits       Visits   `json:"visits"`
	Desk         *Desk    `json:"desk,omitempty"`
	Files        []string `json:"files"`
	Flags        []Flag   `json:"flags,omitempty"`
}

// Flag is one flagged account of a report.
type Flag struct {
	AccountID string  `json:"account_id"`
	BillID    string  `json:"bill_id"`
	Action    string  `json:"action"`
	Visit     float64 `json:"inspection_probability"`
	// Since is the first report in a row that flagged the account.
	Since string `json:"since"`
	// Listed is the day as of which the account was last put on a list of visits, and Weight
	// the natural-log Bayes factor of its change then; "" and nil where it was not, or where
	// nobody knows.
	Listed string   `json:"listed,omitempty"`
	Weight *float64 `json:"weight,omitempty"`
}

// Route is a reading route that is out as a whole.
type Route struct {
	Route    string  `json:"route"`
	Start    string  `json:"start"`
	End      string  `json:"end"`
	Up       bool    `json:"up"`
	Accounts int     `json:"accounts"`
	Share    float64 `json:"share"`
	Usual    float64 `json:"usual"`
}

// ShockMessage says that a route is out, once for all of its accounts.
func ShockMessage(s *anomaly.RouteShock) anomaly.Message {
	key := "cmd.shock.low"
	if s.Up {
		key = "cmd.shock.high"
	}
	return anomaly.Msg(key, anomaly.TextArg("route", s.Route),
		anomaly.PeriodArg("period", s.Period), anomaly.CountArg("accounts", s.Accounts),
		anomaly.PercentArg("share", s.Share, 0), anomaly.PercentArg("usual", s.Usual, 0))
}

// UnitsText says that not all priorities could be compared, and in which order they stand
// (see anomaly.Assessment.PriorityUnit); "" where they could.
func UnitsText(units []string, p *locale.Printer) string {
	if len(units) < 2 {
		return ""
	}
	names := make([]string, len(units))
	for i, unit := range units {
		if names[i] = unit; unit == "" {
			names[i] = p.Text("visits.no_currency")
		}
	}
	return p.Say(anomaly.Msg("visits.units", anomaly.TextArg("first", names[0]), anomaly.TextArg("others", strings.Join(names[1:], ", "))))
}

// ListsVisit reports whether a report sends crews to an account: a visit is recommended,
// no earlier list has it, and it is not out with its whole route.
func ListsVisit(a *anomaly.Assessment) bool {
	return a.Verdict.Action == anomaly.ActionInspect && a.CoolDown == nil && !a.WithRoute()
}

// ReadWeekSummary reads the summary of an earlier report.
func ReadWeekSummary(path string) (*WeekSummary, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s WeekSummary
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%s is not the summary of a report: %w", path, err)
	}
	return &s, nil
}

// PreviousSummary returns the latest report in dir that ends before asOf, nil where
// there is none: the same report made twice has the same predecessor.
func PreviousSummary(dir string, asOf anomaly.Date) (*WeekSummary, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "whybill-*.json"))
	if err != nil {
		return nil, err
	}
	var latest *WeekSummary
	for _, path := range paths { // Glob sorts
		s, err := ReadWeekSummary(path)
		if err != nil {
			return nil, err
		}
		if s.AsOf < asOf.String() && (latest == nil || s.AsOf > latest.AsOf) {
			latest = s
		}
	}
	return latest, nil
}

// WriteWeek writes the report into dir, which is made where it is missing: a workbook,
// a page and the summary, which it also returns. The files appear together and whole;
// ErrLocked says that another run is at it. The same week gives the same bytes.
func WriteWeek(dir string, week *Week, p *locale.Printer) (*WeekSummary, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	unlock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	v := newWeekView(week, p)
	base := "whybill-" + fileName(week.Name)
	v.summary.Files = []string{base + ".xlsx", base + ".html", base + ".json"}
	o := output{dir: dir}
	defer o.discard()
	for _, f := range []struct {
		name string
		fill func(io.Writer) error
	}{
		{base + ".xlsx", func(w io.Writer) error { return weekXLSX(w, v) }},
		{base + ".html", func(w io.Writer) error { return weekHTML(w, v) }},
		{base + ".json", func(w io.Writer) error { return v.summary.write(w) }},
	} {
		if err := o.write(f.name, f.fill); err != nil {
			return nil, err
		}
	}
	return v.summary, o.commit()
}

// fileName keeps what may stand in the name of a file everywhere.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && !strings.ContainsRune("/\\:*?\"<>| \t\n\r\x00", r) && r >= 0x20 {
			return r
		}
		return '-'
	}, name)
}

func (s *WeekSummary) write(w io.Writer) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// weekView is the week sorted into what its sheets and sections show.
type weekView struct {
	*Week
	p           *locale.Printer
	summary     *WeekSummary
	state       map[string]string // by account: "new" or "continuing"
	since       map[string]string
	anchor      map[*anomaly.Assessment]string // the id of its row on the page
	inspections []*anomaly.Assessment
	rebills     []*anomaly.Assessment
	dataFaults  []*anomaly.Assessment
	resolved    []Flag
	actions     []count
	causes      []share
}

type count struct {
	id string
	n  int
}

type share struct {
	id string
	p  float64
}

func newWeekView(week *Week, p *locale.Printer) *weekView {
	v := &weekView{Week: week, p: p, state: map[string]string{}, since: map[string]string{}, anchor: map[*anomaly.Assessment]string{}}
	before := map[string]Flag{}
	if week.Previous != nil {
		for _, f := range week.Previous.Flags {
			before[f.AccountID] = f
		}
	}
	s := &WeekSummary{
		Version: 1, Name: week.Name, Since: week.Since.String(), AsOf: week.AsOf.String(),
		Accounts: week.Accounts, Bills: week.Bills, FlaggedCount: len(week.Flagged),
		DataProblems: len(week.Problems), Visits: week.Visits, Desk: week.Desk, Flags: []Flag{},
	}
	actions, causes := map[anomaly.Action]int{}, map[anomaly.Cause]float64{}
	for i, a := range week.Flagged {
		v.anchor[a] = "a" + strconv.Itoa(i+1)
		actions[a.Verdict.Action]++
		for _, c := range a.Causes {
			causes[c.Cause] += clean(c.Probability)
		}
		v.sortIn(a, s)
		old, was := before[a.AccountID]
		since, state := week.Name, "new"
		if was {
			since, state = cmp.Or(old.Since, week.Previous.Name), "continuing"
		}
		if _, twice := v.state[a.AccountID]; !twice {
			if was {
				s.Continuing++
			} else {
				s.New++
			}
			s.Flags = append(s.Flags, week.flag(a, since))
		}
		v.state[a.AccountID], v.since[a.AccountID] = state, since
	}
	if week.Previous != nil {
		for _, f := range week.Previous.Flags {
			if _, still := v.state[f.AccountID]; !still {
				v.resolved = append(v.resolved, f)
			}
		}
	}
	s.Inspections, s.Rebills, s.Resolved = len(v.inspections)-s.CoolingDown, len(v.rebills), len(v.resolved)
	for i := range week.Shocks {
		x := &week.Shocks[i]
		s.Routes = append(s.Routes, Route{
			Route: x.Route, Start: x.Period.Start.String(), End: x.Period.End.String(), Up: x.Up,
			Accounts: x.Accounts, Share: rounded(x.Share), Usual: rounded(x.Usual),
		})
	}
	s.ExpectedHits = rounded(s.ExpectedHits)
	s.Visits.Expected = rounded(s.Visits.Expected)
	for _, a := range anomaly.Actions {
		if n := actions[a]; n > 0 {
			v.actions = append(v.actions, count{string(a), n})
		}
	}
	for _, c := range anomaly.Causes {
		if sum := causes[c]; sum > 0 {
			v.causes = append(v.causes, share{string(c), sum})
		}
	}
	slices.SortStableFunc(v.causes, func(a, b share) int { return cmp.Compare(b.p, a.p) })
	v.summary = s
	return v
}

// flag is an assessment as the next report needs to know it.
func (week *Week) flag(a *anomaly.Assessment, since string) Flag {
	f := Flag{
		AccountID: a.AccountID, BillID: a.BillKey, Action: string(a.Verdict.Action),
		Visit: rounded(a.Verdict.InspectionProbability), Since: since,
	}
	weight := math.Inf(1)
	switch {
	case a.CoolDown != nil:
		f.Listed, weight = a.CoolDown.Since.String(), a.CoolDown.Weight
	case ListsVisit(a):
		f.Listed, weight = week.AsOf.String(), a.Estimate.Change.Weight()
	}
	if !math.IsInf(weight, 0) && !math.IsNaN(weight) {
		weight = rounded(weight)
		f.Weight = &weight
	}
	return f
}

// stateText says whether an account is new, and whether crews have it already.
func (v *weekView) stateText(a *anomaly.Assessment) string {
	if c := a.CoolDown; c != nil {
		return coolingText(c, v.p)
	}
	return v.p.Text("week.state." + v.state[a.AccountID])
}

// sortIn puts an assessment into the lists that it belongs to.
func (v *weekView) sortIn(a *anomaly.Assessment, s *WeekSummary) {
	switch {
	case ListsVisit(a):
		v.inspections = append(v.inspections, a)
		s.ExpectedHits += clean(a.Verdict.InspectionProbability)
	case a.Verdict.Action == anomaly.ActionInspect && a.CoolDown != nil:
		v.inspections = append(v.inspections, a) // what is behind the news comes last: see the order of a batch
		s.CoolingDown++
	}
	if a.Verdict.Action == anomaly.ActionRebill || priceOf(a) == priceDiffers {
		v.rebills = append(v.rebills, a)
	}
	for i := range a.Findings {
		if a.Findings[i].Action == anomaly.ActionFixData {
			v.dataFaults = append(v.dataFaults, a)
			s.DataProblems++
			break
		}
	}
}

// rounded keeps four decimals, so that the summary does not depend on the order of sums.
func rounded(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// modelText says what the estimates were learnt from.
func (v *weekView) modelText() string {
	text := v.p.Text("week.model.none")
	if v.Model.Trained() {
		text = v.p.Say(anomaly.Msg("week.model", anomaly.CountArg("accounts", v.Model.Accounts),
			anomaly.CountArg("bills", v.Model.Bills), anomaly.DateArg("until", v.Model.Until)))
	}
	if p := v.Model.LearntPriors(); p != nil {
		text += v.p.Text("card.separator") + v.p.Say(anomaly.Msg("week.priors", anomaly.CountArg("visits", p.Visits()), anomaly.DateArg("until", p.Until)))
	}
	return text
}

// A fact is one line of the summary; link is the id of the section that shows it.
type fact struct {
	label string
	value cell
	link  string
	text  string // the label in words, where it is no mere key
}

func (f *fact) name(p *locale.Printer) string {
	if f.text != "" {
		return f.text
	}
	return p.Text(f.label)
}

// facts are the figures of the summary.
func (v *weekView) facts() []fact {
	s := v.summary
	all := []fact{
		{"week.accounts", whole(s.Accounts), "", ""},
		{"week.bills", whole(s.Bills), "", ""},
		{"week.flagged", whole(s.FlaggedCount), "flagged", ""},
		{"week.new", whole(s.New), "flagged", ""},
		{"week.continuing", whole(s.Continuing), "flagged", ""},
		{"week.resolved", whole(s.Resolved), "resolved", ""},
		{"week.inspections", whole(s.Inspections), "inspections", ""},
		{"week.expected_hits", numberOf(s.ExpectedHits, 1), "inspections", ""},
		{"week.cooling", whole(s.CoolingDown), "inspections", ""},
		{"week.rebills", whole(s.Rebills), "rebills", ""},
		{"week.data", whole(s.DataProblems), "data", ""},
		{"week.visits", whole(s.Visits.Done), "", ""},
	}
	if n := float64(s.Visits.Done); n > 0 {
		all = append(all, fact{"week.hit_rate", percentOf(float64(s.Visits.Hits) / n), "", ""},
			fact{"week.hit_rate_expected", percentOf(s.Visits.Expected / n), "", ""})
	}
	for i := range v.Shocks {
		x := &v.Shocks[i]
		all = append(all, fact{value: whole(x.Accounts), link: "flagged", text: v.p.Say(ShockMessage(x))})
	}
	return append(all, v.deskFacts()...)
}

func (v *weekView) spanMessage() anomaly.Message {
	return anomaly.Msg("week.span", anomaly.DateArg("since", v.Since), anomaly.DateArg("as_of", v.AsOf))
}

// method says how the report came about.
func (v *weekView) method() []Parameter {
	p := v.p
	previous := p.Text("week.previous.none")
	if v.Previous != nil {
		previous = v.Previous.Name
	}
	return []Parameter{
		{Name: p.Text("week.method.program"), Value: v.Program},
		{Name: p.Text("week.method.span"), Value: p.Say(v.spanMessage())},
		{Name: p.Text("week.method.previous"), Value: previous},
		{Name: p.Text("week.method.model"), Value: v.modelText()},
		{Name: p.Text("week.method.estimate"), Value: p.Text("week.method.estimate.text")},
		{Name: p.Text("week.method.causes"), Value: p.Text("week.method.causes.text")},
		{Name: p.Text("week.method.ranking"), Value: strings.TrimSpace(p.Text("week.method.ranking.text") + " " + UnitsText(v.Units, p))},
		{Name: p.Text("week.method.unchecked"), Value: p.Text("week.method.unchecked.text")},
	}
}

// dataProblem is a row that could not be read, or a finding that asks to fix the data.
type dataProblem struct {
	file, account, column, value, reason string
	row                                  int
}

func (v *weekView) dataProblems() []dataProblem {
	var all []dataProblem
	for _, d := range v.Problems {
		all = append(all, dataProblem{file: d.Source.File, row: int(d.Source.Row), column: d.Column, value: d.Value, reason: v.p.Say(d.Reason)})
	}
	for _, a := range v.dataFaults {
		for i := range a.Findings {
			f := &a.Findings[i]
			if f.Action != anomaly.ActionFixData {
				continue
			}
			d := dataProblem{account: a.AccountID, reason: f.Check + " " + v.p.Say(f.Message)}
			if len(f.Evidence) > 0 {
				d.file, d.row = f.Evidence[0].File, int(f.Evidence[0].Row)
			}
			all = append(all, d)
		}
	}
	return all
}
