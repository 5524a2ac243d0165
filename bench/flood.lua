-- As many requests as the server takes; tells the figures as one JSON line.
function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format('RESULT {"requests":%d,"seconds":%.6f,' ..
	    '"bytes":%d,"errors":%d,"p50":%.3f,"p99":%.3f,"max":%.3f}\n',
	    summary.requests, summary.duration / 1e6, summary.bytes,
	    e.connect + e.read + e.write + e.status + e.timeout,
	    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
	    latency.max / 1e3))
end
