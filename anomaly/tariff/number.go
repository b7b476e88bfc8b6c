package tariff

import (
	"fmt"
	"strings"

	"whybill/anomaly"
)

// Number is a number of a tariff file, taken verbatim: 0.1 is one tenth, not the
// binary fraction next to it. It has up to 19 digits.
type Number struct {
	anomaly.Decimal
	text  string // as written, for messages
	wrong bool
}

// UnmarshalTOML takes a TOML integer or float as it is written.
func (n *Number) UnmarshalTOML(raw []byte) error {
	n.text = strings.TrimSpace(string(raw))
	plain := strings.TrimPrefix(strings.ReplaceAll(n.text, "_", ""), "+")
	d, err := anomaly.ParseDecimal(plain)
	if err != nil || strings.ContainsAny(plain, "eExXob\"'") {
		// The loader reports it with its line; an error here would come without one.
		n.wrong = true
		return nil
	}
	n.Decimal = d
	return nil
}

// MarshalTOML writes the number with the decimals it was written with.
func (n Number) MarshalTOML() ([]byte, error) {
	if n.wrong {
		return nil, fmt.Errorf("%s is not a plain decimal number", n.text)
	}
	return []byte(n.Decimal.String()), nil
}

// num makes a Number of a value that comes from another format.
func num(d anomaly.Decimal) Number { return Number{Decimal: d, text: d.String()} }
