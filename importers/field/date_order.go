package field

import "whybill/anomaly"

// openOrders are the orders between which a sample has to decide. YMD with two-digit
// years is not among them: it has to be declared.
var openOrders = [...]Order{DMY, MDY, ROC}

// DateVotes counts, over the cells of a column, which orders can read them.
type DateVotes struct {
	Cells     int // that hold a date
	Open      int // of these, how many depend on the order
	Century   int // dates with a three-digit or seven-digit ROC year
	Neither   int // cells that hold no date
	Fit       [orderCount]int
	only      [orderCount][orderCount]int // read by the first and not by the second
	differ    [orderCount][orderCount]int // read by both, as different days
	Example   [orderCount]string          // that only this order, of DMY, MDY and ROC, reads
	ExOpen    string                      // that several orders read differently
	ExNeither string
}

// Add counts one tidied cell; missing ones do not count.
func (v *DateVotes) Add(s string) {
	if IsMissing(s) {
		return
	}
	if _, ok := PlainDate(s); ok {
		v.Cells++
		return
	}
	var p parts
	if !p.scan(s) {
		if _, _, ok := ParseMonth(s); !ok {
			v.Neither++
			keepLess(&v.ExNeither, s)
		} else {
			v.Cells++
		}
		return
	}
	var days [orderCount]anomaly.Date
	fits, same := 0, true
	var first anomaly.Date
	for _, o := range openOrders {
		if days[o] = p.date(o); days[o] != 0 {
			fits++
			if first == 0 {
				first = days[o]
			}
			same = same && days[o] == first
		}
	}
	if fits == 0 {
		if _, _, ok := ParseMonth(s); ok {
			v.Cells++
			return
		}
		v.Neither++
		keepLess(&v.ExNeither, s)
		return
	}
	v.Cells++
	if fits == len(openOrders) && same {
		if p.roc || p.len[0] == 3 || p.len[0] == 7 {
			v.Century++
		}
		return
	}
	v.Open++
	for _, a := range openOrders {
		if days[a] == 0 {
			continue
		}
		v.Fit[a]++
		if fits == 1 {
			keepLess(&v.Example[a], s)
		}
		for _, b := range openOrders {
			if days[b] == 0 {
				v.only[a][b]++
			} else if days[b] != days[a] {
				v.differ[a][b]++
				keepLess(&v.ExOpen, s)
			}
		}
	}
}

// Merge adds the counts of other.
func (v *DateVotes) Merge(other *DateVotes) {
	v.Cells += other.Cells
	v.Open += other.Open
	v.Century += other.Century
	v.Neither += other.Neither
	for a := range orderCount {
		v.Fit[a] += other.Fit[a]
		keepLess(&v.Example[a], other.Example[a])
		for b := range orderCount {
			v.only[a][b] += other.only[a][b]
			v.differ[a][b] += other.differ[a][b]
		}
	}
	keepLess(&v.ExOpen, other.ExOpen)
	keepLess(&v.ExNeither, other.ExNeither)
}

// Decide returns the order. rivals holds the orders between which the cells do not
// decide: all of them read the column, differently. mixed is true where cells of
// several orders occur and none is an exception (one in a hundred at most).
func (v *DateVotes) Decide() (order Order, rivals []Order, mixed bool) {
	if v.Open == 0 {
		return OrderAuto, nil, false
	}
	best := DMY
	for _, o := range openOrders {
		if v.Fit[o] > v.Fit[best] || v.Fit[o] == v.Fit[best] && o == ROC && v.Century > 0 {
			best = o
		}
	}
	rivals = []Order{best}
	for _, o := range openOrders {
		if o == best || v.Fit[o] == 0 {
			continue
		}
		against, for_ := v.only[o][best], v.only[best][o]
		switch {
		case against > 0 && against*99 > for_:
			return OrderAuto, nil, true
		case for_ == 0 && v.differ[best][o] > 0 && !(best == ROC && v.Century > 0):
			rivals = append(rivals, o)
		}
	}
	if len(rivals) > 1 {
		return OrderAuto, rivals, false
	}
	return best, nil, false
}
