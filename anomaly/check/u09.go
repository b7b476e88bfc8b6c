package check

import "whybill/anomaly"

// U09: more, or less, than nearly all accounts of its kind.
var u09 = Check{
	ID: "U09", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("peers", cfg.Checks.PeerCount)}
	},
	Run: func(in *Input, out *Result) {
		var peers *anomaly.PeerLevels
		if in.Neighbourhood != nil && len(in.Neighbourhood.Peers) > 0 {
			peers = in.Neighbourhood.Peers[anomaly.PeerKey(&in.History.Account)]
		}
		if peers == nil || peers.Count < in.Config.Checks.PeerCount || peers.P95 <= 0 {
			out.skip("U09", noPeers)
			return
		}
		adu := in.bill.ADU()
		key, limit := "U09.high", peers.P95
		switch {
		case adu > peers.P95:
		case adu < peers.P05 && !in.closed():
			key, limit = "U09.low", peers.P05
		default:
			return
		}
		f := in.finding("U09", anomaly.Low, anomaly.ActionExplain, "", anomaly.Msg(key,
			anomaly.UsageArg("usage", adu, in.unit(), 1), anomaly.CountArg("peers", peers.Count),
			anomaly.UsageArg("limit", limit, in.unit(), 1), anomaly.UsageArg("median", peers.P50, in.unit(), 1)))
		f.Evidence = []anomaly.Source{in.bill.Source}
		in.size(&f, (adu-limit)*in.days())
		out.add(f)
	},
}
