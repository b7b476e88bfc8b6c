package check

import "slices"

// catalogue lists the checks in the order in which they run.
var catalogue = []Check{
	d05, d07, d08, d09,
	r01, r02, r07, r08,
	u01, u06, u07, u08, u11, u13, u15,
	b01, b02, b03, b04, b05, b06, b07, b08, b09, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21,
	p01, p02, p03, p04, p05, p06, p07,
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
