package main

import (
	"strconv"
	"strings"
	"sync/atomic"

	"whybill/anomaly"
	"whybill/anomaly/check"
)

const failOnHelp = "exit with 1 if something reaches this: a severity 0 to 4 and above (\"severity:3\"), an `action` (inspect, rebill, ...), a check (U01), or \"any\" for any action; several with commas"

// failOn is what --fail-on asks for.
type failOn struct {
	any      bool
	severity int // -1: not asked for
	words    []string
	reached  atomic.Bool
}

func parseFailOn(text string) (*failOn, error) {
	f := &failOn{severity: -1}
	if text == "" {
		return f, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if level, ok := strings.CutPrefix(word, "severity:"); ok {
			n, err := strconv.Atoi(level)
			if err != nil || n < 0 || n > int(anomaly.Critical) {
				return nil, usagef("", "--fail-on: a severity is 0 to 4, not %q", level)
			}
			f.severity = n
			continue
		}
		switch {
		case word == "any":
			f.any = true
		case isAction(word), isCheck(word):
			f.words = append(f.words, word)
		default:
			return nil, usagef("name a severity (severity:3), an action (inspect), a check (U01) or any", "--fail-on: there is no action or check %q", word)
		}
	}
	return f, nil
}

func isAction(word string) bool {
	for _, action := range anomaly.Actions {
		if word == string(action) {
			return true
		}
	}
	return false
}

// look notes whether an assessment reaches what was asked for.
func (f *failOn) look(a *anomaly.Assessment) {
	if f.any && a.Verdict.Action != anomaly.ActionNone || oneOf(string(a.Verdict.Action), f.words...) {
		f.reached.Store(true)
		return
	}
	for i := range a.Findings {
		x := &a.Findings[i]
		if f.severity >= 0 && int(x.Severity) >= f.severity || oneOf(x.Check, f.words...) {
			f.reached.Store(true)
			return
		}
	}
}

func (f *failOn) result() error {
	if f.reached.Load() {
		return errReached
	}
	return nil
}

func isCheck(word string) bool {
	_, ok := check.Find(word)
	return ok
}
