-- Walks over the requests of a file, one a line: a path, or `POST path body`. One JSON line at the end, for
-- bench/scale.py. With `count` behind the file's name answers are counted by status, which costs wrk some time.
local requests, at = {}, 0
local thread
created, refused, others = 0, 0, 0

function setup(started)
  thread = started
end

function init(args)
  local headers = { ["Content-Type"] = "application/json" }
  for line in io.lines(args[1]) do
    local path, body = line:match("^POST (%S+) (.*)$")
    requests[#requests + 1] = body and wrk.format("POST", path, headers, body) or wrk.format("GET", line)
  end
  if args[2] == "count" then
    response = function(status)
      if status == 201 then created = created + 1
      elseif status == 409 then refused = refused + 1
      else others = others + 1 end
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"bytes":%d,"seconds":%f,"p50_ms":%f,"p95_ms":%f,"p99_ms":%f,"bad_status":%d,"broken":%d,'
      .. '"created":%d,"refused":%d,"others":%d}\n',
    summary.requests, summary.bytes, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    thread:get("created"), thread:get("refused"), thread:get("others")))
end
