package decide

import (
	"io"

	"github.com/pelletier/go-toml/v2"

	"whybill/anomaly"
	"whybill/anomaly/tomlfile"
)

// Suppression is a finding that somebody has looked at and accepted, until a day.
type Suppression struct {
	Ref    string       // the finding's
	Until  anomaly.Date // the last day; a suppression without one is refused
	Reason string
	By     string
}

// Suppressions are accepted findings by reference.
type Suppressions map[string]Suppression

// LoadSuppressions reads a TOML file of [[accepted]] tables: ref, until, reason, by.
// Acceptance ends: without "until" and a reason a file is refused.
func LoadSuppressions(r io.Reader) (Suppressions, error) {
	var f struct {
		Accepted []struct {
			Ref    string         `toml:"ref"`
			Until  toml.LocalDate `toml:"until"`
			Reason string         `toml:"reason"`
			By     string         `toml:"by"`
		} `toml:"accepted"`
	}
	if err := tomlfile.Read(r, &f); err != nil {
		return nil, err
	}
	s := Suppressions{}
	for i := range f.Accepted {
		a := &f.Accepted[i]
		until, ok := anomaly.NewDate(a.Until.Year, a.Until.Month, a.Until.Day)
		switch {
		case a.Ref == "":
			return nil, anomaly.NewFault("accepted.no_ref", anomaly.CountArg("n", i+1))
		case !ok:
			return nil, anomaly.NewFault("accepted.no_until", anomaly.TextArg("ref", a.Ref))
		case a.Reason == "":
			return nil, anomaly.NewFault("accepted.no_reason", anomaly.TextArg("ref", a.Ref))
		}
		s[a.Ref] = Suppression{Ref: a.Ref, Until: until, Reason: a.Reason, By: a.By}
	}
	return s, nil
}

// Has reports whether a finding is accepted as of a day.
func (s Suppressions) Has(ref string, asOf anomaly.Date) bool {
	a, ok := s[ref]
	return ok && asOf <= a.Until
}

// Cover reports whether all that an assessment has found of medium severity or more is
// accepted, and there is something.
func (s Suppressions) Cover(findings []anomaly.Finding, asOf anomaly.Date) bool {
	covered := false
	for i := range findings {
		f := &findings[i]
		if f.Severity < anomaly.Medium || f.Check == "C01" {
			continue // C01 speaks about waiting, not about the bill
		}
		if !s.Has(f.Ref, asOf) {
			return false
		}
		covered = true
	}
	return covered
}
