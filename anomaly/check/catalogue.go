package check

import "slices"

// catalogue lists the checks in the order in which they run.
var catalogue = []Check{
	d05, d07, d08, d09,
	r01, r02, r08,
	u01, u06, u07, u08, u11, u13, u15,
	b02,
	c01, c02, c03, c04,
}

// Catalogue returns all checks in the order in which they run.
func Catalogue() []Check { return slices.Clone(catalogue) }

// Find returns the check with this id.
func Find(id string) (*Check, bool) {
	for i := range catalogue {
		if catalogue[i].ID == id {
			return &catalogue[i], true
		}
	}
	return nil, false
}
