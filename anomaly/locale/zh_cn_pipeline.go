package locale

var zhCNPipeline = catalogue{
	"assess.no_bill":        "截至 {as_of} 没有已结束的计费周期。",
	"rebill.no_pricer":      "未加载费率",
	"rebill.no_tariff":      "账单与用户资料都没有注明费率类别",
	"rebill.negative_usage": "用量为负属于更正项，本身没有价格",
	"rebill.failed":         "无法套用费率：{error}",
	"rebill.too_large":      "金额过大，无法相加",
}
