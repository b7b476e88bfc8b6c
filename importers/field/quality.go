package field

import (
	"strings"

	"whybill/anomaly"
)

var qualities = func() map[string]anomaly.Quality {
	m := map[string]anomaly.Quality{}
	for q, names := range map[anomaly.Quality]string{
		// Codes of meter data management systems: A, E, F, S, N of NEM12; C customer;
		// ESPI's numbers are translated by its own reader; CC&B's 60 regular and 70 verified.
		anomaly.Actual: "a|actual|act|r|read|regular|real|verified|billing|60|70|n|no|false|" +
			"實抄|實際抄表|實際|正常抄表|正常|自動抄表|實抄表|实抄|实际抄表|实际|正常|自动抄表|远程抄表|抄见",
		anomaly.Estimated: "e|est|estimated|estimate|estimated reading|projected|p|y|yes|true|20|" +
			"估|估抄|估計|推估|預估|暫估|估计|预估|暂估|估算",
		anomaly.CustomerRead: "c|cust|customer|customer read|self|self read|self-read|owner|" +
			"自報|用戶自報|自行抄表|自抄|客戶自報|自报|用户自报|自行上报|自助抄表",
		anomaly.Substituted: "s|sub|substituted|substitute|f|final substitute|v|推算|替代|代換|换算|补录|修正",
	} {
		for name := range strings.SplitSeq(names, "|") {
			m[Fold(name)] = q
		}
	}
	return m
}()

// ParseQuality reads a tidied quality code. A code with a method, such as NEM12's F14
// or E52, is read by its letter. Missing gives QualityUnknown.
func ParseQuality(s string) (anomaly.Quality, bool) {
	if q, ok := qualities[s]; ok { // written as it stands there; none of them means missing
		return q, true
	}
	if IsMissing(s) {
		return anomaly.QualityUnknown, true
	}
	key := Fold(s)
	if q, ok := qualities[key]; ok {
		return q, true
	}
	if len(key) == 3 && strings.IndexByte("aefs", key[0]) >= 0 && isDigit(key[1]) && isDigit(key[2]) {
		return qualities[key[:1]], true
	}
	return anomaly.QualityUnknown, false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
