package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/check"
)

// evidenceOptions is what an agent hears while the customer is on the line: it counts
// for this assessment only and is not stored.
type evidenceOptions struct {
	appliances  []string
	usagePerDay string
	claims      []string
}

func (o *evidenceOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.appliances, "appliance", nil, "a load the customer names, as `\"NAME=WATTS,HOURS\"`; repeatable (\"storage water heater=4000W,0.7h\"; ranges \"1000-1500W,2-4h\"; also \"from=2026-01-01\", \"until=...\", \"x2\"; say \"new\" where the customer has it only since this bill: without new or from it counts as always there, or as there since the customer moved in, and is in the earlier bills already)")
	flags.StringVar(&o.usagePerDay, "claim-usage-per-day", "", "what somebody said the usage is a `day`, in the account's unit")
	flags.StringArrayVar(&o.claims, "claim", nil, "something that was `said`, to be tested: \"meter fine\", \"will correct itself\", \"wait\"; repeatable")
}

// applyTo adds the evidence to the account's history, dated asOf, where the bill in
// dispute begins on the day disputed. It returns what it had to assume.
func (o *evidenceOptions) applyTo(h *anomaly.History, disputed, asOf anomaly.Date) (assumed []anomaly.Message, err error) {
	for i, text := range o.appliances {
		appliance, added, err := parseAppliance(text)
		if err != nil {
			return nil, err
		}
		appliance.AccountID = h.Account.ID
		name := anomaly.TextArg("name", appliance.Name)
		switch in := h.Account.MovedIn; {
		case !appliance.From.IsZero():
		case added:
			appliance.From = disputed
			assumed = append(assumed, anomaly.Msg("assumed.new", name, anomaly.DateArg("from", disputed)))
		case h.Previous != nil && !in.IsZero():
			appliance.From = in // what is named in the new home was not in the old one
			assumed = append(assumed, anomaly.Msg("assumed.moved_in", name, anomaly.DateArg("from", in)))
		default:
			assumed = append(assumed, anomaly.Msg("assumed.always", name))
		}
		appliance.Source = anomaly.Source{File: "--appliance", Row: int32(i + 1)}
		h.Appliances = append(h.Appliances, appliance)
	}
	claim := func(flag, note string, n int) {
		for i := range h.Events {
			if e := &h.Events[i]; e.Kind == anomaly.EventClaim && e.Note == note {
				return // it is on record already
			}
		}
		h.Events = append(h.Events, anomaly.Event{
			AccountID: h.Account.ID, At: asOf, Kind: anomaly.EventClaim, Note: note, By: "agent",
			Source: anomaly.Source{File: flag, Row: int32(n)},
		})
	}
	if o.usagePerDay != "" {
		if n, err := parseFloat("--claim-usage-per-day", o.usagePerDay); err != nil {
			return nil, err
		} else if n < 0 || n > 1e6 {
			return nil, usagef("", "--claim-usage-per-day: %s is no usage a day", o.usagePerDay)
		}
		claim("--claim-usage-per-day", "usage_per_day="+o.usagePerDay, 1)
	}
	for i, said := range o.claims {
		note, understood := check.ClaimNote(said)
		if !understood {
			return nil, usagef(`say "meter fine", "will correct itself", "wait", or a pair such as usage_per_day=20`, "--claim: %q is not something that can be tested", said)
		}
		claim("--claim", note, i+1)
	}
	return assumed, nil
}

// parseAppliance reads "NAME=WATTS[-WATTS]W,HOURS[-HOURS]h[,xCOUNT][,new][,from=DATE][,until=DATE]".
// added is set where it says new: in use only since the bill in dispute.
func parseAppliance(text string) (a anomaly.Appliance, added bool, err error) {
	const hint = `write it as "storage water heater=4000W,0.7h"`
	bad := func(format string, args ...any) (anomaly.Appliance, bool, error) {
		return anomaly.Appliance{}, false, usagef(hint, "--appliance %q: %s", text, fmt.Sprintf(format, args...))
	}
	name, rest, found := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	if !found || name == "" {
		return bad("there is no name before an equals sign")
	}
	a = anomaly.Appliance{Name: name, Count: 1}
	for part := range strings.SplitSeq(rest, ",") {
		part = strings.TrimSpace(part)
		key, value, pair := strings.Cut(part, "=")
		switch lower := strings.ToLower(part); {
		case pair && key == "from":
			a.From, err = anomaly.ParseDate(value)
		case lower == "new":
			added = true
		case pair && key == "until":
			a.Until, err = anomaly.ParseDate(value)
		case strings.HasSuffix(lower, "kw"):
			if a.Watts, a.WattsLow, a.WattsHigh, err = parseRange(part[:len(part)-2]); err == nil {
				a.Watts, a.WattsLow, a.WattsHigh = 1000*a.Watts, 1000*a.WattsLow, 1000*a.WattsHigh
			}
		case strings.HasSuffix(lower, "w"):
			a.Watts, a.WattsLow, a.WattsHigh, err = parseRange(part[:len(part)-1])
		case strings.HasSuffix(lower, "h"):
			a.HoursPerDay, a.HoursLow, a.HoursHigh, err = parseRange(part[:len(part)-1])
		case strings.HasPrefix(lower, "x"):
			a.Count, err = strconv.ParseFloat(part[1:], 64)
		default:
			return bad("%q is neither watts (4000W), hours a day (0.7h), a count (x2), new, nor from=DATE or until=DATE", part)
		}
		if err != nil {
			return bad("%v", err)
		}
	}
	switch {
	case a.Watts <= 0:
		return bad("the watts are missing")
	case a.HoursPerDay <= 0:
		return bad("the hours a day are missing")
	case a.HoursPerDay > 24 || a.HoursHigh > 24:
		return bad("a day has 24 hours")
	case !(a.Count > 0) || a.Count > 1e4:
		return bad("the count is not above zero")
	case a.Watts > 1e6 || a.WattsHigh > 1e6:
		return bad("no appliance has more than 1,000 kW")
	case added && !a.From.IsZero():
		return bad("it is new since the bill in dispute, or since the day of from, not both")
	case !a.From.IsZero() && !a.Until.IsZero() && a.Until < a.From:
		return bad("it ends before it begins")
	}
	return a, added, nil
}

// parseRange reads "4000" or "1000-1500"; of a range the middle is the figure.
func parseRange(text string) (middle, low, high float64, err error) {
	number := func(s string) float64 {
		v, bad := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if bad != nil || !(v >= 0) || v > 1e9 {
			err = fmt.Errorf("%q is not a number", strings.TrimSpace(s))
		}
		return v
	}
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		return number(text), 0, 0, err
	}
	low, high = number(from), number(to)
	if err == nil && low > high {
		err = fmt.Errorf("the range %q runs backwards", text)
	}
	return (low + high) / 2, low, high, err
}
