package main

import (
	"strconv"
	"strings"
	"sync/atomic"

	"whybill/anomaly"
	"whybill/anomaly/check"
)

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
				return nil, misuse("severity", quoted("value", level))
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
			return nil, misuse("fail_on", quoted("value", word))
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
