package cases

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"whybill/anomaly"
)

// Notice is a letter or message to a customer, with what is known of its occasion. What
// is not known is not looked for.
type Notice struct {
	Text string // plain or Markdown, English or Chinese
	// Arrives is the day, and Clock the time ("15:04"), at which it reaches the customer.
	Arrives anomaly.Date
	Clock   string
	// AccountID and Bills name what it may be about.
	AccountID string
	Bills     []string
	Owed      anomaly.NullDecimal
	Currency  string
	// ClosedAccount is the number of a bank account that no longer takes payments.
	ClosedAccount string
	// ChangeFiled and Disputed are the days since which a change of the payment account
	// and a dispute are pending; zero where none is.
	ChangeFiled, Disputed anomaly.Date
}

// Issue is something in a notice that makes its reader angry.
type Issue struct {
	Line    int // counted from 1; 0 for what is missing
	Message anomaly.Message
}

var (
	asksContact = words(`\b(call|phone|ring|telephone|contact)\b`, `來電|致電|撥打|電洽|洽詢|聯絡|来电|致电|拨打|洽询|联系|联络`)
	asksNow     = words(`\bat once\b|\bimmediately\b|\burgent(ly)?\b|\bwithout delay\b|\bright away\b`, `立即|立刻|馬上|马上|儘速|盡速|儘快|尽速|尽快`)
	asksPayment = words(`\bpay(ment|able)?\b|\btransfer\b|\bremit\b|\bsettle\b`, `繳|缴|付款|匯入|汇入|轉帳|转账|存入|補足|补足`)
	intoAccount = words(`\b(in)?to (the|your|this|our) (\w+ )?account\b|\bbank account\b|\bdirect debit\b`, `帳戶|账户|帳號|账号|扣款|扣繳|扣缴`)
	saysHours   = words(`\d{1,2}[:.]\d{2}\s*(-|–|to|until|and)\s*\d{1,2}[:.]\d{2}|\b\d{1,2}\s*(am|a\.m\.)|\b24 hours\b|\baround the clock\b`, `\d{1,2}[:：]\d{2}\s*(-|–|~|～|至|到)\s*\d{1,2}[:：]\d{2}|上午.{0,6}[時时點点]|24\s*小[時时]`)
	saysChange  = words(`\bchange|\bnew (bank |payment )?account\b`, `變更|变更|新帳戶|新账户`)
	// A number to call begins with 0, + or 400, or is a short one right after the word.
	saysNumber  = regexp.MustCompile(`(?i)(?:\+\d|\b0|\(0)\d[\d\-() ]{5,}\d|\b400-?\d{3}-?\d{4}|(?:call|phone|ring|來電|致電|撥打|来电|致电|拨打)\D{0,12}\d{4,5}\b|[\w.+-]+@[\w-]+\.\w+|https?://\S+`)
	saysSubject = regexp.MustCompile(`(?i)(account|bill|invoice|電號|戶號|水號|户号|帳單|账单|帐单)[^\d\n]{0,14}[\w-]*\d{3,}`)
	saysAmount  = regexp.MustCompile(`(?:NT\$|US\$|[$€£¥]|TWD|CNY|USD|EUR|GBP|人民[幣币]|新[臺台][幣币])\s?([\d,]+(?:\.\d+)?)|([\d,]+(?:\.\d+)?)\s?(?:元|圓|TWD|CNY|USD|EUR|GBP|dollars|yuan)`)
	isoDay      = regexp.MustCompile(`(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})`)
	rocDay      = regexp.MustCompile(`(?:民[國国])?\s?\b(1\d\d)\s?[年/.](\d{1,2})[月/.](\d{1,2})`)
	namedDay    = regexp.MustCompile(`(?i)\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December)(?: (\d{4}))?`)
	deadline    = regexp.MustCompile(`(?i)\b(by|before|until|no later than|not later than|within)\s*(\w+\s*,?\s*)?$`)
	deadlineZH  = regexp.MustCompile(`^\s*日?\s*[（(]?.{0,5}[)）]?\s*(以前|之前|前)`)
)

// words joins what is looked for in English and in Chinese.
func words(english, chinese string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + english + `|` + chinese)
}

// LintNotice lists what in a notice makes its reader angry, in the order of its lines,
// what is missing at the end.
func LintNotice(n *Notice, rules *anomaly.CaseRules) []Issue {
	l := lint{n: n, cal: &rules.Calendar}
	for line := range strings.Lines(n.Text) {
		l.line++
		l.look(line)
	}
	l.missing()
	slices.SortStableFunc(l.issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(min(1, b.Line), min(1, a.Line)), cmp.Compare(a.Line, b.Line))
	})
	return l.issues
}

type lint struct {
	n      *Notice
	cal    *anomaly.Calendar
	line   int
	issues []Issue

	contactAt, nowAt, paymentAt, accountAt int // the lines where it stands first
	hours, change, number, subject         bool
	amounts                                []anomaly.Decimal
	amountAt                               int
}

func (l *lint) add(line int, key string, args ...anomaly.Arg) {
	l.issues = append(l.issues, Issue{line, anomaly.Msg(key, args...)})
}

func (l *lint) look(line string) {
	first := func(at *int, what *regexp.Regexp) {
		if *at == 0 && what.MatchString(line) {
			*at = l.line
		}
	}
	first(&l.contactAt, asksContact)
	first(&l.nowAt, asksNow)
	first(&l.paymentAt, asksPayment)
	if asksPayment.MatchString(line) || l.paymentAt > 0 {
		first(&l.accountAt, intoAccount)
	}
	if c := l.n.ClosedAccount; c != "" && strings.Contains(digitsOf(line), digitsOf(c)) {
		l.accountAt = l.line
	}
	l.hours = l.hours || saysHours.MatchString(line)
	l.change = l.change || saysChange.MatchString(line)
	l.number = l.number || saysNumber.MatchString(line)
	if l.n.AccountID != "" {
		l.subject = l.subject || strings.Contains(line, l.n.AccountID)
	} else if !intoAccount.MatchString(line) { // the number of a bank account says nothing of the matter
		l.subject = l.subject || saysSubject.MatchString(line)
	}
	for _, bill := range l.n.Bills {
		l.subject = l.subject || strings.Contains(line, bill)
	}
	for _, m := range saysAmount.FindAllStringSubmatch(line, -1) {
		text := strings.ReplaceAll(m[1]+m[2], ",", "")
		if d, err := anomaly.ParseDecimal(text); err == nil {
			if len(l.amounts) == 0 {
				l.amountAt = l.line
			}
			l.amounts = append(l.amounts, d)
		}
	}
	l.deadlines(line)
}

// digitsOf keeps the digits: account numbers are written with spaces and dashes.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// deadlines looks for something to be done by a day that is over when the notice arrives.
func (l *lint) deadlines(line string) {
	if l.n.Arrives.IsZero() {
		return
	}
	check := func(at []int, d anomaly.Date, ok bool) {
		if !ok || d >= l.n.Arrives {
			return
		}
		if deadline.MatchString(line[:at[0]]) || deadlineZH.MatchString(line[at[1]:]) {
			l.add(l.line, "notice.past_date", anomaly.DateArg("date", d), anomaly.DateArg("arrives", l.n.Arrives))
		}
	}
	number := func(i, j int) int { n, _ := strconv.Atoi(line[i:j]); return n }
	rest := []byte(line)
	for _, at := range isoDay.FindAllStringSubmatchIndex(line, -1) {
		d, ok := anomaly.NewDate(number(at[2], at[3]), number(at[4], at[5]), number(at[6], at[7]))
		check(at, d, ok)
		for i := at[0]; i < at[1]; i++ {
			rest[i] = ' ' // its last digits are no ROC year
		}
	}
	for _, at := range rocDay.FindAllStringSubmatchIndex(string(rest), -1) {
		d, ok := anomaly.NewDate(1911+number(at[2], at[3]), number(at[4], at[5]), number(at[6], at[7]))
		check(at, d, ok)
	}
	for _, at := range namedDay.FindAllStringSubmatchIndex(line, -1) {
		month, err := time.Parse("January", titled(line[at[4]:at[5]]))
		year := l.n.Arrives.Year()
		if at[6] >= 0 {
			year = number(at[6], at[7])
		}
		d, ok := anomaly.NewDate(year, int(month.Month()), number(at[2], at[3]))
		check(at, d, ok && err == nil)
	}
}

func titled(s string) string { return strings.ToUpper(s[:1]) + strings.ToLower(s[1:]) }

// missing says what only the whole text shows.
func (l *lint) missing() {
	n := l.n
	arrivesClosed := !n.Arrives.IsZero() && !l.cal.OpenAt(n.Arrives, n.Clock)
	if arrivesClosed && l.contactAt > 0 {
		key, line := "notice.arrives_closed", l.contactAt
		if l.nowAt > 0 {
			key, line = "notice.unreachable", l.nowAt
		}
		open := l.cal.NextOpen(n.Arrives, n.Clock)
		l.add(line, key, anomaly.DateArg("arrives", n.Arrives), anomaly.TermArg("day", "weekday."+n.Arrives.Weekday().String()),
			anomaly.DateArg("open", open), anomaly.TermArg("days_off", "days_off."+string(l.cal.DaysOff(n.Arrives-1, open))))
	}
	if l.contactAt > 0 && !l.hours {
		hours := l.cal.HoursOn(l.cal.NextOpen(n.Arrives, ""))
		l.add(l.contactAt, "notice.no_hours", anomaly.TextArg("hours", hours.From+"-"+hours.To))
	}
	if l.contactAt > 0 && !l.number {
		l.add(l.contactAt, "notice.no_contact")
	}
	if l.accountAt > 0 && (n.ClosedAccount != "" || !n.ChangeFiled.IsZero()) {
		l.add(l.accountAt, "notice.closed_account")
	}
	if l.paymentAt > 0 {
		l.payment()
	}
	if !l.subject {
		l.add(0, "notice.no_subject")
	}
}

func (l *lint) payment() {
	n := l.n
	if !n.ChangeFiled.IsZero() && !l.change {
		l.add(l.paymentAt, "notice.change_pending", anomaly.DateArg("filed", n.ChangeFiled))
	}
	if !n.Disputed.IsZero() {
		l.add(l.paymentAt, "notice.disputed", anomaly.DateArg("since", n.Disputed))
	}
	if len(l.amounts) == 0 {
		l.add(l.paymentAt, "notice.no_amount")
		return
	}
	if !n.Owed.Valid {
		return
	}
	for _, d := range l.amounts {
		if d.Cmp(n.Owed.Decimal) == 0 {
			return
		}
	}
	l.add(l.amountAt, "notice.amount", anomaly.MoneyArg("named", l.amounts[0], n.Currency), anomaly.MoneyArg("owed", n.Owed.Decimal, n.Currency))
}
