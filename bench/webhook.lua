-- For wrk: each request is a webhook of a new identity. The first argument is the prefix of their IDs.

local prefix, n = "", 0
local body = '{"identity":{"id":"%s","schema_id":"customer","created_at":"%s","updated_at":"%s",'
    .. '"traits":{"email":"p-%s@example.org","name":{"first":"Pat","last":"Bench"}}}}'

function init(args)
    prefix = args[1]
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["X-Webhook-Secret"] = args[2]
    wrk.headers["User-Agent"] = "Go-http-client/1.1"
end

function request()
    n = n + 1
    local id = string.format("%s-%012x", prefix, n)
    local now = os.date("!%Y-%m-%dT%H:%M:%SZ")
    return wrk.format(nil, nil, nil, string.format(body, id, now, now, id))
end

function done(summary, latency)
    local bad = summary.errors
    io.write(string.format('RESULT {"requests":%d,"micros":%d,"refused":%d,"failed":%d,"p50":%d,"p99":%d,"p999":%d}\n',
        summary.requests, summary.duration, bad.status, bad.connect + bad.read + bad.write + bad.timeout,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
