package pipeline

import (
	"reflect"
	"strings"

	"whybill/anomaly"
)

// Keep returns a copy of the assessment that shares no memory with it. A batch's
// assessments point into the rows of many accounts; whoever wants one for longer than
// the visit keeps a copy.
func Keep(a *anomaly.Assessment) *anomaly.Assessment {
	c := reflect.New(reflect.TypeOf(*a))
	deepCopy(c.Elem(), reflect.ValueOf(a).Elem())
	return c.Interface().(*anomaly.Assessment)
}

func deepCopy(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(strings.Clone(from.String()))
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			deepCopy(to.Index(i), from.Index(i))
		}
	case reflect.Pointer:
		if from.IsNil() {
			return
		}
		to.Set(reflect.New(from.Type().Elem()))
		deepCopy(to.Elem(), from.Elem())
	case reflect.Struct:
		to.Set(from) // takes over what is not exported: the digits of a decimal
		for i := range from.NumField() {
			if from.Type().Field(i).IsExported() {
				deepCopy(to.Field(i), from.Field(i))
			}
		}
	default:
		to.Set(from)
	}
}
