package check

import "slices"

// catalogue lists the checks in the order in which they run.
var catalogue = []Check{
	d05, d06, d07, d08, d09, d11,
	r01, r02, r03, r04, r05, r06, r08, r09, r10, r11, r12, r13, r17, r18,
	u01, u02, u03, u04, u05, u06, u07, u08, u09, u10, u11, u12, u13, u14, u15,
	b02,
	m01, m02, m03, m04, m05, m06, m07, m08,
	n01, n02, n06, n07, n08,
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
