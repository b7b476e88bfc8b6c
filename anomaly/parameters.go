package anomaly

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Parameter is one value of the configuration, by the name under which users know it:
// the path of field names, such as checks.gap_days, stakes.visit_cost.TWD or
// checks.high_low.electricity.ratio.
type Parameter struct{ Name, Value string }

// Parameters lists every value of the configuration in the order of its declaration.
func (c *Config) Parameters() []Parameter {
	var all []Parameter
	walk("", reflect.ValueOf(c).Elem(), func(name string, v reflect.Value) {
		all = append(all, Parameter{name, parameterText(v)})
	})
	return all
}

// Set changes one value by its name. The error says what is wrong with the name or
// the value.
func (c *Config) Set(name, value string) error {
	found := false
	var bad error
	walk("", reflect.ValueOf(c).Elem(), func(at string, v reflect.Value) {
		if at == name && v.CanSet() {
			found = true
			bad = setParameter(name, v, value)
		}
	})
	switch {
	case found && bad != nil:
		return bad
	case found:
		return nil
	}
	if currency, ok := strings.CutPrefix(name, "stakes.visit_cost."); ok && currency != "" {
		cost, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return faultIn(name, "number", value)
		}
		if c.Stakes.VisitCost == nil {
			c.Stakes.VisitCost = map[string]float64{}
		}
		c.Stakes.VisitCost[currency] = cost
		return nil
	}
	if list, index, ok := cutIndex(name); ok && list == "checks.quota_alerts" && index == len(c.Checks.QuotaAlerts) {
		c.Checks.QuotaAlerts = append(slices.Clone(c.Checks.QuotaAlerts), 0)
		return c.Set(name, value)
	}
	return NewFault("fault.no_parameter", TextArg("name", name))
}

// faultIn is a value that a parameter cannot have.
func faultIn(name, key, value string) *Fault {
	f := NewFault("fault."+key, TextArg("value", strconv.Quote(value)))
	f.At = name
	return f
}

// Faults says which values make no sense: negative ones, ones that are no number,
// shares above one.
func (c *Config) Faults() []*Fault {
	var faults []*Fault
	walk("", reflect.ValueOf(c).Elem(), func(name string, v reflect.Value) {
		x := 0.0
		switch v.Kind() {
		case reflect.Float64:
			x = v.Float()
		case reflect.Int:
			x = float64(v.Int())
		case reflect.Struct:
			if d, ok := v.Interface().(NullDecimal); ok && d.Valid {
				x = Float(d.Decimal)
			}
		}
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0):
			faults = append(faults, faultIn(name, "number", strconv.FormatFloat(x, 'g', -1, 64)))
		case x < 0:
			faults = append(faults, faultIn(name, "below_zero", strconv.FormatFloat(x, 'g', -1, 64)))
		case x > 1 && isShare(name):
			faults = append(faults, faultIn(name, "above_whole", strconv.FormatFloat(x, 'g', -1, 64)))
		}
	})
	return faults
}

// isShare reports whether a parameter is a part of a whole.
func isShare(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return strings.HasSuffix(last, "_share") || slices.Contains([]string{"sensitivity", "discount", "min_hit_rate", "curb_p", "drop_ratio", "meter_error"}, last)
}

func cutIndex(name string) (list string, index int, ok bool) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return "", 0, false
	}
	index, err := strconv.Atoi(name[dot+1:])
	return name[:dot], index, err == nil
}

// walk visits every single value below v.
func walk(name string, v reflect.Value, visit func(name string, v reflect.Value)) {
	if _, ok := v.Interface().(NullDecimal); ok {
		visit(name, v)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				walk(joinName(name, snake(f.Name)), v.Field(i), visit)
			}
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, k := range keys {
			walk(joinName(name, fmt.Sprint(k)), v.MapIndex(k), visit)
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			at := strconv.Itoa(i)
			// Arrays of five are by service.
			if v.Kind() == reflect.Array && v.Len() == len(serviceNames) {
				if at = Service(i).String(); at == "" {
					continue // nothing is assessed as an unknown service
				}
			}
			walk(joinName(name, at), v.Index(i), visit)
		}
	default:
		visit(name, v)
	}
}

func parameterText(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case NullDecimal:
		if x.Valid {
			return x.Decimal.String()
		}
		return "-"
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return fmt.Sprint(v.Interface())
}

func setParameter(name string, v reflect.Value, value string) error {
	if _, ok := v.Interface().(NullDecimal); ok {
		if value == "-" {
			v.Set(reflect.ValueOf(NullDecimal{}))
			return nil
		}
		d, err := ParseDecimal(value)
		if err != nil {
			return faultIn(name, "number", value)
		}
		v.Set(reflect.ValueOf(Known(d)))
		return nil
	}
	switch v.Kind() {
	case reflect.Float64:
		f, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return faultIn(name, "number", value)
		}
		v.SetFloat(f)
	case reflect.Int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return faultIn(name, "whole", value)
		}
		v.SetInt(int64(n))
	case reflect.Bool:
		on, err := strconv.ParseBool(value)
		if err != nil {
			return faultIn(name, "bool", value)
		}
		v.SetBool(on)
	case reflect.String:
		v.SetString(value)
	default:
		return fmt.Errorf("a %s cannot be set", v.Kind())
	}
	return nil
}

func joinName(name, part string) string {
	if name == "" {
		return part
	}
	return name + "." + part
}

// snake writes GapDays as gap_days.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
