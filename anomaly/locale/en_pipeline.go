package locale

var enPipeline = catalogue{
	"assess.no_bill":        "There is no bill whose period ended by {as_of}.",
	"rebill.no_pricer":      "no tariffs are loaded",
	"rebill.no_tariff":      "neither the bill nor the account names a tariff",
	"rebill.negative_usage": "a negative usage is a correction and has no price of its own",
	"rebill.failed":         "the tariff could not be applied: {error}",
	"rebill.too_large":      "the amounts are too large to add up",
}
