// Command gen writes a bills file of any size for benchmarks: households whose usage
// follows the seasons, with a few faults. The same flags give the same bytes.
//
//	go run ./testdata/gen -accounts 200000 -bills 24 > bills.csv
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"

	"whybill/anomaly"
	"whybill/anomaly/tariff"
)

type options struct {
	accounts, bills int
	order           string
	tariff          bool
	seed            uint64
}

func main() {
	var opt options
	flag.IntVar(&opt.accounts, "accounts", 1000, "number of accounts")
	flag.IntVar(&opt.bills, "bills", 24, "number of monthly bills an account")
	flag.StringVar(&opt.order, "order", "period", "order of rows: period (all accounts' bills of a month together, as utilities export them), account or random")
	flag.BoolVar(&opt.tariff, "tariff", false, "write a tariff column, so that the amounts can be recomputed")
	flag.Uint64Var(&opt.seed, "seed", 1, "another seed gives other households")
	flag.Parse()
	if err := run(os.Stdout, opt); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

const (
	tariffID = "tw.taipower.residential.non_tou"
	// routes is the number of days of the month on which meters are read.
	routes = 5
)

// The first bills begin in this month.
var firstMonth = anomaly.MustDate("2024-01-01")

// household is one account's bills. A bill's usage is what its readings say.
type household struct {
	opening int32 // the reading at the start of the first bill
	bills   []cell
}

// cell is one bill.
type cell struct {
	usage int32
	flags uint8
}

const (
	estimated = 1 << iota // nobody read the meter at the end of the period
	missing               // the bill is not in the file
	twice                 // the bill is in the file twice
	mispriced             // the amount is a tenth too high
)

func run(w io.Writer, opt options) error {
	if opt.accounts < 1 || opt.accounts > 9_999_999 || opt.bills < 1 || opt.bills > 900 {
		return fmt.Errorf("1 to 9,999,999 accounts with 1 to 900 bills each")
	}
	book, err := tariff.Builtin()
	if err != nil {
		return err
	}
	out := &writer{Writer: bufio.NewWriterSize(w, 1<<20), opt: opt, book: book, prices: map[priceKey]string{}, houses: households(opt)}
	out.header()
	switch opt.order {
	case "period":
		for b := range opt.bills {
			for a := range opt.accounts {
				out.bill(a, b)
			}
		}
	case "account":
		for a := range opt.accounts {
			for b := range opt.bills {
				out.bill(a, b)
			}
		}
	case "random":
		for _, i := range rand.New(rand.NewPCG(opt.seed, 0)).Perm(opt.accounts * opt.bills) {
			out.bill(i/opt.bills, i%opt.bills)
		}
	default:
		return fmt.Errorf("there is no order %q", opt.order)
	}
	if out.err != nil {
		return out.err
	}
	return out.Flush()
}

// households makes all accounts. Each draws its own numbers, so that neither the order
// of rows nor the number of accounts changes what an account does.
func households(opt options) []household {
	all := make([]household, opt.accounts)
	cells := make([]cell, opt.accounts*opt.bills)
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for a := worker; a < opt.accounts; a += workers {
				all[a].bills = cells[a*opt.bills : (a+1)*opt.bills]
				all[a].make(rand.New(rand.NewPCG(opt.seed, uint64(a)+1)))
			}
		})
	}
	wg.Wait()
	return all
}

// make draws a household: the median uses 300 kWh a month, half as much again or less
// in one of three, and a third more in summer; from bill to bill a tenth up or down.
func (h *household) make(r *rand.Rand) {
	level := 300 * math.Exp(0.5*r.NormFloat64())
	summer := max(0, 0.3+0.15*r.NormFloat64())
	winter := max(0, 0.05+0.1*r.NormFloat64())
	drift := 0.002 * r.NormFloat64()
	h.opening = int32(r.IntN(60_000))
	for i := range h.bills {
		// July and August are the warmest months, January and February the coldest.
		season := math.Cos(2 * math.Pi * (float64(i%12) - 6.5) / 12)
		usage := level * math.Exp(drift*float64(i)+0.1*r.NormFloat64()) * (1 + summer*max(0, season) + winter*max(0, -season))
		h.bills[i].usage = int32(usage)
	}
	h.faults(r)
}

// faults gives about one account in ten something that a check may find.
func (h *household) faults(r *rand.Rand) {
	n := len(h.bills)
	at := r.IntN(n)
	late := max(0, n-1-r.IntN(4)) // in the last bills, where it is not yet dealt with
	switch r.IntN(100) {
	case 0: // the meter stands still
		for i := late; i < n; i++ {
			h.bills[i].usage = 0
		}
	case 1: // somebody else's load, or a fault behind the meter
		extra := 150 + int32(r.IntN(600))
		for i := late; i < n; i++ {
			h.bills[i].usage += extra
		}
	case 2, 3, 4: // an estimate, and the reading that catches up
		h.shift(at, h.bills[max(0, at-1)].usage-h.bills[at].usage, estimated)
	case 5: // a digit misread, and put right by the next reading
		h.shift(late, 100*int32(1+r.IntN(9)), 0)
	case 6: // away for a while
		for i := at; i < min(n, at+3); i++ {
			h.bills[i].usage /= 10
		}
	case 7:
		h.bills[at].flags |= missing
	case 8:
		h.bills[at].flags |= twice
	case 9:
		h.bills[late].flags |= mispriced
	}
}

// shift moves usage from the next bill to this one, as far as there is any.
func (h *household) shift(i int, usage int32, flags uint8) {
	if i+1 < len(h.bills) {
		usage = min(usage, h.bills[i+1].usage)
		h.bills[i+1].usage -= usage
	}
	h.bills[i].usage += usage
	h.bills[i].flags |= flags
}

// reading returns the register at the start of a bill, on its five digits.
func (h *household) reading(bill int) int32 {
	register := h.opening
	for i := range bill {
		register += h.bills[i].usage
	}
	return register % 100_000
}

type writer struct {
	*bufio.Writer
	opt    options
	book   *tariff.Book
	prices map[priceKey]string
	houses []household
	line   []byte
	err    error
}

type priceKey struct {
	bill, route int16
	usage       int32
}

func (w *writer) header() {
	columns := "account_id,bill_id,period_start,period_end,usage,amount,currency,reading_from,reading_to,quality"
	if w.opt.tariff {
		columns += ",tariff"
	}
	w.note(w.WriteString(columns + "\n"))
}

func (w *writer) note(_ int, err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) bill(a, b int) {
	h := &w.houses[a]
	c := h.bills[b]
	if c.flags&missing != 0 {
		return
	}
	route := a % routes
	start := firstMonth.AddMonths(b).AddDays(5 * route)
	end := firstMonth.AddMonths(b + 1).AddDays(5 * route)
	from := h.reading(b)
	line := append(w.line[:0], 'A')
	line = padded(line, a, 7)
	line = append(line, ",B"...)
	line = padded(line, b*w.opt.accounts+a+1, 7)
	line = append(line, ',')
	line = start.AppendText(line)
	line = append(line, ',')
	line = end.AppendText(line)
	line = append(line, ',')
	line = strconv.AppendInt(line, int64(c.usage), 10)
	line = append(line, ',')
	line = append(line, w.amount(b, route, c, anomaly.Period{Start: start, End: end})...)
	line = append(line, ",TWD,"...)
	line = strconv.AppendInt(line, int64(from), 10)
	line = append(line, ',')
	line = strconv.AppendInt(line, int64((from+c.usage)%100_000), 10)
	if c.flags&estimated != 0 {
		line = append(line, ",E"...)
	} else {
		line = append(line, ",A"...)
	}
	if w.opt.tariff {
		line = append(line, ","+tariffID...)
	}
	line = append(line, '\n')
	w.note(w.Write(line))
	if c.flags&twice != 0 {
		w.note(w.Write(line))
	}
	w.line = line
}

// padded appends n with at least so many digits.
func padded(b []byte, n, digits int) []byte {
	for limit := 10; digits > 1; digits, limit = digits-1, limit*10 {
		if n < limit {
			b = append(b, '0')
		}
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// amount prices a bill with the built-in tariff; many bills are alike.
func (w *writer) amount(b, route int, c cell, period anomaly.Period) string {
	key := priceKey{int16(b), int16(route), c.usage}
	text, ok := w.prices[key]
	if !ok {
		priced, err := w.book.Price(&anomaly.PriceRequest{
			Tariff: tariffID, Account: &anomaly.Account{Service: anomaly.Electricity}, Period: period,
			Usage: anomaly.DecimalFromInt(int64(c.usage)), Months: 1,
		})
		if err != nil {
			w.note(0, fmt.Errorf("%s: %w", period, err))
			return ""
		}
		text = priced.Amount.String()
		w.prices[key] = text
	}
	if c.flags&mispriced != 0 {
		amount, err := strconv.Atoi(text)
		w.note(0, err)
		text = strconv.Itoa(amount + amount/10)
	}
	return text
}
