package importers

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"whybill/anomaly"
)

// Inspection is how a file would be read, and what would come of it.
type Inspection struct {
	// Files holds the file, or the tables in it, as far as they are understood: with an
	// error, what was found out before.
	Files []*FileInfo
	Read  int // rows
	Rows  map[Kind]int
	// Problems groups what could not be read as it stands, the most frequent first.
	Problems []ProblemGroup
}

// ProblemGroup is one reason in one column.
type ProblemGroup struct {
	Column   string
	Reason   anomaly.Message // of the first
	Rejected bool
	Count    int
	First    []Problem
}

// firstProblems is how many problems of a group are kept as examples.
const firstProblems = 3

// Inspect reads a file from end to end and says how it was read; nothing is kept. Where
// the file cannot be imported the error says why, and the Inspection what was found out
// until then.
func Inspect(ctx context.Context, path string, opt Options) (*Inspection, error) {
	in := &Inspection{Rows: map[Kind]int{}}
	set, err := Open(ctx, []string{path}, opt)
	if err != nil {
		var mine *Error
		if errors.As(err, &mine) && mine.partial != nil {
			in.Files = []*FileInfo{mine.partial}
		}
		return in, err
	}
	in.Files = set.Files()
	groups := map[groupKey]*ProblemGroup{}
	err = set.Each(ctx, func(b *Batch) error {
		in.Read += b.Read
		in.count(&b.Rows)
		for i := range b.Problems {
			group(groups, &b.Problems[i])
		}
		return nil
	})
	for _, g := range groups {
		in.Problems = append(in.Problems, *g)
	}
	slices.SortFunc(in.Problems, func(a, b ProblemGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason.Key, b.Reason.Key), cmp.Compare(a.Column, b.Column))
	})
	return in, errors.Join(err, set.Close())
}

type groupKey struct {
	key, column string
	rejected    bool
}

func group(groups map[groupKey]*ProblemGroup, p *Problem) {
	key := groupKey{p.Reason.Key, p.Column, p.Rejected}
	g := groups[key]
	if g == nil {
		g = &ProblemGroup{Column: p.Column, Reason: p.Reason, Rejected: p.Rejected}
		groups[key] = g
	}
	g.Count++
	if len(g.First) < firstProblems {
		g.First = append(g.First, *p)
	}
}

func (in *Inspection) count(rows *anomaly.Rows) {
	for kind, n := range map[Kind]int{
		KindAccounts: len(rows.Accounts), KindMeters: len(rows.Meters), KindReadings: len(rows.Readings),
		KindBills: len(rows.Bills), KindLines: len(rows.Lines), KindAppliances: len(rows.Appliances),
		KindWeather: len(rows.Weather), KindIntervals: len(rows.Intervals), KindEvents: len(rows.Events),
		KindInspections: len(rows.Inspections),
	} {
		if n > 0 {
			in.Rows[kind] += n
		}
	}
}
