package locale

import (
	"strings"

	"whybill/anomaly"
)

// For returns the printer for what is said of an account of a service. Where the
// catalogue has a template under the key with the service behind it, such as
// "term.selftest.water", that one is taken; in all others the words of a service stand
// for those of electricity.
func (p *Printer) For(service anomaly.Service) *Printer {
	if service == anomaly.ServiceUnknown || service == anomaly.Electricity {
		return p
	}
	q := *p
	q.service, q.words = "."+service.String(), serviceWords[p.Lang][service]
	return &q
}

// template finds what is said under a key.
func (p *Printer) template(key string) (text string, ok bool) {
	if p.service != "" {
		if text, ok = p.texts[key+p.service]; ok {
			return text, true
		}
	}
	if text, ok = p.texts[key]; ok && p.words != nil {
		text = p.words.Replace(text)
	}
	return text, ok
}

// serviceWords are the words that differ from those of electricity. Longer ones stand
// before those that they contain.
var serviceWords = map[Lang]map[anomaly.Service]*strings.Replacer{
	English: {
		anomaly.Water: strings.NewReplacer(
			"the main switch off", "the stopcock closed", "the main breaker off", "the stopcock closed", "main breaker off", "stopcock closed",
			"the main switch", "the stopcock", "main switch", "stopcock", "main breaker", "stopcock",
			"a leak or fault behind the meter", "a leak behind the meter"),
		anomaly.Gas: strings.NewReplacer(
			"the main switch off", "the valve closed", "the main breaker off", "the valve closed", "main breaker off", "valve closed",
			"the main switch", "the valve behind the meter", "main switch", "valve behind the meter", "main breaker", "valve behind the meter"),
	},
	Traditional: {
		anomaly.Water: strings.NewReplacer(
			"接線盜用", "私接盜用", "總開關", "總閥", "電表", "水表", "用電設備", "用水設備",
			"被盜接", "被私接", "盜接", "私接", "竊電", "竊水", "偷電", "偷水", "漏電、漏水", "漏水", "漏電或漏水", "漏水", "漏電", "漏水", "用電", "用水", "電流", "水流", "停電", "停水"),
		anomaly.Gas: strings.NewReplacer(
			"接線盜用", "私接盜用", "總開關", "表後閥門", "電表", "瓦斯表", "用電設備", "瓦斯器具",
			"被盜接", "被私接", "盜接", "私接", "竊電", "竊氣", "偷電", "偷瓦斯", "漏電、漏水", "漏氣", "漏電", "漏氣", "用電", "用氣", "電流", "氣流", "停電", "停氣"),
		anomaly.Broadband: strings.NewReplacer("用電", "使用"),
	},
	Simplified: {
		anomaly.Water: strings.NewReplacer(
			"总闸拉下", "总阀关闭", "拉下总闸", "关闭总阀", "总闸", "总阀", "搭线", "私接", "电表", "水表", "用电设备", "用水设备",
			"被盗接", "被私接", "盗接", "私接", "窃电", "窃水", "偷电", "偷水", "漏电、漏水", "漏水", "漏电或漏水", "漏水", "漏电", "漏水", "用电", "用水", "电流", "水流", "停电", "停水"),
		anomaly.Gas: strings.NewReplacer(
			"总闸拉下", "表后阀门关闭", "拉下总闸", "关闭表后阀门", "总闸", "表后阀门", "搭线", "私接", "电表", "燃气表", "用电设备", "燃气器具",
			"被盗接", "被私接", "盗接", "私接", "窃电", "窃气", "偷电", "偷气", "漏电、漏水", "漏气", "漏电", "漏气", "用电", "用气", "电流", "气流", "停电", "停气"),
		anomaly.Broadband: strings.NewReplacer("用电", "使用"),
	},
}
