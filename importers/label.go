package importers

import (
	"path/filepath"
	"strings"
)

// labels gives every table the name by which evidence refers to it: what the user
// would call it, without folder and ending, so that the same rows have the same
// evidence whether they came as text or as a workbook. Where two would be called
// alike, folders tell them apart.
func (s *Set) labels() {
	for depth := 0; ; depth++ {
		taken, clash := map[string]bool{}, false
		for _, t := range s.tables {
			t.relabel(labelOf(&t.info, depth))
			clash = clash || taken[t.info.Label]
			taken[t.info.Label] = true
		}
		if !clash || depth > strings.Count(longestName(s.tables), "/")+1 {
			return
		}
	}
}

func longestName(tables []*table) string {
	longest := ""
	for _, t := range tables {
		if name := filepath.ToSlash(t.info.Name); strings.Count(name, "/") > strings.Count(longest, "/") {
			longest = name
		}
	}
	return longest
}

// labelOf is the table's name with depth of the folders (or archives, or the workbook)
// that it lies in.
func labelOf(f *FileInfo, depth int) string {
	name := filepath.ToSlash(f.Name)
	if name == "-" {
		return name
	}
	parts := strings.Split(name, "/")
	if f.member == "" {
		last := &parts[len(parts)-1]
		for _, ending := range []string{".gz", ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xml"} {
			if n := len(*last) - len(ending); n > 0 && strings.EqualFold((*last)[n:], ending) {
				*last = (*last)[:n]
			}
		}
	}
	return strings.Join(parts[max(0, len(parts)-1-depth):], "/")
}

func (t *table) relabel(label string) {
	t.info.Label = label
	for _, p := range t.plans {
		p.label = label
	}
}
