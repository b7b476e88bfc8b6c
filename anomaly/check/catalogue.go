package check

import "slices"

// catalogue lists the checks in the order in which they run.
var catalogue = []Check{
	d01, d02, d03, d04, d05, d06, d07, d08, d09, d10, d11, d12,
	r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13, r17, r18,
	u01, u02, u03, u04, u05, u06, u07, u08, u09, u10, u11, u12, u13, u14, u15, u16,
	b01, b02, b03, b04, b05, b06, b07, b08, b09, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21,
	p01, p02, p03, p04, p05, p06, p07,
	m01, m02, m03, m04, m05, m06, m07, m08,
	n01, n02, n06, n07, n08, n09,
	c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13,
	e01, e02, e03, e04, e05,
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
