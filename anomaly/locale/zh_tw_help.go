package locale

var zhTWHelp = catalogue{
	"help.root.short": "這張帳單應該是多少？該怎麼處理？",
	"help.root.long": `不論一戶或一百萬戶，whybill 都能回答：這張帳單應該是多少、差額從何而來、是否值得派員到場，以及等下一期帳單能否看出端倪。

請從 "whybill demo" 開始，它會把一張爭議帳單的始末完整走一遍。`,
	"help.backtest.short": "用自己的帳單衡量推估的準確度",
	"help.backtest.long":  "backtest 推估已有的帳單，每張只依據在它之前的資料，再衡量推估差了多少、區間的涵蓋率如何，並與較簡單的方法並列：上一期、去年同期、兩者平均、該戶平均。除非以 --model 指定模型，否則會自行以其他用戶及較早的帳單訓練。",
	"help.batch.short":    "評估多個用戶並排序",
	"help.batch.long": `batch 評估每個用戶，並依優先順序列出需要處理者。不給檔案時讀取資料庫；給了檔案就只讀這些檔案，不需要資料庫。

檔案依標題列辨識：用戶、電表、抄表、帳單及其他輸入表可以一起給，順序不拘。

先掃過所有用戶一次，找出單一用戶看不出的事：同期的共同變化（大的組別取固定的數千戶）、同類用戶的水準、抄表員的紀錄、整條路線都異常者、隔壁電表的讀數。讀取資料庫時，若最後一次匯入所存的適用於該日，就直接採用；--shard 與 check 依據相同。設定檔可以關閉（model.neighbours = false）。

輸出不是終端機時，表格每戶一列，以 tab 分隔、沒有標題列，供 cut 與 awk 使用：rank、account_id、period_start、period_end、usage、unit、low90、high90、action、inspection_probability、priority、top_cause、main_finding。CSV（--format csv）有標題列。

--visits 與 --hours 則列出人力排得進去的訪查清單：依每小時預期淨值排序，其中一部分隨機抽出並標明，並說明整份清單可預期的結果、哪些值得訪查而不在清單上，以及還有哪些其他處理（例如清單路線上可順道重新抄表者）。以其他幣別計值、或用量沒有單價的，無從比較，列於後面。先前清單（以 --record 存入的、報告的、--previous 檔案的、alert_sent 事件的）已有的用戶進入冷卻期：stakes.cool_down 期帳單內不再列出，除非證據加倍。`,
	"help.case.short": "追蹤一件爭議，從申訴到結案",
	"help.case.long": `case 是爭議的流水帳：誰在何時說了什麼、承諾了什麼、看了什麼、查到什麼、告知了什麼。紀錄只增不改。凡是等待中的狀態都有到期日；只要所看之處看不出尚有可能的原因，就不能以「查無異常」結案。

處理方式若有問題（無法兌現的承諾、逾期的時限、爭議期間的催繳），登錄當天就會指出。

匯入的事件與登錄的紀錄同等看待；事件的備註以「鍵=值」註明：

  complaint       about_crew=T7；有爭議金額時：currency=TWD order=8000
                  margin=0.3 leave=0.3-0.9 prior=0
  visit_promised  joint=yes hypothesis=tapped_by_others crew=T7 backlog=120 per_day=10
  visit_done      present=yes looked_at=serial,no_load found=nothing_found crew=T7
  evidence        coverage=warranty from=2024-10-01 until=2026-10-01 source=system
                  （until 是不計入的第一天）；supports=claim 或 contradicts=claim；
                  record=inspection dated=2026-03-09
  claim           coverage=warranty until=2027-04-01 promised_by=sales authority=no
                  left=yes repair=4500 contract=1200 currency=CNY
  answer          爭議仍在進行時：final=no
  notice_sent     不涉及繳款時：survey=yes 或 final=no
  plan_change_requested             name=... id=... meter=... 與申請書相同
  payment_account_change_requested  old=...（即將關閉的帳戶）`,
	"help.case.application.short": "登錄申請，並與主檔核對",
	"help.case.application.long":  "application 登錄一件申請與申請書所填內容。與主檔不符之處（姓名、電號、表號）當天就會指出，排不到的日期也是。扣款帳戶的變更生效前，暫停催收。",
	"help.case.claim.short":       "登錄某人的說法，以便查證",
	"help.case.claim.long":        "claim 登錄某人對帳單的說法（\"meter fine\"、usage_per_day=20），或他所稱曾獲得的承諾：涵蓋什麼、到何時為止、由誰承諾，以及各種解決方式的費用。",
	"help.case.close.short":       "結案",
	"help.case.close.long":        "close 須填查到的原因、證據，以及告知用戶的內容。只要所看之處看不出尚有可能的原因，就會拒絕「查無異常」；約好的訪查或答覆還沒做也會拒絕；--force 可強制結案，理由會留在紀錄中。",
	"help.case.evidence.short":    "登錄文件或其他證據",
	"help.case.evidence.long":     "evidence 登錄文件所載內容：契約及其涵蓋範圍，或支持、反駁某項說法的郵件。",
	"help.case.feedback.short":    "列出意見反映：未回覆者在前，越久越前",
	"help.case.feedback.long":     "feedback 列出民眾反映的意見以及是否已回覆：未回覆者依天數排在前面。不顯示任何人的原話。\"case note REF --told\" 可登錄回覆。",
	"help.case.list.short":        "列出案件：逾期者在前",
	"help.case.list.long":         "list 顯示各案的狀態、到期日與立案至今的天數，逾期者在前。不顯示任何人的原話與姓名。",
	"help.case.note.short":        "登錄說過或做過的事",
	"help.case.note.long":         "note 登錄說過或做過的事。--told 表示已告知用戶；--waits-for 表示輪到誰處理，--due 表示期限；--resolved 表示問題已解決，只差告知用戶。--sent 表示已寄出催繳通知（reminder）或問卷（survey），--due 表示送達日期；--applied 與 --rejected 表示申請已生效或已駁回。",
	"help.case.open.short":        "受理申訴，立案",
	"help.case.open.long":         "open 登錄一件申訴。涉及金額時以 --amount 註明；若有尚未完成的訂單，會將這段客戶關係的收益一併列出比較。--feedback 登錄沒有爭議的意見；以 case note 加上 --told 回覆。該電號已有未結案件時，除非加上 --another，否則不另立一案。",
	"help.case.promise.short":     "承諾訪查",
	"help.case.promise.long":      "promise 登錄一次訪查：日期、用戶是否會同、要查什麼。沒有新的懷疑而重複訪查會被拒絕。若給了待辦件數與每日完成件數，排不到的承諾會立即標示；約在沒有人上班的日子或時間也是。在原定日期之前再登錄一次即為改期：原約定留在紀錄上，註明已改期，不算失約。",
	"help.case.reopen.short":      "重啟已結案件",
	"help.case.reopen.long":       "reopen 重啟已結案件，理由會留在紀錄中。",
	"help.case.rules.short":       "印出內建規則檔：時限、工作日、費用",
	"help.case.rules.long":        "rules 印出內建規則，可據以編寫自己的規則檔。設定檔的 cases.rules 指定取代內建規則的檔案。",
	"help.case.show.short":        "顯示單一案件：經過、承諾、問題",
	"help.case.show.long":         "show 從立案起印出案件：各筆紀錄、兌現與未兌現的承諾，以及處理上的問題。--redacted 略去所有人的原話、事實與姓名，可以給案件所涉人員看。",
	"help.case.visit.short":       "登錄訪查",
	"help.case.visit.long": `visit 登錄看了什麼、查到什麼。可填的檢視項目：{looks}。

訪查結果會用於學習，但只看表面且查無異常者除外。`,
	"help.check.short": "評估一戶的一張帳單",
	"help.check.long": `check 印出十秒內可以念完的一頁：結論與下一步、預期與帳單用量、差額的來源、可能的原因、證據，以及能否請用戶等下一期。

用戶或同仁在電話中所說的，可以用 --appliance 與 --claim 當場加入；只用於這次回答，不會儲存。沒有日期的電器視為一直都有：請先問從何時開始使用，本期才使用的加 "new"，其他加 "from=日期"。頁面會說明採用了哪一種前提。`,
	"help.config.short":              "設定檔：init、show、validate",
	"help.config.long":               "config 處理設定檔：語言、信函上的聯絡方式與服務時間、各項檢查的門檻、訪查成本。選項優先於環境變數，環境變數優先於設定檔。",
	"help.config.init.short":         "產生附註解的設定檔範本",
	"help.config.show.short":         "印出目前生效的設定",
	"help.config.validate.short":     "檢查設定檔",
	"help.db.short":                  "查看資料庫",
	"help.db.info.short":             "說明資料庫內容",
	"help.db.info.long":              "info 說明資料庫的位置與大小、各表筆數，以及資料來自哪些檔案。",
	"help.demo.short":                "以內建資料演示一張爭議帳單",
	"help.demo.long":                 "demo 從檔案到答案，演示一張 1,400 度的冬季帳單：把檔案放進一個目錄、匯入旁邊的資料庫，再印出爭議帳單的評估。最後會列出所執行的指令，可以原樣再執行。",
	"help.explain.short":             "說明發現、原因或處置背後的規則",
	"help.explain.long":              "explain 說明一項檢查做什麼、參數與出處、看不到什麼；一種原因或處置是什麼、如何與其他區分、哪些檢查支持它。--full 所印的發現編號，會在 --account 指定的電號中查找；若是原因，還會說明該戶帳單中支持與不利的證據。",
	"help.explain-to-customer.short": "向用戶說明帳單的信函",
	"help.explain-to-customer.long": `explain-to-customer 撰寫信函或訊息：用白話說明帳單為何如此、接下來做什麼、最遲何時、用戶今天就能做什麼，以及如何、何時找得到人。證據不支持的不寫，別人說的也不寫。

聯絡方式與服務時間取自設定檔（"whybill config init"），不可缺少：請人「來電洽詢」，就要說明何時可以打。`,
	"help.import.short": "把檔案匯入資料庫",
	"help.import.long": `import 把 CSV 與 XLSX 檔案匯入資料庫。檔案依標題列辨識，不看檔名；欄位順序不拘，名稱可用英文或中文。

每個檔案是一筆交易：要嘛全部匯入，要嘛完全不匯入；相同內容再匯入一次不會有任何改變。更正先前資料的檔案，會取代兩者都提到的部分，並說明共幾列。無法讀取的檔案會連同原因列出，其他檔案照常匯入，結束狀態為 2（--strict 則全部不匯入）。指名的檔案若不存在，則什麼都不匯入。無法讀取的列會連同檔案、列號、欄位、原因與內容列出，其餘照常匯入。略過的列連同標題列存放在資料庫旁的檔案，供更正後再匯入；使用 --repair 時，改動過的列也有清單。若一個檔案略過的列超過百分之一，結束狀態為 2。

最後會掃過所有用戶一次，找出只有其他用戶才看得出的事，存起來供 check、batch 與 report 使用；之後的匯入若改變其內容，會重新計算。`,
	"help.inspect.short": "顯示檔案會如何讀取",
	"help.inspect.long": `inspect 顯示檔案會如何讀取，不寫入任何資料：編碼、分隔方式、表格從何處開始、屬於哪一種表、各欄的意義與三個範例值（讀取前後），以及依原因分組的問題與前幾列。

加上 --rows 會把整張表印成乾淨的 CSV，不論表的內容為何：UTF-8、逗號分隔、有標題列則在最前、略去標題文字與附註，每格都是讀到的文字。`,
	"help.mapping.short":      "說明檔案各欄的意義",
	"help.mapping.long":       "mapping 協助編寫對應檔：說明無法由標題辨識的欄位代表什麼。import、inspect、batch 以 --mapping 讀取。",
	"help.mapping.init.short": "產生對應檔範本",
	"help.mapping.init.long":  "init 依檔案中已辨識的內容產生對應檔，各欄的前幾格以註解列出。未能辨識的欄位留待填寫。",
	"help.model.short":        "查看學得的內容",
	"help.model.show.short":   "印出模型",
	"help.model.show.long": `show 以 JSON 逐組印出訓練所得：超參數、季節形狀、區間校準、承諾實現的情形。尚未訓練時印出預設值。

--outcomes 則印出訪查結果：每項檢查、每種原因的命中率，訪查前與訪查後的期望值，以及各原因的事前機率因此變動多少。`,
	"help.notice.short":       "通知函寄出前先檢視",
	"help.notice.check.short": "列出通知函中會惹惱收件人的地方",
	"help.notice.check.long": `check 讀取通知函（純文字或 Markdown，中英文皆可），列出會惹惱收件人的地方：沒有服務時間、送達當天無人上班、無法照辦的指示、金額錯誤、有變更或爭議尚待處理、沒寫清楚是關於什麼。

給了 --account，待處理事項與欠款取自資料庫。`,
	"help.rebill.short": "逐項重新計算帳單",
	"help.rebill.long": `rebill 把帳單與應收金額逐項並列，標出差異。有差異時會嘗試常見的錯誤（級距未加倍、季節未分段、沿用調整前的版本等），並指出哪一種能分毫不差地重現帳單金額。

無法重新計算的（沒有費率表、版本未知、首期天數不規則）列為「未檢查」，並說明缺少什麼；絕不會當作正確。`,
	"help.report.short": "產生週報：活頁簿與一頁 HTML",
	"help.report.long": `report 評估所有用戶，寫出該有人看的內容：活頁簿、一頁不需網路的 HTML，以及 JSON 摘要（同時印出，供排程紀錄；--quiet 則不印）。新增、持續、解除依同一目錄的前一份報告判斷。先前的報告或保存的清單已派員前往的用戶進入冷卻期：排在最後、加註，並單獨計數。

可以重複執行（內容完全相同），中途被終止也不會破壞舊報告；同時執行兩次也不會混在一起。`,
	"help.selftest.short": "用戶自行檢測的結果與意義",
	"help.selftest.long": `selftest 判讀用戶關閉總開關後所看到的情形：測得的功率與區間、這次測試最小能看出多少功率，以及對爭議用量代表什麼。若測試本來就看不出所要找的，會判為無法判定，並說明需要測多久。互相矛盾的測試，以能看到小得多的那一次為準；相差不多時，以看到表在走的那一次為準。

水與瓦斯的 --main 是表後的閥門，--branches 是水龍頭或器具，流量以每小時公升或立方公尺表示。可能漏氣時不做檢測：plan 的第一句就是這一點。

指定電號時，測試會存為證據（--no-store 則不存）；之後 check 會加以採計。`,
	"help.selftest.plan.short":  "如何測試才看得出結果",
	"help.selftest.plan.long":   "plan 以用戶的語言（--lang）印出該看什麼、看多久，才看得出爭議用量；最前面是安全提醒，最後是正式鑑定所需的表格。",
	"help.tariff.short":         "費率表：list、show、price、compare、validate",
	"help.tariff.long":          "tariff 處理重新計算帳單所用的費率表：內建的，以及以 --tariff-file 指定的檔案（TOML，或 OpenEI 費率資料庫的 JSON）。",
	"help.tariff.compare.short": "過去一年若採各種可適用的費率，各需多少",
	"help.tariff.compare.long":  "compare 以該戶現行費率，以及同一公司其他可選用的費率，計算過去一年的帳單。若某種費率需要帳單沒有的資料（例如分時用量），則列為「未檢查」並說明缺少什麼。",
	"help.tariff.list.short":    "列出費率表",
	"help.tariff.price.short":   "計算某期間用量的金額",
	"help.tariff.price.long": `price 逐項說明某期間的用量需付多少。期間不含迄日：--to 是不計入的第一天，也就是期末抄表日。

若部分日期的費率未知，或缺少所需資料，絕不猜測：會說明缺少什麼，結束狀態為 2。`,
	"help.tariff.schema.short":   "印出費率檔的 JSON schema，供編輯器使用",
	"help.tariff.show.short":     "以檔案形式印出費率表",
	"help.tariff.show.long":      "show 印出費率表的所有版本與出處，修改後可用 --tariff-file 使用。",
	"help.tariff.validate.short": "檢查費率檔",
	"help.tariff.validate.long":  "validate 讀取費率檔，指出哪個檔案、哪一行有誤，以及如何更正。",
	"help.train.short":           "從帳單學習何謂平常",
	"help.train.long": `train 從資料庫的帳單學習同組用戶的共通之處：季節形狀、用量起伏多大、區間要放多寬。之後 check 與 batch 都會採用；未訓練時使用預設值。只有其他用戶才看得出的事（每次匯入都會保存）也會依此重新計算。

也從訪查學習各種原因實際上有多常發生：把查到的與訪查前一天對同一批用戶的預期相比。--outcomes 只學這一項，其餘不動。

過去的帳單各以當時所知重新判斷一次，再看下一張帳單來了之後：下一張實際上多常改變決定，「下期帳單會改變決定」的機率即以此校正。

給了檔案，或使用 --output 時，模型寫入檔案，供 --model 使用。`,
	"help.version.short":         "印出版本",
	"help.worksheet.short":       "現場工作單",
	"help.worksheet.long":        "worksheet 寫出技術員要帶的工作單：待查的懷疑、要抄的讀數、要帶的東西、前幾次訪查做了什麼。絕不會載有申訴內容，也不會寫誰申訴了誰。",
	"help.help.short":            "指令或主題的說明",
	"help.help.long":             "help 印出指令的說明，或 \"whybill help\" 最後所列的主題。",
	"help.completion.short":      "產生 shell 自動補齊腳本",
	"help.completion.long":       "completion 產生腳本，讓 shell 可以補齊指令、選項、電號、帳單編號、費率表、檢查與原因。各 shell 的說明會告訴你如何載入。",
	"help.completion.bash.short": "供 bash 使用",
	"help.completion.bash.long": `此腳本需要 bash-completion 套件。只用於目前的工作階段：

  source <(whybill completion bash)

在 Linux 上每次都載入：

  whybill completion bash > /etc/bash_completion.d/whybill`,
	"help.completion.zsh.short": "供 zsh 使用",
	"help.completion.zsh.long": `須先啟用自動補齊（在 ~/.zshrc 中加入 "autoload -U compinit; compinit"）。只用於目前的工作階段：

  source <(whybill completion zsh)

在 Linux 上每次都載入：

  whybill completion zsh > "${fpath[1]}/_whybill"`,
	"help.completion.fish.short": "供 fish 使用",
	"help.completion.fish.long": `只用於目前的工作階段：

  whybill completion fish | source

每次都載入：

  whybill completion fish > ~/.config/fish/completions/whybill.fish`,
	"help.completion.powershell.short": "供 PowerShell 使用",
	"help.completion.powershell.long": `只用於目前的工作階段：

  whybill completion powershell | Out-String | Invoke-Expression

要每次都載入，請把此指令的輸出加入設定檔（profile）。`,
	"help.tables.short": "輸入表與欄位",
	"help.tables.long": `CSV 檔或 XLSX 工作表依標題列辨識，不看檔名。欄位順序不拘，名稱可用英文、繁體或簡體中文；星號表示必要欄位。"whybill inspect FILE" 顯示檔案會如何讀取。

accounts     account_id* service unit premise_id name class tariff region route moved_in
             moved_out status service_amps phases meter_size occupants weather_station
             previous_account_id
meters       account_id* meter_id* installed_on removed_on initial_reading final_reading
             multiplier digits resolution constant verified_until
readings     account_id* read_on* reading* meter_id register quality reader
bills        account_id* period_start* period_end* usage* bill_id unit amount currency
             issued_on due_on tariff reading_from reading_to quality cancels_bill_id
bill_lines   account_id* bill_id* code* amount* description quantity unit_price from to
appliances   account_id* appliance* watts* hours_per_day* count from until months
             watts_low watts_high hours_low hours_high
weather      station* date* mean_temp_c*（或 min 與 max）
intervals    account_id* start* usage* unit end 或 minutes meter_id quality
events       account_id* at* kind* due ref amount note by
inspections  account_id* outcome* inspected_on recovered_usage recovered_amount

讀數視為當日一開始所抄。period_end 究竟是計入的最後一天，還是不計入的次日，由各檔案中前後相接的帳單判斷；也可用 --period-end 指定。`,
	"help.exit-status.short": "結束狀態的意義",
	"help.exit-status.long": `結束狀態是介面的一部分。

--fail-on 可要求以 1 結束：某嚴重度以上（"severity:3"）、某種處置（"inspect"）、某項檢查（"U01"），或任何處置（"any"）；數項以逗號分隔。輸出與不加時相同，排程紀錄因此兼有答案與狀態。`,
	"help.environment.short": "環境變數",
	"help.environment.long": `WHYBILL_DB      資料庫（--db 優先）
WHYBILL_CONFIG  設定檔（--config 優先）
WHYBILL_LANG    語言：en、zh-TW、zh-CN（--lang 優先）；其次為設定檔，
                再其次為 LC_ALL、LC_MESSAGES、LANG
NO_COLOR        設為任何值即不使用色彩
WHYBILL_DEBUG   顯示內部錯誤發生的位置
XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME
                資料庫、設定檔、示範檔案的預設位置`,
	"help.cron.short": "以 cron 或 systemd timer 產生週報",
	"help.cron.long": `週報可以反覆執行：同一週的內容完全相同，中途被終止會保留舊報告，同時執行兩次也不會混在一起。摘要寫到標準輸出，無法讀取的資料寫到標準錯誤。

寫成 crontab，每週一凌晨五點，處理前一週：

  0 5 * * 1  whybill import --quiet /srv/exports; whybill report --quiet --week "$(date -d 'last week' +\%G-W\%V)" --out /srv/reports

寫成 systemd 的 service 與 timer：

  # /etc/systemd/system/whybill-report.service
  [Service]
  Type=oneshot
  User=whybill
  Environment=WHYBILL_DB=/srv/whybill/whybill.db
  ExecStart=/bin/sh -c 'whybill import --quiet /srv/exports; whybill report --quiet --week "$$(date -d "last week" +%%G-W%%V)" --out /srv/reports'

  # /etc/systemd/system/whybill-report.timer
  [Timer]
  OnCalendar=Mon 05:00
  Persistent=true
  [Install]
  WantedBy=timers.target

需要發出警示的排程，用 --fail-on：

  whybill batch --quiet --fail-on inspect,rebill || mail -s "有帳單待處理" somebody`,
	"help.exit_status":      "結束狀態：0 完成；1 僅在 --fail-on 要求且條件成立時；2 用法或輸入有誤；3 內部錯誤；130 中斷。",
	"help.heading.usage":    "用法：",
	"help.heading.examples": "範例：",
	"help.heading.answer":   "評估與爭議：",
	"help.heading.data":     "資料：",
	"help.heading.commands": "指令：",
	"help.heading.more":     "其他指令：",
	"help.heading.topics":   "說明主題：",
	"help.heading.flags":    "選項：",
	"help.heading.global":   "通用選項：",
	"help.use.flags":        "[選項]",
	"help.use.command":      "指令",
	"help.more":             "\"{command} 指令 --help\" 說明個別指令。",
	"help.default":          "（預設 {value}）",
	"help.value":            "值",
}
