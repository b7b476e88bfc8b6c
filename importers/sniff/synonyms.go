package sniff

import (
	"strings"
	"sync"

	"whybill/anomaly"
	"whybill/importers/field"
)

// synonym gives the headers under which a field stands in real files, in order of
// preference: where two columns of one file claim the same field, the earlier wins.
// The canonical name itself always goes first and is not repeated.
type synonym struct {
	field   Field
	code    string          // of a bill line
	service anomaly.Service // that the words imply
	unit    string          // that the words imply
	only    Kind            // the table in which the words mean this; KindUnknown: any
	names   string          // separated by "|"; case, spaces and punctuation do not count
}

// synonyms is the list behind "recognised headers" in the manual. Sources: bill and
// export field names collected in the project's notes on tariffs and formats (Taipower,
// Taiwan and Taipei water, State Grid and China Southern Grid, EnergyCAP, Opower, CC&B).
var synonyms = []synonym{
	{field: AccountID, service: anomaly.Electricity, names: "電號|用電號碼|用户用电编号"},
	{field: AccountID, service: anomaly.Water, names: "水號|用水號碼|水费户号"},
	{field: AccountID, service: anomaly.Gas, names: "瓦斯用戶號碼|燃气户号|燃气用户号"},
	{field: AccountID, names: "account|account number|account no|account code|acct|acct id|acct no|acct nbr|" +
		"service account|customer account|contract account|contract|contract id|contract number|customer id|" +
		"customer number|customer no|customer nbr|client id|service point id|sa id|sp id|nmi|" +
		"帳號|用戶編號|用戶號碼|戶號|客戶編號|客戶號碼|契約號碼|帳戶|" +
		"户号|结算户号|用户编号|用户号|客户编号|客户号|账户|账号|用电户号|缴费户号|合同号"},
	{field: Service, names: "service type|commodity|utility|utility type|fuel|fuel type|用電種類|服務|服務別|能源別|能源类型|服务|服务类型|类别名称"},
	{field: Unit, names: "uom|units|uom cd|unit of measure|usage unit|單位|用量單位|计量单位|单位"},
	{field: PremiseID, names: "premise|premises|premise id|premise no|installation|installation id|用電地點編號|用電處所|用电点编号|房号"},
	{field: Name, names: "customer name|account name|holder|用戶名稱|用戶名|戶名|客戶名稱|姓名|户名|用户名称|客户名称"},
	{field: Class, names: "customer class|account class|rate class|client catg|category|電價種類|用電類別|用戶類別|用水種別|用电类别|用户类别|用电性质|行业分类"},
	{field: Tariff, names: "tariff id|tariff code|rate|rate code|rate schedule|rate plan|plan|tarif type|電價代碼|電價方案|方案|电价代码|电价方案|电价|套餐|资费"},
	{field: Region, names: "area|zone|district region|區域|地區|區處|營業區處|营业区|地区|区域|供电单位|供电所"},
	{field: Route, names: "read route|reading route|meter route|walk|cycle route|抄表路線|抄表區|抄表區段|抄表段|抄表段号|抄表册|抄表本"},
	{field: MovedIn, names: "move in|move in date|start of service|contract start|creation date|遷入日|遷入日期|入戶日|用電起日|立户日期|入住日期|开户日期"},
	{field: MovedOut, names: "move out|move out date|end of service|contract end|遷出日|遷出日期|终止日期|销户日期"},
	{field: Status, names: "account status|用戶狀態|狀態|用户状态|状态"},
	{field: ServiceAmps, names: "amps|ampere|main breaker|main breaker amps|契約電流|安培|額定電流|合同电流|额定电流"},
	{field: Phases, names: "phase|number of phases|相數|相数"},
	{field: MeterSize, names: "bore|bore mm|meter bore|口徑|用水口徑|水表口徑|口径|水表口径"},
	{field: Occupants, names: "people|persons|household size|residents|人口數|居住人數|人口|人口数|居住人数"},
	{field: WeatherStation, names: "weather station id|氣象站|测站|气象站"},
	{field: PreviousAccountID, names: "previous account|former account|old account|前電號|原電號|原户号|前户号"},
	{field: MeterID, service: anomaly.Electricity, names: "電表號碼|電表表號|電能表編號|电能表编号|电表编号|电表号|电表资产编号"},
	{field: MeterID, service: anomaly.Water, names: "水表號碼|水表表號|水表編號|水表编号|水表号"},
	{field: MeterID, names: "meter|meter no|meter number|meter serial|meter serial number|serial|serial number|meter code|badge nbr|counter number|" +
		"表號|表碼編號|表計編號|表号|表计资产编号|表计编号|计量点编号|出厂编号"},
	{field: InstalledOn, names: "installed|install date|installation date|安裝日|安裝日期|裝表日|裝表日期|安装日期|装表日期"},
	{field: RemovedOn, names: "removed|removal date|拆表日|拆表日期|拆除日期"},
	{field: InitialReading, names: "initial index|installed reading|裝表指數|起始指數|装表示数|起度示数"},
	{field: FinalReading, names: "final index|removed reading|拆表指數|拆表示数|止度示数"},
	{field: Multiplier, names: "mult|mult factor|meter multiplier|reg const|ct ratio|constant factor|counter coefficient|倍數|電表倍數|倍率|综合倍率"},
	{field: Digits, names: "dials|dial digits|number of dials|register digits|位數|表位數|位数|表位数"},
	{field: Resolution, names: "resolution step|解析度|分辨率"},
	{field: Constant, names: "meter constant|kh|imp per kwh|rev per kwh|電表常數|电表常数|表常数"},
	{field: VerifiedUntil, names: "verification expiry|calibration due|檢定有效期|檢定合格有效期限|检定有效期"},
	{field: ReadOn, names: "read date|reading date|date read|date of reading|meter read date|end read dttm|date|" +
		"抄表日|抄表日期|本次抄表日|本期抄表日|查表日|查表日期|本次抄表日期|抄表时间"},
	{field: Reading, names: "corrected reading|register reading|meter reading|meter read|reading value|index|register value|new index|end reg reading|value|" +
		"修正讀數|修正读数|本期指數|本次指數|本期指針|本月指針|指數|度數表|讀數|表示數|本期示数|本次示数|本次表示数|当前示数|示数|表底|读数|当日读数|當日讀數|行度"},
	{field: Register, names: "register id|channel|tou|tou cd|time of use|時段|時間別|示数类型|时段|分时时段"},
	{field: QualityCode, names: "read type|reading type|read quality|reading quality|quality flag|quality code|estimated|est|ace|est sw|read type flg|" +
		"抄表方式|抄表狀態|抄表別|實抄估抄|抄表类型|抄表状态|数据状态|数据类型|示数状态"},
	{field: QualityCode, only: KindReadings, names: "type"}, // bills have other types
	{field: Reader, names: "meter reader|read by|reader id|抄表員|抄表人|抄表员"},
	{field: PeriodStart, names: "start date|startdate|bill from|bill from date|bill start|bill start date|billing start|billing start date|billing period start|period from|service start|service from|from date|date from|start|from|" +
		"計費期間起|計費起日|計費起始日|用電期間起|用水期間起|起日|開始日期|起始日期|期間起|" +
		"用电开始时间|计费开始日期|开始日期|开始时间|账期开始|起始时间|上次抄表日期|上期抄表日期|上期抄表日|上次抄表日"},
	{field: PeriodEnd, names: "end date|enddate|bill to|bill to date|bill end|bill end date|billing end|billing end date|billing period end|period to|service end|service to|to date|date to|end|to|" +
		"計費期間迄|計費期間止|計費迄日|計費止日|用電期間迄|用水期間迄|迄日|結束日期|期間迄|" +
		"用电结束时间|计费结束日期|结束日期|结束时间|账期结束|终止时间|本次抄表日期|本期抄表日期"},
	{field: Usage, service: anomaly.Electricity, unit: "kWh", names: "kwh|usage kwh|billed kwh|consumption kwh|energy kwh|total kwh|計費電量|總用電|總用電量|用電度數|本期用電度數|用電量|计费电量|合计电量|结算电量|总电量|本期电量|用电量"},
	{field: Usage, service: anomaly.Water, unit: "m3", names: "用水度數|本期用水度數|用水量|实用水量|计费水量|本期水量|当日水量|當日水量"},
	{field: Usage, service: anomaly.Gas, unit: "m3", names: "用氣度數|瓦斯用量|用气量|计费气量"},
	{field: Usage, names: "billed usage|usage billed|consumption|quantity used|units consumed|usage value|billed consumption|volume|msr qty|final reg qty|" +
		"計費度數|本期度數|實用度數|使用度數|度數|用量|使用量|本期用量"},
	{field: BillID, names: "bill|bill no|bill number|invoice|invoice id|invoice no|invoice number|bseg id|statement number|" +
		"帳單編號|帳單號碼|單據號碼|發票號碼|账单编号|账单号|电费单号|发票号码|结算单号"},
	{field: Amount, names: "total amount|amount due|total charge|total charges|total cost|bill amount|billed amount|invoice amount|charges|charge|cost|total|" +
		"應繳總金額|繳費總金額|應繳金額|應繳總額|應收金額|總金額|電費合計|電費小計|應繳電費|電費金額|本期電費|水費合計|本期水費|電費|金額|" +
		"应收电费合计|应缴金额|应缴电费|电费金额|应收金额|电费合计|本期电费|电费|总电费|水费|金额"},
	{field: Currency, names: "currency code|幣別|货币|币种"},
	{field: IssuedOn, names: "issue date|issued|bill date|billed on|statement date|invoice date|開立日期|發單日|帳單日期|製單日期|出账日期|账单日期|发行日期"},
	{field: DueOn, names: "due date|payment due|payment due date|pay by|繳費期限|繳費截止日|代收截止日|缴费期限|交费截止日期|缴费截止日期"},
	{field: ReadingFrom, names: "previous reading|prior reading|start reading|opening reading|opening read|previous read|old index|start reg reading|" +
		"上期指數|上次指數|上期指針|上月指針|上期示数|上次示数|上次表示数|上期读数|起码"},
	{field: ReadingTo, names: "current reading|present reading|end reading|closing reading|closing read|current read|new index|end reg reading|" +
		"本期指數|本次指數|本期指針|本月指針|本期示数|本次示数|本次表示数|本期读数|止码"},
	{field: CancelsBillID, names: "cancels|replaces bill|cancelled bill|cancelled bill id|corrects bill|取代帳單|更正帳單編號|取代账单|冲销账单"},
	{field: Code, names: "line code|charge code|item code|line item|charge type|項目代碼|費用代碼|科目|费用类别|费用代码|项目代码"},
	{field: Description, names: "line description|item description|項目|項目名稱|说明|费用组成|项目名称"},
	{field: Quantity, names: "qty|billed quantity|數量|数量"},
	{field: UnitPrice, names: "price|rate price|unit rate|單價|单价|计费标准|电价标准"},
	{field: From, names: "from date|line from|valid from|起"},
	{field: To, names: "to date|line to|迄"},
	{field: Appliance, names: "device|load|appliance name|電器|設備|電器名稱|设备|电器名称|用电设备"},
	{field: Watts, names: "watt|power|power w|rated power|瓦數|功率|額定功率|额定功率"},
	{field: HoursPerDay, names: "hours|hours a day|h per day|daily hours|每日時數|每天時數|每日小時|每日小时|每天小时"},
	{field: Count, names: "number|pieces|台數|件數|台数|件数"},
	{field: Until, names: "valid until|to|迄日|截止"},
	{field: Months, names: "season months|使用月份|月份"},
	{field: WattsLow, names: "watts min|watt min|min watts|最小瓦數|最小功率"},
	{field: WattsHigh, names: "watts max|watt max|max watts|最大瓦數|最大功率"},
	{field: HoursLow, names: "hours min|min hours|最少時數|最少小时"},
	{field: HoursHigh, names: "hours max|max hours|最多時數|最多小时"},
	{field: Station, names: "station id|weather station|測站|站名|气象站"},
	{field: Day, names: "day|日期|觀測日期|观测日期"},
	{field: MeanTemp, names: "mean temp|mean temperature|avg temp|average temperature|temperature|temp c|tavg|平均氣溫|平均溫度|氣溫|平均气温|平均温度"},
	{field: MinTemp, names: "min temp|tmin|minimum temperature|最低氣溫|最低气温"},
	{field: MaxTemp, names: "max temp|tmax|maximum temperature|最高氣溫|最高气温"},
	{field: Start, names: "start time|interval start|timestamp|read time|開始時間|时间|开始时间"},
	{field: End, names: "end time|interval end|結束時間|结束时间"},
	{field: Minutes, names: "interval minutes|interval length|duration minutes|分鐘|分钟"},
	{field: At, names: "event date|occurred on|happened on|event time|發生日期|發生時間|发生日期|发生时间|日期"},
	{field: EventKind, names: "event|event kind|event type|事件|事件類型|事件类型"},
	{field: Due, names: "promised for|due at|約定時間|承諾日期|约定时间|承诺日期"},
	{field: Ref, names: "reference|case no|ticket|案號|案件編號|案件编号|工单号"},
	{field: Note, names: "notes|remark|remarks|comment|comments|備註|說明|备注"},
	{field: By, names: "agent|user|entered by|經辦|承辦人|经办人"},
	{field: Outcome, names: "result|finding|inspection result|稽查結果|檢查結果|稽查结果|检查结果"},
	{field: InspectedOn, names: "inspection date|visit date|稽查日期|檢查日期|检查日期"},
	{field: RecoveredUsage, names: "back billed usage|追補度數|追补电量"},
	{field: RecoveredAmount, names: "back billed amount|追補金額|追补电费"},

	{field: BillingPeriod, names: "period|bill period|service period|計費期間|用電期間|用水期間|帳單期間|bill from and to date|计费期间|账单周期|用电期间|账期"},
	{field: LinePeriod, names: "line period"},
	{field: PeriodMonths, names: "months number|number of months|計費月數|计费月数"},
	{field: MeteredUsage, service: anomaly.Electricity, unit: "kWh", names: "抄見電量|抄見度數|抄见电量"},
	{field: SwappedUsage, names: "swapped usage kwh|換表度數|換表電量|换表电量"},
	{field: AdjustedUsage, names: "adjusted usage kwh|退補度數|退補電量|退补电量|加减"},
	{field: LossUsage, names: "losses|line loss|變損|線損|变损|线损|变损电量|线损电量|变/线损电量"},
	{field: LineAmount, code: "energy", names: "energy charge|流動電費|电度电费|电量电费"},
	{field: LineAmount, code: "basic", names: "basic charge|fixed charge|standing charge|基本電費|基本費|基本电费|基本费"},
	{field: LineAmount, code: "minimum", names: "minimum charge|底度費"},
	{field: LineAmount, code: "tax", names: "tax|vat|sales tax|營業稅|增值税|税额"},
	{field: LineAmount, code: "water", names: "water charge|用水費|水量费"},
	{field: LineAmount, code: "late_fee", names: "late fee|late charge|遲延繳付費用|违约金|滞纳金"},
	{field: LineAmount, code: "common_area", names: "common area charge|公共設施電費|公摊电费"},
	{field: LineAmount, code: "ebill_discount", names: "ebill discount|電子帳單優惠減收金額|電子帳單優惠"},
	{field: LineAmount, code: "saving_reward", names: "saving reward|節電獎勵"},
	{field: LineAmount, code: "outage_credit", names: "outage credit|停電扣減金額"},
	{field: LineAmount, code: "adjustment", names: "adjustment|adjustments|退補電費|退补电费"},
	{field: LineAmount, code: "previous_balance", names: "previous balance|balance forward|前期欠費|上期结余|往月欠费"},
}

// Header is one name under which a field is recognised.
type Header struct {
	Text    string
	Field   Field
	Code    string // of a bill line
	Service anomaly.Service
	Unit    string
	Only    Kind // the table in which it is recognised; KindUnknown: any that has the field
	rank    int
}

// Headers lists every recognised header, field by field, the preferred ones first.
func Headers() []Header {
	var all []Header
	for f := NoField + 1; f < FieldCount; f++ {
		rank := 0
		add := func(h Header) {
			h.rank = rank
			all = append(all, h)
			rank++
		}
		if f != LineAmount {
			add(Header{Text: f.String(), Field: f})
		}
		for i := range synonyms {
			if s := &synonyms[i]; s.field == f {
				for name := range strings.SplitSeq(s.names, "|") {
					add(Header{Text: name, Field: f, Code: s.code, Service: s.service, Unit: s.unit, Only: s.only})
				}
			}
		}
	}
	return all
}

// index holds the recognised headers by their folded text.
var index = sync.OnceValue(func() map[string][]Header {
	m := map[string][]Header{}
	for _, h := range Headers() {
		key := field.Fold(h.Text)
		m[key] = append(m[key], h)
	}
	return m
})
