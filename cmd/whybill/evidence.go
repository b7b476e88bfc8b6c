package main

import (
	"cmp"
	"slices"
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
	flags.StringArrayVar(&o.appliances, "appliance", nil, "")
	flags.StringVar(&o.usagePerDay, "claim-usage-per-day", "", "")
	flags.StringArrayVar(&o.claims, "claim", nil, "")
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
		stored, replaced := replace(h, appliance.Name)
		switch in := h.Account.MovedIn; {
		case replaced:
			if appliance.From.IsZero() && !added {
				appliance.From, appliance.Until = stored.From, cmp.Or(appliance.Until, stored.Until)
			} else if added {
				appliance.From = disputed
			}
			assumed = append(assumed, anomaly.Msg("assumed.replaces", name))
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
			if e := &h.Events[i]; e.Kind == anomaly.EventClaim && e.Note == note && e.At <= asOf {
				return // it is on record already
			}
		}
		h.AddEvent(anomaly.Event{
			AccountID: h.Account.ID, At: asOf, Kind: anomaly.EventClaim, Note: note, By: "agent",
			Source: anomaly.Source{File: flag, Row: int32(n)},
		})
	}
	if o.usagePerDay != "" {
		if n, err := parseFloat("--claim-usage-per-day", o.usagePerDay); err != nil {
			return nil, err
		} else if n < 0 || n > 1e6 {
			return nil, misuse("usage_per_day", anomaly.TextArg("value", o.usagePerDay))
		}
		claim("--claim-usage-per-day", "usage_per_day="+o.usagePerDay, 1)
	}
	for i, said := range o.claims {
		note, understood := check.ClaimNote(said)
		if !understood {
			return nil, misuse("claim", anomaly.TextArg("flag", "--claim"), quoted("value", said))
		}
		claim("--claim", note, i+1)
	}
	return assumed, nil
}

// replace takes the appliance of that name out of the list on file: what the customer says
// of it now counts instead, not beside it. ok is false where there is none; of several, the
// last is returned.
func replace(h *anomaly.History, name string) (stored anomaly.Appliance, ok bool) {
	same := func(a anomaly.Appliance) bool { return strings.EqualFold(strings.TrimSpace(a.Name), name) }
	for _, a := range h.Appliances {
		if same(a) {
			stored, ok = a, true
		}
	}
	if ok {
		h.Appliances = slices.DeleteFunc(slices.Clone(h.Appliances), same)
	}
	return stored, ok
}

// parseAppliance reads "NAME=WATTS[-WATTS]W,HOURS[-HOURS]h[,xCOUNT][,new][,from=DATE][,until=DATE]".
// added is set where it says new: in use only since the bill in dispute.
func parseAppliance(text string) (a anomaly.Appliance, added bool, err error) {
	bad := func(err error) (anomaly.Appliance, bool, error) {
		return anomaly.Appliance{}, false, misuse("appliance", quoted("value", text)).because(err)
	}
	wrong := func(key string, args ...anomaly.Arg) (anomaly.Appliance, bool, error) {
		return bad(anomaly.NewFault("appliance."+key, args...))
	}
	name, rest, found := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	if !found || name == "" {
		return wrong("name")
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
			a.Count, _, _, err = parseRange(part[1:])
		default:
			return wrong("part", quoted("part", part))
		}
		if err != nil {
			return bad(err)
		}
	}
	switch {
	case a.Watts <= 0:
		return wrong("watts")
	case a.HoursPerDay <= 0:
		return wrong("hours")
	case a.HoursPerDay > 24 || a.HoursHigh > 24:
		return wrong("day")
	case !(a.Count > 0) || a.Count > 1e4:
		return wrong("count")
	case a.Watts > 1e6 || a.WattsHigh > 1e6:
		return wrong("power")
	case added && !a.From.IsZero():
		return wrong("new")
	case !a.From.IsZero() && !a.Until.IsZero() && a.Until < a.From:
		return wrong("period")
	}
	return a, added, nil
}

// parseRange reads "4000" or "1000-1500"; of a range the middle is the figure.
func parseRange(text string) (middle, low, high float64, err error) {
	number := func(s string) float64 {
		v, bad := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if bad != nil || !(v >= 0) || v > 1e9 {
			err = anomaly.NewFault("fault.number", quoted("value", strings.TrimSpace(s)))
		}
		return v
	}
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		return number(text), 0, 0, err
	}
	low, high = number(from), number(to)
	if err == nil && low > high {
		err = anomaly.NewFault("fault.backwards", quoted("value", text))
	}
	return (low + high) / 2, low, high, err
}
