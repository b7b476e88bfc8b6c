package check

import "whybill/anomaly"

// U09: more than nearly all accounts of its kind.
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
		if adu <= peers.P95 {
			return
		}
		f := in.finding("U09", anomaly.Low, anomaly.ActionExplain, "", anomaly.Msg("U09.high",
			anomaly.UsageArg("usage", adu, in.unit(), 1), anomaly.CountArg("peers", peers.Count),
			anomaly.UsageArg("p95", peers.P95, in.unit(), 1), anomaly.UsageArg("median", peers.P50, in.unit(), 1)))
		f.Evidence = []anomaly.Source{in.bill.Source}
		in.size(&f, (adu-peers.P95)*in.days())
		out.add(f)
	},
}
