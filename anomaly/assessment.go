package anomaly

// AssessmentVersion is the version of the assessment's JSON form.
const AssessmentVersion = 1

// Assessment is what is said of one bill: the answer to the four questions.
type Assessment struct {
	AccountID      string
	BillKey        string
	Service        Service
	ServiceAssumed bool
	Unit           string
	Period         Period
	EndAssumed     bool
	Usage          Decimal
	Amount         NullDecimal
	Currency       string
	Quality        Quality
	Source         Source
	Route          string // the account's reading route
	// Visit is set where the bill is on a list of visits.
	Visit *VisitChoice
	// CoolDown is set where an earlier list has the account.
	CoolDown *CoolDown

	// Assumed says what was taken as given for this answer alone and may be otherwise.
	Assumed []Message

	Estimate    Estimate
	Rebill      Rebill
	Explained   []ExplainedRow
	Unexplained UnexplainedRange
	Findings    []Finding
	Causes      []CauseProbability // most probable first; sums to 1; empty only where there is no bill
	// Reasons is what speaks for and against the causes that are not improbable, where it
	// was asked for or something is to be done; see pipeline.Assessor.
	Reasons    []CauseReasons
	Verdict    Verdict
	NotChecked []NotChecked
	// SecondOpinion is another method's estimate, where it was asked for.
	SecondOpinion *SecondOpinion
	// History is the account's bills that count, oldest first, for charts.
	History []HistoryPoint
}

// PriorityUnit is what the verdict's priority is counted in, a visit-hour: the currency or,
// where there is no price, the service's usage unit. Only priorities of one unit can be
// compared. "" is an amount without a currency.
func (a *Assessment) PriorityUnit() string {
	switch {
	case a.Verdict.PriorityInUsage && a.Service != ServiceUnknown && a.Service != Electricity:
		return a.Service.String() + " " + a.Unit // a cubic metre of gas is none of water
	case a.Verdict.PriorityInUsage:
		return a.Unit
	case a.Currency == "" && a.Rebill.Priced != nil:
		return a.Rebill.Priced.Currency
	}
	return a.Currency
}

// WithRoute reports whether the bill is out with its whole route: that is one matter, and
// not one for each account.
func (a *Assessment) WithRoute() bool {
	for i := range a.Findings {
		if a.Findings[i].Check == "U16" {
			return true
		}
	}
	return false
}

// VisitChoice is how an account came onto a list of visits.
type VisitChoice struct {
	Random     bool    // drawn at random, not for its own sake
	Propensity float64 // the probability with which it was drawn; 1 where it was chosen
	On         Date    // the day as of which the list was made
	Weight     float64 // the natural-log Bayes factor of the account's change
}

// SecondOpinion is what another method expects, or why it expects nothing.
type SecondOpinion struct {
	Method     string  // such as caltrack
	Usage      float64 // in the account's unit
	Model      string  // the kind of model that the method chose
	Periods    int     // that it was fitted to
	AdjustedR2 float64
	NotChecked Message // Key "" where there is a usage
}

// HistoryPoint is one earlier bill of the account, for a chart.
type HistoryPoint struct {
	Period       Period
	Usage        float64
	Quality      Quality
	OtherPremise bool
}

// Rebill is the recomputed bill, or why it was not recomputed.
type Rebill struct {
	Priced *Priced
	// Amount is the priced lines plus the passed-through lines as billed, rounded as the tariff rounds.
	Amount NullDecimal
	// Passed is the sum of the passed-through lines: in Amount, and not checked.
	Passed     Decimal
	NotChecked Message
}

// ExplainedRow is one row of the explanation: the reference, then differences. The
// rows sum to the billed usage and, in money, to the billed amount, exactly.
type ExplainedRow struct {
	What   string
	Usage  Decimal
	Amount NullDecimal
}

// UnexplainedRange is how much of the billed usage no part accounts for, with its
// 90 % interval: [billed - high, billed - low].
type UnexplainedRange struct {
	Known             bool
	Low, Middle, High float64
}

// Verdict is what is done next, and whether waiting may be offered.
type Verdict struct {
	Action Action
	Then   Action // what follows if the first does not settle it; "" where nothing does
	Reason Message
	// FoundOn is the day of the visit that found the cause; zero where none has.
	FoundOn Date
	// FoundUsage and FoundAmount are what that visit says was billed wrongly, as it was
	// written down: without a sign, and maybe of more bills than this one.
	FoundUsage, FoundAmount NullDecimal
	// Why says, for each refused action that somebody might propose, why it is refused.
	Refused []RefusedAction
	// Priority is the expected net value of a visit per visit-hour: in the account's
	// currency, or in usage where the bill has no amount.
	Priority              float64
	PriorityInUsage       bool
	InspectionProbability float64
	// Recoverable is what is in dispute of the bills so far, RecoverableBills of them, no
	// further back than the window of RecoverableMonths. RecoverableAhead is what as many months
	// to come would add at the rate of this bill, if the cause goes on.
	Recoverable       NullDecimal
	RecoverableBills  int
	RecoverableMonths int
	RecoverableAhead  NullDecimal
	Wait              Wait
	// Options are all actions that were weighed, best first.
	Options []ActionOption
}

// WithoutWaiting is the action that is best if nobody waits: the verdict's, or where that
// is to wait, the one that is put off.
func (v *Verdict) WithoutWaiting() Action {
	if v.Action == ActionWait {
		return v.Wait.Against
	}
	return v.Action
}

// RefusedAction is an action that would tell none of the live causes apart.
type RefusedAction struct {
	Action Action
	Reason Message
}

// ActionOption is one action with what it is worth.
type ActionOption struct {
	Action Action
	// Separates is the live causes that the action can tell from the rest.
	Separates []Cause
	Value     float64 // expected net value, in Priority's unit
}

// Wait is the verdict on waiting for the next bill.
type Wait struct {
	Allowed  bool
	Changes  float64 // probability that the next bill changes the decision
	Resolves float64 // probability that after it one cause, or one group that asks for the same action, holds 10:1 odds
	Value    float64 // value of waiting, against acting now
	Until    Date    // where allowed: the day of the reading that decides
	Against  Action  // what waiting was weighed against: the best without it; "" where it was not weighed
	AtLeast  NullUsage
	AtMost   NullUsage // the usage of the next bill beyond which the decision changes
	Reason   Message
}
