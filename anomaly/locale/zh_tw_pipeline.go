package locale

var zhTWPipeline = catalogue{
	"assess.no_bill":        "截至 {as_of} 沒有已結束的計費期間。",
	"rebill.no_pricer":      "未載入費率表",
	"rebill.no_tariff":      "帳單與用戶資料都沒有註明費率種類",
	"rebill.negative_usage": "度數為負是更正項目，本身沒有價格",
	"rebill.failed":         "無法套用費率：{error}",
	"rebill.too_large":      "金額過大，無法加總",
}
