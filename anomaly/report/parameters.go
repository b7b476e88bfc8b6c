package report

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"whybill/anomaly"
)

// Parameter is one number that a report depends on, by the name under which the
// configuration knows it.
type Parameter struct{ Name, Value string }

// Parameters lists every value of the configuration in the order of its declaration,
// so that a report can print all that it depends on.
func Parameters(cfg *anomaly.Config) []Parameter {
	var all []Parameter
	collect("", reflect.ValueOf(*cfg), &all)
	return all
}

var decimalType = reflect.TypeFor[anomaly.NullDecimal]()

func collect(name string, v reflect.Value, all *[]Parameter) {
	add := func(value string) { *all = append(*all, Parameter{name, value}) }
	if v.Type() == decimalType {
		d, _ := v.Interface().(anomaly.NullDecimal)
		if d.Valid {
			add(d.Decimal.String())
		} else {
			add("-")
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				collect(join(name, snake(f.Name)), v.Field(i), all)
			}
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, k := range keys {
			collect(join(name, fmt.Sprint(k)), v.MapIndex(k), all)
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			at := strconv.Itoa(i)
			if s := anomaly.Service(i); strings.HasSuffix(name, "high_low") && s.String() != "" {
				at = s.String()
			}
			collect(join(name, at), v.Index(i), all)
		}
	case reflect.Float64, reflect.Float32:
		add(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	default:
		add(fmt.Sprint(v.Interface()))
	}
}

func join(name, part string) string {
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
