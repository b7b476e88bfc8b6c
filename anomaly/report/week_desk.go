package report

import (
	"strconv"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// Desk says where the disputes stand. It has no crew in it and nobody's words or name:
// nobody finds out by it who complained about whom.
type Desk struct {
	States   []DeskState `json:"states"` // of cases that are not closed, in the order of a case's life
	Overdue  int         `json:"overdue"`
	Oldest   int         `json:"oldest_days"` // the age of the oldest case that is not closed
	Broken   int         `json:"promises_broken"`
	Due      int         `json:"promises_due"` // within the next seven days
	Holds    int         `json:"holds"`        // accounts on which nothing is to be collected
	Feedback int         `json:"feedback_unanswered"`
	Checks   []DeskCheck `json:"outcomes"` // what visits found, by the check that asked for them

	// The lists behind the figures.
	AgeBands  [4]int         `json:"age_bands_days"` // the last day of each band but the last, which is open
	Cases     []DeskCase     `json:"cases,omitempty"`
	Promises  []DeskPromise  `json:"promises,omitempty"`
	OnHold    []DeskHold     `json:"on_hold,omitempty"`
	Untold    []DeskFeedback `json:"feedback,omitempty"` // feedback without an answer, oldest first
	UntoldAge [5]int         `json:"feedback_ages"`      // its number, by band of age
}

// deskBands are the ages in days up to which cases are counted together.
var deskBands = [4]int{7, 14, 30, 90}

// NewDesk returns a desk without any case.
func NewDesk() *Desk {
	return &Desk{States: []DeskState{}, Checks: []DeskCheck{}, AgeBands: deskBands}
}

// Band returns the place of an age in days among the bands.
func (d *Desk) Band(days int) int {
	for i, last := range d.AgeBands {
		if days <= last {
			return i
		}
	}
	return len(d.AgeBands)
}

// Brief is the desk without its lists.
func (d *Desk) Brief() *Desk {
	brief := *d
	brief.Cases, brief.Promises, brief.OnHold, brief.Untold = nil, nil, nil, nil
	return &brief
}

// DeskState counts the cases in one state, all and by band of age.
type DeskState struct {
	State string `json:"state"`
	Cases int    `json:"cases"`
	Ages  [5]int `json:"ages"`
}

// DeskCase is a case that is not closed.
type DeskCase struct {
	Case      string       `json:"case"`
	AccountID string       `json:"account_id"`
	State     string       `json:"state"`
	Opened    anomaly.Date `json:"opened"`
	Age       int          `json:"age_days"`
	Due       anomaly.Date `json:"due"`
	Overdue   bool         `json:"overdue"`
}

// DeskPromise is a promise that was broken since the report's first day, or is due soon.
type DeskPromise struct {
	Case      string       `json:"case"`
	AccountID string       `json:"account_id"`
	What      string       `json:"what"` // visit, joint_visit or answer
	Given     anomaly.Date `json:"given"`
	Due       anomaly.Date `json:"due"`
	Done      anomaly.Date `json:"done"` // zero while nothing has come of it
	State     string       `json:"state"`
}

// DeskHold is an account on which nothing is to be collected, and why.
type DeskHold struct {
	AccountID string          `json:"account_id"`
	Check     string          `json:"check"`
	Ref       string          `json:"ref"`
	Reason    string          `json:"reason"` // the message's key
	Message   anomaly.Message `json:"-"`
}

// DeskFeedback is feedback that nobody has answered. Whose it is does not stand here.
type DeskFeedback struct {
	Case string       `json:"case,omitempty"` // "" where it has no reference but the account
	On   anomaly.Date `json:"on"`
	Age  int          `json:"age_days"`
}

// DeskCheck is a check's record with the 95 % Wilson interval of its hit rate.
type DeskCheck struct {
	Check  string  `json:"check"`
	Visits int     `json:"visits"`
	Hits   int     `json:"hits"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// deskFacts are the desk's figures in the summary.
func (v *weekView) deskFacts() []fact {
	d := v.Desk
	if d == nil {
		return nil
	}
	open := 0
	for _, s := range d.States {
		open += s.Cases
	}
	var all []fact
	for _, f := range []struct {
		key, link string
		n         int
	}{
		{"week.desk.open", "cases", open}, {"week.desk.overdue", "cases", d.Overdue}, {"week.desk.oldest", "cases", d.Oldest},
		{"week.desk.broken", "promises", d.Broken}, {"week.desk.due", "promises", d.Due}, {"week.desk.holds", "holds", d.Holds},
		{"week.desk.feedback", "feedback", d.Feedback},
	} {
		all = append(all, fact{label: f.key, value: numberOf(float64(f.n), 0), link: f.link})
	}
	return all
}

// deskTable is a table about the desk, for the page and for the workbook.
type deskTable struct {
	id   string
	cols []deskColumn
	rows [][]cell
}

type deskColumn struct {
	head    string
	width   float64
	number  bool
	account bool // it leads to the account's row among the flagged
}

// deskTables are the tables about the desk; none where there is no ledger.
func (v *weekView) deskTables() []deskTable {
	d := v.Desk
	if d == nil {
		return nil
	}
	return []deskTable{v.casesByAge(d), v.openCases(d), v.promises(d), v.onHold(d), v.unanswered(d), v.visitsByCheck(d)}
}

func whole(n int) cell { return numberOf(float64(n), 0) }

func (v *weekView) casesByAge(d *Desk) deskTable {
	t := deskTable{id: "cases_age", cols: []deskColumn{{head: "week.state", width: 34}}}
	for i := range len(d.AgeBands) + 1 {
		t.cols = append(t.cols, deskColumn{head: "week.band." + strconv.Itoa(i), width: 14, number: true})
	}
	t.cols = append(t.cols, deskColumn{head: "week.band.all", width: 10, number: true})
	line := func(name string, ages [5]int) {
		row, sum := []cell{textOf(name)}, 0
		for _, n := range ages {
			row, sum = append(row, whole(n)), sum+n
		}
		t.rows = append(t.rows, append(row, whole(sum)))
	}
	var all [5]int
	for _, s := range d.States {
		line(v.p.Term("state."+s.State), s.Ages)
		for i, n := range s.Ages {
			all[i] += n
		}
	}
	if len(d.States) > 0 {
		line(v.p.Text("week.desk.all"), all)
	}
	if d.Feedback > 0 {
		line(v.p.Text("week.desk.feedback"), d.UntoldAge)
	}
	return t
}

func (v *weekView) openCases(d *Desk) deskTable {
	t := deskTable{id: "cases", cols: []deskColumn{
		{head: "week.desk.case", width: 14}, {head: "table.account", width: 18, account: true}, {head: "week.state", width: 30},
		{head: "week.desk.late", width: 12}, {head: "week.desk.due_on", width: 14}, {head: "week.desk.opened", width: 14}, {head: "week.desk.age", width: 10, number: true},
	}}
	for i := range d.Cases {
		c := &d.Cases[i]
		late := ""
		if c.Overdue {
			late = v.p.Text("case.overdue")
		}
		t.rows = append(t.rows, []cell{
			textOf(c.Case), textOf(c.AccountID), textOf(v.p.Term("state." + c.State)), textOf(late), dateOf(c.Due), dateOf(c.Opened), whole(c.Age),
		})
	}
	return t
}

func (v *weekView) promises(d *Desk) deskTable {
	t := deskTable{id: "promises", cols: []deskColumn{
		{head: "week.desk.case", width: 14}, {head: "table.account", width: 18, account: true}, {head: "week.desk.promised", width: 24},
		{head: "week.state", width: 14}, {head: "week.desk.weekday", width: 12}, {head: "week.desk.promised_for", width: 14},
		{head: "week.desk.given", width: 14}, {head: "week.desk.done", width: 14},
	}}
	for i := range d.Promises {
		p := &d.Promises[i]
		t.rows = append(t.rows, []cell{
			textOf(p.Case), textOf(p.AccountID), textOf(v.p.Term("promised." + p.What)), textOf(v.p.Term("promise." + p.State)),
			textOf(v.p.Term("weekday." + p.Due.Weekday().String())), dateOf(p.Due), dateOf(p.Given), dateOf(p.Done),
		})
	}
	return t
}

func (v *weekView) onHold(d *Desk) deskTable {
	t := deskTable{id: "holds", cols: []deskColumn{
		{head: "table.account", width: 18, account: true}, {head: "week.desk.check", width: 10}, {head: "week.reason", width: 90},
	}}
	for i := range d.OnHold {
		h := &d.OnHold[i]
		t.rows = append(t.rows, []cell{textOf(h.AccountID), textOf(h.Check), textOf(v.p.Say(h.Message))})
	}
	return t
}

func (v *weekView) unanswered(d *Desk) deskTable {
	t := deskTable{id: "feedback", cols: []deskColumn{
		{head: "week.desk.case", width: 14}, {head: "week.desk.received", width: 14}, {head: "week.desk.age", width: 10, number: true},
	}}
	for _, f := range d.Untold {
		t.rows = append(t.rows, []cell{textOf(f.Case), dateOf(f.On), whole(f.Age)})
	}
	return t
}

func (v *weekView) visitsByCheck(d *Desk) deskTable {
	t := deskTable{id: "outcomes", cols: []deskColumn{
		{head: "week.desk.check", width: 10}, {head: "week.desk.about", width: 40}, {head: "week.desk.visits", width: 10, number: true},
		{head: "week.desk.found", width: 12, number: true}, {head: "week.desk.rate", width: 12, number: true},
		{head: "week.desk.low", width: 12, number: true}, {head: "week.desk.high", width: 12, number: true},
	}}
	for _, c := range d.Checks {
		t.rows = append(t.rows, []cell{
			textOf(c.Check), textOf(v.p.Text(c.Check + ".name")), whole(c.Visits), whole(c.Hits),
			known(c.Visits > 0, percentOf(float64(c.Hits)/float64(max(1, c.Visits)))), percentOf(c.Low), percentOf(c.High),
		})
	}
	return t
}

// deskPage puts the desk's tables on the page.
func (v *weekView) deskPage() []pageTable {
	row := map[string]string{} // of an account, on the page
	for _, a := range v.Flagged {
		if _, twice := row[a.AccountID]; !twice {
			row[a.AccountID] = v.anchor[a]
		}
	}
	var all []pageTable
	for _, t := range v.deskTables() {
		p := pageTable{ID: t.id, Title: v.p.Text("week.sheet." + t.id)}
		for _, c := range t.cols {
			p.Heads = append(p.Heads, pageHead{v.p.Text(c.head), c.number})
		}
		for _, cells := range t.rows {
			var r pageRow
			for i, c := range cells {
				at := v.deskCell(c)
				if t.cols[i].account {
					at.Head, at.Link = true, row[c.text]
				}
				r.Cells = append(r.Cells, at)
			}
			p.Rows = append(p.Rows, r)
		}
		all = append(all, p)
	}
	return all
}

func (v *weekView) deskCell(c cell) pageCell {
	switch c.kind {
	case numberCell:
		return sortable(locale.Number(c.num, c.digits), c.num, true)
	case percentCell:
		return sortable(v.p.Percent(c.num, 0), c.num, true)
	case dateCell:
		return pageCell{Text: v.p.Date(c.date), Class: "nowrap", Value: c.date.String(), Sort: true}
	}
	return plainText(c.text)
}

// deskSheet puts one of the desk's tables on a sheet of its own.
func (b *weekbook) deskSheet(t *deskTable) error {
	cols := make([]sheetColumn, len(t.cols))
	for i, c := range t.cols {
		cols[i] = sheetColumn{c.head, c.width}
	}
	rows := make([][]any, len(t.rows))
	for i, cells := range t.rows {
		for j, c := range cells {
			if t.cols[j].head == "week.reason" {
				rows[i] = append(rows[i], b.wrapped(c.text))
				continue
			}
			rows[i] = append(rows[i], c)
		}
	}
	if err := b.grid(t.id, cols, rows); err != nil {
		return err
	}
	for j, c := range t.cols {
		if !c.account {
			continue
		}
		for i := range t.rows {
			flagged, ok := b.account[t.rows[i][j].text]
			if !ok {
				continue
			}
			at := string(rune('A'+j)) + strconv.Itoa(i+2)
			if err := b.link(b.names[t.id], at, quoted(b.names["flagged"])+"!B"+strconv.Itoa(flagged)); err != nil {
				return err
			}
		}
	}
	return nil
}
